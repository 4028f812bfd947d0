import { preflightRequest } from "../../core/preflightRequest";
import { scriptOf } from "../../preflight/look";
import { reachedIn, remoteText, runBash } from "./bash";
import { buildPair, plainArgs, scriptIn } from "./pair";

/** A name that a script reads and nobody gives ends it on a host, without a code; and one that it does not read runs it for nothing. */

const wordsOf = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map((found) => found.slice(1).join(""));
const without = (words: string[], ...known: string[][]) =>
    [...new Set(words)].filter((word) => !known.flat().includes(word));

/** Every text that runs on a host: its step's name, its script, and itself. */
async function assembledTexts(): Promise<[name: string, script: string, text: string][]> {
    const { commands } = await buildPair(plainArgs());
    const texts = commands.map(({ name, inputs }) => [name, scriptIn(inputs.stdin)]);
    const request = preflightRequest({ a: { host: "a", ssh: { host: "a" } }, b: { host: "b", ssh: { host: "b" } } });
    const all = [...texts, ["pair-preflight", scriptOf(request.a, request.b, request)]];
    const carrier = commands.find(({ name }) => name === "pair-link-seed-admit");
    const carried = runBash(`${parametersOf(scriptIn(carrier?.inputs.stdin))}\nprintf %s "$RECEIVER"`).stdout;
    return [...all, ["what pair-link-seed-admit carries", carried.toString()]].map(([name = "", text = ""]) => [
        name,
        `${/^STEP='(.*)'$/m.exec(text)?.[1]}.sh`,
        text,
    ]);
}
/** What stands before the first function: a parameter may hold a script, with parameters and functions of its own. */
const parametersOf = (text: string) => text.slice(0, text.lastIndexOf("\nredact() {"));
const givenTo = (text: string) => wordsOf(parametersOf(text).replace(/^(RECEIVER=')[\s\S]*/m, "$1"), /^([A-Z_]+)='/gm);

/** Words in capitals of a script's `in:` lines. */
const headerOf = (script: string) =>
    wordsOf(/# in:([\s\S]*?)# out:/.exec(remoteText(script))?.[1] ?? "", /\b([A-Z][A-Z_]+)\b/g);

/** Names in capitals that are read without a default, and set nowhere: those that somebody has to give. */
function wantedBy(text: string): string[] {
    const read = wordsOf(reachedIn(text), /\$(?:\{[#!]?([A-Z][A-Z_]+)(?![A-Z_]|:?[-+])|([A-Z][A-Z_]+))/g);
    const set = wordsOf(text, /(?:^|[\s;(])([A-Z][A-Z_]+)\+?=/gm);
    const readIn = wordsOf(text, /\bread -r ([^<;\n]*)/g).flatMap((names) => names.split(" "));
    // NF is awk's
    return without(read, set, readIn).filter(
        (name) => !/^(NF|BASH\w*|FUNCNAME|LINENO|RANDOM|SECONDS|HOME)$/.test(name),
    );
}

describe("every step", () => {
    it("gets what its script's header names, and nothing else but what all steps get", async () => {
        const texts = await assembledTexts();
        const remote = texts.filter(([name]) => name !== "pair-preflight").map(([, , text]) => givenTo(text));
        const common = (remote[0] ?? []).filter((word) => remote.every((given) => given.includes(word)));
        const differing = texts.map(([name, script, text]) => {
            // the receiver gets what its carrier gets, but for itself
            const header =
                script === "seed-receive.sh" ? without(headerOf("seed-admit.sh"), ["RECEIVER"]) : headerOf(script);
            const given = givenTo(text);
            return [name, without(header, given), without(given, header, common, ["AFTER"]), header.length > 2];
        });
        expect(differing).toEqual(texts.map(([name]) => [name, [], [], true]));
    });

    it("gets whatever its script, and the pieces that travel with it, may read", async () => {
        const texts = await assembledTexts();
        const lacking = texts.map(([name, script, text]) => {
            // open_peer, which sets it, stays behind where try_peer is only compared with
            const comparing = /^(configure-node|lock-host|make-account|seed-dump|seed-offer)\.sh$/.test(script);
            return [name, without(wantedBy(text), givenTo(text), comparing ? ["PEER"] : [])];
        });
        expect(lacking).toEqual(texts.map(([name]) => [name, []]));
        const late =
            'one() { echo "$ASKED"; }\nnever() { echo "$ELSE"; }\nmain() {\n    at_exit one\n}\n{ main "$@"; } </dev/null';
        expect(wantedBy(late)).toEqual(["ASKED"]);
    });
});
