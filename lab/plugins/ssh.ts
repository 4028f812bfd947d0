import * as net from "node:net";
import type { Duplex } from "node:stream";
import { type AnyAuthMethod, Client, type ClientErrorExtensions } from "ssh2";
import type { Operation } from "./contract";
import { dialErrorText, joinHostPort, systemErrorText } from "./goText";
import type { Hop } from "./hop";
import { methodName, readSshConfig, type SshConfig } from "./sshConfig";

/** The `connection` of command:remote:Command: the host, and perhaps one hop before it. */
export interface Connection extends Hop {
    proxy?: Hop;
}

/**
 * Logs in, and tries again as often as the official plugin does. The connection is never closed: neither does the
 * official plugin close it, so that a host sees the same number of them.
 */
export async function dial(connection: Connection, op: Operation): Promise<Client> {
    const config = await readSshConfig(connection);
    const limit = connection.dialErrorLimit;
    const { proxy } = connection;
    if (proxy === undefined) {
        return retry("Dial", limit, op, async () => handshake(await openTcp(connection), config));
    }
    try {
        const proxyConfig = await readSshConfig(proxy);
        const proxyClient = await retry("Dial proxy", proxy.dialErrorLimit, op, async () =>
            handshake(await openTcp(proxy), proxyConfig),
        );
        const stream = await retry("Dial from proxy", limit, op, () => openThrough(proxyClient, connection));
        // the same stream for each attempt: after a first failure it is dead, and the others say EOF
        return await retry("Dial", limit, op, () => handshake(stream, config));
    } catch (error) {
        throw new Error(`proxy: ${(error as Error).message}`);
    }
}

const FIRST_DELAY_MS = 100;
const DELAY_GROWTH = 1.5;
const LONGEST_DELAY_MS = 5000;

/** Delays grow from 0.1 s to 5 s: the default of 10 failures takes 11 s and makes 11 attempts. */
async function retry<T>(what: string, limit: number, op: Operation, attempt: () => Promise<T>): Promise<T> {
    let delay = FIRST_DELAY_MS;
    for (let failures = 0; ; failures++) {
        try {
            return await attempt();
        } catch (error) {
            if (limit > -1 && failures >= limit) {
                throw new Error(`after ${failures} failed attempts: ${(error as Error).message}`);
            }
        }
        op.status(`${what} ${failures + 1}/${limit === -1 ? "inf" : limit} failed: retrying`);
        await pause(Math.min(delay, LONGEST_DELAY_MS), op.signal);
        delay *= DELAY_GROWTH;
    }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
        const stop = () => {
            clearTimeout(timer);
            reject(signal.reason);
        };
        const timer = setTimeout(() => {
            signal.removeEventListener("abort", stop);
            resolve();
        }, milliseconds);
        if (signal.aborted) {
            stop();
        }
        signal.addEventListener("abort", stop, { once: true });
    });
}

function openTcp({ host, port, perDialTimeout }: Hop): Promise<net.Socket> {
    return new Promise((resolve, reject) => {
        const socket = net.connect({ host, port: Math.trunc(port) });
        let timer: NodeJS.Timeout | undefined;
        if (perDialTimeout > 0) {
            timer = setTimeout(() => {
                socket.destroy();
                reject(new Error(`dial tcp ${joinHostPort(host, port)}: i/o timeout`));
            }, perDialTimeout * 1000);
        }
        socket.once("connect", () => {
            clearTimeout(timer);
            resolve(socket);
        });
        socket.once("error", (error) => {
            clearTimeout(timer);
            reject(new Error(dialErrorText(error, host, port)));
        });
    });
}

const OPEN_FAILURES = [
    "",
    "administratively prohibited",
    "connect failed",
    "unknown channel type",
    "resource shortage",
];

function openThrough(proxy: Client, { host, port }: Hop): Promise<Duplex> {
    return new Promise((resolve, reject) => {
        proxy.forwardOut("0.0.0.0", 0, host, Math.trunc(port), (error, stream) => {
            if (error === undefined) {
                resolve(stream);
                return;
            }
            const { reason } = error as { reason?: number };
            const why = error.message.replace("(SSH) Channel open failure: ", "");
            reject(new Error(`ssh: rejected: ${OPEN_FAILURES[reason ?? 0] || `unknown reason ${reason}`} (${why})`));
        });
    });
}

function handshake(stream: Duplex, config: SshConfig): Promise<Client> {
    return new Promise((resolve, reject) => {
        const client = new Client();
        const { hostKey } = config;
        let wrongHostKey = false;
        let peerOffer: string[] = [];
        const authenticator = new Authenticator(config);

        function fail(text: string): void {
            stream.destroy();
            reject(new Error(`ssh: handshake failed: ${text}`));
        }
        function explain(error: Error & ClientErrorExtensions & { code?: string | number | undefined }): string {
            if (wrongHostKey) {
                return "ssh: host key mismatch";
            }
            if (error.message.includes("no matching host key format")) {
                const theirs = peerOffer.join(" ");
                return `ssh: no common algorithm for host key; we offered: [${hostKey?.type}], peer offered: [${theirs}]`;
            }
            if (error.level === "client-authentication") {
                return authenticator.failure();
            }
            if (typeof error.code === "number") {
                return `ssh: disconnect, reason ${error.code}: ${error.message}`;
            }
            if (error.level === "client-socket") {
                return `${readFrom(stream)}: read: ${systemErrorText(error as NodeJS.ErrnoException)}`;
            }
            return error.message === "Connection lost before handshake" ? "EOF" : error.message;
        }

        client.on("error", (error) => fail(explain(error)));
        client.on("close", () => fail("EOF"));
        client.on("ready", () => resolve(client));
        if (stream.destroyed) {
            fail("EOF");
            return;
        }
        client.connect({
            sock: stream,
            username: config.user,
            readyTimeout: 0,
            authHandler: (left, partial, next) => next(authenticator.next(left, partial) as AnyAuthMethod),
            // the only place where ssh2 tells what the other side offered
            debug: (line) => {
                const offer = /^Handshake: \(remote\) Host key format: (.*)$/.exec(line)?.[1];
                peerOffer = offer?.split(",") ?? peerOffer;
            },
            ...(hostKey && {
                // the pinned key's own type and no other, else a host with several keys shows a different one
                algorithms: { serverHostKey: [hostKey.type as "ssh-ed25519"] },
                hostVerifier: (shown: Buffer) => {
                    wrongHostKey = !shown.equals(hostKey.blob);
                    return !wrongHostKey;
                },
            }),
        });
    });
}

function readFrom(stream: Duplex): string {
    if (!(stream instanceof net.Socket) || stream.localAddress === undefined) {
        return "read tcp";
    }
    const local = joinHostPort(stream.localAddress, stream.localPort ?? 0);
    return `read tcp ${local}->${joinHostPort(stream.remoteAddress ?? "", stream.remotePort ?? 0)}`;
}

/** Picks the next way to log in: "none" first, then each method that the host allows, every name once. */
class Authenticator {
    private readonly tried: string[] = [];
    private current = "none";
    private allowed: string[] = [];

    constructor(private readonly config: SshConfig) {}

    next(left: string[] | null, partial: boolean | null): AnyAuthMethod | false {
        if (left === null) {
            return { type: "none", username: this.config.user };
        }
        if (!partial) {
            this.tried.push(this.current);
        }
        this.allowed = left.length > 0 ? left : this.allowed;
        const found = this.config.methods.find((method) => {
            const name = methodName(method);
            return !this.tried.includes(name) && this.allowed.includes(name);
        });
        this.current = found === undefined ? this.current : methodName(found);
        return found ?? false;
    }

    failure(): string {
        const tried = this.tried.join(" ");
        return `ssh: unable to authenticate, attempted methods [${tried}], no supported methods remain`;
    }
}
