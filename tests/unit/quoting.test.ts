import fc from "fast-check";
import { quoteWord } from "../../core/shell";
import { libraryText, runBash } from "./bash";

const preamble = `NODE=a STEP=x PORT=3306 LOGIN_USER='' SOCKET=''\n${libraryText("say", "host", "mysql")}\n`;

/** One line of output for each text, all in one bash. */
function lines(texts: string[]): string[] {
    const run = runBash(preamble + texts.map((text) => `${text}\n`).join(""));
    expect({ exitCode: run.exitCode, stderr: run.stderr }).toEqual({ exitCode: 0, stderr: "" });
    return run.stdout.toString().split("\n").slice(0, -1);
}

/** MySQL's rule for a literal in single quotes: '' is one quote, \x is x, but for the letters below. */
function readLiteral(literal: string): string {
    expect(literal).toMatch(/^'(?:[^'\\]|''|\\[\s\S])*'$/u);
    const escapes: Record<string, string> = { n: "\n", t: "\t", r: "\r", b: "\b", "0": "\0", Z: "\x1a" };
    return literal
        .slice(1, -1)
        .replace(/''|\\([\s\S])/gu, (_, letter?: string) => (letter === undefined ? "'" : (escapes[letter] ?? letter)));
}

/** An option file's rule for a value (mysys/my_default.c): one comment sign outside quotes ends it, quotes around it go, then \x. */
function readOption(line: string): string {
    let quote = "";
    let escaped = false;
    const from = line.indexOf("=") + 1;
    let to = from;
    for (; to < line.length; to++) {
        const letter = line.charAt(to);
        if ((letter === "'" || letter === '"') && !escaped) {
            quote = quote === "" ? letter : quote === letter ? "" : quote;
        }
        if (quote === "" && letter === "#") {
            break;
        }
        escaped = quote !== "" && letter === "\\" && !escaped;
    }
    const value = line.slice(from, to).trim();
    const bare = /^(["'])([\s\S]*)\1$/u.exec(value)?.[2] ?? value;
    const escapes: Record<string, string> = {
        n: "\n",
        t: "\t",
        r: "\r",
        b: "\b",
        s: " ",
        '"': '"',
        "'": "'",
        "\\": "\\",
    };
    return bare.replace(/\\([\s\S])/gu, (pair, letter: string) => escapes[letter] ?? pair);
}

describe("what a server or a client reads back", () => {
    const tricky = fc.string({
        unit: fc.constantFrom("'", "\\", "n", "#", ";", " ", "%", "ä", "0", "a", "$", "`", "*"),
    });
    const texts = fc.array(tricky, { minLength: 60, maxLength: 60 });

    it("from quote_sql is the text, whatever it holds", () => {
        const any = fc.array(fc.oneof(tricky, fc.string({ unit: fc.constantFrom('"', "\n", "'", "\\") })), {
            minLength: 60,
            maxLength: 60,
        });
        fc.assert(
            fc.property(any, (values) => {
                const run = runBash(
                    preamble + values.map((value) => `quote_sql ${quoteWord(value)}; printf '\\0'\n`).join(""),
                );
                expect(run.stdout.toString().split("\0").slice(0, -1).map(readLiteral)).toEqual(values);
            }),
            { numRuns: 10 },
        );
    });

    it("from option_line is the value, with comment signs, backslashes and spaces around it", () => {
        fc.assert(
            fc.property(texts, (values) => {
                expect(
                    lines(values.map((value) => `option_line password ${quoteWord(value)}`)).map(readOption),
                ).toEqual(values);
            }),
            { numRuns: 10 },
        );
    });

    // my_print_defaults agrees: without the backslash it gives `a`
    it("from option_line is a value with a double quote before a comment sign", () => {
        expect(lines([`option_line password 'a"#b'`]).map(readOption)).toEqual(['a"#b']);
    });

    it("would be another text without the quoting", () => {
        expect([readLiteral("'a\\nb'"), readOption("x=a#b"), readOption('x="a\\nb"')]).toEqual(["a\nb", "a", "a\nb"]);
    });
});
