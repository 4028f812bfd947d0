import { a, b, type Host, waitFor } from "../hosts";
import { codesIn, ended, Interrupted } from "./interrupted";

jest.setTimeout(1_200_000);

let pair: Interrupted;

async function expectStop(code: string): Promise<string> {
    const { exitCode, text } = await pair.stack.up();
    expect([exitCode === 0, codesIn(text)]).toEqual([false, [code]]);
    return text;
}

describe("what is wrong is found and named while a is written to, and mended as the message says", () => {
    afterEach(() => pair.close());

    test("the account's host pattern does not fit the address that the server sees", async () => {
        pair = await Interrupted.fresh({
            settings: { account: { password: "Kx9vT2mQ7rB4nW8s", hostPattern: "10.9.9.%" } },
        });
        const text = await expectStop("MM_ACCOUNT_LOGIN");
        expect(text).toContain("replicator cannot log in to a.example.com:3306");
        expect(text).toMatch(/server: .*1045.*Access denied/);
        await a.sql("DROP USER 'replicator'@'10.9.9.%'");
        pair.stack.settings.account = { password: "Kx9vT2mQ7rB4nW8s" };
        expect(await pair.up()).toEqual([]);
        await pair.expectWhole();
    });

    test("an anonymous account takes the login", async () => {
        pair = await Interrupted.fresh();
        await a.sql(`CREATE USER ''@'${b.address}'`);
        expect(await expectStop("MM_ACCOUNT_LOGIN")).toContain("replicator cannot log in to a.example.com:3306");
        await a.sql(`DROP USER ''@'${b.address}'`);
        expect(await pair.up()).toEqual([]);
        await pair.expectWhole();
    });

    test("somebody writes on b after the import: a does not follow it, and has nothing of that", async () => {
        pair = await Interrupted.fresh();
        await pair.killAt(ended("pair-link-attach-b"));
        // an engine's death may come after a's link has begun
        await a.sql("STOP REPLICA; RESET REPLICA ALL");
        await a.run("rm -f /var/lib/mysql-master-master/3306/link");
        await b.sql("SET GLOBAL super_read_only = 0; CREATE DATABASE stray; SET GLOBAL super_read_only = 1");
        pair.stack.settings.converge = "look again";
        expect(await expectStop("MM_LINK_ERRANT")).toMatch(
            /b\.example\.com has transactions of its own \([0-9a-f-]+:\d/,
        );
        expect(await a.sql("SHOW DATABASES LIKE 'stray'")).toBe("");
        expect(await a.replica("Source_Host")).toBe("");
        await pair.load.stop();
        expect(Number(await a.sql("SELECT SUM(pieces) FROM ledger.stock"))).toBe(
            Number(await a.sql("SELECT value FROM ledger.counter")),
        );
    });

    test("b's applier is held up while both its threads say Yes", async () => {
        pair = await Interrupted.fresh();
        expect(await pair.up()).toEqual([]);
        const holding = b.sql("FLUSH TABLES ledger.entries WITH READ LOCK; SELECT SLEEP(40)").catch(() => "");
        Object.assign(pair.stack.settings, { catchUpSeconds: 5, converge: "look again" });
        expect(await expectStop("MM_LINK_BEHIND")).toContain("b.example.com has not applied within 5 s");
        expect(await b.replica("Replica_SQL_Running")).toBe("Yes");
        await holding;
        pair.stack.settings.catchUpSeconds = 60;
        expect(await pair.up()).toEqual([]);
        await pair.expectWhole();
    });
});

describe("what goes wrong elsewhere is right without asking", () => {
    beforeAll(async () => {
        pair = await Interrupted.fresh();
        // lines appended to this file would be the client's, and stop it
        await a.run("printf '[mysqld]\\nmax_connections=77\\n\\n[client]\\nuser=root\\n' >/etc/my.cnf");
        // with that file the program writes there, and a line that is read later would win
        await b.run(
            "printf '[client]\\nuser=root\\n' >/etc/my.cnf; sed -i '/^bind-address/d' /etc/mysql/mysql.conf.d/mysqld.cnf; systemctl restart mysql",
        );
        expect(await pair.up()).toEqual([]);
    });

    afterAll(() => pair.close());

    test("the client still starts where [client] is the file's last section, and the server has the block", async () => {
        for (const host of [a, b]) {
            expect(await host.run("mysql -NBe 'SELECT 1'")).toBe("1");
            const section = "awk '/^\\[/ { section = $0 } /^server_id=/ { print section }' /etc/my.cnf";
            expect(await host.run(section)).toBe("[mysqld]");
        }
    });

    test("b has a's views, routines, triggers and events, and runs none of the events", async () => {
        const list = `SELECT 'view', table_schema, table_name FROM information_schema.views WHERE table_schema <> 'sys' UNION ALL
            SELECT routine_type, routine_schema, routine_name FROM information_schema.routines WHERE routine_schema <> 'sys' UNION ALL
            SELECT 'trigger', trigger_schema, trigger_name FROM information_schema.triggers WHERE trigger_schema <> 'sys' UNION ALL
            SELECT 'event', event_schema, event_name FROM information_schema.events ORDER BY 1, 2, 3`;
        const onA = await a.sql(list);
        expect(onA).toMatch(/event\tshop[\s\S]*trigger\tshop[\s\S]*view\tshop/);
        expect(await b.sql(list)).toBe(onA);
        expect([await a.variable("event_scheduler"), await b.variable("event_scheduler")]).toEqual(["ON", "OFF"]);
    });

    test("even root's session is refused a write on the passive node", async () => {
        await expect(b.sql("INSERT INTO important.stuff (details) VALUES ('astray')")).rejects.toThrow(
            /1290.*super-read-only/,
        );
    });

    test("numbers that either side gives out never meet", async () => {
        await a.sql("INSERT INTO important.stuff (details) VALUES ('on a')");
        await b.sql(
            "SET GLOBAL super_read_only = 0; INSERT INTO important.stuff (details) VALUES ('on b'); SET GLOBAL super_read_only = 1",
        );
        const parity = async (host: Host, details: string) =>
            Number(await host.sql(`SELECT MAX(id) % 2 FROM important.stuff WHERE details = '${details}'`));
        await waitFor(
            "b's row",
            10,
            () => a.sql("SELECT COUNT(*) FROM important.stuff WHERE details = 'on b'"),
            (n) => n === "1",
        );
        expect([await parity(a, "on a"), await parity(a, "on b")]).toEqual([1, 0]);
    });

    test("another host name leaves the relay log where it is, and a restart leaves roles, threads and logins", async () => {
        for (const host of [a, b]) {
            await host.run(`hostname renamed-${host.name} && systemctl restart mysql`);
        }
        for (const host of [a, b]) {
            await waitFor(
                "the receiver",
                30,
                () => host.replica("Replica_IO_Running"),
                (state) => state === "Yes",
            );
            expect(await host.replica("Replica_SQL_Running")).toBe("Yes");
            expect(await host.variable("relay_log")).toBe("mysql-relay-bin");
        }
        expect([await a.variable("super_read_only"), await b.variable("super_read_only")]).toEqual(["0", "1"]);
    });

    test("an up that finds all as it should be issues no CHANGE, and the relay log stays", async () => {
        const logs = () => b.run("grep -c 'CHANGE REPLICATION SOURCE' /var/log/mysql/error.log || true");
        const before = await logs();
        pair.stack.settings.converge = "look again";
        expect(await pair.up()).toEqual([]);
        expect(before).not.toBe("0");
        expect(await logs()).toBe(before);
        await pair.expectWhole();
    });
});
