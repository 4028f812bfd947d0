import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { gzipSync, strToU8 } from "fflate";
import { quoteWord } from "./shell";

const remote = join(__dirname, "..", "remote");
/** What every script stands on: host.sh does something before main. */
const ground = ["lib/say.sh", "lib/host.sh"];

/**
 * Before a script on stdin: bash reads a pipe a byte at a time, and cat takes it at once. What is cut still has no last line. Where cat dies on its
 * way bash would go on with the rest of stdin, from the middle of the script: so nothing runs then, nor is anything read after it.
 */
export const READ_AT_ONCE = 'SCRIPT="$(cat)" || exit; eval "unset SCRIPT; $SCRIPT"; exit\n';

/** As READ_AT_ONCE, of what `packScript` has packed: nothing runs of what is cut or changed on its way. */
export const UNPACK_AT_ONCE =
    'SCRIPT="$(set -o pipefail; base64 -d | gzip -dc)" && [[ "$SCRIPT" == *"</dev/null" ]] || exit; eval "unset SCRIPT; $SCRIPT"; exit\n';

/** The parameters of a script: NAME to value. Names are upper case; values are any text without NUL. */
export type Parameters = Record<string, string | number | boolean>;

/**
 * The text that a host's bash reads on stdin: parameters first, then what it uses of remote/lib and of the script's own folder, then
 * remote/`name`. The script's last line calls `main`, so bash has read all of it before anything runs.
 */
export function assembleScript(name: string, parameters: Parameters): string {
    return assign(parameters) + textOf(name);
}

/**
 * The same for a step's stdin, in less than half of the size; for a script that reads none itself. The engine keeps it twice for each step, and
 * writes all of that anew, encrypted, twice for each step that it takes: with eight pairs in a program that is most of what it does. Not node's own
 * zlib: its bytes differ from processor to processor and from release to release, and every other text is a step to be run.
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
const packedTextOf = once((name) => {
    const text = textOf(name);
    if (!text.endsWith("</dev/null")) {
        throw new Error(`remote/${name} does not end as UNPACK_AT_ONCE wants a script that came whole to end`);
    }
    return pack(text);
});

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

/** The part of a script, or of a file that it uses, which travels or stays behind as a whole: a function, or what stands between two of them. */
interface Piece {
    text: string;
    isFunction: boolean;
    defines: string[];
    words: string[];
}

/**
 * A piece travels along when what travels holds a word that it defines, be it as a call, as a callback or in a message: so a step changes only
 * with what it uses. For it a name stands whole wherever it is used, and is defined once; outside of functions a piece only sets variables.
 */
const textOf = once((name) => {
    const library = ["lib", basename(name, ".sh")].flatMap(listFiles);
    const pieces = [...ground, ...library.filter((file) => !ground.includes(file)), name].flatMap(piecesOf);
    const definers = new Map<string, Piece>();
    for (const piece of pieces) {
        for (const word of piece.defines) {
            if (definers.has(word) && piece.isFunction) {
                throw new Error(`${word} is defined twice in what remote/${name} may use`);
            }
            definers.set(word, piece);
        }
    }
    const travelling = new Set([...ground, name].flatMap(piecesOf).filter(({ isFunction }) => !isFunction));
    // grows while it is walked
    for (const { words } of travelling) {
        for (const word of words) {
            const piece = definers.get(word);
            if (piece) {
                travelling.add(piece);
            }
        }
    }
    return pieces
        .filter((piece) => travelling.has(piece))
        .map(({ text }) => text)
        .join("")
        .trimEnd();
});

const listFiles = once((folder) => {
    const path = join(remote, folder);
    return existsSync(path)
        ? readdirSync(path)
              .sort()
              .map((file) => `${folder}/${file}`)
        : [];
});

const functions = /^(\w+\(\) (?:.*\}|[\s\S]*?\n\})\n)/m;
const piecesOf = once((file): Piece[] =>
    readText(file)
        .split(functions)
        .filter((text) => text !== "")
        .map((text) => {
            const isFunction = functions.test(text);
            const names = text.matchAll(isFunction ? /^(\w+)\(\)/g : /\b([A-Z_]+)=/g);
            return {
                text,
                isFunction,
                defines: [...names].map(([, word]) => word ?? ""),
                words: text.match(/\w+/g) ?? [],
            };
        }),
);

/** Comments and blank lines stay behind: what travels is kept, once for each step, in the stack's state. */
function readText(file: string): string {
    const lines = readFileSync(join(remote, file), "utf8").split("\n");
    return lines
        .filter((line) => !/^\s*(#.*)?$/.test(line))
        .map((line) => `${line}\n`)
        .join("");
}
