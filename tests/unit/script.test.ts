import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { assembleScript, type Parameters, packScript, READ_AT_ONCE, UNPACK_AT_ONCE } from "../../core/script";
import { remoteText, runBash, unpackScript, withFolder } from "./bash";

/** No part of it but the whole group is something that bash would run. */
const lastLine = '{ main "$@"; } </dev/null';
const remote = join(__dirname, "..", "..", "remote");
const scripts = readdirSync(remote).filter((name) => name.endsWith(".sh"));

/** The parameters that a script's header names (words in capitals of its `in:` lines), and those that every script gets. */
function parametersOf(script: string): Parameters {
    const header = remoteText(script).split("\n\n")[0] ?? "";
    const inputs = /# in:([\s\S]*?)# out:/.exec(header)?.[1] ?? "";
    const names = [
        "NODE",
        "PORT",
        "SOCKET",
        "LOGIN_USER",
        "LOGIN_PASSWORD",
        "STEP",
        "CONVERGE",
        ...(inputs.match(/\b[A-Z][A-Z_]+\b/g) ?? []),
    ];
    return Object.fromEntries(names.map((name) => [name, name === "PORT" ? 3306 : "it's $x"]));
}

const assembled = new Map(scripts.map((script) => [script, assembleScript(script, parametersOf(script))]));
const textOf = (script: string) => assembled.get(script) ?? "";

/** The files of remote/lib and of a script's own folder, and the functions of each. */
function piecesOf(script: string): [file: string, functions: string[]][] {
    const folders = ["lib", script.replace(/\.sh$/, "")].filter((folder) => existsSync(join(remote, folder)));
    const files = folders.flatMap((folder) => readdirSync(join(remote, folder)).map((name) => `${folder}/${name}`));
    return files.map((file) => [file, functionsOf(remoteText(file))]);
}
const functionsOf = (text: string) => [...text.matchAll(/^(\w+)\(\)/gm)].map(([, name]) => name ?? "");

it("every script under remote/ is looked at here", () => {
    expect(scripts.length).toBeGreaterThanOrEqual(11);
});

describe.each(scripts)("%s, assembled,", (script) => {
    const text = textOf(script);
    const lines = text.split("\n");

    it("begins with its parameters, quoted, in the order given", () => {
        const wanted = Object.entries(parametersOf(script)).map(([name, value]) =>
            value === 3306 ? `${name}='3306'` : `${name}='it'\\''s $x'`,
        );
        expect(lines.slice(0, wanted.length)).toEqual(wanted);
    });

    it("calls main on its last line, without stdin", () => {
        // it lies in a file, and what it imports comes on stdin: it takes that away from all else by itself
        const reads = script === "seed-receive.sh";
        expect(lines.at(-1)).toBe(reads ? '{ main "$@"; }' : lastLine);
        expect(lines.includes("    exec 6<&0 </dev/null")).toBe(reads);
        expect(lines.filter((line) => /^(\{ )?main\b(?!\(\))/.test(line))).toHaveLength(1);
    });

    it("holds no comment line and no blank line", () => {
        expect(lines.filter((line) => /^\s*(#.*)?$/.test(line))).toEqual([]);
    });

    it("takes along every function that it names, and none twice", () => {
        const functions = functionsOf(text);
        const words = new Set(text.match(/\w+/g));
        const named = piecesOf(script).flatMap(([, names]) => names.filter((name) => words.has(name)));
        expect(named.filter((name) => !functions.includes(name))).toEqual([]);
        expect(functions.filter((name, at) => functions.indexOf(name) !== at)).toEqual([]);
    });

    it("takes along no function that nothing else in it names", () => {
        const unnamed = functionsOf(text).filter((name) => text.match(new RegExp(`\\b${name}\\b`, "g"))?.length === 1);
        expect(unnamed).toEqual([]);
    });

    it("takes along the variables that it reads of those that a piece sets at its left margin", () => {
        const setIn = (lines: string) =>
            (lines.match(/^[A-Z_]+=.*/gm) ?? []).flatMap((line) =>
                [...line.matchAll(/(?:^|\s)([A-Z_]+)=/g)].map(([, name]) => name ?? ""),
            );
        const inPieces = piecesOf(script).flatMap(([file]) => setIn(remoteText(file)));
        const read = new Set([...text.matchAll(/\$\{?([A-Z_]+)/g)].map(([, name]) => name));
        expect(inPieces.filter((name) => read.has(name) && !setIn(text).includes(name))).toEqual([]);
    });

    it("is what bash can parse", () => {
        const run = spawnSync("bash", ["-n"], { input: text, encoding: "utf8" });
        expect([run.status, run.stderr]).toEqual([0, ""]);
    });
});

it("comments that silence shellcheck stay in the files, and the assembled texts pass it", () => {
    withFolder((folder) => {
        // SC2034, unused variables, SC2120, arguments that are not given: a piece travels whole, and a script may use a part of it
        for (const [script, text] of assembled) {
            writeFileSync(join(folder, script), text);
        }
        const run = spawnSync("shellcheck", ["-s", "bash", "-S", "warning", "-e", "SC2034,SC2120", ...scripts], {
            cwd: folder,
            encoding: "utf8",
        });
        expect(run.stdout).toBe("");
        expect(run.status).toBe(0);
    });
}, 60_000);

it("a script's text tells another parameter from another value", () => {
    const one = assembleScript("seed-look.sh", { NODE: "a", PORT: 3306, KEEP: false });
    expect(one.startsWith("NODE='a'\nPORT='3306'\nKEEP='false'\nredact() {\n")).toBe(true);
    expect(assembleScript("seed-look.sh", { NODE: "b", PORT: 3306, KEEP: false })).toBe(
        one.replace("NODE='a'", "NODE='b'"),
    );
});

it("a script takes along what it uses of its own folder and of remote/lib, and what that uses", () => {
    const inOrder = ["redact", "note", "fail", "report_break", "run_at_exit", "heed_signals", "wait_until"];
    expect(functionsOf(textOf("check-port.sh"))).toEqual([...inOrder, "main", "can_connect", "read_address"]);
    expect(functionsOf(textOf("preflight.sh"))).toEqual(expect.arrayContaining(["tell_host", "find_missing_rights"]));
    expect(functionsOf(textOf("preflight.sh"))).not.toContain("spread_rows");
});

describe("what travels by its name can be told from the rest: ", () => {
    const files = readdirSync(remote, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".sh"));

    it("a function ends with the first brace at the left margin, alone there, within a text that it prints, too", () => {
        const count = (file: string, pattern: RegExp) => [file, remoteText(file).match(pattern)?.length ?? 0];
        expect(files.map((file) => count(file, /^\}$/gm))).toEqual(
            files.map((file) => count(file, /^\w+\(\) (?!.*\}$)/gm)),
        );
        expect(files.filter((file) => /^\}./m.test(remoteText(file)))).toEqual([]);
    });

    it("outside of functions a piece does nothing but set variables, whose names hold no digit", () => {
        const margins = files
            .filter((file) => file !== "lib/host.sh")
            .map((file) => {
                const text = remoteText(file).replace(/^(\w+)\(\) (?:.*\}|[\s\S]*?\n\})$/gm, "");
                const lines = text.split("\n").filter((line) => !/^\s*(#.*)?$/.test(line));
                const others = lines.join("\n").replace(/^(?:[A-Z_]+=(?:\([^)]*\)|'[^']*'|"[^"]*"|\w+) ?)+$/gm, "");
                return [file, others.trim()];
            });
        const mains = margins.filter(([, text]) => text !== "");
        expect(mains.map(([file]) => file).sort()).toEqual([...scripts].sort());
        expect(mains.filter(([, text]) => !/^\{ main "\$@"; \}( <\/dev\/null)?$/.test(text ?? ""))).toEqual([]);
    });

    it("no name is put together from parts: what is called so would stay behind", () => {
        const composed = /[a-z]_\$\{?\w|\$\{\w+\}_[a-z]/;
        const lines = files.flatMap((file) =>
            remoteText(file)
                .split("\n")
                .map((line) => `${file}: ${line.trim()}`),
        );
        expect(lines.filter((line) => composed.test(line))).toEqual([]);
    });
});

it("no function of remote/lib has a word of plain English as its name, by which it would travel with a mere message", () => {
    const names = readdirSync(join(remote, "lib")).flatMap((name) => functionsOf(remoteText(`lib/${name}`)));
    // those that nearly every script uses anyway; and one that no message says
    const known = ["ask", "fail", "forget", "note", "recall", "redact", "remember", "sql", "sweep", "warn"];
    expect(names.filter((name) => !name.includes("_")).sort()).toEqual(known);
    expect(names.length).toBeGreaterThan(100);
});

it("a script that is not there is an error, not an empty text", () => {
    expect(() => assembleScript("no-such.sh", {})).toThrow(/ENOENT.*no-such\.sh/);
});

/** Runs a text where every program that a step may touch a server or a host with writes its name into a log. */
function touchedBy(text: string): string {
    return withFolder((folder) => {
        const programs = [
            "mysql",
            "mariadb",
            "mysqldump",
            "ssh",
            "ssh-keygen",
            "systemctl",
            "service",
            "flock",
            "mkdir",
            "mv",
            "cp",
            "sync",
            "getent",
        ];
        const bin = join(folder, "bin");
        mkdirSync(bin);
        writeFileSync(join(bin, "fake-witness"), '#!/bin/sh\nbasename "$0" >>"$WITNESS"\nexit 1\n');
        chmodSync(join(bin, "fake-witness"), 0o755);
        for (const name of programs) {
            symlinkSync("fake-witness", join(bin, name));
        }
        const log = join(folder, "log");
        const PATH = `${bin}:${process.env.PATH}`;
        runBash(text, { PATH, WITNESS: log, TMPDIR: folder });
        return existsSync(log) ? readFileSync(log, "utf8") : "";
    });
}

describe("a text that is cut on its way", () => {
    const text = Buffer.from(READ_AT_ONCE + textOf("attach-replica.sh"));

    it("runs nothing, wherever it is cut before its last line", () => {
        const step = Math.ceil(text.length / 40);
        for (let length = 0; length <= text.length - lastLine.length; length += step) {
            expect([length, touchedBy(text.subarray(0, length).toString("latin1"))]).toEqual([length, ""]);
        }
        expect(touchedBy(text.subarray(0, text.length - lastLine.length).toString("latin1"))).toBe("");
    }, 30_000);

    it("runs when it is whole: the witness sees the client", () => {
        // by MariaDB's name, for here both lead to one program
        expect(touchedBy(text.toString())).toBe("mariadb\n");
    });

    it("runs nothing where what reads it dies on its way: neither what it has read, nor the rest", () => {
        withFolder((folder) => {
            const script = `${READ_AT_ONCE}echo before\nX='\necho amid\n'\necho after\n`;
            expect(runBash(script).stdout.toString()).toBe("before\nafter\n");
            writeFileSync(join(folder, "cat"), "#!/bin/sh\ndd bs=1 count=15 2>/dev/null\nkill -9 $$\n");
            chmodSync(join(folder, "cat"), 0o755);
            const run = runBash(script, { PATH: `${folder}:${process.env.PATH}` });
            expect([run.exitCode, run.stdout.toString()]).toEqual([137, ""]);
        });
    });

    it("is in no step's environment", () => {
        const script = `${READ_AT_ONCE}env | grep -c SCRIPT || true\n`;
        expect(runBash(script, { SCRIPT: "of the host's" }).stdout.toString()).toBe("0\n");
    });

    it("runs nothing when it is cut within its last line, up to the brace that makes it whole", () => {
        for (let cut = lastLine.length; cut > " </dev/null".length; cut--) {
            expect([cut, touchedBy(text.subarray(0, text.length - cut).toString("latin1"))]).toEqual([cut, ""]);
        }
    });
});

describe("a packed text", () => {
    const parameters = parametersOf("attach-replica.sh");
    const stdin = packScript("attach-replica.sh", parameters);
    const packed = stdin.slice(UNPACK_AT_ONCE.length);

    it("is the same script, in less than half of the size", () => {
        const text = unpackScript(stdin);
        expect(text).toBe(textOf("attach-replica.sh"));
        expect(stdin.length).toBeLessThan(text.length / 2);
    });

    it("is the same bytes at each asking and on every machine: another text is a step to be run", () => {
        expect(packScript("attach-replica.sh", parameters)).toBe(stdin);
        const given = { NODE: "one and the same text, ".repeat(9) };
        const bytes = "H4sIAAAAAAAAA/Pzd3G1Vc/PS1VIzEtRKMlIVShOzE1VKEmtKNFRGKrC6lwA2EqIk9c";
        const begin = UNPACK_AT_ONCE + bytes;
        expect(packScript("attach-replica.sh", given).slice(0, begin.length)).toBe(begin);
        // a text as long as the longest, and as little alike in itself: each word comes of the one before
        let word = 1;
        const words = Array.from({ length: 9000 }, () => {
            word = (word * 48271) % 2147483647;
            return (word % 3000).toString(36);
        });
        const long = packScript("check-port.sh", { NODE: words.join(" ") }).slice(UNPACK_AT_ONCE.length);
        expect(createHash("sha256").update(long.slice(0, 20_000)).digest("hex")).toBe(
            "cb497d5ee55b021af65aad5ceddd3951b0b96a43b1c692bd4f15b36ea32e52cc",
        );
    });

    it("runs when it is whole, and holds any text", () => {
        expect(touchedBy(stdin)).toBe("mariadb\n");
        const nasty = "ä ' \" $x `y` \\ \n\u{1F600}\t end";
        const text = unpackScript(packScript("check-port.sh", { NODE: nasty }));
        expect(runBash(`${text.slice(0, text.indexOf("\nredact() {"))}\nprintf %s "$NODE"`).stdout.toString()).toBe(
            nasty,
        );
    });

    it("runs nothing and fails, wherever it is cut", () => {
        const step = Math.ceil(packed.length / 40);
        for (let length = UNPACK_AT_ONCE.length; length < stdin.length; length += step) {
            expectNothing(stdin.slice(0, length));
        }
        for (let cut = 1; cut < 12; cut++) {
            expectNothing(stdin.slice(0, -cut));
        }
    }, 30_000);

    it("runs nothing and fails where only its parameters came", () => {
        expectNothing(UNPACK_AT_ONCE + gzipSync("NODE='a'\nPORT='3306'\n").toString("base64"));
    });

    it("runs nothing and fails when one character of it is another", () => {
        const at = stdin.length >> 1;
        expectNothing(`${stdin.slice(0, at)}${stdin[at] === "A" ? "B" : "A"}${stdin.slice(at + 1)}`);
    });

    it("is none of a script that does not end as one that came whole has to", () => {
        expect(() => packScript("seed-receive.sh", {})).toThrow("remote/seed-receive.sh does not end as");
    });

    it("runs nothing and fails where the host has no gzip", () => {
        withFolder((folder) => {
            for (const name of ["bash", "base64"]) {
                symlinkSync(`/usr/bin/${name}`, join(folder, name));
            }
            const run = runBash(stdin, { PATH: folder });
            expect([run.exitCode, run.stdout.toString(), run.stderr]).toEqual([
                127,
                "",
                "bash: line 1: gzip: command not found\n",
            ]);
        });
    });

    it("is in no step's environment", () => {
        const run = runBash(
            `${UNPACK_AT_ONCE}${gzipSync("env | grep -c SCRIPT || true </dev/null").toString("base64")}`,
            {
                SCRIPT: "of the host's",
            },
        );
        expect(run.stdout.toString()).toBe("0\n");
    });

    function expectNothing(text: string) {
        expect([text.length, touchedBy(text)]).toEqual([text.length, ""]);
        expect([text.length, runBash(text).exitCode]).not.toEqual([text.length, 0]);
    }
});
