import { execFile, spawn } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkout, labFolder, subnet } from "./hosts";

export interface Outcome {
    exitCode: number;
    /** What the CLI wrote, both streams. */
    text: string;
}

/** A stack of the tests' own over the program in this checkout, driven by the real engine's command line. */
export class Stack {
    private readonly file: string;
    settings: Record<string, unknown>;

    constructor(public readonly name: string) {
        mkdirSync(join(labFolder, "state"), { recursive: true });
        this.file = join(labFolder, `Pulumi.${name}.yaml`);
        this.settings = {
            a: { host: "a.example.com", ssh: { host: `${subnet}.11` } },
            b: { host: "b.example.com", ssh: { host: `${subnet}.12` } },
            ssh: {
                privateKeyFile: join(labFolder, "ssh/id_ed25519"),
                knownHostsFile: join(labFolder, "ssh/known_hosts"),
            },
        };
    }

    /** Starts from nothing: an older state of that name goes. */
    async init(): Promise<void> {
        this.write();
        await this.pulumi("cancel", "--yes");
        await this.pulumi("stack", "rm", "--force", "--yes", "--preserve-config");
        this.write();
        await this.expectSuccess("stack", "init");
        // `init` writes beside Pulumi.yaml, wherever the settings are
        rmSync(join(checkout, `Pulumi.${this.name}.yaml`), { force: true });
    }

    up(): Promise<Outcome> {
        this.write();
        return this.pulumi("up", "--yes", "--skip-preview", "--non-interactive");
    }

    preview(...flags: string[]): Promise<Outcome> {
        this.write();
        return this.pulumi("preview", "--non-interactive", ...flags);
    }

    destroy(): Promise<Outcome> {
        return this.pulumi("destroy", "--yes", "--skip-preview", "--non-interactive");
    }

    async mustUp(): Promise<string> {
        return requireSuccess(await this.up());
    }

    async mustDestroy(): Promise<string> {
        return requireSuccess(await this.destroy());
    }

    async export(): Promise<string> {
        return requireSuccess(await this.pulumi("stack", "export"));
    }

    /** Starts an up and hands it out, to be killed with all that it started: it leads its own process group. */
    startUp(): { kill: () => Promise<void> } {
        this.write();
        const args = this.arguments(["up", "--yes", "--skip-preview", "--non-interactive"]);
        const child = spawn("pulumi", args, { cwd: checkout, env: this.env(), stdio: "ignore", detached: true });
        const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
        return {
            kill: async () => {
                if (child.pid !== undefined && child.exitCode === null) {
                    process.kill(-child.pid, "SIGKILL");
                }
                await ended;
                // the engine's own lock outlives a killed engine
                requireSuccess(await this.pulumi("cancel", "--yes"));
            },
        };
    }

    private async expectSuccess(...args: string[]): Promise<string> {
        return requireSuccess(await this.pulumi(...args));
    }

    private pulumi(...args: string[]): Promise<Outcome> {
        return new Promise((resolve) => {
            execFile(
                "pulumi",
                this.arguments(args),
                { cwd: checkout, env: this.env(), maxBuffer: 1 << 28 },
                (error, stdout, stderr) => {
                    const exitCode = error ? (typeof error.code === "number" ? error.code : 1) : 0;
                    resolve({ exitCode, text: `${stdout}${stderr}` });
                },
            );
        });
    }

    /** What makes other commands see this stack's settings. */
    place() {
        return { PULUMI_OPTION_CONFIG_FILE: this.file };
    }

    private env() {
        return { ...process.env, ...this.place() };
    }

    private arguments(args: string[]): string[] {
        return [...args, "--stack", this.name];
    }

    /** JSON is YAML; the tests' secrets stand in it in clear, as a user's must not. */
    private write(): void {
        const config = Object.entries(this.settings).map(([key, value]) => [`mysql-master-master:${key}`, value]);
        writeFileSync(this.file, JSON.stringify({ config: Object.fromEntries(config) }));
    }
}

function requireSuccess(outcome: Outcome): string {
    if (outcome.exitCode !== 0) {
        throw new Error(`pulumi ended with ${outcome.exitCode}:\n${outcome.text}`);
    }
    return outcome.text;
}
