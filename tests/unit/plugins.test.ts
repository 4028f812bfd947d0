import * as fs from "node:fs";
import * as path from "node:path";
import { dialErrorText, quoteGo } from "../../lab/plugins/goText";
import { localCommand } from "../../lab/plugins/localCommand";
import { findChanges, reveal, secret } from "../../lab/plugins/values";
import { installStandIns, makeFolder } from "../live/pluginsHarness";

/** The parts of the lab's stand-ins that need no engine; what they do with one is in tests/live/plugins*. */

jest.setTimeout(60_000);

describe("text as Go prints it", () => {
    it.each([
        ["echo 'a'", "\"echo 'a'\""],
        ['a "b" \\ c', '"a \\"b\\" \\\\ c"'],
        ["tab\tline\nend\r", '"tab\\tline\\nend\\r"'],
        ["\u0007\b\f\u000b\u0000\u007f", '"\\a\\b\\f\\v\\x00\\x7f"'],
        ["ünï 😀 中", '"ünï 😀 中"'],
        ["\u00a0\u200b\u{e0001}", '"\\u00a0\\u200b\\U000e0001"'],
    ])("quotes %j", (text, quoted) => {
        expect(quoteGo(text)).toBe(quoted);
    });

    it("names the address that was tried, an IPv6 one in brackets", () => {
        const refused = Object.assign(new Error("x"), { code: "ECONNREFUSED", address: "::1" });
        expect(dialErrorText(refused, "localhost", 22)).toBe("dial tcp [::1]:22: connect: connection refused");
        expect(dialErrorText(new AggregateError([refused]), "localhost", 22)).toBe(
            "dial tcp [::1]:22: connect: connection refused",
        );
        const unknown = Object.assign(new Error("x"), { code: "ENOTFOUND" });
        expect(dialErrorText(unknown, "nowhere.invalid", 22)).toBe("dial tcp: lookup nowhere.invalid: no such host");
    });
});

describe("property values", () => {
    it("lose their envelopes for use, at any depth", () => {
        expect(reveal({ a: [secret({ b: secret("c") })] })).toEqual({ a: [{ b: "c" }] });
        expect(secret(secret("a"))).toEqual(secret("a"));
    });

    it("differ by path, a secret as a whole", () => {
        const before = { same: 1, gone: 1, list: [1, 2], map: { x: 1 }, hidden: secret({ x: 1 }), opened: secret("a") };
        const after = { same: 1, fresh: 1, list: [1, 3, 4], map: { x: 2 }, hidden: secret({ x: 2 }), opened: "a" };
        expect([...findChanges(before, after)]).toEqual([
            ["gone", "delete"],
            ["list[1]", "update"],
            ["list[2]", "add"],
            ["map.x", "update"],
            ["hidden", "update"],
            ["opened", "update"],
            ["fresh", "add"],
        ]);
    });
});

it("a local command's inputs are those of the official plugin, but for collected files, which are refused in plain words", () => {
    const inputs = { create: "true", stdin: secret("x"), dir: undefined };
    expect(localCommand.check(inputs, "x")).toEqual({ inputs: { create: "true", stdin: secret("x") }, failures: [] });
    expect(localCommand.check({ archivePaths: ["*"], creat: "true" }, "x").failures).toEqual([
        {
            property: "archivePaths",
            reason: "the stand-in for pulumi-resource-command (lab only) collects no files: no 'archivePaths'",
        },
        { property: "creat", reason: "Unrecognized field 'creat' on 'local.CommandInputs'" },
    ]);
});

describe("the installer of the stand-ins", () => {
    const plugin = "plugins/resource-command-v1.2.1/pulumi-resource-command";

    it("installs three, does nothing the second time, and puts a newer one over an older one", () => {
        const home = makeFolder();
        const said = (what: string) =>
            ["command 1.2.1", "mysql 3.3.2", "random 4.21.2"]
                .map((name) => `plugins: ${what.replace("NAME", `pulumi-resource-${name}`)}\n`)
                .join("");
        expect(installStandIns(home)).toBe(said("installed the stand-in for NAME (lab only)"));
        const launcher = fs.readFileSync(path.join(home, plugin), "utf8");
        expect(installStandIns(home)).toBe(said("the stand-in for NAME (lab only) is there already"));
        fs.writeFileSync(path.join(home, plugin), launcher.replace(/build-[0-9a-f]+/, "build-0123"));
        expect(installStandIns(home)).toContain("installed the stand-in for pulumi-resource-command 1.2.1 (lab only)");
        expect(fs.readFileSync(path.join(home, plugin), "utf8")).toBe(launcher);
        fs.rmSync(home, { recursive: true });
    });

    it("keeps whatever is not a stand-in, and stays out of the user's own home", () => {
        const home = makeFolder();
        fs.mkdirSync(path.dirname(path.join(home, plugin)), { recursive: true });
        fs.writeFileSync(path.join(home, plugin), "the official plugin\n");
        expect(installStandIns(home)).toContain("kept pulumi-resource-command 1.2.1, which is not a stand-in");
        expect(fs.readFileSync(path.join(home, plugin), "utf8")).toBe("the official plugin\n");
        expect(installStandIns(path.join(home, ".pulumi"), { HOME: home })).toContain(
            `error: ${home}/.pulumi is your own Pulumi home`,
        );
        expect(fs.existsSync(path.join(home, ".pulumi"))).toBe(false);
        fs.rmSync(home, { recursive: true });
    });
});
