import { lifeCycle, previousOutput } from "./commandState";
import type { Failure, Operation, ResourceType } from "./contract";
import { HOP_DEFAULTS } from "./hop";
import { localCommand } from "./localCommand";
import { serve } from "./serve";
import type { Output, Run } from "./session";
import type { Connection } from "./ssh";
import { isSecret, type Properties, reveal, secret, UNKNOWN, withoutEmpty } from "./values";

/** The inputs of command:remote:Command 1.2.1; any other is an error. */
const INPUTS = [
    "connection",
    "create",
    "update",
    "delete",
    "stdin",
    "logging",
    "environment",
    "addPreviousOutputInEnv",
    "triggers",
];

const SECRET_CONNECTION_INPUTS = ["password", "privateKey", "privateKeyPassword"];

/**
 * command:remote:Command. A preview never dials. A change of any input updates in place, of `triggers` replaces. What
 * fails leaves the state as it was: nothing after a create, the old inputs after an update.
 */
const remoteCommand: ResourceType = {
    check(news) {
        const failures = checkConnection(reveal(news.connection));
        for (const property of Object.keys(news).filter((name) => !INPUTS.includes(name))) {
            failures.push({ property, reason: `Unrecognized field '${property}' on 'remote.CommandInputs'` });
        }
        const connection = failures.length === 0 ? secret(hopInputs(news.connection)) : news.connection;
        return { inputs: withoutEmpty({ ...news, connection }), failures };
    },

    ...lifeCycle(INPUTS, dialAndRun),
};

function checkConnection(connection: unknown): Failure[] {
    if (connection === undefined) {
        return [{ property: "connection", reason: "Missing required field 'connection' on 'remote.CommandInputs'" }];
    }
    const { host, proxy } = connection as { host?: unknown; proxy?: { host?: unknown } };
    const failure = "An error occurred decoding 'CommandInputs.connection': 1 failures decoding:\n\t";
    if (connection !== UNKNOWN && host === undefined) {
        return [
            { property: "connection", reason: `${failure}host: Missing required field 'host' on 'remote.Connection'` },
        ];
    }
    if (typeof proxy === "object" && proxy.host === undefined) {
        const inner = "proxy: An error occurred decoding 'Connection.proxy': 1 failures decoding:\n\t";
        const reason = `${failure}${inner}host: Missing required field 'host' on 'remote.ProxyConnection'`;
        return [{ property: "connection", reason }];
    }
    return [];
}

/** A hop with its defaults, its keys and passwords marked as secrets whatever the program says. */
function hopInputs(given: unknown): unknown {
    const hop = isSecret(given) ? (given as { value: unknown }).value : given;
    if (typeof hop !== "object" || hop === null) {
        return hop; // not known yet
    }
    const inputs: Properties = { ...HOP_DEFAULTS, ...withoutEmpty(hop as Properties) };
    for (const name of SECRET_CONNECTION_INPUTS.filter((one) => one in inputs)) {
        inputs[name] = secret(inputs[name]);
    }
    if (inputs.proxy !== undefined) {
        inputs.proxy = hopInputs(inputs.proxy);
    }
    return inputs;
}

/** What the command printed. */
async function dialAndRun(command: unknown, inputs: Properties, previous: Output, op: Operation): Promise<Output> {
    const plain = reveal(inputs) as Properties & { connection: Connection; environment?: Record<string, string> };
    const logging = plain.logging ?? "stdoutAndStderr";
    const wanted: Run = {
        command: String(reveal(command)),
        stdin: String(plain.stdin ?? ""),
        environment: plain.environment ?? {},
        optionalEnvironment: plain.addPreviousOutputInEnv === false ? {} : previousOutput(previous),
        logStdout: logging === "stdout" || logging === "stdoutAndStderr",
        logStderr: logging === "stderr" || logging === "stdoutAndStderr",
    };
    // loaded here: a preview and an unchanged `up` need no SSH, and start in half the time
    const [{ dial }, { run }] = await Promise.all([import("./ssh"), import("./session")]);
    return run(await dial(plain.connection, op), wanted, op);
}

void serve({
    name: "command",
    version: "1.2.1",
    acceptSecrets: true,
    resources: { "command:remote:Command": remoteCommand, "command:local:Command": localCommand },
});
