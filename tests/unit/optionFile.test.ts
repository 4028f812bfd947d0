import fc from "fast-check";
import { type Edited, editFiles, runInFolder } from "./optionFile";

const begin = "# mysql-master-master begin (managed; edits are undone";
const end = "# mysql-master-master end";
const block = "log_bin=mysql-bin\nserver_id=10";

/** Lines of option files, with what editors and people put into them; any bytes in between. */
const line = fc.oneof(
    fc.constantFrom(
        "[mysqld]",
        "[mysqld]",
        " \t[mysqld] ",
        "[mysqld_safe]",
        "[client]",
        "#[mysqld]",
        "[mysql]",
        "",
        "server-id=1",
    ),
    fc.constantFrom("# mysql-master", "!includedir /etc/my.cnf.d", "x=\u{1F42C}ä", "[mysqld]\r", "a=b\r", "\\n"),
    fc.string({ unit: "binary", maxLength: 12 }).map((text) => text.replace(/[\0\n]/g, "")),
);
const latin1 = fc.constantFrom(Buffer.from([0xe4, 0xff, 0x0a]), Buffer.from([0xf6]), Buffer.alloc(0));
const content = fc
    .tuple(fc.array(line, { maxLength: 8 }), latin1, fc.constantFrom("", "\n", "\r\n"), latin1)
    .map(([lines, head, last, tail]) => Buffer.concat([head, Buffer.from(lines.join("\n") + last), tail]));

/** The file with the block, worked out another way: in JavaScript, on bytes as latin1. */
function expected(file: Buffer, lines: string): Buffer {
    const text = file.toString("latin1");
    const header = /^[ \t]*\[mysqld\][^\n]*\n?/m.exec(text);
    const at = header === null ? text.length : header.index + header[0].length;
    const head = text.slice(0, at);
    const newline = head !== "" && !head.endsWith("\n");
    const marks = `${newline ? "; newline added" : ""}${header === null ? "; section added" : ""}`;
    const section = header === null ? "[mysqld]\n" : "";
    const text2 = `${head}${newline ? "\n" : ""}${section}${begin}${marks})\n${lines}\n${end}\n${text.slice(at)}`;
    return Buffer.from(text2, "latin1");
}

describe("the managed block", () => {
    it("stands once, directly under the first [mysqld] or under one of its own, in a file that is else as it was", () => {
        fc.assert(
            fc.property(fc.array(content, { minLength: 15, maxLength: 15 }), (files) => {
                const edited = editFiles(files.map((file) => ({ file, block })));
                files.forEach((file, at) => {
                    const { once, twice, bare, stripped } = edited[at] as Edited;
                    expect(once.toString("latin1")).toBe(expected(file, block).toString("latin1"));
                    expect(twice.equals(once)).toBe(true);
                    expect(bare.equals(file)).toBe(true);
                    expect(stripped.equals(file)).toBe(true);
                });
            }),
            { numRuns: 3 },
        );
    });

    it.each([
        ["an empty file", "", `[mysqld]\n${begin}; section added)\n${block}\n${end}\n`],
        ["a header on the last line", "a\n[mysqld]", `a\n[mysqld]\n${begin}; newline added)\n${block}\n${end}\n`],
        [
            "a file of another section",
            "[client]\nx",
            `[client]\nx\n[mysqld]\n${begin}; newline added; section added)\n${block}\n${end}\n`,
        ],
        ["two [mysqld]", "[mysqld]\nx\n[mysqld]\ny\n", `[mysqld]\n${begin})\n${block}\n${end}\nx\n[mysqld]\ny\n`],
        ["lines with CRLF", "[mysqld]\r\nx\r\n", `[mysqld]\r\n${begin})\n${block}\n${end}\nx\r\n`],
        [
            "no [mysqld] but [mysqld_safe]",
            "[mysqld_safe]\n",
            `[mysqld_safe]\n[mysqld]\n${begin}; section added)\n${block}\n${end}\n`,
        ],
    ])("of %s is as written here", (_, file, text) => {
        expect(editFiles([{ file: Buffer.from(file), block }]).map(({ once }) => once.toString())).toEqual([text]);
    });

    it("of a file that was not there says so, and takes the file along when it goes", () => {
        const text = `[mysqld]\n${begin}; section added; file added)\n${block}\n${end}\n`;
        const [made] = editFiles([{ file: undefined, block }]);
        expect([made?.once.toString(), made?.twice.toString(), made?.stripped.toString()]).toEqual([text, text, ""]);
        expect(runInFolder("remove_block file; [ ! -e file ] && echo gone; : >file", text).stdout).toBe("gone\n");
    });

    it("of a file that was there and empty leaves it there, empty", () => {
        const text = `[mysqld]\n${begin}; section added)\n${block}\n${end}\n`;
        expect(runInFolder("remove_block file; wc -c <file", text).stdout).toBe("0\n");
    });

    it("has the node's settings, and below them what the role says", () => {
        const role = "# role: passive\nread_only=1\n";
        const [both, alone] = editFiles([
            { file: Buffer.from("[mysqld]\n"), block: `${block}\n${role.trimEnd()}` },
            { file: Buffer.from("[mysqld]\n"), block },
        ]);
        expect([both?.settings, both?.role]).toEqual([`${block}\n`, role]);
        expect([alone?.settings, alone?.role]).toEqual([`${block}\n`, ""]);
    });

    it("is replaced, not repeated, when its lines change", () => {
        const old = `a\n[mysqld]\n${begin})\nserver_id=1\n# role: passive\nread_only=1\n${end}\nx\n`;
        expect(
            editFiles([{ file: Buffer.from(old.replace(end, end)), block }]).map(({ once }) => once.toString()),
        ).toEqual([`a\n[mysqld]\n${begin})\n${block}\n${end}\nx\n`]);
    });

    it("leaves the lines that somebody has added below it, with the header and the newline that they need", () => {
        const text = `a\n[mysqld]\n${begin}; newline added; section added)\n${block}\n${end}\nmine=1\n`;
        expect(runInFolder("remove_block file", text)).toEqual({
            exitCode: 0,
            stdout: "",
            stderr: "",
            file: "a\n[mysqld]\nmine=1\n",
        });
    });
});

describe("half a block", () => {
    const refused = (begins: number, ends: number) =>
        `error MM_NODE_BLOCK_DAMAGED: file on a has ${begins} begin marks and ${ends} end marks of the managed block. Nothing was changed\n` +
        "  next: repair it by hand: one line '# mysql-master-master begin', the managed lines, one line '# mysql-master-master end', or none of them; then run up again\n";

    it.each([
        ["without its end", `[mysqld]\n${begin})\nserver_id=1\nmine=1\n`, 1, 0],
        ["without its begin", `[mysqld]\nserver_id=1\n${end}\nmine=1\n`, 0, 1],
        ["twice", `${begin})\n${end}\n${begin})\n${end}\n`, 2, 2],
    ])("%s is refused before anything changes, with the marks counted", (_, file, begins, ends) => {
        for (const act of ["require_whole_block file", "remove_block file"]) {
            const run = runInFolder(`${act}; echo went on`, file);
            const stderr = begins === 0 && act.startsWith("remove") ? "" : refused(begins, ends);
            const passed = stderr === "";
            expect(run).toEqual({ exitCode: passed ? 0 : 1, stdout: passed ? "went on\n" : "", stderr, file });
        }
    });

    // a begin below its end would take everything after it along
    it("with its marks in the wrong order is refused too", () => {
        const file = `[mysqld]\n${end}\nx=1\n${begin})\nmine=1\n`;
        expect(runInFolder("require_whole_block file", file)).toEqual({
            exitCode: 1,
            stdout: "",
            stderr: refused(1, 1),
            file,
        });
    });

    it("is not seen where both marks are there once, or none", () => {
        for (const file of ["", "[mysqld]\n", `[mysqld]\n${begin})\n${block}\n${end}\n`]) {
            expect(runInFolder("require_whole_block file; echo whole", file).stdout).toBe("whole\n");
        }
    });
});
