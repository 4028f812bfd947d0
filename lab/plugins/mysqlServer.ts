import type { Connection, ConnectionOptions, RowDataPacket } from "mysql2/promise";
import { dialErrorText } from "./goText";
import { type Properties, reveal, UNKNOWN } from "./values";

/** The provider's configuration: where the server is and as whom to log in. */
export interface ServerConfig {
    endpoint: string;
    username: string;
    password?: string;
    tls?: string;
    proxy?: string;
}

/** What is wrong with a provider's configuration, in the official plugin's words. What is not known yet is not judged. */
export function findConfigProblems(config: Properties): string[] {
    const { endpoint, username, tls, proxy, authenticationPlugin } = reveal(config) as Record<string, string>;
    const missing = Object.entries({ endpoint, username }).filter(([, value]) => value === undefined);
    if (missing.length > 0) {
        return missing.map(([name]) => `Missing required property '${name}'`);
    }
    const problems: string[] = [];
    if (endpoint === "") {
        problems.push("Endpoint must not be an empty string");
    }
    if (![undefined, UNKNOWN, "true", "false", "skip-verify"].includes(tls)) {
        problems.push(`expected tls to be one of [true false skip-verify], got ${tls}`);
    }
    if (![undefined, UNKNOWN].includes(proxy) && !/^socks5h?:\/\/.*:\d+$/.test(String(proxy))) {
        problems.push("invalid value for proxy (The proxy URL is not a valid socks url.)");
    }
    if (![undefined, UNKNOWN, "cleartext", "native"].includes(authenticationPlugin?.toLowerCase())) {
        problems.push(`expected authentication_plugin to be one of [cleartext native], got ${authenticationPlugin}`);
    }
    return problems.map((problem) => `could not validate provider configuration: ${problem}`);
}

/** Runs `work` on a fresh connection. Errors come out in the words of the Go driver: `Error 1396 (HY000): …`. */
export async function withServer<T>(config: ServerConfig, work: (server: Server) => Promise<T>): Promise<T> {
    const connection = await connect(config);
    try {
        return await work(new Server(connection));
    } finally {
        connection.destroy();
    }
}

/** A connection that speaks text SQL only, as the official plugin does: what is in a value is spliced in unescaped. */
export class Server {
    constructor(private readonly connection: Connection) {}

    async execute(sql: string): Promise<RowDataPacket[]> {
        try {
            const [rows] = await this.connection.query<RowDataPacket[]>(sql);
            return rows;
        } catch (error) {
            throw new Error(errorText(error as ServerError));
        }
    }

    /** The series of the server, from a variable that MariaDB 10.10 and later lacks: there it throws. */
    async isLaterThan(version: string): Promise<boolean> {
        const rows = await this.execute("SELECT @@GLOBAL.innodb_version AS version");
        return compareVersions(String(rows[0]?.version), version) > 0;
    }
}

const RETRY_FOR_MS = 5 * 60 * 1000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;

/** A server may still be starting: any failure, a wrong password too, is tried again for five minutes. */
async function connect(config: ServerConfig): Promise<Connection> {
    if (config.proxy) {
        throw new Error("the stand-in for pulumi-resource-mysql (lab only) does not connect through a proxy");
    }
    // loaded here: a preview needs no server, and starts in half the time
    const { createConnection } = await import("mysql2/promise");
    const started = Date.now();
    for (let wait = FIRST_WAIT_MS; ; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
        try {
            return await createConnection(connectionOptions(config));
        } catch (error) {
            if (Date.now() + wait - started > RETRY_FOR_MS) {
                throw new Error(`Could not connect to server: ${connectErrorText(error as ServerError, config)}`);
            }
        }
        await new Promise((resolve) => setTimeout(resolve, wait));
    }
}

function connectionOptions({ endpoint, username, password, tls }: ServerConfig): ConnectionOptions {
    const login = { user: username, password: password ?? "" };
    if (endpoint.startsWith("/")) {
        return { ...login, socketPath: endpoint };
    }
    const { host, port } = splitEndpoint(endpoint);
    const ssl = tls === "true" || tls === "skip-verify" ? { ssl: { rejectUnauthorized: tls === "true" } } : {};
    return { ...login, host, port, ...ssl };
}

function splitEndpoint(endpoint: string): { host: string; port: number } {
    const [, host = endpoint, port = "3306"] = /^(.*):(\d+)$/.exec(endpoint) ?? [];
    return { host: host.replace(/^\[(.*)\]$/, "$1"), port: Number(port) };
}

interface ServerError extends NodeJS.ErrnoException {
    sqlState?: string;
    sqlMessage?: string;
}

function errorText(error: ServerError): string {
    const state = error.sqlState ? ` (${error.sqlState})` : "";
    return error.sqlMessage === undefined ? error.message : `Error ${error.errno}${state}: ${error.sqlMessage}`;
}

function connectErrorText(error: ServerError, { endpoint }: ServerConfig): string {
    if (error.sqlMessage !== undefined || error.code === undefined) {
        return errorText(error);
    }
    const { host, port } = splitEndpoint(endpoint);
    return dialErrorText(error, host, port);
}

function compareVersions(left: string, right: string): number {
    const [a, b] = [left, right].map((text) => text.split(/[^0-9]+/).map(Number)) as [number[], number[]];
    const differing = [0, 1, 2].find((part) => (a[part] ?? 0) !== (b[part] ?? 0));
    return differing === undefined ? 0 : (a[differing] ?? 0) - (b[differing] ?? 0);
}
