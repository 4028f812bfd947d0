import { chmodSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { changes, cleanUpHosts, type FakeHost, makeHost } from "./fakeHost";
import { processList, refused } from "./fakeServer";
import { begin, end, passive } from "./managedBlock";

cleanUpHosts();

const script = "seed-load.sh";
const inventory =
    "-- inventory: account app@%\n-- inventory: schema shop\n-- inventory: table shop.stuff\t1\n-- Dump completed, with an inventory of 3 lines";
const backup = `-- MySQL dump\nINSERT INTO stuff VALUES (1);\n-- Dump completed on 2026-11-23\n${inventory}\n`;
const load = [
    "SET SESSION sql_log_bin = 0",
    "-- MySQL dump\nINSERT INTO stuff VALUES (1)",
    `-- Dump completed on 2026-11-23\n${inventory}`,
];
const look = [
    "START TRANSACTION WITH CONSISTENT SNAPSHOT",
    "SET SESSION sql_mode = '', SESSION time_zone = '+00:00', SESSION group_concat_max_len = 16777216",
    "SAVEPOINT counted",
    "ROLLBACK TO SAVEPOINT counted",
    "ROLLBACK TO SAVEPOINT counted",
];
const configured = `[mysqld]\n${begin}\nserver_id=20\n${end}\n`;
const closed = `[mysqld]\n${begin}\nserver_id=20\n${passive}\n${end}\n`;
const line = "seed source_file=bin.7 source_position=700 source_gtid=uuid-a:1-9 file=mysql-bin.000003 position=157\n";
const done = `state=done source=uuid-a own=uuid-b source_log=1600000000 ${line.replace("seed ", "")}`;

/** A host to which the backup has been sent, and the step's parameters for it. */
function ready(size = backup.length) {
    const host = makeHost({}, { gtid_executed: "uuid-a:1-9" });
    // a restart of the host would clear /tmp
    const file = "/var/lib/mysql-master-master/3306/received-backup";
    host.write(file, backup);
    host.write("/etc/my.cnf", configured);
    host.remember("backup", `${host.path("/tmp/master_backup.sql")}\n`);
    host.local.accounts.set("root@localhost", "");
    host.write(
        "/root/.ssh/authorized_keys",
        "ssh-ed25519 MINE me\nssh-ed25519 THROWAWAY mysql-master-master-seed-3306\n",
    );
    // the import brings the set of the backup
    host.local.rules.push({
        on: /^INSERT|MySQL dump/,
        answer: () => {
            host.local.variables.set("gtid_executed", "uuid-a:1-9");
            host.local.schemas = ["shop"];
            host.local.rows.set("shop.stuff", 1);
            host.local.accounts.clear();
            host.local.accounts.set("app@%", "");
            return {};
        },
    });
    host.local.rules.push({
        on: /^DROP DATABASE/,
        answer: () => {
            host.local.schemas = [];
            return {};
        },
    });
    host.local.rules.push({ on: /^-- Dump completed/, answer: {} });
    const parameters = {
        SEED: "wanted",
        DUMP: `dump method=dump file=bin.7 position=700 gtid=uuid-a:1-9 bytes=${size}`,
        SOURCE_UUID: "uuid-a",
        BACKUP_FILE: host.path("/tmp/master_backup.sql"),
        KEEP_BACKUP: false,
        TIMEOUT_SECONDS: 60,
    };
    return { host, parameters, file };
}

describe("seed-load.sh", () => {
    it("closes the node, then imports with the binary log off, then reads both coordinates, and cleans up", async () => {
        const { host, parameters, file } = ready();
        const run = await host.run(script, parameters);
        expect(changes(run.statements)).toEqual([
            "SET GLOBAL super_read_only = 0",
            "SET GLOBAL read_only = 1",
            "SET GLOBAL event_scheduler = OFF",
            "RESET BINARY LOGS AND GTIDS",
            "SET GLOBAL max_allowed_packet = 1073741824",
            "SET GLOBAL innodb_flush_log_at_trx_commit = 0",
            ...load,
            "SET GLOBAL max_allowed_packet = 67108864",
            "SET GLOBAL innodb_flush_log_at_trx_commit = 1",
            "FLUSH LOCAL PRIVILEGES",
            "SET GLOBAL super_read_only = 1",
            ...look,
        ]);
        expect(host.calls.filter(({ name, argv }) => name === "systemctl" && argv[0] === "restart")).toHaveLength(1);
        expect(host.read("/etc/my.cnf")).toBe(closed);
        expect(run).toMatchObject({ exitCode: 0, stdout: line });
        expect(host.memory("seed")).toBe(done);
        expect(host.read(file)).toBeUndefined();
        expect(host.read("/root/.ssh/authorized_keys")).toBe("ssh-ed25519 MINE me\n");
    });

    it("on MariaDB goes on behind the backup's GTIDs, with which an earlier node of its id may have written", async () => {
        const { host, parameters } = ready();
        host.local.variables.set("version", "10.11.6-MariaDB");
        host.local.variables.set("gtid_binlog_state", "");
        host.local.variables.set("datadir", host.path("/var/lib/mysql"));
        const run = await host.run(script, {
            ...parameters,
            DUMP: parameters.DUMP.replace("uuid-a:1-9", "0-10-3,20-20-7"),
        });
        expect(run.stdout).toContain(" source_gtid=0-10-3,20-20-7 ");
        expect(changes(run.statements).slice(2, 5)).toEqual([
            "RESET MASTER",
            "SET GLOBAL gtid_binlog_state = '0-10-3,20-20-7'",
            "SET GLOBAL max_allowed_packet = 1073741824",
        ]);
    });

    it("finds itself seeded the second time: it only reads, and prints the same line", async () => {
        const { host, parameters } = ready();
        await host.run(script, parameters);
        const run = await host.run(script, { ...parameters, SEED: "done" });
        expect([run.exitCode, run.stdout, changes(run.statements)]).toEqual([0, line, []]);
        expect(run.stderr).toBe("b: already seeded from server uuid-a\n");
    });

    it("closes the node in the option file before the running server", async () => {
        const { host, parameters } = ready();
        const seen: (string | undefined)[] = [host.read("/etc/my.cnf")];
        host.local.rules.unshift({
            on: "SET GLOBAL super_read_only = 0",
            answer: () => {
                seen.push(host.read("/etc/my.cnf"));
                return {};
            },
        });
        expect((await host.run(script, parameters)).exitCode).toBe(0);
        expect(seen).toEqual([configured, closed]);
    });

    it("keeps the backup where the stack says so", async () => {
        const { host, parameters, file } = ready();
        await host.run(script, { ...parameters, KEEP_BACKUP: true });
        expect([host.read("/tmp/master_backup.sql"), host.read(file), host.memory("backup")]).toEqual([
            backup,
            undefined,
            `${parameters.BACKUP_FILE}\n`,
        ]);
    });

    it.each(["up", "down"])("removes no file at another path that was named since, at %s", async (verb) => {
        const { host, parameters } = ready();
        await host.run(script, { ...parameters, KEEP_BACKUP: true });
        host.write("/tmp/theirs.sql", "somebody's");
        const run = await host.run(script, { ...parameters, BACKUP_FILE: host.path("/tmp/theirs.sql") }, verb);
        expect([run.exitCode, host.read("/tmp/theirs.sql")]).toEqual([0, "somebody's"]);
    });

    it("refuses a node with schemas of its own: it looked, and did no more", async () => {
        const { host, parameters, file } = ready();
        host.local.schemas = ["shop", "crm"];
        const run = await host.run(script, parameters);
        expect(run).toMatchObject({
            exitCode: 1,
            stdout: "",
            stderr:
                "error MM_SEED_NODE_NOT_EMPTY: b holds schemas of its own (shop, crm); seeding would overwrite them. Nothing was changed in them\n" +
                "  next: move them to the origin, or name a fresh host as b (or empty it by hand, and remove /var/lib/mysql-master-master/3306/seed there); then run up again\n",
        });
        expect(changes(run.statements)).toEqual([]);
        expect([host.memory("seed"), host.read(file)]).toEqual([undefined, backup]);
    });

    it.each([
        ["cut on its way", backup.length + 1, backup],
        ["without its last line", backup.length - 47, backup.slice(0, -47)],
        ["without one line of its inventory", backup.length - 27, backup.replace("-- inventory: schema shop\n", "")],
        ["without an inventory", backup.indexOf(inventory), backup.slice(0, backup.indexOf(inventory))],
        ["missing", 0, undefined],
    ])("refuses a backup that is %s", async (_, size, text) => {
        const { host, parameters, file } = ready(size);
        if (text === undefined) {
            rmSync(host.path(file));
        } else {
            host.write(file, text);
        }
        const run = await host.run(script, parameters);
        expect([run.exitCode, changes(run.statements)]).toEqual([1, []]);
        expect(run.stderr).toMatch(
            /^error MM_SEED_BACKUP_MISSING: .* on b is not what was sent \(dump method=dump file=bin\.7 /m,
        );
    });

    it("begins an import again that was cut, after dropping what that one left", async () => {
        const { host, parameters } = ready();
        host.local.rules.unshift({ on: /^-- MySQL dump/, answer: refused(2013, "Lost connection") });
        const cut = await host.run(script, parameters);
        expect(cut.stderr).toContain(
            "error MM_SEED_LOAD: the import on b ended with status 1 (124: after 60 s); it is half done, and begun again by the next up\n",
        );
        expect(host.memory("seed")).toBe(
            "state=unfinished source=uuid-a own=uuid-b file=mysql-bin.000003 position=157\n",
        );
        expect(host.memory("seed-expects")).toBe(
            "account app@%\naccount root@localhost\nschema shop\ntable shop.stuff\t1\n",
        );
        host.local.rules.shift();
        host.local.schemas = ["shop"];
        const run = await host.run(script, parameters);
        expect(changes(run.statements)).toContain("DROP DATABASE IF EXISTS `shop`");
        expect([run.exitCode, run.stdout, host.memory("seed-expects")]).toEqual([0, line, undefined]);
    });

    it("drops a schema of the import that was cut, which the origin has dropped since", async () => {
        const { host, parameters } = ready();
        host.remember("seed", "state=unfinished source=uuid-a own=uuid-b file=mysql-bin.000003 position=157\n");
        host.remember("seed-expects", "account root@localhost\nschema half`done\n");
        host.local.schemas = ["half`done"];
        const run = await host.run(script, parameters);
        expect(changes(run.statements)).toContain("DROP DATABASE IF EXISTS `half``done`");
        expect([run.exitCode, run.stdout]).toEqual([0, line]);
    });

    it("knows an account again that came with a backup and is not in the next one", async () => {
        const { host, parameters } = ready();
        const late = () => {
            host.local.accounts.set("late@%", "");
            return {};
        };
        host.local.rules.unshift({ on: "FLUSH LOCAL PRIVILEGES", answer: late });
        const run = await host.run(script, parameters);
        expect([run.exitCode, run.stderr.includes("error MM_SEED_INCOMPLETE: ")]).toEqual([1, true]);
        expect(host.memory("seed-expects")?.split("\n")).toContain("account late@%");
    });

    it.each([
        ["a schema", "schema crm", (host: FakeHost) => host.local.schemas.push("crm")],
        ["an account", "account eve@%", (host: FakeHost) => host.local.accounts.set("eve@%", "")],
        [
            "an event in its log",
            "mysql-bin.000003 157 Query of server 20",
            (host: FakeHost) =>
                host.local.rules.push({
                    on: "SHOW BINLOG EVENTS IN 'mysql-bin.000003' FROM 157",
                    answer: { stdout: "mysql-bin.000003\t157\tQuery\t20\t300\tINSERT\n" },
                }),
        ],
    ])("empties no node with an unfinished import that somebody uses meanwhile: %s", async (_, what, use) => {
        const { host, parameters } = ready();
        host.remember("seed", "state=unfinished source=uuid-a own=uuid-b file=mysql-bin.000003 position=157\n");
        host.remember("seed-expects", "account root@localhost\n");
        host.local.schemas = ["shop"];
        use(host);
        const run = await host.run(script, parameters);
        expect(changes(run.statements)).toEqual([]);
        expect(run).toMatchObject({ exitCode: 1, stdout: "" });
        expect(run.stderr.split("\n")[0]).toBe(
            `error MM_SEED_NODE_NOT_EMPTY: b holds what is not of the import that was begun there (${what}): somebody uses it meanwhile. Nothing was changed in it`,
        );
    });

    it("nor one into which somebody has put a schema while it was being closed", async () => {
        const { host, parameters } = ready();
        const late = () => {
            host.local.schemas = ["shop"];
            return {};
        };
        host.local.rules.unshift({ on: "SET GLOBAL read_only = 1", answer: late });
        const run = await host.run(script, parameters);
        expect([run.exitCode, run.statements.filter((text) => /^(DROP|RESET)/.test(text))]).toEqual([1, []]);
        expect(run.stderr).toContain("error MM_SEED_NODE_NOT_EMPTY: b holds schemas of its own (shop); ");
        expect(host.memory("seed")).toBeUndefined();
    });

    it("nor one whose import was cut before anything was imported", async () => {
        const { host, parameters } = ready();
        host.local.rules.unshift({ on: "RESET BINARY LOGS AND GTIDS", answer: refused(2013, "Lost connection") });
        expect((await host.run(script, parameters)).exitCode).toBe(1);
        expect(host.memory("seed")).toBe("state=unfinished source=uuid-a own=uuid-b\n");
        host.local.rules.shift();
        host.local.schemas = ["shop"];
        const run = await host.run(script, parameters);
        expect([run.exitCode, changes(run.statements)]).toEqual([1, []]);
        expect(run.stderr).toContain("error MM_SEED_NODE_NOT_EMPTY: b holds schemas of its own (shop); ");
        host.local.schemas = [];
        expect((await host.run(script, parameters)).stdout).toBe(line);
    });

    it("refuses while others are connected, and names them", async () => {
        const { host, parameters } = ready();
        host.local.rules.push({
            on: "SHOW PROCESSLIST",
            answer: {
                stdout: processList(
                    [21, "app", "10.0.0.7:4711", "Sleep", 30, "NULL"],
                    [22, "root", "localhost", "Query", 0, "INSERT INTO t VALUES ('🐬')"],
                    [23, "replicator", "10.0.0.7:4712", "Sleep", 3, "NULL"],
                    [24, "unauthenticated user", "10.0.0.8:1", "Connect", 0, "NULL"],
                ),
            },
        });
        const run = await host.run(script, parameters);
        expect([run.exitCode, changes(run.statements), host.memory("seed")]).toEqual([1, [], undefined]);
        expect(run.stderr.slice(run.stderr.indexOf("error "))).toBe(
            "error MM_SEED_NODE_IN_USE: b is in use by app@10.0.0.7:4711 since 30 s, root@localhost since 0 s, and is to be overwritten. Nothing was changed\n" +
                "  next: end those connections, then run up again\n",
        );
    });

    it("names what is missing after the import and what is there beside, and stays unfinished", async () => {
        const { host, parameters } = ready();
        host.local.rules.unshift({
            on: "FLUSH LOCAL PRIVILEGES",
            answer: () => {
                host.local.rows.set("shop.stuff", 0);
                host.local.schemas.push("beside");
                return {};
            },
        });
        const run = await host.run(script, parameters);
        expect([run.exitCode, run.stdout]).toEqual([1, ""]);
        expect(run.stderr.slice(run.stderr.indexOf("error ")).split("\n")[0]).toBe(
            "error MM_SEED_INCOMPLETE: after the import b does not hold what the origin's snapshot held: wanted table shop.stuff 1, found schema beside, table shop.stuff 0",
        );
        expect(host.memory("seed")).toMatch(/^state=unfinished /);
    });

    it("restarts the server once, after the import; cut before that, the next run does only what is missing", async () => {
        const { host, parameters } = ready();
        host.answers.systemctl = ({ argv }) => {
            if (argv[0] === "restart") {
                host.local.rules.unshift({
                    on: "SELECT 1",
                    answer: refused(1524, "Plugin 'auth_socket' is not loaded"),
                });
            }
            return {};
        };
        const cut = await host.run(script, parameters);
        expect([cut.exitCode, cut.stdout]).toEqual([1, ""]);
        expect(cut.stderr).toContain("error MM_SEED_LOGIN_LOST: ");
        expect(host.memory("seed")).toBe(done.replace("state=done", "state=imported"));
        host.local.rules.shift();
        host.answers.systemctl = () => ({});
        const run = await host.run(script, parameters);
        expect([run.exitCode, run.stdout, changes(run.statements)]).toEqual([0, line, []]);
        expect(host.memory("seed")).toBe(done);
    });

    it("does not take a node for seeded that takes writes after the restart, or on which somebody wrote", async () => {
        for (const [use, what] of [
            [(host: FakeHost) => host.local.variables.set("read_only", "0"), "b takes writes after a restart: "],
            [
                (host: FakeHost) =>
                    host.local.rules.unshift({
                        on: /^SHOW BINLOG EVENTS/,
                        answer: { stdout: "mysql-bin.000003\t157\tXid\t20\t9\tx\n" },
                    }),
                "somebody wrote on b after the import (mysql-bin.000003 157 Xid of server 20); b is not used as it is",
            ],
        ] as const) {
            const { host, parameters } = ready();
            host.answers.systemctl = ({ argv }) => {
                if (argv[0] === "restart") {
                    use(host);
                }
                return {};
            };
            const run = await host.run(script, parameters);
            expect([run.exitCode, run.stdout]).toEqual([1, ""]);
            expect(run.stderr).toContain(`error MM_SEED_LOAD: ${what}`);
            expect(host.memory("seed")).toMatch(/^state=imported /);
        }
    });

    it("drops nothing of a server that the mark of an unfinished import does not mean", async () => {
        const { host, parameters } = ready();
        host.remember("seed", "state=unfinished source=uuid-a own=another-uuid\n");
        host.local.schemas = ["shop"];
        const run = await host.run(script, parameters);
        expect([run.exitCode, changes(run.statements)]).toEqual([1, []]);
    });

    it("stops when somebody wrote on the node meanwhile", async () => {
        const { host, parameters } = ready();
        host.local.rules.unshift({
            on: "FLUSH LOCAL PRIVILEGES",
            answer: () => {
                host.local.variables.set("gtid_executed", "uuid-a:1-9,\\nuuid-b:1");
                return {};
            },
        });
        const run = await host.run(script, parameters);
        expect([run.exitCode, run.stdout]).toEqual([1, ""]);
        expect(run.stderr).toContain(
            "error MM_SEED_LOAD: after the import b has the GTID set uuid-a:1-9,uuid-b:1, the backup has uuid-a:1-9\n",
        );
    });

    it("says so when the origin's accounts shut it out", async () => {
        const { host, parameters } = ready();
        host.local.rules.unshift({ on: "FLUSH LOCAL PRIVILEGES", answer: refused(1045, "Access denied") });
        const run = await host.run(script, parameters);
        expect([run.exitCode, run.stdout]).toEqual([1, ""]);
        expect(run.stderr).toMatch(
            /^error MM_SEED_LOGIN_LOST: the origin's data is on b, and with the origin's accounts b no longer lets the program in over its socket/m,
        );
    });
});

describe("seed-load.sh forgets where an earlier link stood", () => {
    const link = "source=a.example.com:3306 uuid=uuid-a password=d\n";

    it("when it begins an import, for a seed gives new coordinates", async () => {
        const { host, parameters } = ready();
        host.remember("link", link);
        let during: (string | undefined)[] = [];
        host.local.rules.unshift({
            on: "SET GLOBAL read_only = 1",
            answer: () => {
                during = [host.memory("link"), host.memory("seed")];
                host.local.variables.set("read_only", "1");
                return {};
            },
        });
        expect(await host.run(script, parameters)).toMatchObject({ exitCode: 0, stdout: line });
        // it is closed before anything is noted: what is written on an open node is not of the import
        expect([during, host.memory("link")]).toEqual([[link, undefined], undefined]);
    });

    it("not when it is seeded already, and not when it refuses", async () => {
        const seeded = ready();
        await seeded.host.run(script, seeded.parameters);
        seeded.host.remember("link", link);
        expect((await seeded.host.run(script, seeded.parameters)).exitCode).toBe(0);
        expect(seeded.host.memory("link")).toBe(link);
        const { host, parameters } = ready();
        host.remember("link", link);
        host.local.schemas = ["shop"];
        expect((await host.run(script, parameters)).exitCode).toBe(1);
        expect(host.memory("link")).toBe(link);
    });
});

describe("seed-load.sh, where its own log cannot be read,", () => {
    it.each([
        ["the list of logs", "SHOW BINARY LOGS"],
        ["the log mysql-bin.000003", "SHOW BINLOG EVENTS IN 'mysql-bin.000003' FROM 157"],
    ])("names this node, and not its peer: %s", async (what, on) => {
        const { host, parameters } = ready();
        host.local.rules.push({ on, answer: refused(1227, "Access denied") });
        const run = await host.run(script, parameters);
        expect([run.exitCode, run.stdout]).toEqual([1, ""]);
        expect(run.stderr.slice(run.stderr.indexOf("error "))).toBe(
            `error MM_SQL_REFUSED: b's server does not let ${what} be read\n` +
                "  next: read the server's words; grant the login what README.md lists, then run up again\n" +
                "  server: ERROR 1227 (HY000) at line 1: Access denied\n",
        );
    });
});

it("seed-load.sh takes every schema but the server's own for somebody's data, and an empty `test` for nobody's", async () => {
    const { host, parameters } = ready();
    const asked = (await host.run(script, parameters)).statements.find((text) =>
        text.startsWith("SELECT schema_name FROM"),
    );
    expect(asked?.replaceAll(/\s+/g, " ")).toBe(
        "SELECT schema_name FROM information_schema.schemata WHERE schema_name NOT IN ('mysql','information_schema','performance_schema','sys','ndbinfo','mysql_master_master') " +
            "AND NOT (schema_name = 'test' AND NOT EXISTS (SELECT 1 FROM information_schema.tables WHERE table_schema = 'test'))",
    );
});

describe("seed-load.sh restarts", () => {
    it("what runs, and not a stopped server that has an init script beside it", async () => {
        const { host, parameters } = ready();
        host.write("/etc/init.d/mysqld", "");
        chmodSync(host.path("/etc/init.d/mysqld"), 0o755);
        host.answers.systemctl = ({ argv }) => ({ status: argv[0] === "is-active" && argv[2] !== "mysql" ? 3 : 0 });
        expect((await host.run(script, parameters)).stderr).toContain("b: restarting mysql, once\n");
    });

    it("by an init script where there is no service manager", async () => {
        const { host, parameters } = ready();
        rmSync(host.path("/run/systemd/system"), { recursive: true });
        symlinkSync(join(__dirname, "fake", "program.sh"), host.path("/bin/service"));
        host.answers.service = () => ({});
        host.write("/etc/init.d/mysql", "");
        chmodSync(host.path("/etc/init.d/mysql"), 0o755);
        host.write("/etc/init.d/mysqld", "");
        expect((await host.run(script, parameters)).stderr).toContain("b: restarting mysql, once\n");
        expect(host.calls.filter(({ name }) => /^(systemctl|service)$/.test(name)).map(({ argv }) => argv)).toEqual([
            ["mysql", "restart"],
        ]);
    });
});

describe("seed-load.sh at destroy", () => {
    it("keeps the data and the account, and marks them as parted; a second time changes nothing", async () => {
        const { host, parameters } = ready();
        await host.run(script, parameters);
        host.local.accounts.set("replicator@%", "x");
        for (let time = 0; time < 2; time++) {
            const run = await host.run(script, parameters, "down");
            expect([run.exitCode, run.stdout, run.stderr]).toEqual([0, "", ""]);
            expect(changes(run.statements)).toEqual([]);
            expect(host.memory("seed")).toBe(
                done.replace("state=done", "state=parted").replace("\n", " applied=uuid-a:1-9\n"),
            );
        }
        expect([...host.local.accounts.keys()]).toEqual(["app@%", "replicator@%"]);
    });

    it("leaves the mark of an import that is not finished, and makes none where there was none", async () => {
        for (const mark of ["state=unfinished source=uuid-a own=uuid-b\n", undefined]) {
            const { host, parameters } = ready();
            if (mark !== undefined) {
                host.remember("seed", mark);
            }
            expect((await host.run(script, parameters, "down")).exitCode).toBe(0);
            expect(host.memory("seed")).toBe(mark);
        }
    });
});
