import { createHmac } from "node:crypto";

/** What a known_hosts text says of a host: its key as `TYPE BASE64`, or why there is none that can be used. */
export type HostKeyLookup = { hostKey: string } | { problem: string };

/** Preferred first. ssh-rsa is left out: for it the command plugin offers SHA-1 only, which OpenSSH refuses from 8.8 on. */
const usable = ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"];

/** Looks `host` up in a known_hosts text, hashed entries too; a key that is `@revoked` anywhere is not used, `@cert-authority` lines do not count. */
export function findHostKey(knownHosts: string, host: string, port: number): HostKeyLookup {
    const wanted = port === 22 ? host : `[${host}]:${port}`;
    const found = new Map<string, string>();
    const revoked = new Set<string>();
    for (const line of knownHosts.split("\n")) {
        const words = line.trim().split(/\s+/);
        if (words[0] === "@revoked") {
            revoked.add(`${words[2]} ${words[3]}`);
        }
        const [names, type, key] = words;
        if (names && type && key && !/^[#@]/.test(names) && names.split(",").some((name) => isNameOf(name, wanted))) {
            found.set(type, `${type} ${key}`);
        }
    }
    const best = usable.map((type) => found.get(type)).find((key) => key !== undefined && !revoked.has(key));
    if (best !== undefined) {
        return { hostKey: best };
    }
    return {
        problem: found.has("ssh-rsa")
            ? `knows ${wanted} by an ssh-rsa key only, which the connection cannot use (SHA-1, refused by OpenSSH 8.8 and later); add its ed25519 or ecdsa key`
            : `has no key of ${wanted}; add one (ssh-keyscan -t ed25519 -p ${port} ${host}, compared with the host's own console)`,
    };
}

/** Reads a host key given as text, `TYPE BASE64 [comment]`. */
export function parseHostKey(text: string): HostKeyLookup {
    const [type, key] = text.trim().split(/\s+/);
    if (type === "ssh-rsa") {
        return { problem: "is an ssh-rsa key, which the connection cannot use (SHA-1); give the ed25519 or ecdsa key" };
    }
    if (!type || !usable.includes(type) || !key || !/^[A-Za-z0-9+/]{40,}={0,2}$/.test(key)) {
        return { problem: "expected the line of the host's ssh_host_ed25519_key.pub: ssh-ed25519 AAAA…" };
    }
    return { hostKey: `${type} ${key}` };
}

/** One name of a known_hosts line: plain, or `|1|SALT|HASH` (HMAC-SHA1, base64; sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). */
function isNameOf(name: string, wanted: string): boolean {
    const [empty, version, salt, hash] = name.split("|");
    if (empty === "" && version === "1" && salt && hash) {
        return createHmac("sha1", Buffer.from(salt, "base64")).update(wanted).digest("base64") === hash;
    }
    return name.toLowerCase() === wanted.toLowerCase();
}
