import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { quoteWord } from "./shell";

const remote = join(__dirname, "..", "remote");
/** What every script stands on; host.sh is the one piece that does something before main. */
const ground = ["lib/say.sh", "lib/host.sh"];
const texts = new Map<string, string>();
const assembled = new Map<string, string>();

/**
 * Before a script on stdin: bash reads a pipe a byte at a time, and cat takes it at once. What is cut still has no last line. Where cat dies on its
 * way bash would go on with the rest of stdin, from the middle of the script: so nothing runs then, nor is anything read after it.
 */
export const READ_AT_ONCE = 'SCRIPT="$(cat)" || exit; eval "unset SCRIPT; $SCRIPT"; exit\n';

/** The parameters of a script: NAME to value. Names are upper case; values are any text without NUL. */
export type Parameters = Record<string, string | number | boolean>;

/**
 * The text that a host's bash reads on stdin: parameters first, then those files of remote/lib and of the script's own folder that
 * it uses, then remote/`name`. The script's last line calls `main`, so bash has read all of it before anything runs.
 */
export function assembleScript(name: string, parameters: Parameters): string {
    let text = assembled.get(name);
    if (text === undefined) {
        text = [...findPieces(name), name].map(readText).join("\n");
        assembled.set(name, text);
    }
    const assignments = Object.entries(parameters).map(([key, value]) => `${key}=${quoteWord(String(value))}`);
    return [...assignments, text].join("\n");
}

/**
 * A piece travels along when what travels holds a word that it defines, be it as a call, as a callback or in a message: so none
 * can be forgotten, and a step changes only with what it uses.
 */
function findPieces(name: string): string[] {
    const pieces = ["lib", basename(name, ".sh")].flatMap(listFiles);
    const travelling = [...ground, name];
    // grows while it is walked
    for (const file of travelling) {
        const words = new Set(readText(file).match(/\w+/g));
        travelling.push(
            ...pieces.filter(
                (piece) => !travelling.includes(piece) && definedBy(piece).some((word) => words.has(word)),
            ),
        );
    }
    return [...ground, ...travelling.slice(ground.length + 1).sort()];
}

function listFiles(folder: string): string[] {
    const path = join(remote, folder);
    return existsSync(path) ? readdirSync(path).map((file) => `${folder}/${file}`) : [];
}

/** The functions and variables that a file has at its left margin. */
const definedBy = (file: string) => [...readText(file).matchAll(/^(\w+)(?:\(\)|=)/gm)].map(([, word]) => word ?? "");

/** Comments and blank lines stay behind: what travels is kept, once for each step, in the stack's state. */
function readText(file: string): string {
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
