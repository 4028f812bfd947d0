import { type ChildProcess, execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { ensureBase, freePort, makeFolder, Stack, startInBase, stop } from "./pluginsHarness";

// settings: name -> arguments of a remote command, with `options`; { secret: TEXT } becomes a secret
const PROGRAM = `
const pulumi = require("@pulumi/pulumi");
const { remote } = require("@pulumi/command");
const revive = (value) =>
    Array.isArray(value) ? value.map(revive)
    : value === null || typeof value !== "object" ? value
    : "secret" in value ? pulumi.secret(value.secret)
    : Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, revive(inner)]));
for (const [name, { options, ...args }] of Object.entries(require("./settings.json"))) {
    new remote.Command(name, revive(args), options);
}
`;

const SSHD_CONFIG = `
ListenAddress 127.0.0.1
HostKey /mnt/host_ed25519
HostKey /mnt/host_ecdsa
HostKey /mnt/host_rsa
AuthorizedKeysFile /mnt/authorized_keys
StrictModes no
UsePAM no
PasswordAuthentication no
PerSourcePenalties no
AcceptEnv ALLOWED_* PULUMI_COMMAND_STDOUT
MaxStartups 200
LogLevel VERBOSE
PidFile none
`;

type Arguments = Record<string, unknown>;

/** A real sshd with keys of its own, and the stacks whose commands run behind it. Its folder is /mnt there. */
export class SshHost {
    readonly folder = makeFolder();
    private readonly servers: ChildProcess[] = [];
    private readonly stacks: Stack[] = [];
    private readonly base = ensureBase();
    private port = 0;

    async start(): Promise<void> {
        for (const type of ["ed25519", "ecdsa", "rsa"]) {
            this.makeKey(`host_${type}`, type);
        }
        this.makeKey("id", "ed25519");
        this.makeKey("id_rsa", "rsa");
        this.makeKey("locked", "ed25519", "open sesame");
        this.makeKey("stranger", "ed25519");
        const known = ["id.pub", "id_rsa.pub", "locked.pub"].map((file) => this.read(file));
        fs.writeFileSync(path.join(this.folder, "authorized_keys"), known.join(""));
        fs.writeFileSync(path.join(this.folder, "sshd_config"), SSHD_CONFIG);
        this.port = await freePort();
        await this.listen(this.port);
    }

    async listen(port: number): Promise<void> {
        const command = `/usr/sbin/sshd -D -e -f /mnt/sshd_config -p ${port}`;
        this.servers.push(await startInBase(this.base, this.folder, port, command));
    }

    async stop(): Promise<void> {
        await Promise.all(this.servers.map(stop));
        for (const stack of this.stacks) {
            stack.remove();
        }
        fs.rmSync(this.folder, { recursive: true, force: true });
    }

    read(file: string): string {
        return fs.readFileSync(path.join(this.folder, file), "utf8");
    }

    /** What commands on the host wrote into /mnt/NAME. */
    written(name: string): string {
        return fs.existsSync(path.join(this.folder, name)) ? this.read(name) : "";
    }

    loginsSeen(): number {
        return this.read("log").split("Accepted publickey").length;
    }

    /** A connection that works, with some of it changed. */
    connection(changes: Arguments = {}): Arguments {
        const { port } = this;
        const keys = { privateKey: this.read("id"), hostKey: this.read("host_ed25519.pub") };
        return { host: "127.0.0.1", port, user: "root", ...keys, ...changes };
    }

    command(create: string, changes: Arguments = {}): Arguments {
        return { connection: this.connection(), create, addPreviousOutputInEnv: false, ...changes };
    }

    newStack(): Stack {
        const stack = new Stack(PROGRAM);
        this.stacks.push(stack);
        return stack;
    }

    private makeKey(file: string, type: string, passphrase = ""): void {
        execFileSync("ssh-keygen", ["-q", "-t", type, "-N", passphrase, "-f", path.join(this.folder, file)]);
    }
}

/** Kills a process and all that it started, each by its id. */
export function killWithChildren({ pid }: ChildProcess): void {
    const table = execFileSync("ps", ["-eo", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n");
    const parents = table.map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
    const doomed = [pid as number];
    for (const one of doomed) {
        doomed.push(...parents.filter(([, parent]) => parent === one).map(([child]) => child));
    }
    for (const one of doomed.reverse()) {
        try {
            process.kill(one, "SIGKILL");
        } catch {
            // gone already
        }
    }
}
