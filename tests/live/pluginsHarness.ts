import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as net from "node:net";
import * as os from "node:os";
import * as path from "node:path";

const CHECKOUT = path.resolve(__dirname, "../..");

/** Runs a line of bash with the functions of the lab, and gives its stdout. */
function lab(line: string): string {
    const script = `set -euo pipefail; . lab/lib.sh; . lab/pulumi.sh; . lab/bases.sh; ${line}`;
    return execFileSync("bash", ["-c", script], { cwd: CHECKOUT, encoding: "utf8" }).trim();
}

/** The folder tree with a real sshd and a real MySQL in it; only read here. */
export function ensureBase(): string {
    return lab("ensure_base mysql-9.7 >&2; base_dir mysql-9.7");
}

/** A temporary folder. Commands that run in the base see it as /mnt. */
export function makeFolder(): string {
    return fs.mkdtempSync(path.join(os.tmpdir(), "mm-plugins-"));
}

/**
 * Starts a server of the base in a mount namespace of its own, `folder` at /mnt: nothing is written into the base, and
 * all mounts go with the process.
 */
export async function startInBase(base: string, folder: string, port: number, command: string): Promise<ChildProcess> {
    const enter = [
        "mount --make-rprivate /",
        `mount --bind '${folder}' '${base}/mnt'`,
        `mount --rbind /dev '${base}/dev'`,
        `mount -t tmpfs none '${base}/run'`,
        `mkdir -p '${base}/run/sshd'`,
        `exec chroot '${base}' ${command}`,
    ].join(" && ");
    const log = fs.openSync(path.join(folder, "log"), "a");
    const server = spawn("unshare", ["-m", "bash", "-c", enter], { stdio: ["ignore", log, log], detached: true });
    fs.closeSync(log);
    await waitFor(
        `port ${port}`,
        () => answers(port),
        () => fs.readFileSync(path.join(folder, "log"), "utf8"),
    );
    return server;
}

/** Ends a server and its children: it is the leader of its process group. */
export async function stop(server: ChildProcess): Promise<void> {
    const ended = new Promise((resolve) => server.once("exit", resolve));
    if (server.exitCode === null && server.signalCode === null && server.pid !== undefined) {
        process.kill(-server.pid, "SIGTERM");
        await ended;
    }
}

function answers(port: number): Promise<boolean> {
    return new Promise((resolve) => {
        const socket = net.connect({ host: "127.0.0.1", port });
        socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
        socket.once("connect", () => socket.destroy());
    });
}

export async function freePort(): Promise<number> {
    const server = net.createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as net.AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    return port;
}

/** Waits until `holds`; says what was seen when that takes more than 20 s. */
async function waitFor(what: string, holds: () => Promise<boolean>, seen: () => string): Promise<void> {
    const deadline = Date.now() + 20_000;
    while (!(await holds())) {
        if (Date.now() > deadline) {
            throw new Error(`no ${what} after 20 s:\n${seen()}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
}

/** A line that the engine showed, `error: ` and the like taken off. */
export interface Line {
    resource: string;
    severity: string;
    message: string;
    /** Shown only while the resource was being worked on. */
    ephemeral: boolean;
}

/** What one run of the CLI did. */
export interface Result {
    exitCode: number | null;
    seconds: number;
    output: string;
    lines: Line[];
    /** Operations by resource name: `create`, `update`, `create-replacement`, `delete-replaced`, `delete`, `same`… */
    steps: Record<string, string[]>;
    errors(resource: string): string[];
}

const PULUMI_YAML = `name: plugins
runtime: { name: nodejs, options: { typescript: false } }
main: .
`;

/** A stack of its own in a folder, with plain JavaScript as its program and the plugins to be tested. */
export class Stack {
    readonly folder = makeFolder();
    private readonly home: string;

    constructor(program: string) {
        this.home = process.env.MM_TEST_PULUMI_HOME ?? standInHome();
        fs.symlinkSync(path.join(CHECKOUT, "node_modules"), path.join(this.folder, "node_modules"));
        fs.writeFileSync(path.join(this.folder, "Pulumi.yaml"), PULUMI_YAML);
        fs.writeFileSync(path.join(this.folder, "package.json"), "{}");
        fs.writeFileSync(path.join(this.folder, "index.js"), program);
        fs.mkdirSync(path.join(this.folder, "state"));
    }

    /** Starts the CLI: `settings` reach the program as settings.json beside it. */
    start(args: string[], settings: unknown, env: NodeJS.ProcessEnv = {}): ChildProcess {
        const { SSH_AUTH_SOCK: _, ...inherited } = process.env;
        fs.writeFileSync(path.join(this.folder, "settings.json"), JSON.stringify(settings ?? {}));
        return spawn("pulumi", ["--non-interactive", ...args], {
            cwd: this.folder,
            stdio: ["ignore", "pipe", "pipe"],
            detached: true,
            env: {
                ...inherited,
                PATH: lab("engine_path"),
                PULUMI_HOME: this.home,
                PULUMI_BACKEND_URL: `file://${this.folder}/state`,
                PULUMI_CONFIG_PASSPHRASE: "test",
                PULUMI_SKIP_UPDATE_CHECK: "true",
                PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
                PULUMI_DEBUG_COMMANDS: "true", // shows --event-log
                ...env,
            },
        });
    }

    async run(args: string[], settings?: unknown, env?: NodeJS.ProcessEnv): Promise<Result> {
        const started = Date.now();
        const process = this.start(args, settings, env);
        const chunks: Buffer[] = [];
        process.stdout?.on("data", (chunk) => chunks.push(chunk));
        process.stderr?.on("data", (chunk) => chunks.push(chunk));
        const exitCode = await new Promise<number | null>((resolve) => process.once("close", resolve));
        const output = Buffer.concat(chunks).toString();
        const { lines, steps } = this.readEvents();
        return {
            exitCode,
            seconds: (Date.now() - started) / 1000,
            output,
            lines,
            steps,
            errors: (resource) =>
                lines.filter((line) => line.resource === resource && line.severity === "error").map((l) => l.message),
        };
    }

    /** One of `up`, `preview`, `refresh`, `destroy`. */
    async operate(operation: string, settings?: unknown, env?: NodeJS.ProcessEnv): Promise<Result> {
        const yes = operation === "preview" ? [] : ["--yes", "--skip-preview"];
        const more = operation === "up" ? ["--continue-on-error"] : [];
        if (!fs.existsSync(path.join(this.folder, "Pulumi.s.yaml"))) {
            await this.run(["stack", "init", "s"]);
        }
        fs.rmSync(this.eventLog, { force: true });
        return this.run([operation, "--stack", "s", "--event-log", this.eventLog, ...yes, ...more], settings, env);
    }

    /** The state's file, as whoever finds it would read it. */
    state(): string {
        return fs.readFileSync(path.join(this.folder, "state/.pulumi/stacks/plugins/s.json"), "utf8");
    }

    /** One resource of the state, or undefined. */
    resource(name: string): { id: string; inputs: Values; outputs: Values } | undefined {
        const resources = JSON.parse(this.state()).checkpoint.latest?.resources ?? [];
        return resources.find((one: { urn: string }) => one.urn.endsWith(`::${name}`));
    }

    remove(): void {
        fs.rmSync(this.folder, { recursive: true, force: true });
    }

    private get eventLog(): string {
        return path.join(this.folder, "events.json");
    }

    private readEvents(): Pick<Result, "lines" | "steps"> {
        const lines: Line[] = [];
        const steps: Record<string, string[]> = {};
        const text = fs.existsSync(this.eventLog) ? fs.readFileSync(this.eventLog, "utf8") : "";
        for (const event of text
            .split("\n")
            .filter(Boolean)
            .map((line) => JSON.parse(line))) {
            const diagnostic = event.diagnosticEvent;
            if (diagnostic !== undefined && diagnostic.severity !== "debug") {
                const { urn = "", severity, message, ephemeral = false } = diagnostic;
                lines.push({ resource: nameOf(urn), severity, message: message.replace(/\n$/, ""), ephemeral });
            }
            const step = (event.resOutputsEvent ?? event.resOpFailedEvent)?.metadata;
            if (step !== undefined) {
                const name = nameOf(step.urn);
                steps[name] = [...(steps[name] ?? []), event.resOpFailedEvent ? `${step.op} failed` : step.op];
            }
        }
        return { lines, steps };
    }
}

type Values = Record<string, unknown>;

function nameOf(urn: string): string {
    return urn.split("::").slice(3).join("::");
}

/** A Pulumi home with this checkout's stand-ins; the installer does nothing when they are there already. */
function standInHome(): string {
    const home = path.join(CHECKOUT, "node_modules/.cache/mysql-master-master/stand-ins");
    installStandIns(home);
    return home;
}

/** Runs the installer, and gives what it says. */
export function installStandIns(home: string, env: NodeJS.ProcessEnv = {}): string {
    const script = path.join(CHECKOUT, "lab/plugins/install.sh");
    return spawnSync(script, [home], { encoding: "utf8", env: { ...process.env, ...env } }).stderr;
}
