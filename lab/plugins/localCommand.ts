import { isUtf8 } from "node:buffer";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { lifeCycle, previousOutput } from "./commandState";
import type { Operation, ResourceType } from "./contract";
import { quoteGo } from "./goText";
import { LineLog, type Output, text } from "./session";
import { type Properties, reveal, withoutEmpty } from "./values";

/** The inputs of command:local:Command 1.2.1 that the lab has; any other is an error. */
const INPUTS = [
    "create",
    "update",
    "delete",
    "stdin",
    "logging",
    "environment",
    "dir",
    "interpreter",
    "addPreviousOutputInEnv",
    "triggers",
];
/** Inputs that the official one takes and the lab does not. */
const NOT_HERE = ["archivePaths", "assetPaths"];

/**
 * command:local:Command: runs on this machine, in the folder of the project unless told, with the engine's environment. A
 * preview runs nothing. What fails leaves the state as it was.
 */
export const localCommand: ResourceType = {
    check(news) {
        const failures = Object.keys(news)
            .filter((name) => !INPUTS.includes(name))
            .map((property) => ({
                property,
                reason: NOT_HERE.includes(property)
                    ? `the stand-in for pulumi-resource-command (lab only) collects no files: no '${property}'`
                    : `Unrecognized field '${property}' on 'local.CommandInputs'`,
            }));
        return { inputs: withoutEmpty(news), failures };
    },

    ...lifeCycle(INPUTS, run),
};

interface Plain {
    stdin?: string;
    logging?: string;
    environment?: Record<string, string>;
    dir?: string;
    interpreter?: string[];
    addPreviousOutputInEnv?: boolean;
}

/** What the command printed. */
async function run(command: unknown, inputs: Properties, previous: Output, op: Operation): Promise<Output> {
    const plain = reveal(inputs) as Plain;
    const { dir = process.cwd(), logging = "stdoutAndStderr" } = plain;
    const given = plain.interpreter ?? [];
    const [program = "", ...words] = [...(given.length > 0 ? given : ["/bin/sh", "-c"]), String(reveal(command))];
    const fail = (why: string, said = "") => new Error(`${why}: running ${quoteGo(String(reveal(command)))}:\n${said}`);
    if (!existsSync(dir)) {
        throw fail(`chdir ${dir}: no such file or directory`);
    }
    const child = spawn(program, words, {
        cwd: dir,
        env: {
            ...process.env,
            ...plain.environment,
            ...(plain.addPreviousOutputInEnv === false ? {} : previousOutput(previous)),
        },
        stdio: [plain.stdin ? "pipe" : "ignore", "pipe", "pipe"],
    });
    const { problem, stdout, stderr, both } = await follow(child, plain.stdin, logging, op);
    if (problem !== undefined) {
        throw fail(problem, both.toString());
    }
    if (![stdout, stderr].every((bytes) => isUtf8(bytes))) {
        throw new Error("grpc: error while marshaling: string field contains invalid UTF-8");
    }
    return { stdout: text([stdout]), stderr: text([stderr]) };
}

/** Waits for the end of the command and of all that holds its output open. A cancelled one is killed, unlike a remote one. */
function follow(child: ChildProcess, stdin: string | undefined, logging: string, op: Operation) {
    const chunks = { stdout: [] as Buffer[], stderr: [] as Buffer[], both: [] as Buffer[] };
    const log = new LineLog(op);
    for (const name of ["stdout", "stderr"] as const) {
        child[name]?.on("data", (chunk: Buffer) => {
            chunks[name].push(chunk);
            chunks.both.push(chunk);
            if (logging === name || logging === "stdoutAndStderr") {
                log.write(chunk);
            }
        });
    }
    // what a command does not read is no failure here: Go's exec does not mind a broken pipe
    child.stdin?.on("error", () => {});
    child.stdin?.end(stdin);
    const kill = () => child.kill("SIGKILL");
    op.signal.addEventListener("abort", kill, { once: true });
    return new Promise<{ problem?: string; stdout: Buffer; stderr: Buffer; both: Buffer }>((resolve) => {
        const end = (problem: string | undefined) => {
            op.signal.removeEventListener("abort", kill);
            log.end();
            resolve({
                ...(problem !== undefined && { problem }),
                stdout: Buffer.concat(chunks.stdout),
                stderr: Buffer.concat(chunks.stderr),
                both: Buffer.concat(chunks.both),
            });
        };
        child.on("error", (error: NodeJS.ErrnoException) => {
            const file = child.spawnfile;
            end(
                file.includes("/")
                    ? `fork/exec ${file}: ${error.code === "ENOENT" ? "no such file or directory" : error.message}`
                    : `exec: ${quoteGo(file)}: executable file not found in $PATH`,
            );
        });
        child.on("close", (code, signal) => {
            if (!log.stuck) {
                end(signal ? `signal: ${SIGNAL_WORDS[signal] ?? signal}` : code ? `exit status ${code}` : undefined);
            }
        });
    });
}

const SIGNAL_WORDS: Record<string, string> = {
    SIGKILL: "killed",
    SIGTERM: "terminated",
    SIGINT: "interrupt",
    SIGHUP: "hangup",
    SIGSEGV: "segmentation fault",
    SIGABRT: "aborted",
};
