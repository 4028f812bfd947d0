import { rmSync } from "node:fs";
import { changes, cleanUpHosts, type FakeHost } from "./fakeHost";
import { processList, refused } from "./fakeServer";
import { backup, closed, configured, done, inventory, line, readyToLoad as ready } from "./loadHost";

cleanUpHosts();

const script = "seed-load.sh";
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

    it("warns of accounts whose authentication plugin is not loaded here, also when the seed is done", async () => {
        const { host, parameters } = ready();
        host.local.logins =
            "caching_sha2_password\tapp\t%\nmysql_native_password\told\t10.0.0.%\nSHA256_password\tother\t%\n";
        const warning =
            "warning MM_SEED_LOGIN_PLUGIN: b: accounts that came with the origin's data cannot log in here, for their plugin is not loaded (old@10.0.0.% by mysql_native_password)\n";
        expect((await host.run(script, parameters)).stderr).toContain(warning);
        const again = await host.run(script, parameters);
        expect([again.stdout, again.stderr]).toEqual([line, expect.stringContaining(warning)]);
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
            "error MM_SEED_LOAD: after the seed b has the GTID set uuid-a:1-9,uuid-b:1, what was sent has uuid-a:1-9\n",
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
