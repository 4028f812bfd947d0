import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { z } from "zod";
import { defaults } from "../../core/defaults";
import { assembleScript } from "../../core/script";
import { stackSchema } from "../../core/settingsSchema";
import { remoteText } from "./bash";

/** What is written twice, in the code and for a reader, says the same. */

const root = join(__dirname, "..", "..");
const textOf = (path: string) => readFileSync(join(root, path), "utf8");
const filesOf = (folder: string, pattern: RegExp) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
        .filter((name) => pattern.test(name))
        .map((name) => join(folder, name));
const sorted = (words: Iterable<string>) => [...new Set(words)].sort();

/** Codes in a text; `MM_LINK_*`, which stands for many, is none. */
const codesOf = (text: string) => text.match(/\bMM_[A-Z]+(?:_[A-Z]+)+\b(?!_)/g) ?? [];

describe("docs/errors.md", () => {
    const headings = [...textOf("docs/errors.md").matchAll(/^## (.*)$/gm)].map(([, heading]) => heading ?? "");
    const sources = [
        ...filesOf("remote", /\.sh$/),
        ...filesOf("core", /\.ts$/),
        ...filesOf("components", /\.ts$/),
    ].concat(filesOf("preflight", /\.ts$/));

    it("has one heading for each code that the program uses, and no other", () => {
        expect([...headings].sort()).toEqual(sorted(sources.flatMap((file) => codesOf(textOf(file)))));
    });

    it("has something to say below each", () => {
        const [, ...sections] = textOf("docs/errors.md").split(/^## /m);
        expect(sections.filter((text) => !/^\S+\n\S/.test(text))).toEqual([]);
    });
});

describe("the header of a script", () => {
    const files = filesOf("remote", /\.sh$/).map((file) => file.replace(/^remote\//, ""));
    const scripts = files.filter((file) => !file.includes("/"));
    const said = (text: string) => codesOf(/^# codes:(.*(?:\n# {2}.*)*)/m.exec(text)?.[1] ?? "");
    const called = (text: string) => [...text.matchAll(/\b(?:fail|warn) (MM_\w+)/g)].map(([, code]) => code ?? "");

    const ownPieces = (script: string) => files.filter((file) => file.startsWith(script.replace(/\.sh$/, "/")));
    const partsOf = (script: string) =>
        /^# parts:(.*(?:\n# {2}.*)*)/m.exec(remoteText(script))?.[1]?.match(/\S+\.sh/g) ?? [];

    it.each(scripts)("names exactly the codes that %s and the pieces it names stop or warn with", (script) => {
        const text = [script, ...ownPieces(script)].map(remoteText).join("\n");
        // of a shared piece that the header names: what this script can come to
        const reached = new Set(assembleScript(script, {}).split("\n"));
        const shared = partsOf(script).filter((file) => file.startsWith("lib/"));
        const lines = shared.flatMap((file) => remoteText(file).split("\n")).filter((line) => reached.has(line));
        expect([...said(text)].sort()).toEqual(sorted([...called(text), ...called(lines.join("\n"))]));
        // a code that stands for several, or that a variable holds, would be seen by neither
        expect(text.match(/MM_[A-Z_]*\*|\b(?:fail|warn) ["$]/g)).toBeNull();
    });

    it.each(scripts.filter((script) => script !== "preflight.sh"))("names the pieces in the folder of %s", (script) => {
        const [own, shared] = [ownPieces(script), partsOf(script).filter((file) => file.startsWith("lib/"))];
        expect([...partsOf(script)].sort()).toEqual([...own, ...shared].sort());
        expect(shared.filter((file) => !files.includes(file))).toEqual([]);
    });

    it("is read by this test over several lines, and a call wherever it stands", () => {
        expect(said("# out:   x\n# codes: MM_A_B MM_A_C,\n#        MM_D_E\n\nmain() {")).toEqual([
            "MM_A_B",
            "MM_A_C",
            "MM_D_E",
        ]);
        expect(called('x || fail MM_A_B "t"\n    warn MM_C_D "MM_E_F"')).toEqual(["MM_A_B", "MM_C_D"]);
    });
});

/** Markdown without what stands in it as code: a `#` there is no heading, a bracket no link. */
const proseOf = (text: string) => text.replace(/^( *)```[\s\S]*?^\1```/gm, "");

/** What GitHub makes of headings: letters, digits, `_` and `-` in lower case, blanks as `-`; one that comes again gets a number. */
function anchorsOf(text: string): string[] {
    const seen = new Map<string, number>();
    return [...proseOf(text).matchAll(/^#{1,6} +(.*?)[ #]*$/gm)].map(([, heading = ""]) => {
        const shown = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1");
        const slug = shown
            .toLowerCase()
            .replace(/[^\p{L}\p{N}\p{M} _-]/gu, "")
            .replaceAll(" ", "-");
        const before = seen.get(slug) ?? 0;
        seen.set(slug, before + 1);
        return before === 0 ? slug : `${slug}-${before}`;
    });
}

/** Links of a page that lead to files of this repository, or to places in them. */
const linksOf = (text: string) =>
    [
        ...proseOf(text)
            .replace(/`[^`\n]*`/g, "")
            .matchAll(/\]\(([^)\s]+)[^)]*\)/g),
    ]
        .map(([, target]) => target ?? "")
        .filter((target) => !/^[a-z]+:/.test(target));

/** A link of a page leads nowhere: its file, or the heading in it, is not there. `known` is path to text; null where there is none. */
function isBroken(page: string, link: string, known: (path: string) => string | null): boolean {
    const [path = "", anchor] = link.split("#");
    const text = known(path === "" ? page : join(dirname(page), path));
    return text === null || (anchor !== undefined && !anchorsOf(text).includes(anchor));
}

describe("a link", () => {
    const pages = ["README.md", ...filesOf("docs", /\.md$/)];
    const known = (path: string) => (existsSync(join(root, path)) ? (/\.md$/.test(path) ? textOf(path) : "") : null);

    it.each(pages)("of %s leads to a file that is there, and to a heading in it", (page) => {
        expect(linksOf(textOf(page)).filter((link) => isBroken(page, link, known))).toEqual([]);
    });

    it("is found by this test, and so is a heading, as GitHub names it", () => {
        expect(pages.flatMap((page) => linksOf(textOf(page))).length).toBeGreaterThan(10);
        const page =
            "# `up`: what's *it*? (A_b)\n```sh\n# no heading\n```\n## Day by day\n## Day by day ##\n[x](#day-by-day) `[y](#n)` [z](../a.md#q) [w](https://x.org/#v)\n";
        expect(anchorsOf(page)).toEqual(["up-whats-it-a_b", "day-by-day", "day-by-day-1"]);
        expect(linksOf(page)).toEqual(["#day-by-day", "../a.md#q"]);
        const one = (path: string) => (path === "docs/p.md" ? page : path === "a.md" ? "# Q" : null);
        const links = ["#day-by-day-1", "#no-heading", "../a.md", "../a.md#q", "../a.md#Q", "a.md"];
        expect(links.map((link) => isBroken("docs/p.md", link, one))).toEqual([false, true, false, false, true, true]);
    });
});

/** Paths of the settings that hold a value; of a record, `path.*`. What `ssh` and `mysql` hold below a node is counted as theirs. */
function leavesOf(schema: z.core.$ZodType, path: string[] = []): string[] {
    const { def } = schema._zod as unknown as { def: { type: string; innerType?: z.core.$ZodType; shape?: object } };
    switch (def.type) {
        case "optional":
            return leavesOf(def.innerType as z.core.$ZodType, path);
        case "object":
            return Object.entries(def.shape ?? {}).flatMap(([key, inner]) =>
                leavesOf(
                    inner as z.core.$ZodType,
                    /^[ab]$/.test(path[0] ?? "") && /^(ssh|mysql)$/.test(key) ? [key] : [...path, key],
                ),
            );
        case "record":
            return [[...path, "*"].join(".")];
        default:
            return [path.join(".")];
    }
}

/** The keys of a table of settings: `` `a.b`, `.c` `` is a.b and a.c; `` `a.x` (and `b`) `` is b.x, too. */
function keysOf(table: string): string[] {
    const rows = [...table.matchAll(/^\| (`[^|]*) \|/gm)].map(([, cell]) => cell ?? "");
    return rows.flatMap((cell) => {
        const [own = "", also] = cell.split(" (and ");
        let parent = "";
        const keys = [...own.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => {
            const key = name.startsWith(".") ? parent + name : name;
            parent = key.split(".").slice(0, -1).join(".");
            return key;
        });
        const other = also === undefined ? undefined : /`([^`]+)`/.exec(also)?.[1];
        return other === undefined ? keys : [...keys, ...keys.map((key) => key.replace(/^[^.]+/, other))];
    });
}

/** Path to value. */
const flatten = (tree: object, path: string[] = []): Record<string, unknown> =>
    Object.assign(
        {},
        ...Object.entries(tree).map(([key, value]) =>
            typeof value === "object" ? flatten(value, [...path, key]) : { [[...path, key].join(".")]: value },
        ),
    );

describe("README.md's table of settings", () => {
    const table = /^\| key \| default \| meaning \|\n[\s\S]*?\n\n/m.exec(textOf("README.md"))?.[0] ?? "";
    const leaves = leavesOf(stackSchema);
    const hop = sorted(leaves).filter((key) => key.startsWith("ssh.bastion."));

    it("has a row for every key of the schema, and for no other", () => {
        // one row stands for the keys of a hop, which are explained above it
        const rows = keysOf(table).flatMap((key) => (key === "ssh.bastion.*" ? hop : [key]));
        expect([...rows].sort()).toEqual(sorted(leaves));
    });

    it("may leave the keys of a hop to one row, for they are keys of ssh", () => {
        expect(hop.length).toBeGreaterThan(5);
        expect(hop.map((key) => key.replace(".bastion", "")).filter((key) => !leaves.includes(key))).toEqual([]);
    });

    it("holds for both nodes: below a and b there are the same keys as at the top", () => {
        const { a, b, ssh, mysql } = stackSchema.shape;
        expect(leavesOf(b)).toEqual(leavesOf(a));
        expect(a.shape.ssh.unwrap()).toBe(ssh.unwrap());
        expect(a.shape.mysql.unwrap()).toBe(mysql.unwrap());
    });

    it("tells the defaults that the program has", () => {
        const rows = table.split("\n").map((row) => ({ keys: keysOf(row), cell: row.split(" | ")[1] ?? "" }));
        const { serverId, ...others } = defaults;
        const said = Object.entries({ ...flatten(others), "mysql.serverId": `${serverId.a} and ${serverId.b}` });
        expect(said.length).toBeGreaterThan(12);
        for (const [path, value] of said) {
            const cells = rows.filter(({ keys }) => keys.includes(path)).map(({ cell }) => cell.split(", "));
            expect([path, cells.flat()]).toEqual([path, expect.arrayContaining([`${value}`])]);
        }
    });

    it("is read by this test as a reader reads it", () => {
        const rows = "| `a.host`, `b.host` | x | y |\n| `a.copy.host`, `.port` (and `b`) | | `no` |\n| `x.y.*` | | |\n";
        expect(keysOf(rows)).toEqual([
            "a.host",
            "b.host",
            "a.copy.host",
            "a.copy.port",
            "b.copy.host",
            "b.copy.port",
            "x.y.*",
        ]);
    });
});

it("the lab has the plugins of package.json, in the same versions", () => {
    const { dependencies } = JSON.parse(textOf("package.json")) as { dependencies: Record<string, string> };
    const wanted = Object.entries(dependencies)
        .filter(([name]) => name.startsWith("@pulumi/") && name !== "@pulumi/pulumi")
        .map(([name, version]) => `${name.replace("@pulumi/", "")} v${version}`);
    const table = /plugin_versions\(\) \{\n\s*cat <<'TABLE'\n([\s\S]*?)\nTABLE\n/.exec(textOf("lab/pulumi.sh"))?.[1];
    expect(table?.split("\n").sort()).toEqual(wanted.sort());
});
