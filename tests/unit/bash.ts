import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { UNPACK_AT_ONCE } from "../../core/script";

const remote = join(__dirname, "..", "..", "remote");

/** The text of a file under remote/, as it stands in the repository. */
export const remoteText = (file: string) => readFileSync(join(remote, file), "utf8");

/** The text of some of remote/lib, as it stands in the repository. */
export const libraryText = (...names: string[]) => names.map((name) => remoteText(`lib/${name}.sh`)).join("\n");

export interface BashResult {
    exitCode: number | null;
    stdout: Buffer;
    stderr: string;
}

/** Runs `text` as a host does, through stdin of `bash -s`. `env` replaces the environment but for PATH and LANG. */
export function runBash(text: string | Buffer, env: Record<string, string> = {}): BashResult {
    const { PATH = "" } = process.env;
    const done = spawnSync("bash", ["-s", "--", "up"], {
        input: text,
        env: { PATH, LANG: "C.UTF-8", ...env },
        maxBuffer: 1 << 28,
    });
    return { exitCode: done.status, stdout: done.stdout, stderr: done.stderr.toString("utf8") };
}

/** The script in a step's stdin, as the host's bash runs it. */
export function unpackScript(stdin: string): string {
    expect(stdin.slice(0, UNPACK_AT_ONCE.length)).toBe(UNPACK_AT_ONCE);
    return gunzipSync(Buffer.from(stdin.slice(UNPACK_AT_ONCE.length), "base64")).toString();
}

/** A new folder, gone after `use`. */
export function withFolder<T>(use: (folder: string) => T): T {
    const folder = mkdtempSync(join(tmpdir(), "mm-unit-"));
    try {
        return use(folder);
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

/** What stands outside all functions, and each function whose name is in what is reached. */
export function reachedIn(text: string): string {
    const functions = new Map<string, string>();
    const outside = text.replace(/^(\w+)\(\) (?:.*\}$|[\s\S]*?\n\}$)/gm, (whole, name) => {
        functions.set(name, whole);
        return "";
    });
    const reached = [outside];
    // grows while it is walked
    for (const part of reached) {
        for (const word of part.match(/\w+/g) ?? []) {
            reached.push(functions.get(word) ?? "");
            functions.delete(word);
        }
    }
    return reached.join("\n");
}
