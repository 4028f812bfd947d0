import { quoteWord } from "../../core/shell";
import { libraryText, runBash } from "./bash";

const preamble = `NODE=a STEP=x PORT=3306 LOGIN_USER='' SOCKET=''\n${libraryText("say", "host", "mysql")}\n`;

function told(command: string): string {
    const run = runBash(`${preamble}${command}\n`);
    expect({ exitCode: run.exitCode, stderr: run.stderr }).toEqual({ exitCode: 0, stderr: "" });
    return run.stdout.toString();
}

describe("value_of", () => {
    const note = "state=done file=mysql-bin.000002 source_file=log.1 empty= position=4\nsecond=x=y file=other\nrest";

    it.each([
        ["state", "done\n"],
        ["file", "mysql-bin.000002\n"],
        ["source_file", "log.1\n"],
        ["empty", "\n"],
        ["position", "4\n"],
        ["second", "x=y\n"],
        ["ile", ""],
        ["rest", ""],
    ])("%s is %j: a whole word's, the first one, on any line", (key, value) => {
        expect(told(`value_of ${key} ${quoteWord(note)}`)).toBe(value);
    });

    // where it takes time by the square of the length, this takes minutes
    it("is told of an inventory of 200000 lines, too", () => {
        const text = 'text="$(echo receipt=x && seq -f "table shop.t%.0f 5 77" 200000 && echo last=y)"';
        const asked = ["receipt", "last", "none"].map((key) => `value_of ${key} "$text"`);
        expect(told([text, ...asked].join("\n"))).toBe("x\ny\n");
    }, 60_000);

    it("is nothing of nothing, and takes no text for a pattern", () => {
        expect(told("value_of key ''")).toBe("");
        expect(told("value_of key 'a=* key=*[?]* b=1'")).toBe("*[?]*\n");
    });
});

describe("plain_value", () => {
    it.each([
        ["ON", "1"],
        ["True", "1"],
        ["OFF", "0"],
        ["false", "0"],
        ["16M", "16777216"],
        ["1k", "1024"],
        ["2G", "2147483648"],
        ["3t", "3298534883328"],
        ["08K", "8192"],
        ["ROW", "row"],
        ["10", "10"],
        ["M", "m"],
        ["1.5G", "1.5g"],
        ["", ""],
    ])("makes %j %j", (value, plain) => {
        expect(told(`plain_value ${quoteWord(value)}`)).toBe(`${plain}\n`);
    });
});
