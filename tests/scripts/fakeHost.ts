import { spawn } from "node:child_process";
import {
    chmodSync,
    existsSync,
    mkdirSync,
    mkdtempSync,
    readFileSync,
    rmSync,
    symlinkSync,
    writeFileSync,
} from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { assembleScript, type Parameters } from "../../core/script";
import { type Answer, FakeServer, refused } from "./fakeServer";

const programs = ["mysql", "mysqldump", "mysqld", "ssh", "systemctl", "journalctl", "getent", "id"];
const program = join(__dirname, "fake", "program.sh");

export interface Run {
    exitCode: number | null;
    stdout: string;
    stderr: string;
    /** What this run asked of the node's own server, and of its peer's; in order. */
    statements: string[];
    peer: string[];
}

/** One fake program's call. */
export interface Call {
    name: string;
    argv: string[];
    /** What its option files said. */
    options: string;
    stdin: string;
}

/** What every step's parameters are, unless told otherwise. */
export const common: Parameters = {
    NODE: "b",
    PORT: 3306,
    CONVERGE: "",
    SOCKET: "",
    LOGIN_USER: "",
    LOGIN_PASSWORD: "",
    OPTION_FILE: "",
    PEER_HOST: "a.example.com",
    PEER_PORT: 3306,
    PEER_UUID: "uuid-a",
    ACCOUNT: "replicator",
    ACCOUNT_HOST: "%",
    ACCOUNT_PASSWORD: "SECRETaccount",
    SOURCE_LOG: "1600000000",
    OWN_LOG: "1700000000",
    SSH_USER: "root",
    CATCH_UP_SECONDS: 60,
    SERVICE: "",
    START_TIMEOUT_SECONDS: 60,
};

/** A host made of a folder and of fake programs on PATH; the scripts that run on it are the real ones, whole, in a real bash. */
export class FakeHost {
    readonly root = mkdtempSync(join(tmpdir(), "mm-host-"));
    readonly local: FakeServer;
    readonly peer: FakeServer;
    /** Every call of a fake program, in order. */
    readonly calls: Call[] = [];
    /** Answers of programs other than the client; by name. */
    readonly answers: Record<string, (call: Call) => Answer> = {
        id: () => ({ stdout: "0\n" }),
        getent: ({ argv }) => ({ stdout: argv[0] === "passwd" ? `root:x:0:0::${this.path("/root")}:/bin/bash\n` : "" }),
        systemctl: () => ({}),
        // what the server would read: every line of the one option file
        mysqld: ({ argv }) => ({
            stdout: argv.includes("--print-defaults") ? `mysqld would have:\n${this.readOptions()}\n` : "",
        }),
    };
    /** A zstd that packs by making text of it; scripts see whether one is there. */
    addZstd(): void {
        this.write("/bin/zstd", '#!/bin/bash\ncase "$*" in *d*) exec base64 -d ;; *) exec base64 -w 0 ;; esac\n');
        chmodSync(this.path("/bin/zstd"), 0o755);
    }
    /** What the client says of its options. */
    clientHelp = "  --ssl-mode=name     SSL connection mode.\n";
    private listener: Server | undefined;
    /** Clients that wait for an answer that does not come; KILL ends them. */
    private readonly hanging: Socket[] = [];

    constructor(local: Record<string, string> = {}, peer: Record<string, string> = {}, version = "9.7.4") {
        this.local = new FakeServer(version, {
            server_id: "20",
            server_uuid: "uuid-b",
            pid_file: "/nowhere",
            datadir: `${this.path("/var/lib/mysql")}/`,
            log_bin_basename: this.path("/var/lib/mysql/mysql-bin"),
            ...local,
        });
        this.beginLog("mysql-bin.000003", 1700000000);
        this.local.loginGrants = "GRANT ALL PRIVILEGES ON *.* TO `root`@`localhost` WITH GRANT OPTION";
        this.peer = new FakeServer(version, { server_id: "10", server_uuid: "uuid-a", ...peer });
        this.write("/etc/my.cnf", "[mysqld]\n");
        for (const folder of ["/root", "/bin", "/tmp", "/run/systemd/system"]) {
            mkdirSync(this.path(folder), { recursive: true });
        }
        for (const name of programs) {
            symlinkSync(program, this.path(`/bin/${name}`));
        }
    }

    /** Where a path of the host is on this machine. */
    path = (path: string) => join(this.root, path);
    read = (path: string) => (existsSync(this.path(path)) ? readFileSync(this.path(path), "utf8") : undefined);
    write(path: string, text: string): void {
        mkdirSync(dirname(this.path(path)), { recursive: true });
        writeFileSync(this.path(path), text);
    }
    /** A binary log, as far as it tells when it was begun; an encrypted one has that below its header. */
    beginLog(name: string, born: number, isEncrypted = false): void {
        const log = Buffer.alloc(isEncrypted ? 520 : 8);
        log.write(isEncrypted ? "\xfdbin" : "\xfebin", "latin1");
        log.writeUInt32LE(born, log.length - 4);
        const path = this.path(`/var/lib/mysql/${name}`);
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, log);
    }
    /** A file of the node's memory. */
    memory = (name: string) => this.read(`/var/lib/mysql-master-master/3306/${name}`);
    remember = (name: string, text: string) => this.write(`/var/lib/mysql-master-master/3306/${name}`, text);

    forget = (name: string) => rmSync(this.path(`/var/lib/mysql-master-master/3306/${name}`), { force: true });

    /** Runs a script as the program would, with the paths that it uses moved below this host's folder. */
    async run(script: string, parameters: Parameters = {}, verb = "up"): Promise<Run> {
        return this.runWhole(
            assembleScript(script, { ...common, STEP: script.replace(/\.sh$/, ""), ...parameters }),
            verb,
        );
    }

    /** The same of a script that is put together already. */
    async runWhole(text: string, verb = "up"): Promise<Run> {
        // a wait of 0.1 s counts for 5 s: what is waited for here comes at once or never
        const hurried = text
            .replaceAll("sleep 0.1", "SECONDS=$((SECONDS + 5))")
            .replaceAll(/sleep 5\b/g, "sleep 0")
            .replace("LOCK_HOLD_MS=3000", "LOCK_HOLD_MS=300");
        return this.runText(
            hurried.replaceAll(/\/(var\/lib\/mysql-master-master|run\/systemd\/system|etc\/)/g, `${this.root}/$1`),
            verb,
        );
    }

    async runText(text: string, verb = "up"): Promise<Run> {
        const port = await this.listen();
        const before = [this.local.statements.length, this.peer.statements.length];
        const child = spawn("bash", ["-s", "--", verb, "10.0.0.9 5000 10.0.0.2 22"], {
            env: {
                PATH: `${this.path("/bin")}:${process.env.PATH}`,
                HOME: this.path("/root"),
                TMPDIR: this.path("/tmp"),
                FAKE_PORT: `${port}`,
            },
        });
        let stdout = "";
        let stderr = "";
        child.stdout.on("data", (data) => {
            stdout += data;
        });
        child.stderr.on("data", (data) => {
            stderr += data;
        });
        child.stdin.on("error", () => {});
        child.stdin.end(text);
        const exitCode = await new Promise<number | null>((resolve) => child.on("close", resolve));
        const hide = (words: string) => words.replaceAll(this.root, "");
        return {
            exitCode,
            stdout: hide(stdout),
            stderr: hide(stderr),
            statements: this.local.statements.slice(before[0]),
            peer: this.peer.statements.slice(before[1]),
        };
    }

    close(): void {
        this.listener?.close();
        rmSync(this.root, { recursive: true, force: true });
    }

    private readOptions = () =>
        (this.read("/etc/my.cnf") ?? "")
            .split("\n")
            .filter((line) => /^\w/.test(line))
            .map((line) => `--${line}`)
            .join(" ");

    private async listen(): Promise<number> {
        if (this.listener === undefined) {
            this.listener = createServer((socket) => this.serve(socket));
            const { listener } = this;
            await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
        }
        return (this.listener.address() as AddressInfo).port;
    }

    /** Reads one call: three lengths, a line each, then words, option files and stdin. */
    private serve(socket: Socket): void {
        let data = Buffer.alloc(0);
        socket.on("error", () => {});
        socket.on("data", (chunk) => {
            data = Buffer.concat([data, chunk]);
            const [head, ...lengths] = /^(\d+)\n(\d+)\n(\d+)\n/.exec(data.toString("latin1")) ?? [];
            const [words = 0, files = 0, stdin = 0] = lengths.map(Number);
            if (head === undefined || data.length < head.length + words + files + stdin) {
                return;
            }
            const part = (from: number, length: number) =>
                data.subarray(head.length + from, head.length + from + length).toString();
            const [name = "", ...argv] = part(0, words).split("\x1e").slice(0, -1);
            const call = { name, argv, options: part(words, files), stdin: part(words + files, stdin) };
            this.calls.push(call);
            const answer = this.answer(call);
            if (answer.hang) {
                this.hanging.push(socket);
                return;
            }
            give(socket, answer);
        });
    }

    private answer(call: Call): Answer {
        if (call.name === "mysql" && call.argv.includes("--help")) {
            return { stdout: this.clientHelp };
        }
        if (call.name === "mysql") {
            if (/^KILL \d+;/.test(call.stdin)) {
                for (const socket of this.hanging.splice(0)) {
                    give(socket, refused(2013, "Lost connection to MySQL server during query"));
                }
            }
            return (call.options.includes("host=") ? this.peer : this.local).run(call.stdin);
        }
        return this.answers[call.name]?.(call) ?? { stderr: `a fake ${call.name} has no answer\n`, status: 1 };
    }
}

const give = (socket: Socket, { stdout = "", stderr = "", status = 0 }: Answer) =>
    socket.end(`${status} ${Buffer.byteLength(stdout)} ${Buffer.byteLength(stderr)}\n${stdout}${stderr}`);

const hosts: FakeHost[] = [];

/** A new host for one test; its folder goes after it. */
export function makeHost(...args: ConstructorParameters<typeof FakeHost>): FakeHost {
    const host = new FakeHost(...args);
    hosts.push(host);
    return host;
}

/** To be called once in each test file. */
export function cleanUpHosts(): void {
    // a busy machine may take its time
    jest.setTimeout(60_000);
    afterEach(() => {
        const seen = hosts.splice(0).flatMap((host) => {
            host.close();
            return host.calls.flatMap(({ argv }) => argv);
        });
        // whatever a test is about: what any process was called with is for everybody on the host to see
        expect(seen.filter((word) => word.includes("SECRET"))).toEqual([]);
    });
}

/** Statements that change something: all but those that only read. */
export const changes = (statements: string[]) => statements.filter((text) => !/^(SELECT|SHOW)\b/.test(text));
