import { a, b, checksums, freshHosts, lab, resetHosts, subnet, waitFor } from "./hosts";
import { Stack } from "./stack";

jest.setTimeout(300_000);

const password = "Kx9vT2mQ7rB4nW8s";

async function freshStack(name: string): Promise<Stack> {
    const stack = new Stack(name);
    stack.settings.account = { password };
    await stack.init();
    return stack;
}

describe("settings", () => {
    let stack: Stack;

    beforeAll(async () => {
        // with them comes the key that the stack names
        freshHosts();
        stack = await freshStack("refusals");
    });

    test("with several problems are all named at once", async () => {
        const settings = stack.settings;
        stack.settings = {
            ...settings,
            b: { host: "b.example.com", sssh: {}, mysql: { serverId: 10, port: "x" } },
            colour: "red",
        };
        const { text } = await stack.up();
        expect(text).toContain(
            "MM_SETTINGS_INVALID: 3 problems in the stack's settings\n" +
                "      b.mysql.port: expected number, found string\n" +
                "      b.sssh: is not a setting; see the table of settings in README.md\n" +
                "      colour: is not a setting; see the table of settings in README.md",
        );
        stack.settings = settings;
    });
});

describe("without GTIDs, over sudo and a bastion, with the account made by @pulumi/mysql and a log of another name", () => {
    let stack: Stack;

    beforeAll(async () => {
        freshHosts();
        for (const host of [a, b]) {
            await host.run(
                "printf '[mysqld]\\ngtid_mode=OFF\\nenforce_gtid_consistency=OFF\\n' >/etc/mysql/mysql.conf.d/own.cnf; systemctl restart mysql",
            );
        }
        await a.run("echo log_bin=own-log >>/etc/mysql/mysql.conf.d/own.cnf; systemctl restart mysql");
        stack = await freshStack("positions");
        stack.settings.b = {
            host: "b.example.com",
            ssh: { host: `${subnet}.12`, bastion: { host: `${subnet}.11`, user: "root" } },
        };
        stack.settings.ssh = { ...(stack.settings.ssh as object), user: "deploy" };
        stack.settings.a = {
            ...(stack.settings.a as object),
            mysql: { admin: { user: "pulumi", password: "lab-admin-Pw1" } },
        };
    });

    test("up builds the pair from file and position, and rows go both ways", async () => {
        expect(await stack.mustUp()).toContain("a: the binary log keeps the name own-log");
        expect(await a.variable("log_bin_basename")).toBe("/var/lib/mysql/own-log");
        expect([await a.replica("Auto_Position"), await b.replica("Auto_Position")]).toEqual(["0", "0"]);
        expect(await a.sql("SELECT COUNT(*) FROM mysql.user WHERE user = 'replicator'")).toBe("1");
        await a.sql("INSERT INTO important.stuff (details) VALUES ('by position')");
        const look = () => b.sql("SELECT COUNT(*) FROM important.stuff WHERE details = 'by position'");
        await waitFor("the row on b", 1, look, (count) => count === "1");
    });

    test("a new role and a new password, then converge, need no new coordinates", async () => {
        stack.settings.active = "b";
        await stack.mustUp();
        stack.settings.account = { password: "Zz5tY8uI3oP6aS1d" };
        await stack.mustUp();
        // a refresh reads the account, and the next up leaves it what it is, on a node that is read-only, too
        await stack.mustRefresh();
        await stack.mustFindAllDone();
        await b.sql("STOP REPLICA; START REPLICA");
        await waitFor(
            "b's login",
            10,
            () => b.replica("Replica_IO_Running"),
            (state) => state === "Yes",
        );
        stack.settings.active = "a";
        stack.settings.converge = "once more";
        await stack.mustUp();
        expect(await dataOf(b)).toBe(await dataOf(a));
    });

    test("another server_id is refused while the pair runs", async () => {
        const settings = stack.settings.a;
        stack.settings.a = {
            ...(settings as object),
            mysql: { ...(settings as { mysql: object }).mysql, serverId: 13 },
        };
        expect((await stack.up()).text).toContain(
            "MM_PREFLIGHT_SERVER_ID a: replicates as server_id 10, wanted is 13: its rows would go round and round",
        );
        expect(await a.variable("server_id")).toBe("10");
        stack.settings.a = settings;
    });

    test("a channel that was lost on b is not attached again where it would apply rows twice", async () => {
        await b.sql("STOP REPLICA");
        const source =
            (await b.run("mysql -E -e 'SHOW REPLICA STATUS'")).match(
                /Relay_Source_Log_File: (\S+)[\s\S]*Exec_Source_Log_Pos: (\d+)/,
            ) ?? [];
        await b.sql("RESET REPLICA ALL");
        stack.settings.converge = "b lost its channel";
        expect((await stack.up()).text).toContain("MM_LINK_COORDINATES_LOST: b no longer follows a.example.com:3306");
        await b.sql(
            `CHANGE REPLICATION SOURCE TO SOURCE_HOST = 'a.example.com', SOURCE_USER = 'replicator', SOURCE_PASSWORD = 'Zz5tY8uI3oP6aS1d', SOURCE_SSL = 1, SOURCE_LOG_FILE = '${source[1]}', SOURCE_LOG_POS = ${source[2]}; START REPLICA`,
        );
        await stack.mustUp();
        expect(await dataOf(b)).toBe(await dataOf(a));
    });

    test("a foreign event in b's log stops a from following", async () => {
        await a.sql("STOP REPLICA; RESET REPLICA ALL");
        await a.run("cd /var/lib/mysql-master-master/3306 && mv link link.away");
        await b.sql("SET GLOBAL super_read_only = 0; CREATE DATABASE stray; SET GLOBAL super_read_only = 1");
        stack.settings.converge = "a third time";
        const { text } = await stack.up();
        expect(text).toMatch(
            /MM_LINK_ERRANT: b\.example\.com's log holds events that did not come from a \(mysql-bin\.\d+ \d+ \w+ of server 20\)/,
        );
        expect(await a.sql("SHOW DATABASES LIKE 'stray'")).toBe("");
        // by it a knows the old b, which it goes on listing among its replicas for minutes
        await a.run("cd /var/lib/mysql-master-master/3306 && mv link.away link");
    });

    test("a new b gets a seed and a its new coordinates, past the old channel", async () => {
        resetHosts("b");
        await b.run(
            "printf '[mysqld]\\ngtid_mode=OFF\\nenforce_gtid_consistency=OFF\\nlog_bin=mysql-bin\\n' >/etc/mysql/mysql.conf.d/own.cnf; systemctl restart mysql",
        );
        // somebody's rehearsal, which a must never see
        await b.sql(
            "CREATE DATABASE stray; DROP DATABASE stray; FLUSH BINARY LOGS; CREATE DATABASE stray; DROP DATABASE stray",
        );
        await stack.mustUp();
        expect(await a.replica("Replica_SQL_Running")).toBe("Yes");
        expect(await a.run("mysqlbinlog /var/lib/mysql/own-log.0* | grep -c stray || true")).toBe("0");
        expect(await dataOf(b)).toBe(await dataOf(a));
    });

    test("destroy leaves no account; up again refuses, for nothing proves that b only lags behind", async () => {
        await stack.mustDestroy();
        for (const host of [a, b]) {
            expect(await host.sql("SELECT COUNT(*) FROM mysql.user WHERE user = 'replicator'")).toBe("0");
        }
        expect((await stack.up()).text).toContain(
            "MM_PREFLIGHT_PARTED b: holds what an earlier pair left, and without GTIDs nothing proves that it only lags behind",
        );
    });
});

describe("a host is gone", () => {
    test("b gone: destroy cleans up a without it", async () => {
        freshHosts();
        const stack = await freshStack("gone");
        await stack.mustUp();
        lab("hosts.sh", ["cut", "b"]);
        stack.settings.gone = "b";
        // a alone hears that its peer is gone; nothing else runs anywhere, and the roles have another UUID
        expect(await stack.mustUp()).toMatch(
            /pair-role-a updated[\s\S]*~ 1 updated\n {4}\+-1 replaced\n {4}2 changes\. 26 unchanged/,
        );
        await stack.mustDestroy();
        expect(await a.replica("Source_Host")).toBe("");
        expect(await a.sql("SELECT COUNT(*) FROM mysql.user WHERE user = 'replicator'")).toBe("0");
        lab("hosts.sh", ["mend", "b"]);
    });

    test("a gone: b is opened without asking it, and cleaned up by destroy", async () => {
        freshHosts();
        const stack = await freshStack("gone");
        await stack.mustUp();
        lab("hosts.sh", ["cut", "a"]);
        stack.settings.gone = "a";
        stack.settings.active = "b";
        await stack.mustUp();
        expect(await b.sql("SELECT @@read_only, @@super_read_only")).toBe("0\t0");
        await stack.mustDestroy();
        expect(await b.replica("Source_Host")).toBe("");
        lab("hosts.sh", ["mend", "a"]);
        resetHosts("b");
    });
});

const without = (sums: string) =>
    sums
        .split("\n")
        .filter((line) => !line.includes("heartbeat"))
        .join("\n");
const dataOf = async (host: typeof a) => without(await checksums(host));
