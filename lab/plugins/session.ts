import { isUtf8 } from "node:buffer";
import type { Client, ClientChannel } from "ssh2";
import type { Operation } from "./contract";
import { quoteGo } from "./goText";
import { refusedVariables } from "./sshEnvironment";

/** What to run, and what to do with its output. */
export interface Run {
    command: string;
    stdin: string;
    /** Variables the host must take: a refusal is an error, and nothing runs. */
    environment: Record<string, string>;
    /** Variables the host may take: a refusal is a warning. */
    optionalEnvironment: Record<string, string>;
    logStdout: boolean;
    logStderr: boolean;
}

/** A command's whole output, without the last newline. */
export interface Output {
    stdout: string;
    stderr: string;
}

// Go's bufio.Scanner gives up on a longer line, and with it the official plugin's log.
const LONGEST_LINE_BYTES = 64 * 1024;

const SIGNAL_NUMBERS: Record<string, number> = {
    ABRT: 6,
    ALRM: 14,
    FPE: 8,
    HUP: 1,
    ILL: 4,
    INT: 2,
    KILL: 9,
    PIPE: 13,
    QUIT: 3,
    SEGV: 11,
    TERM: 15,
};

/** Runs a command and waits for its end. Throws what the official plugin answers, all output included, in its order. */
export function run(client: Client, wanted: Run, op: Operation): Promise<Output> {
    const variables = { ...wanted.environment, ...wanted.optionalEnvironment };
    const refused = refusedVariables(client, Object.keys(wanted.environment));
    return new Promise((resolve, reject) => {
        client.exec(wanted.command, { env: variables }, (error, channel) => {
            for (const name of refused) {
                op.log(name in wanted.environment ? "error" : "warning", refusedText(name));
            }
            const fatal = [...refused].find((name) => name in wanted.environment);
            if (fatal !== undefined) {
                reject(new Error(`could not set environment variable ${quoteGo(fatal)}: ssh: setenv failed`));
            } else if (error !== undefined) {
                const why = error.message.replace("(SSH) Channel open failure: ", "ssh: rejected: ");
                reject(new Error(why === "Unable to exec" ? `ssh: command ${wanted.command} failed` : why));
            } else {
                // in this very turn: the command's whole life may be in the packet that is being read
                follow(channel, wanted, op).then(resolve, reject);
            }
        });
    });
}

async function follow(channel: ClientChannel, wanted: Run, op: Operation): Promise<Output> {
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    const both: Buffer[] = [];
    const log = new LineLog(op);
    collect(channel, stdout, wanted.logStdout);
    collect(channel.stderr, stderr, wanted.logStderr);

    function collect(stream: NodeJS.ReadableStream, into: Buffer[], logged: boolean): void {
        stream.on("data", (chunk: Buffer) => {
            into.push(chunk);
            both.push(chunk);
            if (logged) {
                log.write(chunk);
            }
        });
    }

    const problem = await new Promise<string | undefined>((resolve) => {
        let ended: string | undefined = "wait: remote command exited without exit status or exit signal";
        channel.on("exit", (code: number | null, signal?: string, _dump?: unknown, reason?: string) => {
            ended = exitText(code, signal, reason);
        });
        channel.on("close", () => {
            // a success with input left over is reported as a failure by the official plugin
            const unread = channel.writableFinished ? undefined : "EOF";
            if (!log.stuck) {
                resolve(ended ?? unread);
            }
        });
        channel.end(wanted.stdin);
    });
    log.end();
    if (problem !== undefined) {
        throw new Error(`${problem}: running ${quoteGo(wanted.command)}:\n${Buffer.concat(both).toString()}`);
    }
    if (![stdout, stderr].every((chunks) => isUtf8(Buffer.concat(chunks)))) {
        // the command has run, yet its resource fails, and stays out of the state: so it is with the official plugin
        throw new Error("grpc: error while marshaling: string field contains invalid UTF-8");
    }
    return { stdout: text(stdout), stderr: text(stderr) };
}

function refusedText(name: string): string {
    return `Unable to set '${name}'. This only works if your SSH server is configured to accept
	these variables via AcceptEnv. Alternatively, if a Bash-like shell runs the command on the remote host, you could
	prefix the command itself with the variables in the form 'VAR=value command'`;
}

/** Undefined for a success. */
function exitText(code: number | null, signal?: string, reason?: string): string | undefined {
    if (code === 0) {
        return undefined;
    }
    if (code !== null || signal === undefined) {
        return `Process exited with status ${code}`;
    }
    const name = signal.replace(/^SIG/, "");
    const because = reason ? `. Reason was: ${reason}` : "";
    return `Process exited with status ${128 + (SIGNAL_NUMBERS[name] ?? 0)} from signal ${name}${because}`;
}

export function text(chunks: Buffer[]): string {
    return Buffer.concat(chunks).toString().replace(/\n$/, "");
}

/**
 * Sends output to the engine line by line, stdout and stderr mixed as they come. A line over 64 KiB makes it stuck for
 * good, as it does the official plugin: a program that hangs its users must hang in the lab, too.
 */
export class LineLog {
    stuck = false;
    private rest: Buffer = Buffer.alloc(0);

    constructor(private readonly op: Operation) {}

    write(chunk: Buffer): void {
        let pending: Buffer = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
        for (let end = pending.indexOf(10); end !== -1 && end < LONGEST_LINE_BYTES; end = pending.indexOf(10)) {
            this.op.status(pending.toString("utf8", 0, end).replace(/\r$/, ""));
            pending = pending.subarray(end + 1);
        }
        this.stuck ||= pending.length > LONGEST_LINE_BYTES;
        this.rest = this.stuck ? Buffer.alloc(0) : pending;
    }

    end(): void {
        if (this.rest.length > 0) {
            this.op.status(this.rest.toString().replace(/\r$/, ""));
        }
    }
}
