import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest } from "@pulumi/pulumi/proto/engine_pb";

type Severity = ReturnType<LogRequest["getSeverity"]>;

/** Lines to the engine's display. An engine that is gone is no reason to fail. */
export class EngineLog {
    private client: EngineClient | undefined;

    constructor(address: string | undefined) {
        if (address !== undefined) {
            this.connect(address);
        }
    }

    connect(address: string): void {
        this.client = new EngineClient(address, grpc.credentials.createInsecure());
    }

    /** Ends when the engine has the line. */
    send(urn: string, severity: Severity, message: string, ephemeral = false): Promise<void> {
        const request = new LogRequest();
        request.setUrn(urn);
        request.setSeverity(severity);
        request.setMessage(message);
        request.setEphemeral(ephemeral);
        return new Promise((resolve) => {
            if (this.client === undefined) {
                resolve();
            } else {
                this.client.log(request, () => resolve());
            }
        });
    }
}

/** The lines of one resource, one after the other: calls to the engine overtake each other when they run at once. */
export class ResourceLog {
    private last: Promise<void> = Promise.resolve();

    constructor(
        private readonly engine: EngineLog,
        private readonly urn: string,
    ) {}

    add(severity: Severity, line: string, ephemeral = false): void {
        this.last = this.last.then(() => this.engine.send(this.urn, severity, line, ephemeral));
    }

    /** Ends when the engine has all lines. */
    flush(): Promise<void> {
        return this.last;
    }
}
