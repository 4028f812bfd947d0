import { z } from "zod";
import { defaults } from "./defaults";
import { findHostKey, type HostKeyLookup, parseHostKey } from "./hostKeys";

const text = z.string().min(1);
const endpoint = {
    host: z
        .string()
        .regex(/^[A-Za-z0-9]([A-Za-z0-9._:-]*[A-Za-z0-9])?$/, "expected a host name or an address")
        .optional(),
    port: z.int().min(1).max(65535).optional(),
    user: z
        .string()
        .regex(/^[A-Za-z_][A-Za-z0-9_.-]*\$?$/, "expected a login name")
        .optional(),
    privateKey: text.optional(),
    privateKeyFile: text.optional(),
    privateKeyPassphrase: text.optional(),
    agentSocket: text.optional(),
    hostKey: text.optional(),
    knownHosts: text.optional(),
    knownHostsFile: text.optional(),
    hostKeyCheck: z.boolean().optional(),
};

/** How Pulumi reaches a host: given once for both nodes (`ssh`), or per node (`a.ssh`, which wins key by key). */
export const sshSchema = z.strictObject({
    ...endpoint,
    dialAttempts: z.int().min(1).max(10000).optional(),
    bastion: z.strictObject(endpoint).optional(),
});

/** One hop of a connection, keys read, host key found. `hostKey` is absent only where the check was left out explicitly. */
export interface SshHop {
    host: string;
    port: number;
    user: string;
    privateKey?: string;
    privateKeyPassphrase?: string;
    agentSocket?: string;
    hostKey?: string;
}

export interface SshSettings extends SshHop {
    dialAttempts: number;
    bastion?: SshHop;
}

type Raw = z.infer<typeof sshSchema>;
type RawHop = Omit<Raw, "bastion" | "dialAttempts">;

/**
 * What is said for both nodes, and for one: the node's wins key by key, and its way to log in, or to know the host, wins over
 * any other way of the shared ones.
 */
function mergeHop(shared: Raw, own: Raw): Raw {
    const merged = { ...shared, ...own };
    const takeOver = (keys: (keyof Raw)[], alongWith: (keyof Raw)[]) => {
        if (keys.some((key) => own[key] !== undefined)) {
            for (const key of [...keys, ...alongWith].filter((each) => own[each] === undefined)) {
                delete merged[key];
            }
        }
    };
    takeOver(["privateKey", "privateKeyFile", "agentSocket"], ["privateKeyPassphrase"]);
    takeOver(["hostKey", "knownHosts", "knownHostsFile"], ["hostKeyCheck"]);
    return merged;
}

/** Works out a node's connection. `host` is the default of ssh.host. Problems are added to `problems`. */
export function resolveSsh(
    label: string,
    host: string,
    shared: Raw = {},
    own: Raw = {},
    readFile: (path: string) => string,
    problems: string[],
): SshSettings {
    const { bastion, dialAttempts, ...hop } = mergeHop(shared, own);
    const resolved: SshSettings = {
        ...resolveHop(`${label}.ssh`, { host, ...hop }, readFile, problems),
        dialAttempts: dialAttempts ?? defaults.ssh.dialAttempts,
    };
    if (bastion) {
        // the bastion is known by the same files and opened with the same key, unless it says otherwise
        const { privateKey, privateKeyFile, agentSocket, user } = hop;
        const { knownHosts, knownHostsFile, hostKeyCheck } = { ...shared, ...own };
        const inherited = { user, knownHosts, knownHostsFile, hostKeyCheck };
        const way = bastion.privateKey ?? bastion.privateKeyFile ?? bastion.agentSocket;
        const key = way
            ? {}
            : { privateKey, privateKeyFile, agentSocket, privateKeyPassphrase: hop.privateKeyPassphrase };
        resolved.bastion = resolveHop(`${label}.ssh.bastion`, { ...inherited, ...key, ...bastion }, readFile, problems);
    }
    return resolved;
}

/** Why a file that the settings name could not be read. */
export function whyUnread(file: string, error: unknown): string {
    const why = `cannot read ${file} (${(error as NodeJS.ErrnoException).code ?? error})`;
    return file.startsWith("~") ? `${why}; \`~\` is not expanded; write the whole path` : why;
}

type HopInput = { [key in keyof RawHop]?: RawHop[key] | undefined };

function resolveHop(path: string, raw: HopInput, readFile: (path: string) => string, problems: string[]): SshHop {
    const read = (key: "privateKeyFile" | "knownHostsFile"): string | undefined => {
        const file = raw[key];
        if (file === undefined) {
            return undefined;
        }
        try {
            return readFile(file);
        } catch (error) {
            problems.push(`${path}.${key}: ${whyUnread(file, error)}`);
            return undefined;
        }
    };
    if (raw.host === undefined) {
        problems.push(`${path}.host: is missing; expected a host name or an address`);
    }
    const hop: SshHop = {
        host: raw.host ?? "",
        port: raw.port ?? defaults.ssh.port,
        user: raw.user ?? defaults.ssh.user,
    };
    const ways = [raw.privateKey, raw.privateKeyFile, raw.agentSocket].filter((way) => way !== undefined);
    if (ways.length !== 1) {
        const what = ways.length === 0 ? "no key" : "more than one way to log in";
        problems.push(`${path}: gives ${what}; give one of privateKeyFile, privateKey (a secret) or agentSocket`);
    }
    const key = raw.privateKey ?? read("privateKeyFile");
    const keyProblem = key === undefined ? undefined : findKeyProblem(key, raw.privateKeyPassphrase !== undefined);
    if (keyProblem !== undefined) {
        problems.push(`${path}.${raw.privateKey === undefined ? "privateKeyFile" : "privateKey"}: ${keyProblem}`);
    }
    Object.assign(hop, key !== undefined && { privateKey: key });
    Object.assign(hop, raw.privateKeyPassphrase !== undefined && { privateKeyPassphrase: raw.privateKeyPassphrase });
    Object.assign(hop, raw.agentSocket !== undefined && { agentSocket: raw.agentSocket });
    if (raw.hostKeyCheck !== false) {
        const known = read("knownHostsFile") ?? raw.knownHosts;
        const isUnread = raw.knownHostsFile !== undefined && known === undefined;
        const lookup = lookUpHostKey(raw, hop, known);
        if ("problem" in lookup) {
            if (isUnread && raw.hostKey === undefined) {
                return hop; // that has been said
            }
            problems.push(`${path}.${lookup.problem}`);
        } else {
            hop.hostKey = lookup.hostKey;
        }
    }
    return hop;
}

/** What can be told of a key without opening it; the rest is said by whoever uses it. */
function findKeyProblem(key: string, hasPassphrase: boolean): string | undefined {
    if (/^\s*(ssh|ecdsa|sk)-\S+ AAAA/.test(key)) {
        return "is a public key; give the private one, which is beside it without .pub";
    }
    const body = /-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]+)/.exec(key)?.[1];
    // the magic word, then the length and the name of the cipher
    const cipher = body && Buffer.from(body, "base64").subarray(19).toString("latin1");
    const isSealed = cipher ? !cipher.startsWith("none") : /ENCRYPTED/.test(key);
    return isSealed && !hasPassphrase ? "has a passphrase; give it as privateKeyPassphrase (a secret)" : undefined;
}

function lookUpHostKey(raw: HopInput, hop: SshHop, knownHosts: string | undefined): HostKeyLookup {
    if (raw.hostKey !== undefined) {
        const parsed = parseHostKey(raw.hostKey);
        return "problem" in parsed ? { problem: `hostKey: ${parsed.problem}` } : parsed;
    }
    if (knownHosts !== undefined) {
        const found = findHostKey(knownHosts, hop.host, hop.port);
        return "problem" in found
            ? { problem: `${raw.knownHostsFile ? "knownHostsFile" : "knownHosts"}: ${found.problem}` }
            : found;
    }
    return {
        problem:
            "hostKey: is missing; give hostKey, knownHosts or knownHostsFile (hostKeyCheck: false leaves the check out: anyone between could then read and change everything)",
    };
}
