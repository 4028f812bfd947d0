import type { Parameters } from "../../core/script";
import { changes, cleanUpHosts, makeHost } from "./fakeHost";
import { refused } from "./fakeServer";

cleanUpHosts();

const script = "preflight.sh";
const origin = { NODE: "a", ROLE: "origin", PEER_FACTS: "" };
const peer = {
    ROLE: "peer",
    PEER_FACTS: "preflight uuid=uuid-a server=MySQL-9.7.4 port=3306 gtid=ON lower_case_table_names=0",
};
const line = "preflight uuid=uuid-b server=MySQL-9.7.4 port=3306 gtid=ON lower_case_table_names=0\n";
const channel = (more: Record<string, string> = {}) =>
    new Map(Object.entries({ Source_Host: "other", Source_Port: "3307", ...more }));
const report = (node: string, ...problems: string[]) =>
    `error MM_PREFLIGHT_REFUSED: ${node} cannot become half of this pair. Nothing was changed\n${problems.map((text) => `  - ${text}\n`).join("")}` +
    "  next: mend each of these, then run up again; docs/errors.md explains every line\n";
const follows = (node: string) =>
    `${node} already replicates from other:3307; if that is no longer wanted: STOP REPLICA; RESET REPLICA ALL`;
const filtered = (node: string, filters: string) =>
    `${node} has replication or binary log filters (${filters}), with which rows would go missing silently; remove them`;
const series = (theirs: string) =>
    `b runs MySQL 9.7.4 and its peer ${theirs}; accounts travel in the mysql schema, so both need the same series`;
const same =
    "both nodes are the server uuid-b: either both addresses lead to one host, or the data directory was copied (then move auto.cnf away on b and restart it)";
const full = (count: number, names: string) =>
    `b holds ${count} schemas of its own (${names}), which seeding would overwrite; is it really the fresh node?`;

describe("preflight.sh", () => {
    it("lets a good origin and a fresh peer through, twice with the same line, and only reads", async () => {
        const host = makeHost();
        for (const parameters of [origin, peer, peer]) {
            const run = await host.run(script, parameters);
            expect(run).toMatchObject({ exitCode: 0, stdout: line, stderr: "" });
            expect(changes(run.statements)).toEqual([]);
        }
        expect(host.memory("lock")).toBeUndefined();
    });

    it("lets an origin keep its own schemas", async () => {
        const host = makeHost();
        host.local.schemas = ["shop", "crm"];
        expect(await host.run(script, origin)).toMatchObject({ exitCode: 0, stdout: line });
    });

    it("says all problems of a peer at once, and changes nothing", async () => {
        const host = makeHost();
        host.local.schemas = ["shop", "crm"];
        host.local.channel = channel();
        host.local.coordinates = "mysql-bin.000003\t157\tshop\t\tuuid-b:1-9";
        host.answers.id = () => ({ stdout: "1000\n" });
        const run = await host.run(script, {
            ...peer,
            PEER_FACTS: "preflight uuid=uuid-b server=MySQL-8.4.0 port=3306 gtid=ON lower_case_table_names=0",
        });
        expect(run).toMatchObject({
            exitCode: 1,
            stdout: "",
            stderr: report(
                "b",
                "the SSH user of b does not become root; use root, or a user with passwordless sudo",
                filtered("b", "BINLOG_DO_DB shop"),
                follows("b"),
                same,
                series("MySQL-8.4.0"),
                full(2, "shop crm"),
            ),
        });
        expect(changes(run.statements)).toEqual([]);
    });

    const globalFilters = "replication_applier_global_filters";
    const channelFilters = "replication_applier_filters";
    const nodes: [string, Parameters][] = [
        ["a", origin],
        ["b", peer],
    ];

    describe.each(nodes)("on node %s", (node, parameters) => {
        it.each([
            ["of an option file", { [globalFilters]: "REPLICATE_DO_DB shop" }, "", "", "REPLICATE_DO_DB shop"],
            [
                "of a channel",
                { [channelFilters]: "REPLICATE_IGNORE_TABLE x.y\nREPLICATE_DO_DB z" },
                "",
                "",
                "REPLICATE_DO_DB z REPLICATE_IGNORE_TABLE x.y",
            ],
            [
                "of both, once each",
                { [globalFilters]: "REPLICATE_IGNORE_DB crm", [channelFilters]: "REPLICATE_IGNORE_DB crm" },
                "",
                "",
                "REPLICATE_IGNORE_DB crm",
            ],
            ["of what is logged", {}, "shop,crm", "", "BINLOG_DO_DB shop,crm"],
            ["of what is not logged", {}, "", "crm", "BINLOG_IGNORE_DB crm"],
            [
                "of both kinds",
                { [globalFilters]: "REPLICATE_DO_DB s" },
                "s",
                "t",
                "BINLOG_DO_DB s BINLOG_IGNORE_DB t REPLICATE_DO_DB s",
            ],
        ])("refuses filters %s, without any channel", async (_, tables, logged, ignored, found) => {
            const host = makeHost();
            host.local.coordinates = `mysql-bin.000003\t157\t${logged}\t${ignored}\tuuid-b:1-9`;
            for (const [table, rows] of Object.entries(tables)) {
                const on = `SELECT CONCAT(filter_name, CHAR(32), filter_rule) FROM performance_schema.${table}`;
                host.local.rules.push({ on, answer: { stdout: rows } });
            }
            const run = await host.run(script, parameters);
            expect(run).toMatchObject({ exitCode: 1, stdout: "", stderr: report(node, filtered(node, found)) });
            expect(changes(run.statements)).toEqual([]);
        });

        it("takes a log status whose other columns are not empty", async () => {
            const host = makeHost();
            host.local.coordinates = "mysql-bin.000003\t157\t\t\tuuid-b:1-9";
            expect(await host.run(script, parameters)).toMatchObject({ exitCode: 0, stdout: line, stderr: "" });
        });

        it("stops where the server does not tell its filters", async () => {
            const host = makeHost();
            host.local.rules.push({ on: /global_filters$/, answer: refused(1142, "SELECT command denied") });
            const run = await host.run(script, parameters);
            expect([run.exitCode, run.stdout, run.stderr.match(/^error \w+/gm)]).toEqual([
                1,
                "",
                ["error MM_SQL_REFUSED"],
            ]);
        });
    });

    it.each([
        [
            "one server under two addresses",
            { PEER_FACTS: "preflight uuid=uuid-b server=MySQL-9.7.4 port=3306 gtid=ON lower_case_table_names=0" },
            same,
        ],
        [
            "a peer without GTIDs for an origin that has them",
            { PEER_FACTS: peer.PEER_FACTS.replace("gtid=ON", "gtid=OFF") },
            "b runs with gtid_mode ON and its peer with OFF; make both the same",
        ],
        [
            "another way with names",
            { PEER_FACTS: peer.PEER_FACTS.replace("names=0", "names=1") },
            "b runs with another lower_case_table_names than its peer; it is fixed when a server is initialised, so initialise b anew",
        ],
        [
            "another series",
            { PEER_FACTS: "preflight uuid=uuid-a server=MySQL-9.6.0 port=3306 gtid=ON lower_case_table_names=0" },
            series("MySQL-9.6.0"),
        ],
    ])("refuses %s", async (_, facts, problem) => {
        expect(await makeHost().run(script, { ...peer, ...facts })).toMatchObject({
            exitCode: 1,
            stderr: report("b", problem),
        });
    });

    const unsafe = { on: /^SELECT CONCAT\(table_schema/, answer: { stdout: "shop.log MyISAM\ncrm.cache MEMORY" } };

    it("refuses an origin whose tables a dump cannot hold still", async () => {
        const host = makeHost();
        host.local.rules.push(unsafe);
        expect(await host.run(script, origin)).toMatchObject({
            exitCode: 1,
            stderr: report(
                "a",
                "a has tables of engines without transactions (shop.log MyISAM,crm.cache MEMORY), which a dump cannot hold still; ALTER TABLE … ENGINE = InnoDB",
            ),
        });
    });

    it("takes such tables on an origin that was dumped already, and on a peer", async () => {
        const host = makeHost();
        host.local.rules.push(unsafe);
        expect(await host.run(script, peer)).toMatchObject({ exitCode: 0, stdout: line });
        host.remember("link", "source=b:3306 uuid=u password=d\n");
        expect(await host.run(script, origin)).toMatchObject({ exitCode: 0, stdout: line });
    });

    it("takes a pair without GTIDs, and one with names in lower case, and tells so", async () => {
        const host = makeHost({ gtid_mode: "OFF", lower_case_table_names: "1" });
        const other = (text: string) => text.replace("gtid=ON", "gtid=OFF").replace("names=0", "names=1");
        for (const parameters of [origin, { ...peer, PEER_FACTS: other(peer.PEER_FACTS) }]) {
            expect(await host.run(script, parameters)).toMatchObject({ exitCode: 0, stdout: other(line) });
        }
    });

    it("takes another release of the same series", async () => {
        const facts = "preflight uuid=uuid-a server=MySQL-9.7.1 port=3306 gtid=ON lower_case_table_names=0";
        expect(await makeHost().run(script, { ...peer, PEER_FACTS: facts })).toMatchObject({
            exitCode: 0,
            stdout: line,
        });
    });

    it("takes replication and schemas that this program itself has brought", async () => {
        const host = makeHost();
        host.local.schemas = ["shop"];
        host.local.channel = channel();
        host.remember("link", "source=other:3307 uuid=u password=d\n");
        host.remember("seed", "state=done source=uuid-a own=uuid-b\n");
        expect(await host.run(script, peer)).toMatchObject({ exitCode: 0, stdout: line });
    });

    it("says that MariaDB is not built yet", async () => {
        const run = await makeHost({}, {}, "10.11.6-MariaDB").run(script, origin);
        expect([run.exitCode, run.stderr]).toEqual([
            1,
            report("a", "a runs MariaDB 10.11.6-MariaDB; this release builds pairs of MySQL 8.0 and later"),
        ]);
    });

    it("stops at a server that does not let it in, with the server's words last", async () => {
        const host = makeHost();
        host.local.rules.push({
            on: /^SELECT @@port/,
            answer: refused(1045, "Access denied for user 'root'@'localhost'"),
        });
        expect(await host.run(script, origin)).toMatchObject({
            exitCode: 1,
            stdout: "",
            stderr:
                "error MM_SQL_LOGIN: a's server does not let the program in over its socket\n" +
                "  next: correct mysql.login (user and password) of node a, or that account's password and host on a; without mysql.login the program comes as root; then run up again\n" +
                "  server: ERROR 1045 (HY000) at line 1: Access denied for user 'root'@'localhost'\n",
        });
    });

    it("stops at a socket of another server", async () => {
        const run = await makeHost({ port: "3307" }).run(script, origin);
        expect([run.exitCode, run.stderr]).toEqual([
            1,
            "error MM_SQL_WRONG_SERVER: the socket on a leads to the server on port 3307, not 3306\n" +
                "  next: set mysql.port or mysql.socket of node a to those of one server\n",
        ]);
    });
});
