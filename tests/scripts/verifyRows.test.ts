import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { changes, cleanUpHosts, type FakeHost, makeHost } from "./fakeHost";

cleanUpHosts();

const script = "verify-rows.sh";
const up = { CATCH_UP_SECONDS: 30 };
const line = "rows from=b to=a.example.com:3306\n";
const token = (text: string) => text.replace(/'[0-9a-f]{32}'/, "'TOKEN'");
const write = [
    "CREATE DATABASE IF NOT EXISTS mysql_master_master",
    "CREATE TABLE IF NOT EXISTS mysql_master_master.row_test (token CHAR(32) NOT NULL PRIMARY KEY) ENGINE=InnoDB",
    "INSERT INTO mysql_master_master.row_test VALUES ('TOKEN')",
];
const drop = "DROP DATABASE IF EXISTS mysql_master_master";

/** Runs it by a clock that says these milliseconds in turn, again and again. */
function runByClock(host: FakeHost, milliseconds: number[]) {
    let asked = 0;
    symlinkSync(join(__dirname, "fake", "program.sh"), host.path("/bin/date"));
    host.answers.date = ({ argv }) =>
        argv[0] === "+%s%3N"
            ? { stdout: `${milliseconds[asked++ % milliseconds.length]}\n` }
            : { stdout: "2026-11-25 09:00:00 UTC\n" };
    return host.run(script, up);
}

describe("verify-rows.sh", () => {
    it("writes a row, sees the same one on the peer, and drops the schema; each time anew", async () => {
        const host = makeHost({ gtid_executed: "uuid-b:1-4" });
        for (let time = 0; time < 2; time++) {
            const run = await host.run(script, up);
            expect(run).toMatchObject({ exitCode: 0, stdout: line });
            expect(changes(run.statements).map(token)).toEqual([...write, drop]);
            const [written] = run.statements.filter((text) => text.startsWith("INSERT"));
            const value = /'([0-9a-f]{32})'/.exec(written ?? "")?.[1];
            // before the row, so that it can be measured; after it, so that the schema is gone there before the next test
            const caughtUp = ["SELECT @@global.gtid_mode", "SELECT GTID_SUBSET('uuid-b:1-4', @@global.gtid_executed)"];
            expect(run.peer).toEqual([
                "SELECT 1",
                ...caughtUp,
                `SELECT 1 FROM mysql_master_master.row_test WHERE token = '${value}'`,
                ...caughtUp,
            ]);
            expect(run.stderr).toMatch(/^b: a row was on a\.example\.com \d+ ms later\n$/);
        }
    });

    it("neither writes to a schema of that name that is somebody's own, nor drops it", async () => {
        const host = makeHost();
        host.local.rules.push({
            on: /^SELECT table_name FROM information_schema\.tables WHERE table_schema = 'mysql_master_master' AND table_name <> 'row_test'$/,
            answer: { stdout: "orders\ninvoices\n" },
        });
        host.local.rules.push({ on: /^SHOW DATABASES LIKE /, answer: { stdout: "mysql_master_master\n" } });
        const run = await host.run(script, up);
        expect([run.exitCode, run.stdout, changes(run.statements)]).toEqual([1, "", []]);
        expect(run.stderr).toBe(
            "error MM_LINK_SCHEMA: schema mysql_master_master on b, by whose name a link is proven in a schema of its own, holds what this program has not made: orders, invoices. It stays as it is\n" +
                "  next: move that into a schema of another name, then run up again\n",
        );
        const undone = await host.run(script, up, "down");
        expect([undone.exitCode, changes(undone.statements)]).toEqual([0, []]);
    });

    it("does so on a read-only node behind its fence, and closes that again", async () => {
        const run = await makeHost({ read_only: "1", super_read_only: "1" }).run(script, up);
        const [first, ...rest] = changes(run.statements);
        expect([first, rest.at(-1)]).toEqual([
            "SET GLOBAL super_read_only = 0, GLOBAL read_only = 1",
            "SET GLOBAL super_read_only = 1",
        ]);
    });

    it("fails where the peer never shows the row, in any of five tries, and leaves no schema", async () => {
        const host = makeHost();
        host.peer.rules.push({ on: /row_test WHERE token/, answer: { stdout: "" } });
        const run = await runByClock(host, [0, 5000, 5000]);
        expect([run.exitCode, run.stdout]).toEqual([1, ""]);
        expect(changes(run.statements).map(token)).toEqual([...Array(5).fill(write).flat(), drop]);
        expect(run.stderr).toBe(
            [1, 2, 3, 4, 5].map((time) => `b: try ${time}: a row took 5000 ms to a.example.com\n`).join("") +
                "error MM_LINK_ROW_LATE: five rows written on b were not on a.example.com within 1 s (the last: 5000 ms; 5000 and more: not seen)\n" +
                "  next: see the lag on a.example.com (SHOW REPLICA STATUS) and its load, then run up again\n",
        );
    });

    it.each([
        [1000, 0],
        [1001, 1],
    ])("takes a row that arrives after %s ms for one that is in time, or not", async (took, exitCode) => {
        const run = await runByClock(makeHost(), [0, took]);
        expect(run.exitCode).toBe(exitCode);
        expect(run.stderr).toContain(
            exitCode === 0 ? `b: a row was on a.example.com ${took} ms later\n` : "error MM_LINK_ROW_LATE: ",
        );
    });

    it("opens it for its own statements alone: whoever writes meanwhile is named, and the fence is closed while it waits", async () => {
        const host = makeHost({ read_only: "1", super_read_only: "1" });
        const event = (type: string, id: string, info: string) =>
            `mysql-bin.000003\t200\t${type}\t${id}\t300\t${info}\n`;
        const own = [
            event("Gtid", "20", "SET @@SESSION.GTID_NEXT= 'uuid-b:1'"),
            event("Query", "20", "CREATE DATABASE IF NOT EXISTS mysql_master_master /* xid=7 */"),
            event(
                "Query",
                "20",
                "CREATE TABLE IF NOT EXISTS mysql_master_master.row_test (token CHAR(32)) ENGINE=InnoDB",
            ),
            event("Query", "20", "BEGIN"),
            event("Table_map", "20", "table_id: 9 (mysql_master_master.row_test)"),
            event("Write_rows", "20", "table_id: 9 flags: STMT_END_F"),
            event("Xid", "20", "COMMIT /* xid=8 */"),
            event("Query", "20", "DROP DATABASE IF EXISTS mysql_master_master /* xid=9 */"),
            event("Query", "20", "use `mysql`; ALTER USER 'replicator'@'%' IDENTIFIED WITH 'x' AS 'y'"),
            event("Table_map", "10", "table_id: 9 (shop.replicated)"),
        ].join("");
        let log = own;
        host.local.rules.push({
            on: /^SHOW BINLOG EVENTS IN 'mysql-bin.000003' FROM 157$/,
            answer: () => ({ stdout: log }),
        });
        const open: (string | undefined)[] = [];
        host.peer.rules.push({
            on: /^SELECT 1 FROM mysql_master_master\.row_test/,
            answer: () => {
                open.push(host.local.variables.get("super_read_only"));
                return { stdout: "1" };
            },
        });
        expect(await host.run(script, up)).toMatchObject({ exitCode: 0, stdout: line });
        expect(open).toEqual(["1"]);
        for (const [type, info] of [
            ["Table_map", "table_id: 9 (shop.sales)"],
            ["Query", "DROP TABLE `shop`.`mysql_master_master` /* generated by server */"],
            ["Query", "use `shop`; UPDATE sales SET note = 'mysql_master_master.row_test'"],
            ["Query", "DROP DATABASE mysql_master_master_2 /* xid=9 */"],
        ] as const) {
            log = own + event(type, "20", info);
            const run = await host.run(script, up);
            expect(run.exitCode).toBe(1);
            expect(run.stderr).toContain(
                "error MM_ROLE_WRITES_SLIPPED: b is read-only, but while step verify-rows had",
            );
            expect(run.stderr).toContain(
                `wrote: mysql-bin.000003 200 ${info}. It stands in b's log, and goes to a.example.com\n`,
            );
            expect(host.local.variables.get("super_read_only")).toBe("1");
        }
    });

    it("does not end before the peer has dropped the schema, too", async () => {
        const host = makeHost();
        let asked = 0;
        host.peer.rules.push({
            on: /^SELECT GTID_SUBSET/,
            answer: () => {
                asked += 1;
                return { stdout: asked === 1 ? "1" : "0" };
            },
        });
        const run = await host.run(script, up);
        expect([run.exitCode, run.stdout, changes(run.statements).map(token)]).toEqual([1, "", [...write, drop]]);
        expect(run.stderr).toMatch(/^error MM_LINK_BEHIND: a\.example\.com has not applied within 30 s/m);
    });

    it("waits for what was written before, by coordinates where there are no GTIDs", async () => {
        const off = { gtid_mode: "OFF" };
        const host = makeHost(off, off);
        host.local.coordinates = "mysql-bin.000003\t157";
        host.peer.channel = new Map([
            ["Relay_Source_Log_File", "mysql-bin.000002"],
            ["Exec_Source_Log_Pos", "99999"],
        ]);
        const run = await host.run(script, up);
        expect([run.exitCode, run.stdout, changes(run.statements)]).toEqual([1, "", []]);
        expect(run.stderr).toContain(
            "error MM_LINK_BEHIND: a.example.com has not applied within 30 s what b had written before\n" +
                "  next: give it time (SHOW REPLICA STATUS there), then run up again\n",
        );
        host.peer.channel = new Map([
            ["Relay_Source_Log_File", "mysql-bin.000003"],
            ["Exec_Source_Log_Pos", "157"],
        ]);
        expect(await host.run(script, up)).toMatchObject({ exitCode: 0, stdout: line });
    });
});
