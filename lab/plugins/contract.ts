import type { Change, Properties } from "./values";

/** One thing that is wrong with an input. */
export interface Failure {
    /** Named, and shown with its value, when there is one. */
    property?: string;
    reason: string;
}

/** What a change of inputs means for a resource that exists. */
export interface Diff {
    /** By property path; a replaced path is marked. */
    changes: Map<string, { kind: Change; replace: boolean }>;
    /** False leaves the paths to the engine, which then finds them by comparing inputs. */
    detailed?: boolean;
}

/** What a running operation can do and know, beside its properties. */
export interface Operation {
    /** The resource's logical name, the last part of its URN. */
    name: string;
    /** True while `pulumi preview` asks: nothing may be touched. */
    preview: boolean;
    /** Set when the engine cancels, or when the resource's custom timeout has passed; the reason is an Error. */
    signal: AbortSignal;
    /** A line of progress: shown while the resource is being worked on. */
    status(line: string): void;
    /** A line that stays in the engine's output. */
    log(severity: "warning" | "error", line: string): void;
}

/** One resource type, with envelopes still around secrets in all that comes in and goes out. */
export interface ResourceType {
    check(news: Properties, name: string): { inputs: Properties; failures: Failure[] };
    diff(request: { oldInputs: Properties; oldState: Properties; news: Properties }): Diff;
    create(inputs: Properties, op: Operation): Promise<{ id: string; state: Properties }>;
    update(news: Properties, oldState: Properties, op: Operation): Promise<Properties>;
    delete(state: Properties, op: Operation): Promise<void>;
    /** What is there now, or undefined when the resource is gone. Without it, a refresh sees nothing. */
    read?(state: Properties, inputs: Properties): Promise<{ state: Properties; inputs: Properties } | undefined>;
}

/** A stand-in for an official plugin: the resource types that this project uses, and no others. */
export interface StandIn {
    name: string;
    version: string;
    /** Whether inputs come with secrets in envelopes. The bridged plugins say no: the engine then marks outputs itself. */
    acceptSecrets: boolean;
    resources: Record<string, ResourceType>;
    checkConfig?(news: Properties): Failure[];
    configure?(args: Properties): void;
}
