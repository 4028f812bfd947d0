import { execFile, execFileSync, spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkout, labFolder, subnet } from "./hosts";

export interface Outcome {
    exitCode: number;
    /** What the CLI wrote, both streams. */
    text: string;
}

/** Where settings have one. */
interface Passwords {
    account?: { password?: string };
    a?: { mysql?: { admin?: { password?: string } } };
}

/** A run of the engine that goes on. */
export interface Running {
    /** What it has said so far. */
    text: () => string;
    ended: Promise<Outcome>;
    /** kill -9 of the engine, its plugins and the program, and what a user does after that. */
    kill: () => Promise<void>;
}

/** A stack of the tests' own over the program in this checkout, driven by the real engine's command line. */
export class Stack {
    private readonly file: string;
    settings: Record<string, unknown>;
    /** In place of the lab's. */
    passphrase: string | undefined;
    private sealed = false;

    constructor(public readonly name: string) {
        mkdirSync(join(labFolder, "state"), { recursive: true });
        this.file = join(labFolder, `Pulumi.${name}.yaml`);
        this.settings = {
            a: { host: "a.example.com", ssh: { host: `${subnet}.11` } },
            b: { host: "b.example.com", ssh: { host: `${subnet}.12` } },
            // with the rights that README.md asks for, and no others
            ssh: {
                user: "deploy",
                privateKeyFile: join(labFolder, "ssh/id_ed25519"),
                knownHostsFile: join(labFolder, "ssh/known_hosts"),
            },
        };
    }

    /** Starts from nothing: an older state of that name goes. */
    async init(): Promise<void> {
        this.write();
        this.mendState();
        await this.pulumi("cancel", "--yes");
        await this.pulumi("stack", "rm", "--force", "--yes", "--preserve-config");
        // `init` writes beside Pulumi.yaml, wherever the settings are: not into the checkout, which other labs use, too
        copyFileSync(join(checkout, "Pulumi.yaml"), join(labFolder, "Pulumi.yaml"));
        await this.expectSuccess("stack", "init", "--cwd", labFolder);
        this.write();
    }

    /**
     * Sets secrets as a user does, encrypted in the stack's file. From then on the file is as it is: changes of `settings` come
     * into it no more.
     */
    async seal(secrets: Record<string, string>): Promise<void> {
        for (const [path, secret] of Object.entries(secrets)) {
            await this.expectSuccess("config", "set", "--secret", "--path", `mysql-master-master:${path}`, secret);
        }
        this.sealed = true;
    }

    up(...flags: string[]): Promise<Outcome> {
        this.write();
        return this.pulumi("up", "--yes", "--skip-preview", "--non-interactive", ...flags).then(this.withoutPasswords);
    }

    preview(...flags: string[]): Promise<Outcome> {
        this.write();
        return this.pulumi("preview", "--non-interactive", ...flags);
    }

    destroy(): Promise<Outcome> {
        return this.pulumi("destroy", "--yes", "--skip-preview", "--non-interactive").then(this.withoutPasswords);
    }

    async mustUp(): Promise<string> {
        return requireSuccess(await this.up());
    }

    /** An up of which the summary has one line: all unchanged. */
    async mustFindAllDone(): Promise<void> {
        expect(await this.mustUp()).toMatch(/^Resources:\n {4}\d+ unchanged$/m);
    }

    async mustDestroy(): Promise<string> {
        return requireSuccess(await this.destroy());
    }

    async mustRefresh(): Promise<string> {
        return this.expectSuccess("refresh", "--yes", "--skip-preview", "--non-interactive");
    }

    async export(): Promise<string> {
        return requireSuccess(await this.pulumi("stack", "export"));
    }

    /** Starts an up or a destroy and hands it out, to be watched, and killed with all that it started. */
    start(verb: "up" | "destroy" = "up"): Running {
        this.write();
        const args = this.arguments([verb, "--yes", "--skip-preview", "--non-interactive"]);
        // a session of its own, for the engine gives each plugin its own process group
        const child = spawn("pulumi", args, {
            cwd: checkout,
            env: this.env(),
            stdio: ["ignore", "pipe", "pipe"],
            detached: true,
        });
        let text = "";
        for (const stream of [child.stdout, child.stderr]) {
            stream.on("data", (chunk) => {
                text += chunk;
            });
        }
        const ended = new Promise<Outcome>((resolve) =>
            child.once("close", (code) => resolve({ exitCode: code ?? 1, text })),
        ).then(this.withoutPasswords);
        return {
            text: () => text,
            ended,
            kill: async () => {
                killSession(child.pid ?? 0);
                await ended;
                await this.recover();
            },
        };
    }

    /** No run tells a password, however it ends: the replication account's, and the admin account's. */
    private withoutPasswords = (outcome: Outcome): Outcome => {
        const { account, a } = this.settings as Passwords;
        for (const secret of [account?.password, a?.mysql?.admin?.password]) {
            if (secret !== undefined && outcome.text.includes(secret)) {
                throw new Error("what the engine wrote holds a password of the stack");
            }
        }
        return outcome;
    };

    /** What a user does after an engine was killed: put the last whole state back where the kill cut it, and cancel. */
    private async recover(): Promise<void> {
        this.mendState();
        requireSuccess(await this.pulumi("cancel", "--yes"));
    }

    private mendState(): void {
        const state = join(labFolder, "state/.pulumi/stacks/mysql-master-master", `${this.name}.json`);
        if (existsSync(`${state}.bak`) && !isJson(state)) {
            copyFileSync(`${state}.bak`, state);
        }
        // what the engine notes of the file itself; it does without
        if (existsSync(`${state}.attrs`) && !isJson(`${state}.attrs`)) {
            rmSync(`${state}.attrs`);
        }
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
        return {
            PULUMI_OPTION_CONFIG_FILE: this.file,
            ...(this.passphrase !== undefined && { PULUMI_CONFIG_PASSPHRASE: this.passphrase }),
        };
    }

    private env() {
        return { ...process.env, ...this.place() };
    }

    private arguments(args: string[]): string[] {
        return [...args, "--stack", this.name];
    }

    /** JSON is YAML; the tests' secrets stand in it in clear, as a user's must not. */
    private write(): void {
        if (this.sealed) {
            return;
        }
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

/** Engine, language host, program, plugins: whoever is of the session that the engine was started in. */
function killSession(leader: number): void {
    const table = execFileSync("ps", ["-eo", "pid=,sess="], { encoding: "utf8" }).trim().split("\n");
    for (const line of table) {
        const [pid, session] = line.trim().split(/\s+/).map(Number);
        if (pid && leader && session === leader) {
            try {
                process.kill(pid, "SIGKILL");
            } catch {
                // it has ended by itself
            }
        }
    }
}

function isJson(file: string): boolean {
    try {
        JSON.parse(readFileSync(file, "utf8"));
        return true;
    } catch {
        return false;
    }
}
