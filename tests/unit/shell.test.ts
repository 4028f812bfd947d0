import fc from "fast-check";
import { quoteWord } from "../../core/shell";
import { runBash } from "./bash";

/** Any text that UTF-8 can write, without NUL; short ones of what is special to a shell come more often. */
const word = fc.oneof(
    fc.string({ unit: "binary" }).filter((text) => !text.includes("\0")),
    fc.string({
        unit: fc.constantFrom("'", '"', "\\", "$", "`", "!", "\n", "\r", " ", "\t", "-", "*", "ä", "\u{1F42C}"),
    }),
);

/** What bash makes of words that it reads as a script's text, byte for byte. */
function readByBash(words: string[]): string[] {
    const run = runBash(words.map((text) => `printf '%s\\0' ${text}\n`).join(""));
    expect(run.stderr).toBe("");
    return run.stdout.toString("utf8").split("\0").slice(0, -1);
}

describe("quoteWord", () => {
    it("gives bash a word that means the text, byte for byte", () => {
        fc.assert(
            fc.property(fc.array(word, { minLength: 40, maxLength: 200 }), (texts) => {
                expect(readByBash(texts.map(quoteWord))).toEqual(texts);
            }),
            { numRuns: 40 },
        );
    });

    it("keeps an assignment one assignment, whatever the value holds", () => {
        const value = "'; touch /nowhere; echo '$(id)`id`\n# \\";
        const run = runBash(`VALUE=${quoteWord(value)}\nprintf %s "$VALUE"`);
        expect(run).toEqual({ exitCode: 0, stdout: Buffer.from(value), stderr: "" });
    });

    it.each([
        ["", "''"],
        ["plain", "'plain'"],
        ["it's", "'it'\\''s'"],
        ["''", "''\\'''\\'''"],
        ["-n", "'-n'"],
    ])("writes %j as %s", (text, quoted) => {
        expect(quoteWord(text)).toBe(quoted);
    });

    it("refuses NUL, which no shell can hold", () => {
        expect(() => quoteWord("a\0b")).toThrow(new RangeError("a shell word cannot hold a NUL byte"));
    });

    it("is needed: bash reads the same texts otherwise without it", () => {
        expect(readByBash(["a  b", "$HOME", "x\\y"])).not.toEqual(["a  b", "$HOME", "x\\y"]);
    });
});
