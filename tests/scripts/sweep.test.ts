import { existsSync } from "node:fs";
import { changes, cleanUpHosts, type FakeHost, makeHost } from "./fakeHost";
import { refused } from "./fakeServer";
import { begin, end, passive } from "./managedBlock";

cleanUpHosts();

const script = "lock-host.sh";
const down = {
    IDENTITY: "uuid-mine",
    STACK: "mysql-master-master/mine",
    ACCEPT_OTHER_STACK: false,
    MADE_ELSEWHERE: "no",
    KEEP_BACKUP: false,
};
const keys = "ssh-ed25519 AAAA me\n";

/** A node on which a run was killed with all its things around; whose destroy knows of none of them. */
function littered(): FakeHost {
    const host = makeHost({ read_only: "1", super_read_only: "1", event_scheduler: "OFF" });
    host.write("/etc/my.cnf", ["[mysqld]", begin, "server_id=20", passive, end, "mine=1", ""].join("\n"));
    host.remember("owner", "identity=uuid-mine stack=s step=seed-load at=1 since=1 from=x\n");
    host.remember("option-file", `${host.path("/etc/my.cnf")}\n`);
    host.remember("before-fence", "read_only=0 super_read_only=0 event_scheduler=ON\n");
    host.remember("link", "source=a.example.com:3306 uuid=uuid-a\n");
    host.remember("account", "account=replicator@% digest=unfinished\n");
    host.remember("backup", `${host.path("/tmp/backup.sql")}\n`);
    host.remember("import-settings", "max_allowed_packet=33554432 innodb_flush_log_at_trx_commit=2\n");
    host.remember("donor", "plugin=ours\n");
    host.local.plugins.add("clone");
    host.local.grants += "\nGRANT BACKUP_ADMIN ON *.* TO `replicator`@`%`";
    host.remember("strict-mode", "1\n");
    host.local.variables.set("gtid_strict_mode", "0");
    for (const name of ["copy-key", "copy-key.pub", "dump", "received", "receive-backup", "link.new"]) {
        host.remember(name, "x\n");
    }
    for (const name of ["/tmp/backup.sql", "/tmp/backup.sql.mm-AbC123", "/tmp/backup.sql.other"]) {
        host.write(name, "x\n");
    }
    host.write("/tmp/mysql-master-master-3306.AbC123/login.cnf", "x\n");
    host.write("/tmp/mysql-master-master-3307.AbC123/login.cnf", "x\n");
    host.write("/root/.ssh/authorized_keys", `${keys}command="x" ssh-ed25519 BBBB mysql-master-master-seed-3306\n`);
    host.local.accounts.set("replicator@%", "x");
    host.local.channel = new Map([
        ["Source_Host", "a.example.com"],
        ["Source_Port", "3306"],
    ]);
    host.local.rules.push({
        on: /^SHOW DATABASES LIKE 'mysql\\_master\\_master'$/,
        answer: () => ({
            stdout: host.local.statements.some((text) => text.startsWith("DROP DATABASE")) ? "" : "mysql_master_master",
        }),
    });
    return host;
}

describe("lock-host.sh at destroy", () => {
    it("undoes all that a killed run has left; the fence is lifted when nobody can hear what is then written", async () => {
        const host = littered();
        const run = await host.run(script, down, "down");
        expect(changes(run.statements)).toEqual([
            "STOP REPLICA",
            "RESET REPLICA ALL",
            "SET GLOBAL gtid_strict_mode = 1",
            "SET GLOBAL super_read_only = 0, GLOBAL read_only = 1",
            "SET SESSION sql_log_bin = 1",
            "DROP DATABASE IF EXISTS mysql_master_master",
            "SET GLOBAL super_read_only = 1",
            "SET GLOBAL super_read_only = 0, GLOBAL read_only = 1",
            "SET SESSION sql_log_bin = 0",
            "REVOKE BACKUP_ADMIN ON *.* FROM 'replicator'@'%'",
            "UNINSTALL PLUGIN clone",
            "SET GLOBAL super_read_only = 1",
            "SET GLOBAL super_read_only = 0, GLOBAL read_only = 1",
            "DROP USER 'replicator'@'%'",
            "SET GLOBAL super_read_only = 1",
            "SET GLOBAL super_read_only = 0",
            "SET GLOBAL read_only = 0",
            "SET GLOBAL event_scheduler = ON",
            "SET GLOBAL max_allowed_packet = 33554432",
            "SET GLOBAL innodb_flush_log_at_trx_commit = 2",
        ]);
        expect(run).toMatchObject({
            exitCode: 0,
            stdout: "",
            stderr:
                "b: no longer follows a.example.com:3306\nb: dropped what a row's test had left\nb: dropped 'replicator'@'%'\n" +
                "b: read-only as before: read_only=0 super_read_only=0 event_scheduler=ON\n",
        });
        expect(host.read("/etc/my.cnf")).toBe("[mysqld]\nmine=1\n");
        expect(host.read("/root/.ssh/authorized_keys")).toBe(keys);
        const names = ["owner", "link", "account", "backup", "dump", "received", "donor", "copy-key", "copy-key.pub"];
        const more = ["receive-backup", "link.new", "before-fence", "option-file", "import-settings", "strict-mode"];
        expect([...names, ...more].filter((name) => host.memory(name) !== undefined)).toEqual([]);
        expect(host.memory("lock")).toBe("");
    });

    it("first disables the copies of the other one's events, unlogged, and remembers which; on a node that ran its own, none", async () => {
        const charset = "SET SESSION character_set_client = utf8mb4, collation_connection = utf8mb4_0900_ai_ci";
        const alter = "ALTER DEFINER = 'root'@'localhost' EVENT `shop`.`beat` DISABLE ON REPLICA";
        const host = littered();
        host.local.enabledEvents = "73686F70.62656174\n";
        host.local.eventsToDisable = `\`shop\`.\`beat\`\t${charset}\t${alter}\n`;
        host.local.rules.push({ on: alter, answer: {} });
        const run = await host.run(script, down, "down");
        expect(changes(run.statements).slice(-9, -2)).toEqual([
            "SET GLOBAL super_read_only = 0",
            "SET SESSION sql_log_bin = 0",
            charset,
            alter,
            "SET GLOBAL super_read_only = 0",
            "SET GLOBAL read_only = 0",
            "SET GLOBAL event_scheduler = ON",
        ]);
        expect(run.stderr).toContain(
            "b: these events are copies of those that a.example.com runs, and are disabled here now: `shop`.`beat` ; ALTER EVENT",
        );
        expect(host.memory("events-parted")).toBe("events=73686F70.62656174\n");
        // one that cannot be disabled keeps the scheduler off
        const other = littered();
        Object.assign(other.local, {
            enabledEvents: "73686F70.62656174\n",
            eventsToDisable: host.local.eventsToDisable,
        });
        other.local.rules.push({ on: alter, answer: refused(1539, "Unknown event 'beat'") });
        expect((await other.run(script, down, "down")).stderr).toContain(
            "warning MM_ROLE_EVENTS_LEFT: b: these events, copies",
        );
        expect(other.local.variables.get("event_scheduler")).toBe("OFF");
        const active = littered();
        active.local.enabledEvents = "73686F70.62656174\n";
        active.local.variables.set("read_only", "0").set("super_read_only", "0");
        await active.run(script, down, "down");
        expect(active.memory("events-parted")).toBeUndefined();
    });

    it("takes partial backups and scratch folders along, and nobody else's files", async () => {
        const host = littered();
        await host.run(script, down, "down");
        const there = [
            "/tmp/backup.sql",
            "/tmp/backup.sql.mm-AbC123",
            "/tmp/backup.sql.other",
            "/tmp/mysql-master-master-3306.AbC123",
            "/tmp/mysql-master-master-3307.AbC123",
        ].filter((path) => existsSync(host.path(path)));
        expect(there).toEqual(["/tmp/backup.sql.other", "/tmp/mysql-master-master-3307.AbC123"]);
    });

    it("finds nothing to do a second time, nor on a host that has nothing of it", async () => {
        const host = littered();
        await host.run(script, down, "down");
        for (const each of [host, makeHost()]) {
            const run = await each.run(script, down, "down");
            expect(run).toMatchObject({ exitCode: 0, stdout: "", stderr: "" });
            expect(changes(run.statements)).toEqual([]);
        }
    });

    it("drops the test's schema out of the log of a node that was seeded, and says that its data is nobody's copy now", async () => {
        const host = littered();
        host.remember("seed", "state=done source=uuid-a own=uuid-b source_file=f\n");
        host.local.variables.set("gtid_executed", "uuid-a:1-9,\\nuuid-b:1");
        const run = await host.run(script, down, "down");
        expect(run.statements).toContain("SET SESSION sql_log_bin = 0");
        expect(run.statements).not.toContain("SET SESSION sql_log_bin = 1");
        expect(host.memory("seed")).toBe(
            "state=parted source=uuid-a own=uuid-b source_file=f applied=uuid-a:1-9,uuid-b:1\n",
        );
    });

    it("leaves what is not its own: another channel, a backup that is to be kept, an unfinished import's mark", async () => {
        const host = littered();
        host.local.channel?.set("Source_Host", "elsewhere");
        host.remember("seed", "state=unfinished source=uuid-a own=uuid-b\n");
        await host.run(script, { ...down, KEEP_BACKUP: true }, "down");
        expect(host.local.channel?.get("Source_Host")).toBe("elsewhere");
        expect([host.read("/tmp/backup.sql"), host.memory("seed")]).toEqual([
            "x\n",
            "state=unfinished source=uuid-a own=uuid-b\n",
        ]);
    });

    it.each([
        [
            "yes",
            "warning MM_ACCOUNT_LEFT: b: the account 'replicator'@'%' is here, and nothing proves that this stack's mysql.User made it; drop it when nobody needs it\n",
        ],
        ["no", ""],
    ])("only names an account that it has not noted: made elsewhere %s", async (MADE_ELSEWHERE, said) => {
        const host = makeHost();
        host.local.accounts.set("replicator@%", "x");
        const run = await host.run(script, { ...down, MADE_ELSEWHERE }, "down");
        expect([run.exitCode, run.stderr, changes(run.statements)]).toEqual([0, said, []]);
    });
});
