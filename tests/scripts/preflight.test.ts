import { rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { preflightRequest } from "../../core/preflightRequest";
import { Facts } from "../../preflight/facts";
import { problemsOf, scriptOf } from "../../preflight/look";
import { changes, cleanUpHosts, type FakeHost, makeHost, type Run } from "./fakeHost";
import { processList, refused } from "./fakeServer";

cleanUpHosts();

/** Something that listens on this machine, and what it says first. */
const listeners: Server[] = [];
async function listen(greeting: Buffer | string): Promise<number> {
    const server = createServer((socket) => {
        socket.on("error", () => {});
        socket.write(greeting);
    });
    listeners.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return (server.address() as { port: number }).port;
}
afterAll(() => {
    for (const server of listeners) {
        server.close();
    }
});

const greeting = Buffer.from("4a0000000a392e372e342d3200080000007a", "hex");
let serverPort = 0;
let sshdPort = 0;
beforeAll(async () => {
    serverPort = await listen(greeting);
    sshdPort = await listen("SSH-2.0-OpenSSH_10\r\n");
});

const variables: Record<string, string> = {
    server_id: "20",
    gtid_mode: "ON",
    datadir: "/tmp/",
    log_bin_basename: "/tmp/binlog",
    bind_address: "127.0.0.1",
};

/** A host whose server answers what a fresh one answers; `rows` wins, by the start of the statement's subject. */
function freshHost(rows: Record<string, string> = {}, version = "9.7.4"): FakeHost {
    const host = makeHost({ ...variables, pid_file: "/nowhere" }, {}, version);
    const answer = (text: string) => ({ stdout: text });
    for (const [subject, text] of Object.entries(rows)) {
        host.local.rules.push({ on: new RegExp(subject), answer: answer(text) });
    }
    host.answers.getent = () => ({ stdout: "127.0.0.1 STREAM x\n127.0.0.1 DGRAM\n" });
    const list = Object.entries(variables)
        .map(([name, value]) => `${name}\t${value}`)
        .join("\n");
    host.local.rules.push(
        { on: "SHOW ALL SLAVES STATUS", answer: {} },
        { on: /^SHOW GLOBAL VARIABLES WHERE/, answer: answer(list) },
        { on: /FROM mysql\.user$/, answer: answer("root@localhost") },
        { on: /COALESCE\(SUM\(data_length\)/, answer: answer("1000\t1500") },
        { on: /FROM (performance_schema|information_schema)\./, answer: {} },
    );
    return host;
}

const settings = {
    a: { host: "127.0.0.1", ssh: { host: "10.0.0.1" } },
    b: { host: "127.0.0.1", ssh: { host: "10.0.0.2" }, mysql: { login: { user: "u", password: "SECRET'login" } } },
    seed: { backupFile: "/tmp/backup.sql" },
};

async function lookAt(host: FakeHost, label: "a" | "b" = "b", more: object = {}): Promise<Run & { facts: Facts }> {
    const request = preflightRequest({ ...settings, ...more });
    const [node, peer] = label === "a" ? [request.a, request.b] : [request.b, request.a];
    const run = await host.runWhole(scriptOf(node, { ...peer, port: serverPort }, request));
    return { ...run, facts: new Facts(run.stdout) };
}

describe("the facts of a host", () => {
    it("are told in lines of names and values; nothing is changed, twice the same", async () => {
        const host = freshHost();
        const first = await lookAt(host);
        expect([first.exitCode, first.stderr]).toEqual([0, ""]);
        const { facts } = first;
        expect([facts.one("root"), facts.one("reached"), facts.all("missing")]).toEqual(["0", "10.0.0.2", []]);
        expect(facts.rows("server")).toEqual([["MySQL", "9.7.4", "90704"]]);
        expect(facts.rows("word")).toEqual([
            ["replica", "REPLICA"],
            ["forget-source", "RESET REPLICA ALL"],
            ["end-channel", "STOP REPLICA FOR CHANNEL 'NAME'; RESET REPLICA ALL FOR CHANNEL 'NAME'"],
            ["reset-logs", "RESET BINARY LOGS AND GTIDS"],
        ]);
        expect(facts.rows("variable")).toEqual([...Object.entries(variables), ["server_uuid", "uuid-b"]]);
        expect(facts.rows("tcp")).toEqual([["server", "open", "9.7.4-2"]]);
        expect(facts.all("resolved")).toEqual(["127.0.0.1"]);
        expect([facts.all("account"), facts.rows("size")]).toEqual([["root@localhost"], [["1000", "1500"]]]);
        expect(facts.rows("disk").map(([name, free = "", system = ""]) => [name, +free > 0, +system > 0])).toEqual([
            ["backup", true, true],
            ["data", true, true],
        ]);
        for (const name of ["schema", "channel", "replica", "filter", "persisted", "invalid", "unsafe", "log-folder"]) {
            expect([name, facts.rows(name)]).toEqual([name, []]);
        }
        const second = await lookAt(host);
        const steady = (text: string) => text.replace(/^(disk|now).*$/gm, "");
        expect(steady(second.stdout)).toBe(steady(first.stdout));
        expect(
            changes([...first.statements, ...second.statements]).filter(
                (text) => !/^SET (NAMES|SESSION information_schema_stats_expiry)/.test(text),
            ),
        ).toEqual([]);
        expect(host.memory("lock")).toBeUndefined();
        expect(first.stdout + first.stderr).not.toContain("SECRET");
    });

    it("name what the server holds and who uses it, whatever the names are", async () => {
        const host = freshHost({
            "^SELECT schema_name": "shop\t1\nodd\\tname'`-ü",
            "FROM mysql\\.user": "root@localhost\napp@%",
            "engine\\) FROM": "shop.log MyISAM",
            "data_type = 'float'": "shop.t.x",
            "constraint_type = 'PRIMARY KEY'": "shop.nokey",
            innodb_trx: "13\t30",
            "^SHOW PROCESSLIST$": processList(
                [12, "app", "host", "Query", 75, "SELECT '🐬'"],
                [14, "joe", "h", "Sleep", 30, "NULL"],
            ),
        });
        const { facts } = await lookAt(host, "a");
        expect(facts.all("schema")).toEqual(["shop", "odd\\tname'`-ü"]);
        expect(facts.all("account")).toEqual(["root@localhost", "app@%"]);
        expect([facts.all("unsafe"), facts.all("float"), facts.all("keyless")]).toEqual([
            ["shop.log MyISAM"],
            ["shop.t.x"],
            ["shop.nokey"],
        ]);
        expect(facts.rows("statement")).toEqual([["12", "app@host", "75"]]);
        expect(facts.rows("transaction")).toEqual([["13", "30"]]);
        expect(facts.rows("connection")).toEqual([
            ["12", "app@host", "Query", "75"],
            ["14", "joe@h", "Sleep", "30"],
        ]);
    });

    it("of b say nothing of tables that only a dump of a could lose", async () => {
        const { facts, statements } = await lookAt(freshHost({ "engine\\) FROM": "shop.log MyISAM" }));
        expect(facts.all("unsafe")).toEqual([]);
        expect(statements.filter((text) => /engine\)|float|innodb_trx/.test(text))).toEqual([]);
    });

    it("name the releases of both client programs, in the words of either flavour", async () => {
        const host = freshHost();
        host.answers.mysqldump = () => ({
            stdout: "mysqldump  Ver 10.19 Distrib 10.11.6-MariaDB, for debian-linux-gnu\n",
        });
        expect((await lookAt(host)).facts.rows("client")[1]).toEqual(["mysqldump", "10.11.6-MariaDB"]);
        host.answers.mysqldump = () => ({
            stdout: "/usr/bin/mysqldump  Ver 9.7.4-2 for debian-linux-gnu on x86_64 ((Debian))\n",
        });
        expect((await lookAt(host)).facts.rows("client")[1]).toEqual(["mysqldump", "9.7.4-2"]);
    });

    it("carry what an earlier run has left on the host", async () => {
        const host = freshHost();
        host.remember("seed", "state=done source=uuid-a own=uuid-b\n");
        host.remember("link", "source=a:3306 uuid=uuid-a password=d\n");
        host.remember("owner", "identity=uuid-x stack=mm/x step=s at=5 since=4 from=10.0.0.8\n");
        const { facts } = await lookAt(host);
        expect(facts.mark("owner", "identity")).toBe("uuid-x");
        expect(Math.abs(Number(facts.one("now")) - Date.now() / 1000)).toBeLessThan(60);
        expect(["state", "source", "own"].map((key) => facts.mark("seed", key))).toEqual(["done", "uuid-a", "uuid-b"]);
        expect(facts.mark("link", "source")).toBe("a:3306");
    });

    it("name what a later step would stop at: a backup of somebody's, half a managed block, a service of no known name", async () => {
        const host = freshHost();
        writeFileSync("/tmp/mm-backup-of-somebody.sql", "");
        const seed = { seed: { backupFile: "/tmp/mm-backup-of-somebody.sql" } };
        const file = seed.seed.backupFile;
        expect((await lookAt(host, "b", seed)).facts.all("backup-file")).toEqual([file]);
        host.remember("backup", `${file}\n`);
        expect((await lookAt(host, "b", seed)).facts.all("backup-file")).toEqual([]);
        rmSync(file);
        host.write("/etc/my.cnf", "[mysqld]\n# mysql-master-master begin\n");
        expect((await lookAt(host)).stderr).toMatch(
            /^error MM_NODE_BLOCK_DAMAGED: .* has 1 begin marks and 0 end marks/,
        );
        host.write("/etc/my.cnf", "[mysqld]\n");
        host.answers.systemctl = () => ({ status: 3 });
        expect((await lookAt(host)).stderr).toMatch(/^error MM_NODE_NO_SERVICE: b's server runs under no service name/);
    });

    it("name channels, replicas, filters and persisted values", async () => {
        const host = freshHost({
            replication_connection_configuration: "\tother\t3307\tuuid-o",
            "^SHOW REPLICAS": "30\tc\t3306\t20\tuuid-c",
            replication_applier_global_filters: "REPLICATE_DO_DB x",
            replication_applier_filters: "REPLICATE_DO_DB x",
            persisted_variables: "server_id\t99",
        });
        host.local.coordinates = "mysql-bin.000003\t157\tshop\tcrm\tuuid-b:1-9";
        const { facts } = await lookAt(host);
        expect(facts.rows("channel")).toEqual([["", "other", "3307", "uuid-o"]]);
        expect(facts.rows("replica")).toEqual([["30", "c", "3306", "20", "uuid-c"]]);
        expect([...new Set(facts.all("filter"))]).toEqual([
            "REPLICATE_DO_DB x",
            "BINLOG_DO_DB shop",
            "BINLOG_IGNORE_DB crm",
        ]);
        expect(facts.rows("persisted")).toEqual([["server_id", "99"]]);
    });

    it("name the filters that the option files give, which a server that follows nobody does not tell", async () => {
        const host = freshHost({}, "5.7.22");
        host.answers.mysqld = ({ argv }) => ({
            stdout: argv.includes("--print-defaults")
                ? "x:\n--replicate-ignore-db=shop --loose_replicate-wild-do-table=s.% --two.replicate_rewrite_db=a->b --binlog-do-db=crm --replicate-same-server-id=0 --log-bin\n"
                : "",
        });
        const mysql = { ...settings.b.mysql, options: { replicate_ignore_table: "a.b" } };
        expect((await lookAt(host, "b", { b: { ...settings.b, mysql } })).facts.all("filter")).toEqual([
            "REPLICATE_IGNORE_DB shop",
            "REPLICATE_WILD_DO_TABLE s.%",
            "REPLICATE_REWRITE_DB a->b",
            "BINLOG_DO_DB crm",
            "REPLICATE_IGNORE_TABLE a.b",
        ]);
    });

    it("are all told of MariaDB, too, in its own words", async () => {
        const { facts, exitCode, stderr } = await lookAt(freshHost({}, "10.11.6-MariaDB"));
        expect([exitCode, stderr, facts.rows("server")]).toEqual([0, "", [["MariaDB", "10.11.6-MariaDB", "101106"]]]);
        expect([facts.word("forget-source"), facts.word("reset-logs")]).toEqual(["RESET SLAVE ALL", "RESET MASTER"]);
        expect([facts.has("size"), facts.variable("server_uuid")]).toEqual([true, ""]);
    });

    it("are told of the host where its server does not let the program in, with the server's words", async () => {
        const host = freshHost();
        host.local.rules.unshift({ on: /^SELECT @@port/, answer: refused(1045, "Access denied, SECRET'login") });
        const run = await lookAt(host);
        expect([run.exitCode, run.facts.one("root"), run.facts.has("server")]).toEqual([1, "0", false]);
        expect(
            problemsOf(preflightRequest(settings).b, run as { exitCode: number; stdout: string; stderr: string }),
        ).toEqual([
            {
                code: "MM_SQL_LOGIN",
                node: "b",
                what: "b's server does not let the program in over its socket",
                next: "correct mysql.login (user and password) of node b, or that account's password and host on b; without mysql.login the program comes as root; then run up again",
                words: "ERROR 1045 (HY000) at line 1: Access denied, ***",
            },
        ]);
    });

    it("end with the rights that the login lacks, of both kinds on b, for the rest is asked with them", async () => {
        const host = freshHost();
        host.local.rules.unshift({
            on: "SHOW GRANTS",
            answer: { stdout: "GRANT SUPER, RELOAD ON *.* TO `u`@`localhost`" },
        });
        const { facts, exitCode, statements } = await lookAt(host);
        expect([exitCode, facts.has("size"), statements.at(-1)]).toEqual([0, false, "SELECT CURRENT_USER()"]);
        const [who, always = "", once = ""] = facts.rows("rights")[0] ?? [];
        expect([who, always.startsWith("SELECT, INSERT, CREATE, DROP, PROCESS, "), once]).toEqual([
            "root@localhost",
            true,
            "UPDATE, DELETE, ALTER, INDEX, REFERENCES, CREATE VIEW, CREATE ROUTINE, ALTER ROUTINE, SYSTEM_USER",
        ]);
        const all = freshHost();
        all.local.rules.unshift({
            on: "SHOW GRANTS",
            answer: { stdout: "GRANT ALL PRIVILEGES ON *.* TO `u`@`localhost` WITH GRANT OPTION" },
        });
        expect((await lookAt(all)).facts.rows("rights")).toEqual([]);
    });

    it("name the option that the server's series no longer has, with its line", async () => {
        const host = freshHost();
        host.write("/etc/my.cnf", "[mysqld]\nport=3306\nexpire-logs-days=3\n");
        host.answers.mysqld = ({ argv }) =>
            argv.includes("--validate-config")
                ? { status: 1, stderr: "2026 0 [ERROR] [MY-000067] [Server] unknown variable 'expire_logs_days=3'.\n" }
                : { stdout: "would have:\n--port=3306\n" };
        const { facts } = await lookAt(host);
        expect(facts.rows("invalid")).toEqual([
            [
                "expire_logs_days",
                "/etc/my.cnf:3: expire-logs-days=3",
                "2026 0 [ERROR] [MY-000067] [Server] unknown variable 'expire_logs_days=3'.|",
            ],
        ]);
    });

    it("name what the server says of the stack's own options, beside files that it accepts", async () => {
        const host = freshHost();
        host.answers.mysqld = ({ argv }) =>
            argv.includes("--max_connections=some words") && argv.includes("--validate-config")
                ? { status: 1, stderr: "2026 0 [ERROR] [MY-000077] [Server] Unknown suffix 's' used for variable.\n" }
                : { stdout: "would have:\n--port=3306\n" };
        const b = { ...settings.b, mysql: { ...settings.b.mysql, options: { max_connections: "some words" } } };
        const { facts } = await lookAt(host, "b", { ...settings, b });
        expect(facts.rows("refused")).toEqual([
            ["2026 0 [ERROR] [MY-000077] [Server] Unknown suffix 's' used for variable.|"],
        ]);
        expect(facts.rows("invalid")).toEqual([]);
    });

    it("tell of a folder that the options name for the log whether it is there", async () => {
        const host = freshHost();
        const answer = { stdout: "would have:\n--log-bin=/nowhere/at/all/bin\n" };
        host.answers.mysqld = ({ argv }) => (argv.includes("--print-defaults") ? answer : {});
        expect((await lookAt(host)).facts.rows("log-folder")).toEqual([["/nowhere/at/all", "none", "no", "", ""]]);
        // where the log is now, the server writes already
        const used = freshHost();
        used.answers.mysqld = ({ argv }) =>
            argv.includes("--print-defaults") ? { stdout: "would have:\n--log-bin=/tmp/binlog\n" } : {};
        expect((await lookAt(used)).facts.rows("log-folder")).toEqual([]);
    });
});

describe("how the peer looks from a host", () => {
    it("is told of a port that is open, by its first words, and of one that is not", async () => {
        const copy = { a: settings.a, b: { ...settings.b, copy: { host: "127.0.0.1", port: sshdPort } } };
        const { facts } = await lookAt(freshHost(), "a", copy);
        expect(facts.rows("tcp")).toEqual([
            ["server", "open", "9.7.4-2"],
            ["sshd", "open", "SSH-2.0-OpenSSH_10"],
        ]);
        const shut = { a: settings.a, b: { ...settings.b, copy: { host: "127.0.0.1", port: 1 } } };
        expect((await lookAt(freshHost(), "a", shut)).facts.rows("tcp")[1]).toEqual([
            "sshd",
            "closed",
            "Connection refused",
        ]);
    });

    it("is told where the name means nothing, on the peer and on the host itself, and the look goes on", async () => {
        const host = freshHost();
        host.answers.getent = () => ({ status: 2 });
        const { exitCode, stderr, facts } = await lookAt(host);
        expect([exitCode, stderr, facts.all("self"), facts.all("resolved")]).toEqual([0, "", [], []]);
        expect([facts.has("tcp"), facts.rows("size")]).toEqual([true, [["1000", "1500"]]]);
    });

    it("is not asked where the peer is gone", async () => {
        const { facts } = await lookAt(freshHost(), "b", { gone: "a" });
        expect([facts.rows("tcp"), facts.rows("resolved")]).toEqual([[], []]);
    });
});
