import type { Properties } from "./values";

/** One hop, as `connection` and `connection.proxy` of command:remote:Command give it, defaults filled in. */
export interface Hop {
    user: string;
    host: string;
    port: number;
    password?: string;
    privateKey?: string;
    privateKeyPassword?: string;
    agentSocketPath?: string;
    hostKey?: string;
    /** Failures that are tried again; -1 is without end. */
    dialErrorLimit: number;
    /** Seconds for opening the TCP connection; 0 is without end. The handshake has no limit of its own. */
    perDialTimeout: number;
}

/** What the official plugin fills in when the program says nothing. */
export const HOP_DEFAULTS: Properties = { user: "root", port: 22, dialErrorLimit: 10, perDialTimeout: 15 };
