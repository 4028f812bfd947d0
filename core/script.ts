import { readFileSync } from "node:fs";
import { join } from "node:path";
import { quoteWord } from "./shell";

const remote = join(__dirname, "..", "remote");
const libraries = [
    "say.sh",
    "host.sh",
    "owner.sh",
    "mysql.sh",
    "statements.sh",
    "write-access.sh",
    "rights.sh",
    "service.sh",
    "option-file.sh",
    "tls.sh",
    "peer.sh",
    "account.sh",
    "session.sh",
    "inventory.sh",
    "binlog.sh",
    "own-log.sh",
    "dump.sh",
    "seed.sh",
    "catch-up.sh",
    "events.sh",
    "fence.sh",
    "sweep.sh",
];
const texts = new Map<string, string>();

/** The parameters of a script: NAME to value. Names are upper case; values are any text without NUL. */
export type Parameters = Record<string, string | number | boolean>;

/**
 * The text that a host's bash reads on stdin: parameters first, then remote/lib, then `parts` of remote/, then remote/`name`.
 * The script's last line calls `main`, so bash has read all of it before anything runs.
 */
export function assembleScript(name: string, parameters: Parameters, parts: string[] = []): string {
    const assignments = Object.entries(parameters).map(([key, value]) => `${key}=${quoteWord(String(value))}`);
    const files = [...libraries.map((library) => `lib/${library}`), ...parts, name];
    return [...assignments, ...files.map(readPart)].join("\n");
}

/** Comments and blank lines stay behind: what travels is kept, once for each step, in the stack's state. */
function readPart(file: string): string {
    let text = texts.get(file);
    if (text === undefined) {
        text = readFileSync(join(remote, file), "utf8")
            .split("\n")
            .filter((line) => !/^\s*(#.*)?$/.test(line))
            .join("\n");
        texts.set(file, text);
    }
    return text;
}
