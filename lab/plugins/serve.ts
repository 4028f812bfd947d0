import { connect } from "node:net";
import * as grpc from "@grpc/grpc-js";
import { LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import * as plugin from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as provider from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { Operation, ResourceType, StandIn } from "./contract";
import { EngineLog, ResourceLog } from "./engineLog";
import { checkResponse, diffResponse, properties, struct } from "./wire";

type Call<Q> = grpc.ServerUnaryCall<Q, unknown>;
type Answer<A> = grpc.sendUnaryData<A>;
type OperationRequest = provider.CreateRequest | provider.UpdateRequest | provider.DeleteRequest;

// The SDK's own limit for one message; a dump that lands in stdout by mistake is large.
const MESSAGE_BYTES = 400 * 1024 * 1024;

/**
 * Serves the stand-in to the engine that started this process, over the protocol of the SDK's provider_grpc_pb.
 * `provider.main` of the SDK would do, if it handed on the provider's configuration, previews, timeouts and old inputs;
 * it keeps all four to itself, and loads in twice the time.
 */
export async function serve(standIn: StandIn): Promise<void> {
    const server = new grpc.Server({ "grpc.max_receive_message_length": MESSAGE_BYTES });
    server.addService(ResourceProviderService, handlers(standIn, process.argv[2]));
    const port = await new Promise<number>((resolve, reject) => {
        server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
            error ? reject(error) : resolve(bound),
        );
    });
    leaveWithEngine(process.argv[2]);
    process.stdout.write(`${port}\n`);
}

const ENGINE_CHECK_MS = 5 * 60 * 1000;

/** An engine that was killed cannot end its plugins: as the official ones do, this one looks after it every 5 minutes. */
function leaveWithEngine(address: string | undefined): void {
    const [, host, port] = /^(.*):(\d+)$/.exec(address ?? "") ?? [];
    if (host === undefined) {
        return;
    }
    setInterval(() => {
        const probe = connect({ host, port: Number(port) }, () => probe.destroy());
        probe.on("error", () => process.exit(1));
    }, ENGINE_CHECK_MS).unref();
}

function handlers(standIn: StandIn, engineAddress: string | undefined): grpc.UntypedServiceImplementation {
    const host = new EngineLog(engineAddress);
    const cancelled = new AbortController();

    function typeOf(urn: string): ResourceType {
        const token = urn.split("::")[2]?.split("$").pop() ?? "";
        const found = standIn.resources[token];
        if (found === undefined) {
            throw new Error(`the stand-in for pulumi-resource-${standIn.name} (lab only) has no ${token}`);
        }
        return found;
    }

    /** Does the work; the answer waits until the engine has all that was said on the way. */
    async function operate<T>(
        request: OperationRequest,
        preview: boolean,
        work: (op: Operation) => Promise<T>,
    ): Promise<T> {
        const urn = request.getUrn();
        const log = new ResourceLog(host, urn);
        const stop = new AbortController();
        const onCancel = () => stop.abort(new Error("context canceled"));
        cancelled.signal.addEventListener("abort", onCancel);
        const timeout = request.getTimeout();
        const onTimeout = () => stop.abort(new Error("context deadline exceeded"));
        const timer = timeout > 0 ? setTimeout(onTimeout, timeout * 1000) : undefined;
        try {
            return await work({
                name: nameOf(urn),
                preview,
                signal: stop.signal,
                status: (line) => log.add(LogSeverity.INFO, line, true),
                log: (severity, line) => log.add(severity === "error" ? LogSeverity.ERROR : LogSeverity.WARNING, line),
            });
        } finally {
            clearTimeout(timer);
            cancelled.signal.removeEventListener("abort", onCancel);
            await log.flush();
        }
    }

    return {
        getPluginInfo: (_call: Call<Empty>, answer: Answer<plugin.PluginInfo>) => {
            const info = new plugin.PluginInfo();
            info.setVersion(standIn.version);
            answer(null, info);
        },
        attach: (call: Call<plugin.PluginAttach>, answer: Answer<Empty>) => {
            host.connect(call.request.getAddress());
            answer(null, new Empty());
        },
        cancel: (_call: Call<Empty>, answer: Answer<Empty>) => {
            cancelled.abort();
            answer(null, new Empty());
        },
        checkConfig: unary(async (request: provider.CheckRequest) => {
            const news = properties(request.getNews());
            return checkResponse(news, standIn.checkConfig?.(news) ?? []);
        }),
        configure: unary(async (request: provider.ConfigureRequest) => {
            await host.send("", LogSeverity.DEBUG, describe(standIn));
            standIn.configure?.(properties(request.getArgs()));
            const response = new provider.ConfigureResponse();
            response.setAcceptsecrets(standIn.acceptSecrets);
            response.setSupportspreview(true);
            return response;
        }),
        check: unary(async (request: provider.CheckRequest) => {
            const urn = request.getUrn();
            const checked = typeOf(urn).check(properties(request.getNews()), nameOf(urn));
            return checkResponse(checked.inputs, checked.failures);
        }),
        diff: unary(async (request: provider.DiffRequest) => {
            const news = properties(request.getNews());
            const oldState = properties(request.getOlds());
            const oldInputs = properties(request.getOldInputs());
            // ignoreChanges takes the old value, before anything is compared
            for (const path of request.getIgnorechangesList()) {
                if (path in oldInputs) {
                    news[path] = oldInputs[path];
                }
            }
            return diffResponse(typeOf(request.getUrn()).diff({ oldInputs, oldState, news }));
        }),
        create: unary(async (request: provider.CreateRequest) => {
            const type = typeOf(request.getUrn());
            const inputs = properties(request.getProperties());
            const { id, state } = await operate(request, request.getPreview(), (op) => type.create(inputs, op));
            const response = new provider.CreateResponse();
            response.setId(id);
            response.setProperties(struct(state));
            return response;
        }),
        update: unary(async (request: provider.UpdateRequest) => {
            const type = typeOf(request.getUrn());
            const news = properties(request.getNews());
            const oldState = properties(request.getOlds());
            const state = await operate(request, request.getPreview(), (op) => type.update(news, oldState, op));
            const response = new provider.UpdateResponse();
            response.setProperties(struct(state));
            return response;
        }),
        delete: unary(async (request: provider.DeleteRequest) => {
            const type = typeOf(request.getUrn());
            const state = properties(request.getProperties());
            await operate(request, false, (op) => type.delete(state, op));
            return new Empty();
        }),
        read: unary(async (request: provider.ReadRequest) => {
            const known = {
                state: properties(request.getProperties()),
                inputs: properties(request.getInputs()),
            };
            const type = typeOf(request.getUrn());
            const found = type.read === undefined ? known : await type.read(known.state, known.inputs);
            const response = new provider.ReadResponse();
            if (found !== undefined) {
                response.setId(request.getId());
                response.setProperties(struct(found.state));
                response.setInputs(struct(found.inputs));
            }
            return response;
        }),
    };
}

function nameOf(urn: string): string {
    return urn.split("::").slice(3).join("::");
}

/** The line by which a stand-in is recognised: in the engine's debug output and in what the installer prints. */
export function describe(standIn: StandIn): string {
    return `stand-in for pulumi-resource-${standIn.name} ${standIn.version} (lab only)`;
}

function unary<Q, A>(work: (request: Q) => Promise<A>): (call: Call<Q>, answer: Answer<A>) => void {
    return (call, answer) => {
        work(call.request).then(
            (response) => answer(null, response),
            (error: Error) => answer({ code: grpc.status.UNKNOWN, details: error.message }),
        );
    };
}
