import { a, b, freshHosts, Host, lab, resetHosts, subnet, waitFor } from "../hosts";
import { problemsOf, refusedUp } from "../refusals";
import { Stack } from "../stack";

jest.setTimeout(1_200_000);

// What the preflight refuses and tests/live/preflight.test.ts does not show. Nothing writes meanwhile: each host must be as it was.

/** Somebody's replica of a. */
const c = new Host("c", `${subnet}.13`);
let stack: Stack;
/** A statement on a that is running for longer than a dump's lock may wait. */
let busy: Promise<string>;

const quiet = "event_scheduler=OFF";
const options = (host: Host, ...lines: string[]) =>
    host.run(`printf '%s\\n' '[mysqld]' ${lines.join(" ")} >/etc/mysql/mysql.conf.d/zz-test.cnf`);
const restart = (host: Host) => host.run("systemctl restart mysql");

beforeAll(async () => {
    freshHosts();
    resetHosts("c");
    await Promise.all([options(a, quiet, "bind-address=*"), options(b, quiet, "gtid_mode=OFF", "skip_networking=ON")]);
    await Promise.all([restart(a), restart(b)]);
    await a.sql("CREATE USER theirs IDENTIFIED BY 'theirs-Pw-1'; GRANT REPLICATION SLAVE ON *.* TO theirs");
    await c.sql(
        "SET GLOBAL server_id = 30; CHANGE REPLICATION SOURCE TO SOURCE_HOST = 'a.example.com', SOURCE_USER = 'theirs', " +
            "SOURCE_PASSWORD = 'theirs-Pw-1', SOURCE_SSL = 1, SOURCE_AUTO_POSITION = 1, SOURCE_HEARTBEAT_PERIOD = 1; START REPLICA",
    );
    stack = new Stack("refused");
    stack.settings.seed = { backupFile: "/backup/master.sql" };
    await stack.init();
});
afterAll(() => lab("hosts.sh", ["down", "c"]));

describe("what no dump carries, what b cannot take, and what would go wrong later", () => {
    let text: string;

    beforeAll(async () => {
        await a.sql(
            "CREATE TABLE sys.own (id INT PRIMARY KEY); CREATE TABLESPACE spare ADD DATAFILE 'spare.ibd'; " +
                "CREATE TABLE shop.packed (id INT PRIMARY KEY) TABLESPACE spare; CREATE USER replicator; " +
                "XA START 'half'; INSERT INTO important.stuff (details) VALUES ('half'); XA END 'half'; XA PREPARE 'half'; " +
                "SET GLOBAL binlog_expire_logs_seconds = 30, GLOBAL sync_binlog = 0",
        );
        // a log that would be elsewhere after the next restart, where the server may not write
        await a.run("mkdir /srv/logs");
        await options(a, quiet, "bind-address=*", "log_bin=/srv/logs/own");
        await a.run("mkdir /backup && mount -t tmpfs -o size=1m tmpfs /backup && echo mine >/backup/master.sql");
        // the hosts of this lab share one clock: b's is another one for whoever asks for the time there
        await b.run(
            `printf '%s\\n' '#!/bin/sh' 'exec /usr/bin/date -d "-2 minutes" "$@"' >/usr/local/bin/date; chmod 755 /usr/local/bin/date`,
        );
        await waitFor(
            "the replica",
            20,
            () => a.sql("SHOW REPLICAS"),
            (rows) => rows.startsWith("30\t"),
        );
        text = await refusedUp(stack);
    });

    test("come in one report of one up, which changes nothing", () => {
        expect(problemsOf(text)).toEqual([
            "ACCOUNT_EXISTS a",
            "CLOCKS pair",
            "DISK a",
            "DISK b",
            "GTID_MODE pair",
            "LOG_FOLDER a",
            "NO_NETWORK b",
            "REPLICAS a",
            "RETENTION a",
            "SEED_BACKUP_EXISTS a",
            "SEED_PREPARED a",
            "SYS_TABLES a",
            "TABLESPACES a",
        ]);
    });

    test.each([
        [
            "an account of the replication account's name that somebody else made",
            "MM_ACCOUNT_EXISTS a: already has an account replicator@% that this program did not make\n",
        ],
        ["clocks two minutes apart", /MM_PREFLIGHT_CLOCKS pair: the clocks are 1[12]\d\.\d s apart, b's is behind\n/],
        [
            "a file system that is too small for the backup",
            /MM_PREFLIGHT_DISK a: has \d+ bytes free in \/backup\/, and a's data may need \d+ there\n/,
        ],
        ["no folder for the backup", "MM_PREFLIGHT_DISK b: has no folder /backup/ for the backup\n"],
        ["GTIDs on one side", "MM_PREFLIGHT_GTID_MODE pair: b runs with gtid_mode OFF and a with ON\n"],
        [
            "a log folder in which the server may not write",
            "MM_PREFLIGHT_LOG_FOLDER a: log_bin of its option files leads to /srv/logs, which cannot be written by its server (it belongs to root)\n",
        ],
        [
            "a server without network",
            "MM_PREFLIGHT_NO_NETWORK b: its server runs with skip_networking: its peer cannot reach it\n",
        ],
        [
            "a replica that is not of this pair",
            "MM_PREFLIGHT_REPLICAS a: has replicas that are not of this pair (server_id 30 (tells no host))\n",
        ],
        [
            "logs that would be gone before b asks for them",
            /MM_PREFLIGHT_RETENTION a: keeps its binary logs for 30 s, and seeding \d+ bytes may take \d+ s \(at 5 MB\/s\): b would find them gone\n/,
        ],
        [
            "a file of somebody's in the backup's place",
            "MM_SEED_BACKUP_EXISTS a: /backup/master.sql is there, and not from this program\n",
        ],
        [
            "a prepared XA transaction",
            /MM_SEED_PREPARED a: has 1 prepared XA transaction \(format 1 xid 0x68616C66\), which no dump can carry\n/,
        ],
        [
            "a table in the schema sys",
            "MM_PREFLIGHT_SYS_TABLES a: has 1 table in the schema sys (sys.own), which mysqldump leaves out\n",
        ],
        [
            "a general tablespace",
            "MM_PREFLIGHT_TABLESPACES a: has 1 general tablespace (spare), which mysqldump does not make\n",
        ],
        [
            "a log that a crash may shorten, with a warning",
            "warning MM_PREFLIGHT_DURABILITY: a: runs with sync_binlog = 0: after a crash it may lack transactions that b has already",
        ],
    ])("%s", (_what, words) => {
        if (typeof words === "string") {
            expect(text).toContain(words);
        } else {
            expect(text).toMatch(words);
        }
    });
});

describe("when they are mended as their messages say", () => {
    beforeAll(async () => {
        busy = a.sql("SELECT SLEEP(600) FROM shop.customers LIMIT 1").catch(() => "ended");
        await a.run("rm -r /srv/logs; umount /backup && rmdir /backup");
        await a.sql(
            "XA ROLLBACK 'half'; DROP USER replicator; DROP TABLE sys.own; ALTER TABLE shop.packed TABLESPACE innodb_file_per_table; " +
                "DROP TABLESPACE spare; SET GLOBAL binlog_expire_logs_seconds = 2592000, GLOBAL sync_binlog = 1",
        );
        // a hears of it when it sends the next heartbeat
        await c.sql("STOP REPLICA");
        await options(a, quiet, "bind-address=*");
        await b.run("rm /usr/local/bin/date");
        await options(b, quiet, "bind-address=*");
        await restart(b);
        delete stack.settings.seed;
    });
    afterAll(() => lab("hosts.sh", ["open", "b", "3306"]));

    test("what is left is a statement that runs for long, and a firewall on the way to b", async () => {
        lab("hosts.sh", ["shut", "b", "3306"]);
        const running =
            "SELECT COALESCE(MAX(time), 0) FROM information_schema.processlist WHERE info LIKE 'SELECT SLEEP%'";
        await waitFor(
            "a minute, and the replica's end",
            120,
            async () => [Number(await a.sql(running)) > 61, await a.sql("SHOW REPLICAS")],
            ([isLong, replicas]) => isLong === true && replicas === "",
        );
        const text = await refusedUp(stack);
        expect(problemsOf(text)).toEqual(["BUSY a", "PORT b"]);
        expect(text).toMatch(
            /MM_PREFLIGHT_BUSY a: runs statements for more than 60 s \(connection \d+ of root@localhost since \d+ s\), which would hold up the dump's lock, and a behind it\n/,
        );
        expect(text).toMatch(
            /MM_PREFLIGHT_PORT b: its server does not answer a at b\.example\.com:3306 \(no answer within 5 s\)\n/,
        );
    });

    test("the next up builds the pair", async () => {
        lab("hosts.sh", ["open", "b", "3306"]);
        const id = await a.sql("SELECT id FROM information_schema.processlist WHERE info LIKE 'SELECT SLEEP%'");
        await a.sql(`KILL ${id}`);
        expect(await busy).toBe("ended");
        await stack.mustUp();
        expect(await b.sql("SELECT COUNT(*) FROM shop.packed")).toBe("0");
    });
});
