import { type Latency, latencyWithin, parseCommits, percentile } from "../../bench/seed/latency";
import { type Process, sumUp } from "../../bench/seed/memory";
import { chooseMethods } from "../../bench/seed/methods";
import { parseParts, SeedSteps, wholeOf } from "../../bench/seed/parts";
import { DOCUMENT, type Figure, formatSize, judgeGoals, type Size, SSH_COPY } from "../../bench/seed/table";

describe("a commit's latency", () => {
    it("has percentiles by nearest rank", () => {
        const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
        expect([50, 99, 100].map((percent) => percentile(hundred, percent))).toEqual([50, 99, 100]);
        expect([0, 50, 99].map((percent) => percentile([7], percent))).toEqual([7, 7, 7]);
        expect([50, 51].map((percent) => percentile([1, 2], percent))).toEqual([1, 2]);
        expect(percentile([], 50)).toBeNaN();
    });

    it("is read from what the steady load has written", () => {
        expect(parseCommits("1000 250\n6000 40000\n")).toEqual([
            { begin: 1000, end: 1250 },
            { begin: 6000, end: 46000 },
        ]);
        expect(parseCommits("")).toEqual([]);
    });

    it("is counted where the commit was under way during the span, also where it began before or ended after it", () => {
        const commits = parseCommits("0 1000\n5000 6000\n12000 2000\n19000 9000\n40000 90000\n");
        expect(latencyWithin(commits, { begin: 10000, end: 20000 })).toEqual({
            commits: 3,
            median: 6,
            percentile99: 9,
            longest: 9,
        });
    });

    it("is no number where nothing was committed", () => {
        expect(latencyWithin([], { begin: 0, end: 1 })).toEqual({
            commits: 0,
            median: Number.NaN,
            percentile99: Number.NaN,
            longest: Number.NaN,
        });
    });
});

describe("the methods", () => {
    it("are by default those that the flavour has", () => {
        expect(chooseMethods([], "mysql-9.7")).toEqual(["auto", "dump", "stream", "clone"]);
        expect(chooseMethods([], "mariadb-10.11")).toEqual(["auto", "dump", "stream", "mariabackup"]);
    });

    it("are the asked ones, in that order, and refused where the program does not know them", () => {
        expect(chooseMethods(["dump", "auto"], "mysql-9.7")).toEqual(["dump", "auto"]);
        expect(() => chooseMethods(["dump", "copy", "rsync"], "mysql-9.7")).toThrow(
            "MM_BENCH_METHODS names copy, rsync; this program has auto, dump, stream, clone, mariabackup",
        );
    });
});

describe("the parts", () => {
    it("are read from what the scripts print", () => {
        expect(parseParts("dump 10 20\nssh 20 35 4000\n")).toEqual([
            { name: "dump", begin: 10, end: 20 },
            { name: "ssh", begin: 20, end: 35, bytes: 4000 },
        ]);
    });

    it("make a whole from the first begin to the last end", () => {
        expect(wholeOf(parseParts("a 20 30\nb 10 15\n"))).toEqual({ begin: 10, end: 30 });
        expect(() => wholeOf([])).toThrow("no part of it was seen");
    });

    it("are the seed's steps as `pulumi up` names them, whatever a method calls its own, and no others", () => {
        const steps = new SeedSteps();
        const said = [
            " +  command:remote:Command a-configure creating (0s)",
            " +  command:remote:Command link-seed-look creating (0s)",
            " +  command:remote:Command a-configure created (4s)",
            " +  command:remote:Command link-seed-look created (0.31s)",
            " +  command:remote:Command link-seed-by-clone creating (0s)",
            " +  command:remote:Command link-seed-by-clone creating (5s) a: cloning",
            "    link-seed-by-clone is what this line is about",
            " +  command:remote:Command link-seed-by-clone created (9s)",
            " +  command:remote:Command link-attach-b creating (0s)",
            " +  command:remote:Command link-seed-cut creating (0s)",
        ];
        for (const [second, line] of said.entries()) {
            steps.hear(line, second * 1e6);
        }
        expect(steps.parts).toEqual([
            { name: "look", begin: 1e6, end: 3e6 },
            { name: "by-clone", begin: 4e6, end: 7e6 },
        ]);
    });
});

describe("the memory", () => {
    it("is that of the engine with all that it has started, and of what came over SSH on this lab's hosts", () => {
        const process = (pid: number, parent: number, name: string, group: string, bytes: number): Process => ({
            pid,
            parent,
            name,
            group,
            bytes,
        });
        const processes = [
            process(50, 60, "node", "0::/\n", 1), // a plugin, by its language host
            process(60, 70, "pulumi-language", "0::/\n", 10),
            process(70, 1, "pulumi", "0::/\n", 100),
            process(80, 1, "node", "0::/\n", 1000), // the benchmark itself
            process(90, 1, "mysqldump", "0::/mm0ae7cb-a/payload/system.slice/ssh.service\n", 10_000),
            process(91, 1, "mysql", "0::/mm0ae7cb-b/payload/user.slice/session-3.scope\n", 100_000),
            process(92, 1, "mysqld", "0::/mm0ae7cb-b/payload/system.slice/mysql.service\n", 1_000_000),
            process(93, 1, "mysql", "0::/mm0ae7cc-b/payload/system.slice/ssh.service\n", 10_000_000), // another lab's
        ];
        expect(sumUp(processes, "10.231.203")).toEqual({ pulumi: 111, hosts: 110_000 });
    });
});

const latency = (longest: number): Latency => ({ commits: 100, median: 1.24, percentile99: 9, longest });

const figure = (name: string, seconds: number, more: Partial<Figure> = {}): Figure => ({
    name,
    kind: "method",
    seconds,
    bytes: 1.2e9,
    latency: latency(40),
    parts: [],
    ...more,
});

const size = (figures: Figure[], megabytes = 1200): Size => ({
    megabytes,
    bytes: 1.2e9,
    rows: 4_000_000,
    loads: [0.5, 2.25],
    idle: latency(3),
    figures,
});

describe("the table", () => {
    it("compares each figure with the document in seconds and with the SSH copy in MB/s, and tells the parts below it", () => {
        const parts = parseParts("dump 0 6300000\ncopy 6300000 10000000\n");
        const figures = [
            figure(SSH_COPY, 10, { kind: "copy", bytes: 1.5e9 }),
            figure(DOCUMENT, 48, { kind: "document", parts }),
            figure("`auto`", 6, { memory: { hosts: 44.4e6, pulumi: 5e8 } }),
        ];
        expect(formatSize(size(figures))).toBe(`### 1200 MB asked for, 1200.0 MB in 4000000 rows; load 0.5, 2.3

|  | seconds | MB | MB/s | document / this | MB/s of the SSH copy's | a's commits: median | 99th | longest |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
| no seeding |  |  |  |  |  | 1.2 ms | 9.0 ms | 3.0 ms |
| data directory, through SSH | 10.00 | 1500 | 150.0 | 4.80 | 100 % | 1.2 ms | 9.0 ms | 40.0 ms |
| document, by hand | 48.00 | 1200 | 25.0 | 1.00 | 17 % | 1.2 ms | 9.0 ms | 40.0 ms |
| \`auto\` | 6.00 | 1200 | 200.0 | 8.00 | 133 % | 1.2 ms | 9.0 ms | 40.0 ms |

- document, by hand: dump 6.30 s, copy 3.70 s
- MB of memory at most, on both hosts beside the servers, and where Pulumi runs: \`auto\` 44 and 500
`);
    });

    it("leaves ratios out where there is nothing to compare with", () => {
        expect(formatSize(size([figure("`dump`", 48)]))).toContain("| `dump` | 48.00 | 1200 | 25.0 |  |  | 1.2 ms |");
    });
});

describe("the goals", () => {
    const copy = figure(SSH_COPY, 6, { kind: "copy" });
    const document = figure(DOCUMENT, 48, { kind: "document" });

    it("are judged where their figures were measured, and MySQL's is higher than MariaDB's", () => {
        const sizes = [size([copy, document, figure("`auto`", 6)])];
        expect(judgeGoals(sizes, "mariadb-10.11")).toEqual([
            "- met: auto at 1200 MB is 7 times faster than the document: 8.0 times",
            "- met: auto at 1200 MB has 80 % of the SSH copy's rate: 100 %",
            "- met: a's longest pause with auto at 1200 MB is below 50 ms: 40.0 ms (without seeding 3.0 ms)",
        ]);
        expect(judgeGoals(sizes, "mysql-9.7")[0]).toBe(
            "- **missed**: auto at 1200 MB is 10 times faster than the document: 8.0 times",
        );
    });

    it("are missed by a slow method, and by a pause", () => {
        const slow = [
            copy,
            figure(DOCUMENT, 2, { kind: "document" }),
            figure("`auto`", 8, { latency: latency(50) }),
            figure("`dump`", 6),
            figure("`stream`", 6),
        ];
        expect(judgeGoals([size(slow), size(slow, 10)], "mysql-9.7").map((line) => line.slice(0, 38))).toEqual([
            "- **missed**: auto at 1200 MB is 10 ti",
            "- **missed**: auto at 1200 MB has 80 %",
            "- **missed**: stream at 1200 MB is fas",
            "- **missed**: a's longest pause with a",
            "- **missed**: auto at 10 MB is no slow",
            "- **missed**: stream at 10 MB is faste",
            "- **missed**: a's longest pause with a",
        ]);
    });

    it("are none for dump alone", () => {
        expect(judgeGoals([size([copy, document, figure("`dump`", 50)])], "mysql-9.7")).toEqual([]);
    });
});
