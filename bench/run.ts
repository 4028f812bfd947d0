import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** A command that ended well, and how long it took on the wall's clock. */
export interface Run {
    seconds: number;
    stdout: string;
}

/** The checkout's root: where every command starts unless it is told another folder. */
export const CHECKOUT = `${__dirname}/..`;

const running = new Set<ChildProcess>();
let stopped: NodeJS.Signals | undefined;

/** How a command is run; each may be left out. */
export interface RunOptions {
    /** Where it starts; default the checkout's root. */
    cwd?: string;
    /** What it reads; default nothing. */
    stdin?: string;
    /** Hears each line of its stdout as it comes. */
    onLine?: (line: string) => void;
}

/** Runs a command to its end. Throws with all that it said when it fails. */
export async function run(command: string[], env: NodeJS.ProcessEnv, options: RunOptions = {}): Promise<Run> {
    const [file = "", ...args] = command;
    const started = process.hrtime.bigint();
    const child = spawn(file, args, { cwd: options.cwd ?? CHECKOUT, env, stdio: "pipe" });
    running.add(child);
    child.stdin.on("error", () => {}); // it may end before it has read all: its exit code tells
    child.stdin.end(options.stdin ?? "");
    if (options.onLine) {
        createInterface(child.stdout).on("line", options.onLine);
    }
    let stdout = "";
    let output = "";
    child.stdout.on("data", (data) => {
        stdout += data;
        output += data;
    });
    child.stderr.on("data", (data) => {
        output += data;
    });
    const end = await new Promise<string>((resolve) => {
        child.once("error", (error) => resolve(error.message));
        child.once("close", (code, signal) => resolve(code === 0 ? "" : `ended with ${signal ?? `exit code ${code}`}`));
    });
    running.delete(child);
    const seconds = Number(process.hrtime.bigint() - started) / 1e9;
    if (end !== "") {
        throw new Error(`${command.join(" ")}: ${end} after ${seconds.toFixed(1)} s\n${output}`);
    }
    return { seconds, stdout };
}

/** An interrupted benchmark ends the command that runs, fails by that, and so comes to remove its lab. */
export function passSignalsOn(): void {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
        process.on(signal, () => {
            stopped = signal;
            for (const child of running) {
                child.kill(signal);
            }
        });
    }
}

/** Throws once a signal has come: no further round is begun. */
export function requireNotStopped(): void {
    if (stopped) {
        throw new Error(`stopped by ${stopped}`);
    }
}
