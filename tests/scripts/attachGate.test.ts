import { attach, byPosition } from "./attached";
import { changes, cleanUpHosts, makeHost } from "./fakeHost";
import { refused } from "./fakeServer";

cleanUpHosts();

const script = "attach-replica.sh";
const up = {
    ...attach,
    NODE: "a",
    PEER_HOST: "b.example.com",
    SOURCE_POSITION: 700,
    GATE: "yes",
    RETRY_SECONDS: "",
    RETRY_COUNT: "",
};
/** The peer is closed from its seed on, until the roles are given. */
const closed = { read_only: "1" };
const logs = "mysql-bin.000001\t900\nmysql-bin.000002\t900\nmysql-bin.000003\t157\n";
const event = (file: string, type: string, server: number) => `mysql-bin.${file}\t700\t${type}\t${server}\t900\tinfo\n`;

/** Node a (server id 20 here) with a peer whose logs hold these events. */
function hostWithEvents(events: Record<string, string>) {
    const host = makeHost(byPosition, { ...byPosition, ...closed });
    host.peer.rules.push({ on: "SHOW BINARY LOGS", answer: { stdout: logs } });
    for (const [statement, rows] of Object.entries(events)) {
        host.peer.rules.push({ on: statement, answer: { stdout: rows } });
    }
    return host;
}

describe("the gate,", () => {
    it.each([
        ["by GTID", {}],
        ["by file and position", byPosition],
    ])("%s, refuses a peer that takes writes: nobody knows what it will hold", async (_, variables) => {
        const host = makeHost(variables, variables);
        const run = await host.run(script, up);
        expect([changes(run.statements), host.memory("link")]).toEqual([[], undefined]);
        expect(run).toMatchObject({
            exitCode: 1,
            stdout: "",
            stderr:
                "error MM_ROLE_PEER_WRITABLE: b.example.com takes writes, before a follows it. a was not changed\n" +
                "  next: SET GLOBAL read_only = 1 there, see who has written what, then run up again\n",
        });
    });

    it("is passed once: a link that stands is not asked whether its peer takes writes", async () => {
        const host = makeHost({}, closed);
        await host.run(script, up);
        host.peer.variables.set("read_only", "0");
        const run = await host.run(script, up);
        expect([run.exitCode, run.stderr, changes(run.statements)]).toEqual([0, "", []]);
    });

    it("is not for the way there: b follows a that takes writes", async () => {
        const run = await makeHost().run(script, { ...up, GATE: "no" });
        expect([run.exitCode, changes(run.statements).length]).toEqual([0, 4]);
        expect(run.peer).not.toContain("SELECT @@global.read_only");
    });
});

describe("the gate, by GTID,", () => {
    it("lets a link through when the peer has nothing that this node lacks", async () => {
        const host = makeHost({}, { ...closed, gtid_executed: "uuid-a:1-5,\\nuuid-b:1-2" });
        const run = await host.run(script, up);
        expect(run.statements).toContain("SELECT GTID_SUBTRACT('uuid-a:1-5,uuid-b:1-2', @@global.gtid_executed)");
        expect([run.exitCode, changes(run.statements).length]).toEqual([0, 4]);
    });

    it("refuses errant transactions before anything changes here, and names them", async () => {
        const host = makeHost({}, closed);
        host.local.rules.push({ on: /^SELECT GTID_SUBTRACT/, answer: { stdout: "uuid-b:3-4" } });
        const run = await host.run(script, up);
        expect(changes(run.statements)).toEqual([]);
        expect(run).toMatchObject({
            exitCode: 1,
            stdout: "",
            stderr:
                "error MM_LINK_ERRANT: b.example.com has transactions of its own (uuid-b:3-4), which a would replay over its data. a was not changed\n" +
                "  next: see what they are (mysqlbinlog --include-gtids); apply what is wanted on a by hand, then empty b.example.com and run up again\n",
        });
    });
});

describe("the gate, by file and position,", () => {
    const from = "SHOW BINLOG EVENTS IN 'mysql-bin.000002' FROM 700";
    const next = "SHOW BINLOG EVENTS IN 'mysql-bin.000003' FROM 4";

    it("lets a link through when all events since the import came from here, marks of every log aside", async () => {
        const host = hostWithEvents({
            [from]: event("000002", "Query", 20) + event("000002", "Rotate", 10),
            [next]:
                event("000003", "Format_desc", 10) + event("000003", "Previous_gtids", 10) + event("000003", "Xid", 20),
        });
        const run = await host.run(script, up);
        expect(run.peer.filter((text) => text.startsWith("SHOW BIN"))).toEqual([
            "SHOW BINARY LOGS",
            from,
            next,
            "SHOW BINARY LOGS",
        ]);
        expect([run.exitCode, changes(run.statements).length]).toEqual([0, 4]);
    });

    it("refuses the first event of another server, in a later log too, before anything changes here", async () => {
        const host = hostWithEvents({
            [from]: event("000002", "Query", 20),
            [next]: event("000003", "Query", 10) + event("000003", "Xid", 10),
        });
        const run = await host.run(script, up);
        expect(changes(run.statements)).toEqual([]);
        expect(run).toMatchObject({
            exitCode: 1,
            stdout: "",
            stderr:
                "error MM_LINK_ERRANT: b.example.com's log holds events that did not come from a (mysql-bin.000003 700 Query of server 10), which a would replay over its data. a was not changed\n" +
                "  next: see what they are (mysqlbinlog); apply what is wanted on a by hand, then empty b.example.com and run up again\n",
        });
    });

    it("names the first of many foreign events, in several logs", async () => {
        const many = event("000002", "Query", 10).repeat(3000);
        const host = hostWithEvents({ [from]: many, [next]: many.replaceAll("000002", "000003") });
        const run = await host.run(script, up);
        expect([run.exitCode, changes(run.statements)]).toEqual([1, []]);
        expect(run.stderr.match(/^error \w+|\(mysql-bin.*?\)/gm)).toEqual([
            "error MM_LINK_ERRANT",
            "(mysql-bin.000002 700 Query of server 10)",
        ]);
    });

    it("refuses when a log cannot be read: what it holds is unknown", async () => {
        const host = hostWithEvents({});
        host.peer.rules.push({ on: from, answer: refused(1227, "Access denied") });
        const run = await host.run(script, up);
        expect([run.exitCode, changes(run.statements)]).toEqual([1, []]);
        expect(run.stderr).toBe(
            "error MM_PEER_UNREADABLE: from a, the log mysql-bin.000002 of b.example.com cannot be read\n" +
                "  next: run up again\n  server: ERROR 1227 (HY000) at line 1: Access denied\n",
        );
    });

    it("refuses when the list of logs cannot be read", async () => {
        const host = makeHost(byPosition, { ...byPosition, ...closed });
        host.peer.rules.push({ on: "SHOW BINARY LOGS", answer: refused(1227, "Access denied") });
        const run = await host.run(script, up);
        expect([run.exitCode, changes(run.statements)]).toEqual([1, []]);
        expect(run.stderr).toMatch(
            /^error MM_PEER_UNREADABLE: from a, the list of logs of b\.example\.com cannot be read\n/,
        );
    });

    it("refuses when the log of the import's coordinates is no longer there", async () => {
        const host = makeHost(byPosition, { ...byPosition, ...closed });
        host.peer.rules.push({ on: "SHOW BINARY LOGS", answer: { stdout: "mysql-bin.000009\t157\n" } });
        const run = await host.run(script, up);
        expect([run.exitCode, changes(run.statements)]).toEqual([1, []]);
    });

    it("refuses when the coordinates are unknown", async () => {
        const host = hostWithEvents({});
        const run = await host.run(script, { ...up, SOURCE_FILE: "", SOURCE_POSITION: "" });
        expect([run.exitCode, changes(run.statements)]).toEqual([1, []]);
        expect(run.stderr).toContain("(the log of the seed, unknown, is gone)");
    });
});

describe("a channel that is gone, though this program had attached it,", () => {
    const lost = (node: string) =>
        `error MM_LINK_COORDINATES_LOST: ${node} no longer follows b.example.com:3306, and where it stopped is gone with its channel. Nothing was changed\n` +
        "  next: nobody but a DBA can tell what it lacks: attach it by hand at the right coordinates, or seed anew\n";

    it.each([
        ["yes", "a"],
        ["no", "b"],
    ])(
        "is not attached again by position, gate %s: the seed's coordinates would apply again what is here",
        async (GATE, NODE) => {
            const host = hostWithEvents({
                "SHOW BINLOG EVENTS IN 'mysql-bin.000002' FROM 700": "",
                "SHOW BINLOG EVENTS IN 'mysql-bin.000003' FROM 4": "",
            });
            const own = { ...up, GATE, NODE };
            expect((await host.run(script, own)).exitCode).toBe(0);
            const mark = host.memory("link");
            host.local.channel = undefined;
            const run = await host.run(script, own);
            expect(changes(run.statements)).toEqual([]);
            expect([run.exitCode, run.stdout, run.stderr, host.memory("link")]).toEqual([1, "", lost(NODE), mark]);
        },
    );

    it.each(["yes", "no"])(
        "is attached by position at the seed's coordinates where nothing says so, gate %s",
        async (GATE) => {
            const host = hostWithEvents({
                "SHOW BINLOG EVENTS IN 'mysql-bin.000002' FROM 700": "",
                "SHOW BINLOG EVENTS IN 'mysql-bin.000003' FROM 4": "",
            });
            const run = await host.run(script, { ...up, GATE });
            expect([run.exitCode, changes(run.statements).length]).toEqual([0, 4]);
            expect(run.statements.find((text) => text.startsWith("CHANGE"))).toContain("SOURCE_LOG_POS = 700");
        },
    );

    it("is not attached by position where destroy has ended the link, though the seed's place is still told", async () => {
        const events = {
            "SHOW BINLOG EVENTS IN 'mysql-bin.000002' FROM 700": "",
            "SHOW BINLOG EVENTS IN 'mysql-bin.000003' FROM 4": "",
        };
        const host = hostWithEvents(events);
        const own = { ...up, GATE: "no" };
        const seed = "state=done source=uuid-a own=uuid-b file=x position=4";
        host.remember("seed", `${seed}\n`);
        expect((await host.run(script, own)).exitCode).toBe(0);
        for (let time = 0; time < 2; time++) {
            expect((await host.run(script, own, "down")).exitCode).toBe(0);
            expect([host.memory("seed"), host.memory("link")]).toEqual([`${seed} used=yes\n`, undefined]);
        }
        const run = await host.run(script, own);
        expect([run.exitCode, changes(run.statements)]).toEqual([1, []]);
        expect(run.stderr).toBe(
            "error MM_LINK_COORDINATES_LOST: a followed b.example.com:3306 before, and destroy has ended that link: the seed's place is an old one. Nothing was changed\n" +
                "  next: let pulumi destroy run to its end (all data of the origin stays), empty a, then up seeds it anew\n",
        );
    });

    it.each(["yes", "no"])("is attached again by GTID, gate %s: the source knows what is lacking", async (GATE) => {
        const host = makeHost({}, closed);
        await host.run(script, { ...up, GATE });
        host.local.channel = undefined;
        const run = await host.run(script, { ...up, GATE });
        expect([run.exitCode, run.stdout, changes(run.statements).length]).toEqual([
            0,
            "link source=b.example.com:3306 uuid=uuid-a\n",
            4,
        ]);
        expect(run.statements.find((text) => text.startsWith("CHANGE"))).toContain("SOURCE_AUTO_POSITION = 1");
    });
});
