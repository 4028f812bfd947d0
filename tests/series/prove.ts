import { a, b, freshHosts, type Host, lab, waitFor } from "../live/hosts";
import { Stack } from "../live/stack";

/** The seed's method on a kind of server, where it is not the document's: each on some of the series that have it. */
const METHODS: Record<string, string> = {
    "mysql-5.6": "stream",
    "mysql-8.0": "stream",
    "mysql-9.7": "stream",
    "mariadb-10.5": "stream",
    "mariadb-11.8": "mariabackup",
};
/** What a step says at the end of it. */
const SAID: Record<string, RegExp> = {
    dump: /a: copied to b\.example\.com:\/tmp\/master_backup\.sql: \d/,
    stream: /a: streamed into b\.example\.com: \d/,
    clone: /b: cloned: \d/,
    mariabackup: /a: streamed to b\.example\.com: \d/,
};

/**
 * The whole procedure on one kind of server of the lab, to be called by a test file of its own, so that two kinds run side by side. What is
 * looked at is asked by the test's own statements, in words that this series has by the manual. A kind whose binaries cannot be had on
 * this machine is not run, and shown so.
 */
export const prove = (kind: string) => onServer(kind, kind, () => proveHere(kind));

/** Proofs on hosts of that kind. */
export function onServer(kind: string, title: string, proofs: () => void): void {
    jest.setTimeout(600_000);
    process.env.MM_LAB_SERVER = kind;
    (canBeHad() ? describe : describe.skip)(title, proofs);
}

function canBeHad(): boolean {
    try {
        lab("hosts.sh", ["base"]);
        return true;
    } catch {
        return false;
    }
}

function proveHere(kind: string): void {
    const [flavour, series = ""] = kind.split("-");
    const isNew = kind === "mysql-9.7";
    const folder = isNew ? "/etc/mysql/mysql.conf.d" : "/etc/mysql/mariadb.conf.d";
    const file = isNew || flavour === "mariadb" ? `${folder}/zz-mysql-master-master.cnf` : "/etc/my.cnf";
    const service = flavour === "mariadb" ? "mariadb" : isNew ? "mysql" : "mysqld";
    // MySQL's series have their account made over SSH, as most stacks do; live/faults and live/secrets have it made by @pulumi/mysql, too
    const admin = flavour === "mariadb" ? { user: "pulumi", password: "lab-admin-Pw1" } : undefined;
    const providerCan = kind === "mariadb-10.5";
    const method = METHODS[kind] ?? "dump";
    // each way on some of the series that have both
    const gtid = ["mysql-5.6", "mysql-8.0", "mariadb-10.11", "mariadb-11.8"].includes(kind);
    let password = "Kx9vT2mQ7rB4nW8s";
    let stack: Stack;

    beforeAll(async () => {
        freshHosts();
        stack = new Stack("series");
        stack.settings.seed = method === "dump" ? { keepBackup: true } : kind === "mysql-9.7" ? { method } : {};
        stack.settings.account = { password };
        stack.settings.mysql = { gtid };
        stack.settings.a = { ...(stack.settings.a as object), ...(admin && { mysql: { admin } }) };
        await stack.init();
    });

    const isOfProvider = async () => /mysql:index\/(user|grant):/.test(await stack.export());

    /** One value of the replica status, by the name that MySQL 8.0.22 gave it. */
    async function status(host: Host, field: string): Promise<string> {
        const [verb, name] = isNew
            ? ["REPLICA", field]
            : ["SLAVE", field.replace("Source", "Master").replace("Replica", "Slave")];
        const text = await host.run(`mysql -E -e 'SHOW ${verb} STATUS'`);
        return new RegExp(`^ *${name}: ?(.*)$`, "m").exec(text)?.[1] ?? "";
    }

    describe("rows", () => {
        let before: string;

        test("up: the pair is built", async () => {
            expect(await a.sql("SELECT VERSION()")).toMatch(
                new RegExp(`^${series.replace(".", "\\.")}\\..*${flavour === "mariadb" ? "MariaDB" : ""}`),
            );
            before = await rowsOf(a);
            const said = /mysql\.admin is not used: .* on MariaDB [\d.]+; the account is made over SSH/;
            const text = await stack.mustUp();
            expect(said.test(text)).toBe(admin !== undefined && !providerCan);
            expect(text).toMatch(SAID[method] ?? "");
            expect(await isOfProvider()).toBe(providerCan);
        });

        test.each([
            ["row 1", a, "10"],
            ["row 5", b, "20"],
        ])("%s: the option file and the running server have the four values", async (_, host, serverId) => {
            const text = await host.run(`cat ${file}`);
            const [first = "", second = "", ...lines] = text.slice(text.indexOf("[mysqld]")).split("\n");
            expect([first, second.replace(/ \(.*/, "")]).toEqual(["[mysqld]", "# mysql-master-master begin"]);
            expect(lines.slice(0, 4)).toEqual([
                "log_bin=mysql-bin",
                `server_id=${serverId}`,
                "log_slave_updates=1",
                "relay_log=mysql-relay-bin",
            ]);
            const names = ["server_id", "log_bin", "log_slave_updates", "relay_log", "binlog_format"];
            expect(await Promise.all(names.map((name) => variable(host, name)))).toEqual([
                ...[serverId, "ON", "ON", "mysql-relay-bin", "ROW"],
            ]);
            expect(await host.sql("SHOW BINARY LOGS")).toMatch(/^mysql-bin\.0/);
        });

        test("row 2: from b, the account logs in to a", () => logsIn(b, a, "10"));

        test(`row 3: ${method === "dump" ? "the backup is on a, with coordinates" : `by ${method}, no backup is on a`}`, async () => {
            if (method !== "dump") {
                expect(await a.run("ls /tmp/master_backup.sql* 2>/dev/null || true")).toBe("");
                return;
            }
            const change = "^CHANGE .*LOG_FILE='mysql-bin\\.[0-9]+', .*LOG_POS=[0-9]+;";
            expect(await a.run(`grep -cE "${change}" /tmp/master_backup.sql`)).toBe("1");
        });

        test(`row 4: ${method === "dump" ? "the backup is on b, whole, the same, readable by its owner only" : "nor on b"}`, async () => {
            if (method !== "dump") {
                expect(await b.run("ls /tmp/master_backup.sql* 2>/dev/null || true")).toBe("");
                return;
            }
            const look = "sha256sum /tmp/master_backup.sql; stat -c '%a %U' /tmp/master_backup.sql";
            const [onA, onB] = await Promise.all([a.run(look), b.run(look)]);
            expect(onA).toMatch(/\n600 root$/);
            expect(onB).toBe(onA);
            expect(await b.run("tail -n 1 /tmp/master_backup.sql")).toMatch(/^-- Dump completed/);
        });

        test("row 6: b has a's rows, and the account logs in from a to b; a's rows are as they were", async () => {
            expect(await rowsOf(b)).toEqual(before);
            expect(await rowsOf(a)).toEqual(before);
            await logsIn(a, b, "20");
        });

        test("row 7: b's own coordinates were taken after the import, which is not in its log", async () => {
            const text = await stack.export();
            const set =
                flavour === "mariadb" ? "[0-9]+-10-[0-9,-]+" : isNew || gtid ? "[0-9a-f-]{36}:[0-9a-f:,-]+" : "";
            expect(text).toMatch(
                new RegExp(
                    `seed source_file=mysql-bin\\.\\d+ source_position=\\d+ source_gtid=${set} file=mysql-bin\\.\\d+ position=\\d+`,
                ),
            );
            expect(await b.run("grep -c 'first things first' /var/lib/mysql/mysql-bin.0* || true")).not.toMatch(
                /(^|:)[1-9]/m,
            );
        });

        test.each([
            ["row 8", b, a],
            ["row 9", a, b],
        ])("%s: one follows the other as the account, and both threads run", async (_, replica, source) => {
            const fields = ["Source_Host", "Source_User", "Replica_IO_Running", "Replica_SQL_Running"];
            expect(await Promise.all(fields.map((field) => status(replica, field)))).toEqual([
                `${source.name}.example.com`,
                "replicator",
                "Yes",
                "Yes",
            ]);
        });

        test("by GTID where the series has them on or the stack wants them, on MariaDB in two domains; else by file and position", async () => {
            const ways = await Promise.all(
                [a, b].map((host) => status(host, flavour === "mariadb" ? "Using_Gtid" : "Auto_Position")),
            );
            const [by, place] = flavour === "mariadb" ? ["Slave_Pos", "No"] : ["1", kind === "mysql-5.5" ? "" : "0"];
            const domains = await Promise.all([a, b].map((host) => variable(host, "gtid_domain_id")));
            const way = isNew || gtid ? by : place;
            expect([ways, domains]).toEqual([[way, way], flavour === "mariadb" ? ["0", gtid ? "20" : "0"] : ["", ""]]);
        });

        test("row 10: a row inserted on a is on b within 1 second", () => rowArrives(a, b));

        test("row 11: a row inserted on b is on a within 1 second", async () => {
            // b is read-only; the test opens it for one row, as nobody should. Without super_read_only root writes as it is.
            const fence = await variable(b, "super_read_only");
            expect([fence, await variable(b, "read_only")]).toEqual([fence && "ON", "ON"]);
            await b.sql(fence ? "SET GLOBAL super_read_only = 0" : "SELECT 1");
            await rowArrives(b, a);
            await b.sql(fence ? "SET GLOBAL super_read_only = 1" : "SELECT 1");
        });
    });

    async function logsIn(from: Host, to: Host, serverId: string): Promise<void> {
        const login = `MYSQL_PWD=${password} mysql -h ${to.name}.example.com -u replicator -NBe 'SELECT @@server_id'`;
        expect(await from.run(login)).toBe(serverId);
        expect(await to.sql("SELECT host FROM mysql.user WHERE user = 'replicator'")).toBe("%");
    }

    describe("afterwards", () => {
        const processes = () =>
            Promise.all([a, b].map((host) => host.run(`systemctl show -p MainPID --value ${service}`)));

        test("unchanged: a second up changes nothing, and restarts nothing", async () => {
            const seen = await processes();
            await stack.mustFindAllDone();
            stack.settings.converge = "look again";
            if (admin) {
                // the server is not known yet by then
                const { exitCode, text } = await stack.preview();
                expect([exitCode, /delete/.exec(text)]).toEqual([0, null]);
            }
            await stack.mustUp();
            expect(await isOfProvider()).toBe(providerCan);
            expect(await processes()).toEqual(seen);
        });

        test("password: the account and both channels have a new one, and go on", async () => {
            password = "Wm3sB8xT5kQ9vN2r";
            stack.settings.account = { password };
            await stack.mustUp();
            await Promise.all([logsIn(b, a, "10"), logsIn(a, b, "20")]);
            for (const replica of [a, b]) {
                // a receiver that has the old one says so only when it logs in again
                await replica.run(
                    `mysql -e 'STOP ${isNew ? "REPLICA" : "SLAVE"}; START ${isNew ? "REPLICA" : "SLAVE"}'`,
                );
                const look = () => status(replica, "Replica_IO_Running");
                await waitFor(`${replica.name}'s receiver`, 20, look, (seen) => seen === "Yes");
            }
            await rowArrives(a, b);
        });

        test("role: active b moves the writes there, also after a restart, and back", async () => {
            const readOnly = () => Promise.all([a, b].map((host) => variable(host, "read_only")));
            stack.settings.active = "b";
            await stack.mustUp();
            expect(await readOnly()).toEqual(["ON", "OFF"]);
            await rowArrives(b, a);
            await Promise.all([a, b].map((host) => host.run(`service ${service} restart`)));
            expect(await readOnly()).toEqual(["ON", "OFF"]);
            for (const host of [a, b]) {
                const look = () => status(host, "Replica_IO_Running");
                await waitFor(`${host.name}'s receiver`, 60, look, (seen) => seen === "Yes");
            }
            stack.settings.active = "a";
            await stack.mustUp();
            expect(await readOnly()).toEqual(["OFF", "ON"]);
            await rowArrives(a, b);
        });

        test("destroy: all data stays, and nothing of replication, account, fence and option file", async () => {
            // its copies are disabled on b by destroy, but what it wrote on a meanwhile would make the two differ
            await a.sql("ALTER EVENT shop.beat DISABLE");
            const [data, running] = [await rowsOf(a), await processes()];
            await stack.mustDestroy();
            expect(await processes()).toEqual(running);
            for (const host of [a, b]) {
                expect(await rowsOf(host)).toEqual(data);
                // 5.5.9 shows the name until it is restarted
                const followed = await Promise.all([status(host, "Source_Host"), status(host, "Source_Log_File")]);
                expect(followed[kind === "mysql-5.5" ? 1 : 0]).toBe("");
                expect(await host.sql("SELECT COUNT(*) FROM mysql.user WHERE user = 'replicator'")).toBe("0");
                expect(await variable(host, "read_only")).toBe("OFF");
                expect(await host.run(`grep -c mysql-master-master ${file} 2>/dev/null || true`)).toMatch(/^0?$/);
            }
        });
    });
}

const variable = (host: Host, name: string) =>
    host.sql(`SHOW GLOBAL VARIABLES LIKE '${name}'`).then((row) => row.split("\t")[1] ?? "");

/** A machine with two cores may miss one second; a link that works does not miss five in a row. */
async function rowArrives(from: Host, to: Host): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
        const details = `${Date.now()}-${Math.random().toString(36).slice(2)}`;
        await from.sql(`INSERT INTO important.stuff (details) VALUES ('${details}')`);
        const look = () => to.sql(`SELECT COUNT(*) FROM important.stuff WHERE details = '${details}'`);
        try {
            return void (await waitFor(`the row on ${to.name}`, 1, look, (count) => count === "1"));
        } catch (error) {
            if (attempt === 5) {
                throw error;
            }
        }
    }
}

/** A digest of the rows of every table, but those of the event that runs meanwhile. CHECKSUM TABLE of 5.7 takes JSON's address for its value. */
const rowsOf = (host: Host) =>
    host.run(`ask() { mysql --init-command='SET NAMES utf8mb4' -NBre "$1"; }
        ask "SELECT CONCAT('\\\`', REPLACE(table_schema, '\\\`', '\\\`\\\`'), '\\\`.\\\`', REPLACE(table_name, '\\\`', '\\\`\\\`'), '\\\`') FROM information_schema.tables
            WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('mysql', 'sys', 'performance_schema', 'information_schema')
            AND table_name <> 'heartbeat' ORDER BY 1" |
        while read -r table; do echo "$table $(ask "SELECT * FROM $table" | LC_ALL=C sort | md5sum)"; done`);
