import { readFileSync } from "node:fs";
import { join } from "node:path";
import { quoteWord } from "../../core/shell";
import { libraryText, runBash, withFolder } from "./bash";

/** How far a long job is, as the person at the CLI reads it. */

const preamble = `NODE=a STEP=x PORT=3306\n${libraryText("say", "host", "progress")}\nTELL_SECONDS=1\n`;

function run(...texts: string[]): { exitCode: number | null; stdout: string; stderr: string } {
    const { exitCode, stdout, stderr } = runBash(preamble + texts.join("\n"));
    return { exitCode, stdout: stdout.toString(), stderr: stderr.toString() };
}

it.each([
    ["0 1000000 0", "0.0 of 1.0 MB, 0.0 MB/s"],
    ["25000000 100000000 5000", "25.0 of 100.0 MB, 5.0 MB/s, 15 s left"],
    ["100000000 100000000 8000", "100.0 of 100.0 MB, 12.5 MB/s"],
    ["130000000 100000000 10000", "130.0 MB, 13.0 MB/s"],
])("of %s (bytes, in all, milliseconds) is said: %s", (given, said) => {
    expect(run(`describe_progress ${given}`).stdout).toBe(said);
});

it("is its own job while that runs, and no other process that has its number by then, which is not ended either", () => {
    const said = run(
        'says() { if is_own_job "$1"; then echo yes; else echo no; fi; }',
        "sleep 60 & own=$!; says $own; read -r other < <(sleep 60 >/dev/null & echo $!)",
        "says $other; end_own_job $other; kill -0 $other && echo alive; kill $other",
        "end_own_job $own; wait $own || echo $?; says $own; says ''; end_own_job ''",
    );
    expect(said).toMatchObject({ exitCode: 0, stdout: "yes\nno\nalive\n143\nno\nno\n" });
});

it("is looked after while many small tables are counted, as while one large one is", () => {
    const counting = [
        "SCRATCH=/nowhere TELL_SECONDS=5 SECONDS=0",
        "looked=0 WHILE_ASKING=look; look() { looked=$((looked + 1)); }; ask_session() { SECONDS=$((SECONDS + 2)); }",
        "quote_sql() { :; }",
        libraryText("inventory"),
        "WHILE_ASKING=look; count_rows <(printf 'shop\\tt%s\\tSUM\\n' 1 2 3 4 5 6 7) && echo $looked",
    ];
    // after 2, 4, 6 seconds and so on: at 6 and at 12
    expect(run(...counting)).toMatchObject({ exitCode: 0, stdout: "2\n" });
});

it("ends with bytes, seconds and rate", () => {
    expect(run("describe_end 912300000 26065").stdout).toBe("912.3 MB in 26.1 s, 35.0 MB/s");
});

it("tells how far a job has read its file, and gives the job's status", () => {
    withFolder((folder) => {
        const file = quoteWord(join(folder, "file"));
        const said = run(
            `head -c 3000000 /dev/zero >${file}; exec 6<${file}`,
            "{ head -c 2000000 <&6 >/dev/null; sleep 1.5; exit 7; } &",
            'begin_job "$!" copying 3000000 read_input_position',
            "status=0; await_job || status=$?; echo $status",
        );
        expect([said.exitCode, said.stdout]).toEqual([0, "7\n"]);
        expect(said.stderr).toMatch(/^a: copying: 2\.0 of 3\.0 MB, \d+\.\d MB\/s, \d s left\n/);
    });
});

it("a job ends with its script, also where nobody hears its lines any more", () => {
    withFolder((folder) => {
        const file = quoteWord(join(folder, "pid"));
        const job = `sleep 60 >/dev/null 2>&1 & begin_job "$!" waiting 9 now_ms; echo "$!" >${file}`;
        // one that has ended is there until its new parent has seen it
        const check = `for try in {1..50}; do kill -0 "$(cat ${file})" 2>/dev/null || break; sleep 0.1; done; echo "$try"`;
        for (const end of ["exit 3", "exec 2> >(exec true); sleep 0.2; await_job"]) {
            run(job, end);
            expect(Number(run(check).stdout)).toBeLessThan(50);
        }
        expect(readFileSync(join(folder, "pid"), "utf8")).toMatch(/^\d+\n$/);
    });
});
