import { createServer as listenTcp } from "node:net";
import { Server, utils } from "ssh2";
import { preflightRequest } from "../../core/preflightRequest";
import { problemsOf } from "../../preflight/look";
import { DialError, Shell } from "../../preflight/shell";

/** The preflight's own SSH, against a server in this process. A real sshd, sudo and a bastion are in tests/live. */

const hostKeys = utils.generateKeyPairSync("ed25519");
const otherKeys = utils.generateKeyPairSync("ed25519");
const userKeys = utils.generateKeyPairSync("ed25519");
const lockedKeys = utils.generateKeyPairSync("ed25519", { passphrase: "open", cipher: "aes256-cbc", rounds: 16 });
const publicOf = (text: string) => text.split(" ").slice(0, 2).join(" ");

let logins = 0;
let port = 0;
const server = new Server({ hostKeys: [hostKeys.private] }, (client) => {
    logins++;
    client.on("error", () => {});
    client.on("authentication", (context) => {
        const known = [userKeys, lockedKeys].map((keys) => publicOf(keys.public).split(" ")[1]);
        if (context.method === "publickey" && known.includes(context.key.data.toString("base64"))) {
            context.accept();
        } else {
            context.reject(["publickey"]);
        }
    });
    client.on("ready", () => {
        client.on("session", (accept) => {
            accept().on("exec", (acceptExec, _reject, { command }) => {
                const channel = acceptExec();
                let text = "";
                channel.on("data", (data: Buffer) => {
                    text += data;
                });
                channel.on("end", () => {
                    if (command === "cut") {
                        client.end();
                    } else if (command !== "hang") {
                        channel.write(`${command}: ${text}`);
                        channel.stderr.write("aside");
                        channel.exit(3);
                        channel.end();
                    }
                });
            });
        });
    });
});

beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    port = (server.address() as { port: number }).port;
});
beforeEach(() => {
    logins = 0;
});
afterAll(() => {
    server.close();
});

const ssh = (more: object = {}) => ({
    host: "127.0.0.1",
    port,
    privateKey: userKeys.private,
    hostKey: publicOf(hostKeys.public),
    dialAttempts: 2,
    ...more,
});

async function failureOf(settings: ReturnType<typeof ssh>): Promise<DialError> {
    const error = await Shell.open(settings).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DialError);
    return error as DialError;
}

describe("a host", () => {
    it("runs commands, and gives both streams and the status", async () => {
        const shell = await Shell.open(ssh());
        expect(await shell.run("echo", "text", 5000)).toEqual({ exitCode: 3, stdout: "echo: text", stderr: "aside" });
        expect(await shell.run("again", "", 5000)).toMatchObject({ exitCode: 3, stdout: "again: " });
        shell.close();
        expect(logins).toBe(1);
    });

    it("is opened by a key with a passphrase", async () => {
        (await Shell.open(ssh({ privateKey: lockedKeys.private, privateKeyPassphrase: "open" }))).close();
    });

    it("whose command does not end, or whose connection is cut, has no status", async () => {
        const shell = await Shell.open(ssh());
        expect(await shell.run("hang", "", 200)).toEqual({
            exitCode: undefined,
            stdout: "",
            stderr: "no end after 0.2 s\n",
        });
        expect(await shell.run("cut", "", 5000)).toMatchObject({ exitCode: undefined, stdout: "" });
        shell.close();
    });
});

describe("what another attempt would not change ends the dialling at once:", () => {
    it.each<[string, object, RegExp, number]>([
        ["another host's key", { hostKey: publicOf(otherKeys.public) }, /^host key mismatch: another host answers/, 1],
        [
            "a key that is not known there",
            { privateKey: otherKeys.private },
            /^All configured authentication methods failed$/,
            1,
        ],
        ["a passphrase that is missing", { privateKey: lockedKeys.private }, /^Cannot parse privateKey: Encrypted/, 0],
        [
            "a wrong passphrase",
            { privateKey: lockedKeys.private, privateKeyPassphrase: "no" },
            /^Cannot parse privateKey: /,
            0,
        ],
        ["a key that is none", { privateKey: publicOf(userKeys.public) }, /privateKey/, 0],
    ])("%s", async (_, more, message, attempts) => {
        const error = await failureOf(ssh(more));
        expect([error.message, error.isCertain]).toEqual([expect.stringMatching(message), true]);
        expect(logins).toBe(attempts);
    });
});

it("a port that is shut is tried as often as the settings say", async () => {
    const closed = listenTcp();
    await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve));
    const { port: shut } = closed.address() as { port: number };
    await new Promise((resolve) => closed.close(resolve));
    const error = await failureOf(ssh({ port: shut }));
    expect([error.message, error.isCertain]).toEqual([
        `connect ECONNREFUSED 127.0.0.1:${shut} (after 2 attempts)`,
        false,
    ]);
});

describe("a look that breaks off is a problem:", () => {
    const { a } = preflightRequest({
        a: { host: "a", ssh: { host: "h", user: "deploy" } },
        b: { host: "b", ssh: { host: "h" } },
    });
    it.each([
        [
            "a refusal of the script",
            1,
            "note\nerror MM_SQL_LOGIN: what\n  next: do\n  server: words\n",
            ["MM_SQL_LOGIN", "what", "do", "words"],
        ],
        [
            "sudo that asks",
            1,
            "sudo: a password is required\n",
            [
                "MM_PREFLIGHT_SUDO",
                "deploy may not run sudo without a password",
                'give deploy the lines of sudoers that README.md lists ("Who may do what"), or use root',
                "sudo: a password is required\n",
            ],
        ],
        [
            "no bash",
            127,
            "sh: bash: not found\n",
            ["MM_PREFLIGHT_BASH", "has no bash for the SSH user", "install bash 4.1 or later", "sh: bash: not found\n"],
        ],
        [
            "a cut connection",
            undefined,
            "x",
            ["MM_PREFLIGHT_BROKEN", "looking at it broke off: the connection was cut", "run up again", "x"],
        ],
        [
            "anything else",
            9,
            "x",
            ["MM_PREFLIGHT_BROKEN", "looking at it broke off: it ended with status 9", "run up again", "x"],
        ],
    ])("%s", (_, exitCode, stderr, [code, what, next, words]) => {
        expect(problemsOf(a, { exitCode, stdout: "", stderr })).toEqual([{ code, node: "a", what, next, words }]);
        expect(problemsOf(a, { exitCode: 0, stdout: "", stderr })).toEqual([]);
    });
});
