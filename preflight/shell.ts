import type { Duplex } from "node:stream";
import { Client, type ConnectConfig } from "ssh2";
import { defaults } from "../core/defaults";
import type { RequestSsh } from "../core/preflightRequest";

/** Why no connection came about; `isCertain` where another attempt would end the same. */
export class DialError extends Error {
    constructor(
        message: string,
        public readonly isCertain: boolean,
    ) {
        super(message);
    }
}

export interface Outcome {
    /** Undefined where the connection was cut, or the command took too long. */
    exitCode: number | undefined;
    stdout: string;
    stderr: string;
}

type Hop = Omit<RequestSsh, "bastion">;

const HANDSHAKE_MS = 15_000;

/** A host, logged in to: each command is a session of its own on one connection. */
export class Shell {
    private constructor(private readonly clients: Client[]) {}

    /** Dials as often as the settings say, first one included: 0.1 s to 5 s apart. Throws DialError. */
    static async open(ssh: RequestSsh): Promise<Shell> {
        const attempts = ssh.dialAttempts ?? defaults.ssh.dialAttempts;
        for (let failures = 0; ; failures++) {
            try {
                return await Shell.dial(ssh);
            } catch (error) {
                const isCertain = error instanceof DialError && error.isCertain;
                if (isCertain || failures + 1 >= attempts) {
                    const times = failures === 0 ? "" : ` (after ${failures + 1} attempts)`;
                    throw new DialError(`${(error as Error).message}${times}`, isCertain);
                }
            }
            await new Promise((wake) => setTimeout(wake, Math.min(100 * 1.5 ** failures, 5000)));
        }
    }

    private static async dial({ bastion, ...hop }: RequestSsh): Promise<Shell> {
        if (bastion === undefined) {
            return new Shell([await connect(hop)]);
        }
        const first = await connect(bastion).catch((error: DialError) => {
            throw new DialError(`bastion: ${error.message}`, error.isCertain);
        });
        try {
            return new Shell([await connect(hop, await openThrough(first, hop)), first]);
        } catch (error) {
            first.end();
            throw error;
        }
    }

    /** Runs a command with `stdin`, and gives what it printed, whatever its end. */
    run(command: string, stdin: string, timeoutMs: number): Promise<Outcome> {
        return new Promise((resolve) => {
            const outcome: Outcome = { exitCode: undefined, stdout: "", stderr: "" };
            const timer = setTimeout(() => {
                outcome.stderr += `no end after ${timeoutMs / 1000} s\n`;
                resolve(outcome);
            }, timeoutMs);
            const end = () => {
                clearTimeout(timer);
                resolve(outcome);
            };
            this.clients[0]?.once("close", end);
            this.clients[0]?.exec(command, (error, channel) => {
                if (error) {
                    outcome.stderr += `${error.message}\n`;
                    end();
                    return;
                }
                channel.setEncoding("utf8");
                channel.stderr.setEncoding("utf8");
                channel.on("data", (text: string) => {
                    outcome.stdout += text;
                });
                channel.stderr.on("data", (text: string) => {
                    outcome.stderr += text;
                });
                channel.on("exit", (code: number | null) => {
                    outcome.exitCode = code ?? undefined;
                });
                channel.on("close", end);
                channel.on("error", () => {});
                channel.end(stdin);
            });
        });
    }

    close(): void {
        for (const client of this.clients) {
            client.end();
        }
    }
}

function connect(hop: Hop, sock?: Duplex): Promise<Client> {
    const client = new Client();
    const [type = "", blob = ""] = hop.hostKey?.split(" ") ?? [];
    let isWrongHost = false;
    const config: ConnectConfig = {
        ...(sock ? { sock } : { host: hop.host, port: hop.port ?? defaults.ssh.port }),
        username: hop.user ?? defaults.ssh.user,
        ...(hop.privateKey !== undefined && { privateKey: hop.privateKey }),
        ...(hop.privateKeyPassphrase !== undefined && { passphrase: hop.privateKeyPassphrase }),
        ...(hop.agentSocket !== undefined && { agent: hop.agentSocket }),
        readyTimeout: HANDSHAKE_MS,
        keepaliveInterval: 5000,
        ...(hop.hostKey !== undefined && {
            // the pinned key's own type and no other, else a host with several keys shows a different one
            algorithms: { serverHostKey: [type as "ssh-ed25519"] },
            hostVerifier: (shown: Buffer) => {
                isWrongHost = !shown.equals(Buffer.from(blob, "base64"));
                return !isWrongHost;
            },
        }),
    };
    return new Promise((resolve, reject) => {
        const fail = (error: Error & { level?: string }) => {
            client.end();
            if (isWrongHost) {
                reject(new DialError("host key mismatch: another host answers than the one whose key is known", true));
            } else {
                reject(new DialError(error.message || String(error), error.level === "client-authentication"));
            }
        };
        client.once("ready", () => resolve(client));
        client.on("error", fail);
        client.once("close", () => fail(new Error("the connection was closed")));
        try {
            client.connect(config);
        } catch (error) {
            // a key that cannot be read, or has a passphrase that was not given
            reject(new DialError((error as Error).message, true));
        }
    });
}

function openThrough(bastion: Client, { host, port = 22 }: Hop): Promise<Duplex> {
    return new Promise((resolve, reject) => {
        bastion.forwardOut("127.0.0.1", 0, host, port, (error, stream) => (error ? reject(error) : resolve(stream)));
    });
}
