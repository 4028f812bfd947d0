import { execFile } from "node:child_process";
import { constants, gunzipSync } from "node:zlib";
import { type Host, sshOptions } from "./hosts";

/** How a text may look where somebody has wrapped it: each is found anywhere in a longer one. */
export function formsOf(secret: string): string[] {
    const bytes = Buffer.from(secret);
    // base64 has three ways to cut a text; the ends, which depend on what stands beside it, are left out
    const base64 = [0, 1, 2].map((shift) => {
        const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString("base64");
        return text.slice(shift === 0 ? 0 : 4, Math.floor((shift + bytes.length) / 3) * 4);
    });
    const hex = bytes.toString("hex");
    return [secret, ...base64, hex, hex.toUpperCase(), encodeURIComponent(secret)];
}

/** Names of the secrets that a text holds, in any form, or what is packed in it as a step's stdin is. */
export function findLeaks(text: string, secrets: Record<string, string>): string[] {
    const texts = [text, ...unpackAll(text)];
    return Object.entries(secrets)
        .filter(([, secret]) => formsOf(secret).some((form) => texts.some((each) => each.includes(form))))
        .map(([name]) => name);
}

/** What packScript has packed; of a text that is cut, what came before the cut. */
function unpackAll(text: string): string[] {
    return [...text.matchAll(/H4sIAAAAAAAAA[\w+/]+=*/g)].map(([packed]) =>
        gunzipSync(Buffer.from(packed, "base64"), { finishFlush: constants.Z_SYNC_FLUSH }).toString(),
    );
}

/** Files of a host that hold a secret, below the folders where anything may be written. The patterns travel on stdin. */
export function findFilesWith(host: Host, secret: string): Promise<string[]> {
    const folders = "/etc /root /home /tmp /var /run /opt /srv /dev/shm";
    const search = `LC_ALL=C grep -rlaF -D skip -f - ${folders} 2>/dev/null | sort`;
    return new Promise((resolve, reject) => {
        const child = execFile(
            "ssh",
            [...sshOptions, `root@${host.address}`, search],
            { maxBuffer: 1 << 26 },
            (error, stdout) => (error ? reject(error) : resolve(stdout.split("\n").filter(Boolean))),
        );
        child.stdin?.end(`${formsOf(secret).join("\n")}\n`);
    });
}
