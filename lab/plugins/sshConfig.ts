import * as net from "node:net";
import { type AnyAuthMethod, type AuthenticationType, type ParsedKey, utils } from "ssh2";
import { systemErrorText } from "./goText";
import type { Hop } from "./hop";

/** How to know the host, and how to log in to it. */
export interface SshConfig {
    user: string;
    /** Absent means that any host will do: so does the official plugin. */
    hostKey?: { type: string; blob: Buffer };
    /** In the order in which they are tried. */
    methods: AnyAuthMethod[];
}

/**
 * Reads a hop's keys. What is wrong here is an error at once, without any retry: a key that cannot be read, a host key
 * that is none, and an agent that does not answer, even when a private key is given as well.
 */
export async function readSshConfig(hop: Hop): Promise<SshConfig> {
    const config: SshConfig = { user: hop.user, methods: [] };
    if (hop.hostKey !== undefined) {
        config.hostKey = parseHostKey(hop.hostKey);
    }
    const username = hop.user;
    if (hop.privateKey !== undefined) {
        const key = parsePrivateKey(hop.privateKey, hop.privateKeyPassword);
        config.methods.push({ type: "publickey", username, key });
    }
    const { password } = hop;
    if (password !== undefined) {
        config.methods.push({ type: "password", username, password });
        config.methods.push({
            type: "keyboard-interactive",
            username,
            prompt: (_name, _instructions, _language, prompts, finish) => finish(prompts.map(() => password)),
        });
    }
    const agent = hop.agentSocketPath ?? process.env.SSH_AUTH_SOCK ?? "";
    if (agent !== "" || hop.agentSocketPath !== undefined) {
        await requireAgent(agent);
        config.methods.push({ type: "agent", username, agent });
    }
    return config;
}

/** An authorized_keys line: type, key, comment, and perhaps options before them. The type is the one inside the key. */
function parseHostKey(text: string): { type: string; blob: Buffer } {
    let ignored = "";
    for (const line of text.split("\n").map((one) => one.trim())) {
        for (const word of line.startsWith("#") ? [] : line.split(/[ \t]+/).slice(1, 3)) {
            const blob = Buffer.from(word, "base64");
            const length = blob.length > 4 ? blob.readUInt32BE(0) : 0;
            const illegal = firstIllegalByte(word);
            if (illegal === undefined && length > 0 && blob.length > 4 + length) {
                return { type: blob.toString("latin1", 4, 4 + length), blob };
            }
            const problem = illegal === undefined ? "ssh: short read" : `illegal base64 data at input byte ${illegal}`;
            ignored = `; last parsing error for ignored line: ${problem}`;
        }
    }
    throw new Error(`failed to parse host key: ssh: no key found${ignored}`);
}

/** Where Go's decoder stops: at a foreign character, or at the start of a group that is not whole. */
function firstIllegalByte(base64: string): number | undefined {
    const foreign = base64.replace(/={1,2}$/, "").search(/[^A-Za-z0-9+/]/);
    if (foreign !== -1) {
        return foreign;
    }
    return base64.length % 4 === 0 ? undefined : base64.length - (base64.length % 4);
}

function parsePrivateKey(text: string, passphrase: string | undefined): ParsedKey {
    const open = utils.parseKey(text);
    if (!(open instanceof Error)) {
        if (passphrase !== undefined) {
            throw new Error("ssh: not an encrypted key");
        }
        return open;
    }
    if (!/encrypted/i.test(open.message)) {
        throw new Error("ssh: no key found");
    }
    if (passphrase === undefined) {
        throw new Error("ssh: this private key is passphrase protected");
    }
    const unlocked = utils.parseKey(text, passphrase);
    if (unlocked instanceof Error) {
        throw new Error("x509: decryption password incorrect");
    }
    return unlocked;
}

function requireAgent(path: string): Promise<void> {
    return new Promise((resolve, reject) => {
        const probe = net.connect({ path }, () => {
            probe.destroy();
            resolve();
        });
        probe.on("error", (error) => reject(new Error(`dial unix ${path}: connect: ${systemErrorText(error)}`)));
    });
}

/** The name by which SSH knows a method: keys from a file and from an agent are one, and are tried once. */
export function methodName(method: AnyAuthMethod): string {
    const type = (method as { type: AuthenticationType }).type;
    return type === "agent" ? "publickey" : type;
}
