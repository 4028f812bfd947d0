import { a, b, checksums, freshHosts, lab, untilNobodyFollows, waitFor } from "./hosts";
import { Stack } from "./stack";

jest.setTimeout(300_000);

const stack = new Stack("gates");
const received = "/var/lib/mysql-master-master/3306/received-backup";

/** An up that must stop, and what it said. */
async function stopped(converge?: string): Promise<string> {
    if (converge !== undefined) {
        stack.settings.converge = converge;
    }
    const { exitCode, text } = await stack.up();
    expect(exitCode).not.toBe(0);
    return text;
}

beforeAll(async () => {
    freshHosts();
    await a.sql(
        "SET SESSION sql_mode = 'ALLOW_INVALID_DATES'; CREATE TABLE shop.due (id INT PRIMARY KEY, day DATE, at DATETIME); " +
            "INSERT INTO shop.due VALUES (1, '2024-02-31', '2023-02-29 12:00:00')",
    );
    stack.settings.seed = { method: "dump" };
    await stack.init();
});

describe("a seed goes only where it is proven whole, into a node that nobody uses", () => {
    let before: string;

    test("a DDL during the dump makes another one; a node on which somebody is connected is not imported into", async () => {
        // somebody alters a table while the first dump ends
        await a.run(
            "mv /usr/bin/mysqldump /usr/bin/mysqldump.real; printf '%s\\n' '#!/bin/bash' '/usr/bin/mysqldump.real \"$@\"; status=$?' " +
                "'case \"$*\" in *--all-databases*) [ -e /run/altered ] || mysql -e \"ALTER TABLE important.stuff ADD COLUMN more INT\"; touch /run/altered;; esac' 'exit $status' " +
                ">/usr/bin/mysqldump; chmod 755 /usr/bin/mysqldump",
        );
        // somebody who comes back after the server's restart
        const session = b
            .run("while sleep 0.1; do mysql -e 'SELECT SLEEP(600)'; done 2>/dev/null")
            .catch(() => "ended");
        const text = await stopped();
        await a.run("mv /usr/bin/mysqldump.real /usr/bin/mysqldump");
        expect(text).toContain("try 1: definitions changed during the dump (important.stuff); it is thrown away");
        expect(text).not.toContain("try 2");
        expect(text).toMatch(
            /MM_SEED_NODE_IN_USE: b is in use by root@localhost since \d+ s, and is to be overwritten/,
        );
        console.log(text.match(/a's writes were held up for \d+ ms at most/g));
        expect(await b.sql("SHOW DATABASES LIKE 'important'")).toBe("");
        before = await dataOf(a);
        // the backup has arrived, and must outlive a restart of the host
        lab("hosts.sh", ["reboot", "b"]);
        expect(await session).toBe("ended");
        expect(await b.run(`tail -n 1 ${received}`)).toMatch(/^-- Dump completed, with an inventory of \d+ lines$/);
    });

    test("a backup that lacks a row is found out after the import, and b stays unfinished and closed", async () => {
        // its size stays, and it is good SQL; another row is not what it was
        await b.run(`sed -i "s/'Ada Lovelace'/'Ada Lovelamp'/;s/(1,'first things first','[^']*'[^)]*),//" ${received}`);
        const size = "stat -c %s";
        const sent = Number(/ bytes=(\d+)/.exec(await a.run("cat /var/lib/mysql-master-master/3306/dump"))?.[1]);
        const missing = sent - Number(await b.run(`${size} ${received}`));
        expect(missing).toBeGreaterThan(20);
        await b.run(`sed -i "1s/\\$/$(printf '%*s' ${missing} '')/" ${received}`);
        expect(await stopped()).toMatch(
            /MM_SEED_INCOMPLETE: after the import b does not hold what the origin's snapshot held: wanted table important\.stuff 3 \d+, table shop\.customers 4 \d+, found table important\.stuff 2 \d+, table shop\.customers 4 \d+/,
        );
        expect(await b.sql("SELECT @@super_read_only, COUNT(*) FROM important.stuff")).toBe("1\t2");
        expect(await b.run("cut -d ' ' -f 1 /var/lib/mysql-master-master/3306/seed")).toBe("state=unfinished");
    });

    test("an unfinished b that somebody uses meanwhile is not emptied", async () => {
        await b.sql("SET GLOBAL super_read_only = 0; CREATE DATABASE theirs");
        expect(await stopped()).toContain(
            "MM_SEED_NODE_NOT_EMPTY: b holds what is not of the import that was begun there (schema theirs): somebody uses it meanwhile",
        );
        expect(await b.sql("SHOW DATABASES LIKE 'theirs'")).toBe("theirs");
        await b.sql("DROP DATABASE theirs");
        expect(await stopped()).toMatch(
            /MM_SEED_NODE_NOT_EMPTY: b holds what is not of the import that was begun there \(mysql-bin\.\d+ \d+ \w+ of server 20\)/,
        );
        expect(await b.sql("SELECT COUNT(*) FROM important.stuff")).toBe("2");
    });

    test("begun anew with a new backup, it becomes a pair; b's server was restarted once after the import", async () => {
        // what the message says: b is emptied by hand
        await b.sql(
            "SET GLOBAL super_read_only = 0; DROP DATABASE important; DROP DATABASE shop; DROP DATABASE `odd name-ü`; RESET BINARY LOGS AND GTIDS",
        );
        await b.run("rm /var/lib/mysql-master-master/3306/seed");
        stack.settings.converge = "anew";
        const process = await b.serverProcess();
        const text = await stack.mustUp();
        expect(text.match(/b: restarting mysql, once/g)?.length).toBeGreaterThan(0);
        expect(await b.serverProcess()).not.toBe(process);
        expect([await dataOf(a), await dataOf(b)]).toEqual([before, before]);
        expect(await b.run(`ls ${received} /tmp/master_backup.sql 2>&1 | grep -c 'No such' `)).toBe("2");
    });
});

describe("a standing pair", () => {
    test("is refused an applier that passes over errors", async () => {
        await a.sql("SET GLOBAL replica_exec_mode = IDEMPOTENT");
        expect(await stopped("passes over errors")).toContain(
            "MM_NODE_SKIPS_ERRORS: a's applier passes over errors (replica_exec_mode = IDEMPOTENT). Nothing was changed",
        );
        await a.sql("SET GLOBAL replica_exec_mode = STRICT");
    });

    test("is told that a's log was begun anew, though b's threads both say Yes and a's new numbers have passed b's", async () => {
        await a.sql("RESET BINARY LOGS AND GTIDS");
        await a.sql("INSERT INTO important.stuff (details) VALUES ('b lacks this')");
        expect([await b.replica("Replica_IO_Running"), await b.replica("Replica_SQL_Running")]).toEqual(["Yes", "Yes"]);
        const had = Number(/:1-(\d+)/.exec(await b.sql("SELECT @@gtid_executed"))?.[1]);
        await a.sql("INSERT INTO important.stuff (details) VALUES ('more');".repeat(had + 5));
        const text = await stopped("a's log was begun anew");
        expect(text).toMatch(
            /MM_LINK_LOG_RESET: the binary log of a\.example\.com was begun anew \(RESET, or a restored copy\)[^\n]*b was stopped from following a\.example\.com:3306/,
        );
        expect(await b.sql("SELECT COUNT(*) FROM important.stuff WHERE details = 'more'")).toBe("0");
        expect(await b.replica("Replica_IO_Running")).toBe("No");
        // what the message says: b is seeded anew
        await stack.mustDestroy();
        await untilNobodyFollows(a);
        lab("hosts.sh", ["reset", "b"]);
        await stack.mustUp();
        expect(await dataOf(b)).toBe(await dataOf(a));
    });

    test("does not attach a again, which lost its channel, where b has written something of its own", async () => {
        await a.sql("STOP REPLICA; RESET REPLICA ALL");
        await b.sql("SET GLOBAL super_read_only = 0; CREATE DATABASE errant; SET GLOBAL super_read_only = 1");
        expect(await stopped("a lost its channel")).toMatch(
            /MM_LINK_ERRANT: b\.example\.com has transactions of its own \([0-9a-f-]+:\d+\), which a would replay/,
        );
        expect(await a.sql("SHOW DATABASES LIKE 'errant'")).toBe("");
        expect(await a.replica("Source_Host")).toBe("");
    });

    test("does not attach b again where a has purged what b lacks", async () => {
        await b.sql("STOP REPLICA; RESET REPLICA ALL");
        await a.sql("INSERT INTO important.stuff (details) VALUES ('b lacks this'); FLUSH BINARY LOGS");
        const last = (await a.sql("SHOW BINARY LOGS")).split("\n").at(-1)?.split("\t")[0];
        await a.sql(`PURGE BINARY LOGS TO '${last}'`);
        await waitFor(
            "a's purge",
            5,
            () => a.sql("SELECT @@global.gtid_purged"),
            (set) => set !== "",
        );
        expect(await stopped("b lost its channel")).toMatch(
            /MM_LINK_LOG_PURGED: a\.example\.com no longer has what b would ask for \([0-9a-f-]+:\d+[^)]*\)\. b was not changed/,
        );
        expect(await b.replica("Source_Host")).toBe("");
    });
});

/** The sample data has an event that writes once a minute. */
const dataOf = async (host: typeof a) =>
    (await checksums(host))
        .split("\n")
        .filter((line) => !line.includes("heartbeat"))
        .join("\n");
