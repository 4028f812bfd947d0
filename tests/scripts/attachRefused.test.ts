import { attach, byPosition } from "./attached";
import { changes, cleanUpHosts, makeHost } from "./fakeHost";

cleanUpHosts();

const script = "attach-replica.sh";
const up = { ...attach, RETRY_SECONDS: "", RETRY_COUNT: "" };
const link = "source=a.example.com:3306 uuid=uuid-a password=d\n";
const anew =
    "  next: let a.example.com keep its logs longer (binlog_expire_logs_seconds); where it follows b, pulumi destroy first (all data stays), " +
    "for it would lose what is dropped here; then empty b (or name a fresh host), " +
    "remove /var/lib/mysql-master-master/3306/seed and /var/lib/mysql-master-master/3306/link there, set converge to a new text, and run up again: it is seeded anew\n";
const byHand = "  next: whether b lacks anything of it only a DBA can tell: see what it was, and attach it by hand\n";

describe("a source that no longer has what is asked for", () => {
    it.each([
        ["its log is gone", { SOURCE_FILE: "mysql-bin.000009" }, "log mysql-bin.000009 to position 1234"],
        ["its log ends before", { SOURCE_POSITION: 9001 }, "log mysql-bin.000002 to position 9001"],
    ])("is refused, by file and position, when %s; nothing is changed", async (_, at, what) => {
        const host = makeHost(byPosition, byPosition);
        const run = await host.run(script, { ...up, ...at });
        expect([changes(run.statements), host.memory("link")]).toEqual([[], undefined]);
        expect(run).toMatchObject({
            exitCode: 1,
            stdout: "",
            stderr: `error MM_LINK_LOG_PURGED: a.example.com no longer has what b would ask for (${what}). b was not changed\n${anew}`,
        });
    });

    it.each([
        ["no", anew],
        ["yes", byHand],
    ])("is refused by GTID, and the origin is never told to be emptied (gate: %s)", async (GATE, next) => {
        const host = makeHost({ gtid_executed: "uuid-a:1-9" }, { read_only: "1" });
        host.peer.rules.push({
            on: "SELECT GTID_SUBTRACT(@@global.gtid_purged, 'uuid-a:1-9')",
            answer: { stdout: "uuid-a:10-20" },
        });
        const run = await host.run(script, { ...up, GATE });
        expect([changes(run.statements), host.memory("link")]).toEqual([[], undefined]);
        expect(run).toMatchObject({
            exitCode: 1,
            stderr: `error MM_LINK_LOG_PURGED: a.example.com no longer has what b would ask for (uuid-a:10-20). b was not changed\n${next}`,
        });
    });

    it("is no matter for a link that stands", async () => {
        const host = makeHost();
        await host.run(script, up);
        host.peer.rules.push({ on: /gtid_purged/, answer: { stdout: "uuid-a:10-20" } });
        const run = await host.run(script, up);
        expect([run.exitCode, run.stderr, changes(run.statements)]).toEqual([0, "", []]);
    });
});

describe("a node whose channel is gone, and which followed its peer before,", () => {
    it("passes the gate again, by GTID: it is not attached to a peer that has transactions of its own", async () => {
        const host = makeHost();
        host.remember("link", link);
        host.local.rules.push({ on: /^SELECT GTID_SUBTRACT/, answer: { stdout: "uuid-b:3-4" } });
        const run = await host.run(script, { ...up, GATE: "yes" });
        expect([changes(run.statements), host.memory("link")]).toEqual([[], link]);
        expect(run).toMatchObject({
            exitCode: 1,
            stdout: "",
            stderr:
                "error MM_LINK_ERRANT: a.example.com has transactions of its own (uuid-b:3-4), which b would replay over its data. b was not changed\n" +
                "  next: see what they are (mysqlbinlog --include-gtids); if a.example.com wrote them as the active node, b only lags behind: attach it by hand (CHANGE REPLICATION SOURCE TO … SOURCE_AUTO_POSITION = 1), then run up again\n",
        });
    });

    it.each(["yes", "no"])(
        "is attached again where its peer has none, whether that takes writes or not (gate: %s)",
        async (GATE) => {
            const host = makeHost();
            host.remember("link", link);
            const run = await host.run(script, { ...up, GATE });
            expect([run.exitCode, changes(run.statements).length]).toEqual([0, 4]);
        },
    );
});

describe("an applier that passes over errors", () => {
    it.each([
        ["9.7.4", { replica_skip_errors: "1062" }, "replica_skip_errors = 1062"],
        ["9.7.4", { replica_exec_mode: "IDEMPOTENT" }, "replica_exec_mode = IDEMPOTENT"],
        [
            "8.0.22",
            { slave_skip_errors: "ALL", sql_slave_skip_counter: "1" },
            "slave_skip_errors = ALL, sql_slave_skip_counter = 1",
        ],
    ])("is refused, of server %s, before anything changes: %j", async (version, variables, what) => {
        const host = makeHost(variables, {}, version);
        host.write("/etc/my.cnf", "[mysqld]\nslave-skip-errors=ALL\n");
        const run = await host.run(script, up);
        expect([run.exitCode, run.stdout, changes(run.statements)]).toEqual([1, "", []]);
        const place = version === "8.0.22" ? " (/etc/my.cnf:2: slave-skip-errors=ALL)" : "";
        expect(run.stderr).toBe(
            `error MM_NODE_SKIPS_ERRORS: b's applier passes over errors (${what}). Nothing was changed\n` +
                `  next: take that out of its option files${place}, restart it or SET GLOBAL it back, then run up again\n`,
        );
    });
});
