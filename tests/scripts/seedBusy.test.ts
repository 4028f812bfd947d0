import { readdirSync } from "node:fs";
import { dump, errorOf, line, readyToDump } from "./dumpHost";
import { changes, cleanUpHosts } from "./fakeHost";
import { type Answer, processList, refused } from "./fakeServer";

cleanUpHosts();

const script = "seed-dump.sh";
const statements = "SHOW PROCESSLIST";
const busy = (what: string) =>
    `error MM_SEED_BUSY: long statements on a (${what}) would hold up the dump's moment of read lock, and all of a behind it. a was only read\n` +
    "  next: wait until they have ended (SHOW PROCESSLIST), then run up again\n";
const tries = (stderr: string) => stderr.match(/try \d: .*/g) ?? [];
const held = "a statement on a holds up the dump's lock; a goes on meanwhile";

/** Node a, whose read lock does not come the first `times` times. */
function ready(times = 0) {
    const { host, parameters, callsOf } = readyToDump();
    let asked = 0;
    host.local.rules.push({
        on: "FLUSH LOCAL TABLES WITH READ LOCK",
        answer: () => {
            asked += 1;
            return asked <= times ? refused(1205, "Lock wait timeout exceeded; try restarting transaction") : {};
        },
    });
    return { host, parameters, dumps: () => callsOf("mysqldump").length, asked: () => asked };
}

describe("a dump on a busy origin", () => {
    it("is not begun while statements run that its lock would wait for: it waits, then names them", async () => {
        const { host, parameters, dumps, asked } = ready();
        host.local.rules.push({
            on: statements,
            answer: {
                stdout: processList(
                    [21, "app", "h:1", "Query", 900, "UPDATE t SET x = '🐬\\t'"],
                    [22, "app", "h:2", "Execute", 10, "CALL p()"],
                    [23, "app", "h:3", "Query", 9, "SELECT 1"],
                    [24, "app", "h:4", "Sleep", 4000, "NULL"],
                ),
            },
        });
        const run = await host.run(script, parameters);
        expect([run.exitCode, run.stdout, dumps(), asked()]).toEqual([1, "", 0, 0]);
        expect(errorOf(run.stderr)).toBe(busy("connection 21 since 900 s;connection 22 since 10 s;"));
        expect(readdirSync(host.path("/tmp"))).toEqual([]);
    });

    it("is begun once they have ended", async () => {
        const { host, parameters, dumps } = ready();
        let looked = 0;
        host.local.rules.push({
            on: statements,
            answer: () => {
                looked += 1;
                return { stdout: looked < 3 ? processList([21, "app", "h:1", "Query", 900, "x"]) : processList() };
            },
        });
        const run = await host.run(script, parameters);
        expect([run.exitCode, run.stdout, dumps(), looked]).toEqual([0, line, 1, 3]);
    });

    it("asks for its lock again when that does not come in time, up to three times, and only then begins", async () => {
        const { host, parameters, dumps, asked } = ready(2);
        const run = await host.run(script, parameters);
        expect([run.exitCode, run.stdout, dumps(), asked()]).toEqual([0, line, 1, 3]);
        expect(tries(run.stderr)).toEqual([`try 1: ${held}`, `try 2: ${held}`]);
    });

    it("gives up after the third time, and leaves no file", async () => {
        const { host, parameters, dumps } = ready(3);
        const run = await host.run(script, parameters);
        expect([run.exitCode, run.stdout, dumps(), tries(run.stderr).length]).toEqual([1, "", 0, 3]);
        expect(errorOf(run.stderr)).toBe(busy(""));
        expect(readdirSync(host.path("/tmp"))).toEqual([]);
    });

    it("is begun once more when other writes came between its place in the log and that of the inventory", async () => {
        const { host, parameters, dumps } = ready();
        let looked = 0;
        host.local.rules.push({
            on: "SHOW BINARY LOG STATUS",
            answer: () => {
                looked += 1;
                return { stdout: `mysql-bin.000007\t${looked === 1 ? 1200 : 1234}` };
            },
        });
        const run = await host.run(script, parameters);
        expect([run.exitCode, run.stdout, dumps()]).toEqual([0, line, 2]);
        expect(tries(run.stderr)).toEqual([
            "try 1: the dump began at another place in the log than the count of its rows; it is thrown away",
        ]);
    });

    it.each<[string, Answer, Answer]>([
        [
            "it",
            {
                stdout: dump.slice(0, -40),
                stderr: "mysqldump: Error 1205: Lock wait timeout exceeded; try restarting transaction when dumping table `t` at row: 0\n",
                status: 3,
            },
            {},
        ],
        ["the count of its rows", { stdout: dump }, refused(1205, "Lock wait timeout exceeded")],
    ])("is made once more where %s has waited too long for a table", async (_, first, counted) => {
        const { host, parameters, callsOf } = readyToDump(first, { stdout: dump });
        let asked = 0;
        host.local.rules.push({
            on: /^SELECT 'table shop\.orders', COUNT/,
            answer: () => (asked++ === 0 && counted.status ? counted : { stdout: "table shop.orders\t3" }),
        });
        const run = await host.run(script, parameters);
        expect([run.exitCode, run.stdout, callsOf("mysqldump").length]).toEqual([0, line, 2]);
        expect(tries(run.stderr)).toEqual([
            "try 1: the dump was in somebody's way (somebody who waited for a table of it); it is thrown away",
        ]);
    });

    it("is not begun while XA transactions are prepared, which are named", async () => {
        const { host, parameters, dumps } = ready();
        host.local.rules.push({ on: "XA RECOVER CONVERT XID", answer: { stdout: "1\t3\t0\t0x616263" } });
        const run = await host.run(script, parameters);
        expect([run.exitCode, run.stdout, dumps(), tries(run.stderr).length]).toEqual([1, "", 0, 3]);
        expect(errorOf(run.stderr)).toBe(
            "error MM_SEED_PREPARED: XA transactions are prepared on a (format 1 xid 0x616263): a dump does not hold them, and the peer would never get them. a was only read\n" +
                "  next: XA COMMIT or XA ROLLBACK them (or let their transaction manager), then run up again\n",
        );
    });

    it("gives the lock back and ends the dump when that has no snapshot in time; three times, then it gives up", async () => {
        const { host, parameters, dumps } = ready();
        host.answers.mysqldump = ({ argv }) =>
            /--help|--print-defaults/.test(argv.join(" ")) ? { stdout: "--init-command=name" } : { hang: true };
        const run = await host.run(script, parameters);
        expect([run.exitCode, run.stdout, dumps()]).toEqual([1, "", 3]);
        expect(changes(run.statements).filter((text) => /TABLES/.test(text))).toEqual(
            [1, 2, 3].flatMap(() => ["FLUSH LOCAL TABLES WITH READ LOCK", "UNLOCK TABLES"]),
        );
        expect(errorOf(run.stderr)).toBe(
            "error MM_SEED_BUSY: the dump on a did not begin within 300 ms of read lock, three times. a was only read\n" +
                "  next: see what loads a, then run up again\n",
        );
        expect(readdirSync(host.path("/tmp"))).toEqual([]);
    });
});
