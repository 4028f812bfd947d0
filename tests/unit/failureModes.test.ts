import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** docs/failure-modes.md claims a test for each row: the test must be there, by its exact title. */

const textOf = (path: string) => readFileSync(join(__dirname, "../..", path), "utf8");

interface Row {
    number: number;
    handling: string[];
    codes: string[];
    /** File below tests/ and title. */
    tests: [string, string][];
}

/** `| 7 | failure | auto, detect | what is done: MM_CODE | folder/file: title<br>folder/file: title |` */
function parseRows(text: string): Row[] {
    return [...text.matchAll(/^\| (\d+) \|(.*)\|(.*)\|(.*)\|(.*)\|$/gm)].map(([, number, , handling, how, tests]) => ({
        number: Number(number),
        handling: (handling ?? "").trim().split(", "),
        codes: (how ?? "").match(/\bMM_[A-Z]+(?:_[A-Z]+)+\b/g) ?? [],
        tests: (tests ?? "")
            .trim()
            .split("<br>")
            .map((each) => [each.slice(0, each.indexOf(": ")), each.slice(each.indexOf(": ") + 2)]),
    }));
}

const rows = parseRows(textOf("docs/failure-modes.md"));
const headings = [...textOf("docs/errors.md").matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);

test("all 67 failure modes are there, once, in their order", () => {
    expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: 67 }, (_, index) => index + 1));
});

test.each(rows)("$number: how it is handled is one of three, or several", ({ handling }) => {
    expect(handling.filter((word) => !["refuse", "auto", "detect"].includes(word))).toEqual([]);
});

test.each(rows)("$number: docs/errors.md has its codes", ({ codes }) => {
    expect(codes.filter((code) => !headings.includes(code))).toEqual([]);
});

test.each(rows)("$number: the tests that show it are there", ({ tests }) => {
    const missing = tests.filter(([file, title]) => {
        const path = [`tests/${file}.test.ts`, `tests/${file}.ts`].find((each) =>
            existsSync(join(__dirname, "../..", each)),
        );
        return path === undefined || !hasTitle(textOf(path), title);
    });
    expect(tests.length).toBeGreaterThan(0);
    expect(missing).toEqual([]);
});

test("a title is found as it is written, and no other", () => {
    const source = 'test("does this", () => {}); test.each([\n    ["while that", 1],\n])("%s", () => {});';
    expect(["does this", "while that", "does", "does that"].map((title) => hasTitle(source, title))).toEqual([
        true,
        true,
        false,
        false,
    ]);
});

function hasTitle(source: string, title: string): boolean {
    return [`"${title}"`, `'${title}'`, `\`${title}\``].some((literal) => source.includes(literal));
}
