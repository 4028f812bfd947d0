import * as net from "node:net";
import { SshHost } from "./pluginsHost";

/**
 * How a remote command fails: with the lab's stand-in for pulumi-resource-command, the real engine and a real sshd. The
 * same claims hold for the official plugin: MM_TEST_PULUMI_HOME names a Pulumi home that has it. Left unproven: a host
 * that does not exist or does not answer, and the penalties by which a newer sshd cuts connections.
 */

jest.setTimeout(300_000);

let host: SshHost;

beforeAll(async () => {
    host = new SshHost();
    await host.start();
});

afterAll(() => host.stop());

describe("a remote command that fails", () => {
    const errors: Record<string, string[]> = {};
    let seconds: number;
    let shown: string;
    let silentPort: number;
    let httpPort: number;
    const strangers: net.Server[] = [];
    const listen = async (onSocket: (socket: net.Socket) => void) => {
        const server = net.createServer(onSocket);
        strangers.push(server);
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        return (server.address() as net.AddressInfo).port;
    };

    const failing: Record<string, () => Record<string, unknown>> = {
        wrongHostKey: () =>
            host.command("true", { connection: host.connection({ hostKey: host.read("stranger.pub") }) }),
        portClosed: () => host.command("true", { connection: host.connection({ port: 1 }) }),
        keyRejected: () => host.command("true", { connection: host.connection({ privateKey: host.read("stranger") }) }),
        noKey: () =>
            host.command("true", { connection: host.connection({ privateKey: undefined, dialErrorLimit: 0 }) }),
        twoAttempts: () => host.command("true", { connection: host.connection({ port: 1, dialErrorLimit: 2 }) }),
        oldRsaHostKey: () =>
            host.command("true", {
                connection: host.connection({ hostKey: host.read("host_rsa.pub"), dialErrorLimit: 1 }),
            }),
        exits: () => host.command("echo out; sleep 0.3; echo problem >&2; exit 3"),
        killed: () => host.command("kill -KILL $$"),
        terminated: () => host.command("kill -TERM $$"),
        cut: () => host.command("kill -KILL $PPID; sleep 5"),
        unread: () => host.command("exit 0", { stdin: "x".repeat(3_000_000), logging: "none" }),
        unreadAndFailed: () => host.command("exit 9", { stdin: "x".repeat(3_000_000), logging: "none" }),
        manyWords: () => host.command("yes 'line of output' | head -n 20000; exit 1", { logging: "none" }),
        quoted: () => host.command('printf "%s\\n" "tab\there, ünï, 😀, \u0007 \u200b" > /dev/null; exit 1'),
        refusedVariable: () => host.command("true", { environment: { FOO: "x" } }),
        noHostKey: () => host.command("true", { connection: host.connection({ hostKey: "no key at all" }) }),
        oneWordHostKey: () => host.command("true", { connection: host.connection({ hostKey: "word" }) }),
        shortHostKey: () => host.command("true", { connection: host.connection({ hostKey: "ssh-ed25519 AAAA" }) }),
        hangsUp: () => host.command("true", { connection: host.connection({ port: silentPort, dialErrorLimit: 1 }) }),
        speaksHttp: () => host.command("true", { connection: host.connection({ port: httpPort, dialErrorLimit: 1 }) }),
        proxyTargetWrongHostKey: () =>
            host.command("true", {
                connection: host.connection({
                    hostKey: host.read("stranger.pub"),
                    dialErrorLimit: 0,
                    proxy: host.connection(),
                }),
            }),
        proxyNoHostKey: () =>
            host.command("true", { connection: host.connection({ proxy: host.connection({ hostKey: "word" }) }) }),
        binary: () => host.command("printf 'a\\377'"),
        timeout: () =>
            host.command("true", {
                connection: host.connection({ port: 1, dialErrorLimit: -1 }),
                options: { customTimeouts: { create: "3s" } },
            }),
        noPrivateKey: () => host.command("true", { connection: host.connection({ privateKey: "no key at all" }) }),
        noPassphrase: () => host.command("true", { connection: host.connection({ privateKey: host.read("locked") }) }),
        wrongPassphrase: () =>
            host.command("true", {
                connection: host.connection({ privateKey: host.read("locked"), privateKeyPassword: "no" }),
            }),
        deadAgent: () => host.command("true", { connection: host.connection({ agentSocketPath: "/nowhere/agent" }) }),
        proxyWrongHostKey: () =>
            host.command("true", {
                connection: host.connection({
                    proxy: host.connection({ hostKey: host.read("stranger.pub"), dialErrorLimit: 1 }),
                }),
            }),
        proxyPortClosed: () =>
            host.command("true", {
                connection: host.connection({ port: 1, dialErrorLimit: 1, proxy: host.connection() }),
            }),
    };

    beforeAll(async () => {
        silentPort = await listen((socket) => socket.on("error", () => undefined).end());
        httpPort = await listen((socket) =>
            socket.on("error", () => undefined).end("HTTP/1.1 400 Bad Request\r\n\r\n"),
        );
        const stack = host.newStack();
        const settings = Object.fromEntries(Object.entries(failing).map(([name, args]) => [name, args()]));
        const result = await stack.operate("up", settings);
        ({ seconds, output: shown } = result);
        for (const name of Object.keys(failing)) {
            errors[name] = result.errors(name);
        }
        expect(result.exitCode).not.toBe(0);
    });

    afterAll(() => {
        for (const server of strangers) {
            server.close();
        }
    });

    const handshake = "ssh: handshake failed: ";
    it.each([
        ["wrongHostKey", `after 10 failed attempts: ${handshake}ssh: host key mismatch`],
        ["portClosed", "after 10 failed attempts: dial tcp 127.0.0.1:1: connect: connection refused"],
        [
            "keyRejected",
            `after 10 failed attempts: ${handshake}ssh: unable to authenticate, attempted methods [none publickey], no supported methods remain`,
        ],
        [
            "noKey",
            `after 0 failed attempts: ${handshake}ssh: unable to authenticate, attempted methods [none], no supported methods remain`,
        ],
        ["twoAttempts", "after 2 failed attempts: dial tcp 127.0.0.1:1: connect: connection refused"],
        [
            "oldRsaHostKey",
            `after 1 failed attempts: ${handshake}ssh: no common algorithm for host key; we offered: [ssh-rsa], peer offered: [ssh-ed25519 ecdsa-sha2-nistp256 rsa-sha2-512 rsa-sha2-256]`,
        ],
        [
            "exits",
            'Process exited with status 3: running "echo out; sleep 0.3; echo problem >&2; exit 3":\nout\nproblem\n',
        ],
        ["killed", 'Process exited with status 137 from signal KILL: running "kill -KILL $$":\n'],
        ["terminated", 'Process exited with status 143 from signal TERM: running "kill -TERM $$":\n'],
        [
            "cut",
            'wait: remote command exited without exit status or exit signal: running "kill -KILL $PPID; sleep 5":\n',
        ],
        ["unread", 'EOF: running "exit 0":\n'],
        ["unreadAndFailed", 'Process exited with status 9: running "exit 9":\n'],
        [
            "manyWords",
            `Process exited with status 1: running "yes 'line of output' | head -n 20000; exit 1":\n${"line of output\n".repeat(20000)}`,
        ],
        [
            "quoted",
            'Process exited with status 1: running "printf \\"%s\\\\n\\" \\"tab\\there, ünï, 😀, \\a \\u200b\\" > /dev/null; exit 1":\n',
        ],
        [
            "noHostKey",
            "failed to parse host key: ssh: no key found; last parsing error for ignored line: illegal base64 data at input byte 0",
        ],
        ["oneWordHostKey", "failed to parse host key: ssh: no key found"],
        [
            "shortHostKey",
            "failed to parse host key: ssh: no key found; last parsing error for ignored line: ssh: short read",
        ],
        ["binary", "grpc: error while marshaling: string field contains invalid UTF-8"],
        ["timeout", "context deadline exceeded"],
        ["hangsUp", `after 1 failed attempts: ${handshake}EOF`],
        ["speaksHttp", `after 1 failed attempts: ${handshake}EOF`],
        ["proxyTargetWrongHostKey", `proxy: after 0 failed attempts: ${handshake}ssh: host key mismatch`],
        ["proxyNoHostKey", "proxy: failed to parse host key: ssh: no key found"],
        ["noPrivateKey", "ssh: no key found"],
        ["noPassphrase", "ssh: this private key is passphrase protected"],
        ["wrongPassphrase", "x509: decryption password incorrect"],
        ["deadAgent", "dial unix /nowhere/agent: connect: no such file or directory"],
        ["proxyWrongHostKey", `proxy: after 1 failed attempts: ${handshake}ssh: host key mismatch`],
        ["proxyPortClosed", "proxy: after 1 failed attempts: ssh: rejected: connect failed (Connection refused)"],
    ])("says why, in the official words: %s", (name, message) => {
        expect(errors[name]).toEqual([message]);
    });

    it("does not run a command whose environment the host refuses", () => {
        expect(errors.refusedVariable).toHaveLength(2);
        expect(errors.refusedVariable?.[0]).toMatch(/^Unable to set 'FOO'. This only works if your SSH server/);
        expect(errors.refusedVariable?.[1]).toBe('could not set environment variable "FOO": ssh: setenv failed');
    });

    it("gives up after 10 failures and about 11 seconds", () => {
        expect(seconds).toBeGreaterThan(11);
        expect(seconds).toBeLessThan(25);
        expect(shown).toContain("Dial 10/10 failed: retrying");
    });
});
