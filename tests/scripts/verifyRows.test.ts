import { changes, cleanUpHosts, makeHost } from "./fakeHost";

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

    it("does so on a read-only node behind its fence, and closes that again", async () => {
        const run = await makeHost({ read_only: "1", super_read_only: "1" }).run(script, up);
        const [first, ...rest] = changes(run.statements);
        expect([first, rest.at(-1)]).toEqual([
            "SET GLOBAL super_read_only = 0, GLOBAL read_only = 1",
            "SET GLOBAL super_read_only = 1",
        ]);
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
