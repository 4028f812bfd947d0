import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { gzipSync, strToU8 } from "fflate";
import { quoteWord } from "./shell";

const remote = join(__dirname, "..", "remote");
/** What every script stands on; host.sh is the one piece that does something before main. */
const ground = ["lib/say.sh", "lib/host.sh"];

/**
 * Before a script on stdin: bash reads a pipe a byte at a time, and cat takes it at once. What is cut still has no last line. Where cat dies on its
 * way bash would go on with the rest of stdin, from the middle of the script: so nothing runs then, nor is anything read after it.
 */
export const READ_AT_ONCE = 'SCRIPT="$(cat)" || exit; eval "unset SCRIPT; $SCRIPT"; exit\n';

/** As READ_AT_ONCE, of what `packScript` has packed: nothing runs of what is cut or changed on its way. */
export const UNPACK_AT_ONCE =
    'SCRIPT="$(base64 -d | gzip -dc)" && [[ "$SCRIPT" == *"</dev/null" ]] || exit; eval "unset SCRIPT; $SCRIPT"; exit\n';

/** The parameters of a script: NAME to value. Names are upper case; values are any text without NUL. */
export type Parameters = Record<string, string | number | boolean>;

/**
 * The text that a host's bash reads on stdin: parameters first, then those files of remote/lib and of the script's own folder that
 * it uses, then remote/`name`. The script's last line calls `main`, so bash has read all of it before anything runs.
 */
export function assembleScript(name: string, parameters: Parameters): string {
    return assign(parameters) + textOf(name);
}

/**
 * The same for a step's stdin, in a third of the size. The engine keeps it twice for each step, and writes all of that anew, encrypted, twice for
 * each step that it takes: with eight pairs in a program that is most of what it does. Not node's own zlib: its bytes differ from processor to
 * processor and from release to release, and every other text is a step to be run.
 */
export function packScript(name: string, parameters: Parameters): string {
    // two members of one gzip file: the second is the same for every step of that name
    const packed = Buffer.concat([pack(assign(parameters)), packedTextOf(name)]);
    return UNPACK_AT_ONCE + packed.toString("base64");
}

const assign = (parameters: Parameters) =>
    Object.entries(parameters)
        .map(([key, value]) => `${key}=${quoteWord(String(value))}\n`)
        .join("");
const pack = (text: string) => gzipSync(strToU8(text), { mtime: 0 });
const packedTextOf = once((name) => pack(textOf(name)));
const textOf = once((name) => [...findPieces(name), name].map(readText).join("\n"));

/** Asked for each name once. */
function once<T>(make: (name: string) => T): (name: string) => T {
    const made = new Map<string, T>();
    return (name) => {
        if (!made.has(name)) {
            made.set(name, make(name));
        }
        return made.get(name) as T;
    };
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
        const words = wordsOf(file);
        travelling.push(
            ...pieces.filter(
                (piece) => !travelling.includes(piece) && definedBy(piece).some((word) => words.has(word)),
            ),
        );
    }
    return [...ground, ...travelling.slice(ground.length + 1).sort()];
}

const listFiles = once((folder) => {
    const path = join(remote, folder);
    return existsSync(path) ? readdirSync(path).map((file) => `${folder}/${file}`) : [];
});

const wordsOf = once((file) => new Set(readText(file).match(/\w+/g)));

/** The functions and variables that a file has at its left margin. */
const definedBy = once((file) => [...readText(file).matchAll(/^(\w+)(?:\(\)|=)/gm)].map(([, word]) => word ?? ""));

/** Comments and blank lines stay behind: what travels is kept, once for each step, in the stack's state. */
const readText = once((file) =>
    readFileSync(join(remote, file), "utf8")
        .split("\n")
        .filter((line) => !/^\s*(#.*)?$/.test(line))
        .join("\n"),
);
