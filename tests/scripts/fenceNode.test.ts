import { changes, cleanUpHosts, type FakeHost, makeHost } from "./fakeHost";
import { refused } from "./fakeServer";
import { begin, end, passive as fence } from "./managedBlock";

cleanUpHosts();

const script = "fence-node.sh";
const passive = { ROLE: "passive", PEER_ROLE: "active", EVENTS: "no", PEER_EVENTS: "", CATCH_UP_SECONDS: 60 };
const active = {
    ROLE: "active",
    PEER_ROLE: "passive",
    EVENTS: "yes",
    PEER_EVENTS: "role passive events=none",
    CATCH_UP_SECONDS: 60,
};
const closedLine = "role passive events=none\n";
const settings = "server_id=20";
const file = (...lines: string[]) => ["[mysqld]", begin, ...lines, end, "mine=1", ""].join("\n");

type Variables = Record<string, string>;

/** A configured node; `closed`: as a fence leaves it. */
function node(closed: boolean, peerReadOnly = "1", more: Variables = {}, peerMore: Variables = {}): FakeHost {
    const fenced = { read_only: "1", super_read_only: "1", event_scheduler: "OFF" };
    const peer = { read_only: peerReadOnly, gtid_executed: "uuid-a:1-9", ...peerMore };
    const host = makeHost({ ...(closed && fenced), ...more }, peer);
    host.peer.channel = new Map([
        ["Replica_IO_Running", "Yes"],
        ["Replica_SQL_Running", "Yes"],
    ]);
    host.write("/etc/my.cnf", closed ? file(settings, fence) : file(settings));
    if (closed) {
        host.remember("before-fence", "read_only=0 super_read_only=0 event_scheduler=ON\n");
    }
    return host;
}

describe("fence-node.sh makes a node passive", () => {
    it("in the file first, then in the running server, then events", async () => {
        const host = node(false);
        let written: string | undefined;
        host.local.rules.push({
            on: "SET GLOBAL super_read_only = 1",
            answer: () => {
                written = host.read("/etc/my.cnf");
                host.local.variables.set("super_read_only", "1").set("read_only", "1");
                return {};
            },
        });
        const run = await host.run(script, passive);
        expect(changes(run.statements)).toEqual([
            "SET SESSION lock_wait_timeout = 10",
            "SET GLOBAL super_read_only = 1",
            "SET GLOBAL event_scheduler = OFF",
        ]);
        expect(written).toBe(file(settings, fence));
        expect(run).toMatchObject({
            exitCode: 0,
            stdout: closedLine,
            stderr: "b: is read-only, and stays so after a restart\n",
        });
        expect(host.memory("before-fence")).toBe("read_only=0 super_read_only=0 event_scheduler=ON\n");
    });

    it("without super_read_only where a series has none", async () => {
        const host = makeHost({ super_read_only: "1193" }, { read_only: "1" }, "5.6.14");
        host.peer.channel = new Map([
            ["Replica_IO_Running", "Yes"],
            ["Replica_SQL_Running", "Yes"],
            ["Relay_Source_Log_File", "mysql-bin.000009"],
            ["Exec_Source_Log_Pos", "4"],
        ]);
        host.write("/etc/my.cnf", file(settings));
        const run = await host.run(script, passive);
        expect(changes(run.statements)).toEqual([
            "SET SESSION lock_wait_timeout = 10",
            "SET GLOBAL read_only = 1",
            "SET GLOBAL event_scheduler = OFF",
        ]);
        expect(host.read("/etc/my.cnf")).toBe(file(settings, fence.replace("\nsuper_read_only=1", "")));
    });

    it("and a second time changes nothing, neither the file nor what was before", async () => {
        const host = node(false);
        const first = await host.run(script, passive);
        const before = [host.read("/etc/my.cnf"), host.memory("before-fence")];
        const run = await host.run(script, passive);
        expect(changes(run.statements).filter((text) => !text.includes("event_scheduler"))).toEqual([]);
        expect([run.exitCode, run.stdout, run.stderr]).toEqual([0, first.stdout, ""]);
        expect([host.read("/etc/my.cnf"), host.memory("before-fence")]).toEqual(before);
    });

    it.each(["read_only=TRUE", "read_only=0\nread_only", "read_only=on"])(
        "whatever the files call it below the block: %j is on",
        async (lines) => {
            const host = node(false);
            host.write("/etc/my.cnf", `${file(settings)}${lines}\n`);
            expect(await host.run(script, passive)).toMatchObject({ exitCode: 0, stdout: closedLine });
        },
    );

    it.each(["read_only=FALSE", "read_only=1\nread_only=0"])(
        "or refuses where the files would open it at the next start: %j",
        async (lines) => {
            const host = node(false);
            host.write("/etc/my.cnf", `${file(settings)}${lines}\n`);
            const run = await host.run(script, passive);
            expect([run.exitCode, run.stdout, changes(run.statements)]).toEqual([1, "", []]);
            const found = lines.split("\n").map((line, at) => `/etc/my.cnf:${at + 10}: ${line} `);
            expect(run.stderr).toBe(
                `error MM_ROLE_OPTION_OVERRIDDEN: b would be writable after a restart: ${found.join("")}\n` +
                    "  next: remove that line, then run up again\n",
            );
        },
    );

    it.each([
        ["without a role", file(settings)],
        ["that closes it at its next start, though somebody has opened it by hand", file(settings, fence)],
    ])(
        "or says what holds it up, in the time it gives, and leaves events and a file %s as they were",
        async (_, text) => {
            const host = node(false);
            host.write("/etc/my.cnf", text);
            const answer = refused(1205, "Lock wait timeout exceeded");
            host.local.rules.push({ on: "SET GLOBAL super_read_only = 1", answer });
            const run = await host.run(script, passive);
            expect([host.read("/etc/my.cnf"), host.local.variables.get("event_scheduler")]).toEqual([text, "ON"]);
            expect(run).toMatchObject({
                exitCode: 1,
                stdout: "",
                stderr:
                    "error MM_ROLE_BUSY: b could not be made read-only within 10 s: a transaction holds it up. It is as it was before\n" +
                    "  next: see SHOW PROCESSLIST on b, end what hangs, then run up again\n" +
                    "  server: ERROR 1205 (HY000) at line 1: Lock wait timeout exceeded\n",
            });
        },
    );
});

describe("fence-node.sh makes a node active", () => {
    const open = ["SET GLOBAL super_read_only = 0", "SET GLOBAL read_only = 0", "SET GLOBAL event_scheduler = ON"];

    it("once the peer is closed and its last transaction applied here; then the file, then the server, then events", async () => {
        const host = node(true);
        const run = await host.run(script, active);
        expect(changes(run.statements)).toEqual(open);
        expect(run.statements).toContain("SELECT GTID_SUBSET('uuid-a:1-9', @@global.gtid_executed)");
        expect(run.peer).toEqual([
            "SELECT 1",
            "SELECT @@global.read_only",
            "SELECT @@global.gtid_mode",
            "SELECT @@global.gtid_executed",
        ]);
        expect(host.read("/etc/my.cnf")).toBe(file(settings));
        expect(run).toMatchObject({
            exitCode: 0,
            stdout: "role active\n",
            stderr: "b: takes writes, and still does after a restart\n",
        });
    });

    it("and a second time changes nothing", async () => {
        const host = node(true);
        const first = await host.run(script, active);
        const run = await host.run(script, active);
        expect(changes(run.statements).filter((text) => !text.includes("event_scheduler"))).toEqual([]);
        expect([run.exitCode, run.stdout, run.stderr]).toEqual([0, first.stdout, ""]);
    });

    it("not while the peer takes writes: it stays closed, in the file as well", async () => {
        const host = node(true, "0");
        const run = await host.run(script, active);
        expect(changes(run.statements)).toEqual([]);
        expect(host.read("/etc/my.cnf")).toBe(file(settings, fence));
        expect(run).toMatchObject({
            exitCode: 1,
            stdout: "",
            stderr:
                "error MM_ROLE_PEER_WRITABLE: a.example.com still takes writes, so b stays as it is\n" +
                "  next: run up again; see that nobody lifts the fence on a.example.com\n",
        });
    });

    it("beside a writable peer where both are to be open; and alone, where a peer that is gone takes no writes", async () => {
        const both = await node(true, "0").run(script, { ...active, PEER_ROLE: "active" });
        expect([both.exitCode, changes(both.statements)]).toEqual([0, open]);
        const alone = await node(true, "1").run(script, { ...active, PEER_ROLE: "gone" });
        const shutOut = [
            "SET GLOBAL super_read_only = 0, GLOBAL read_only = 1",
            "KILL 7",
            "SET GLOBAL super_read_only = 1",
        ];
        expect([alone.exitCode, changes(alone.statements)]).toEqual([0, [...shutOut, ...open]]);
    });

    it("not before all is applied: then both stay closed, and the message says so", async () => {
        const host = node(true);
        host.local.rules.push({ on: /^SELECT GTID_SUBSET/, answer: { stdout: "0" } });
        const run = await host.run(script, active);
        expect([run.exitCode, changes(run.statements), run.stdout]).toEqual([1, [], ""]);
        // whoever looks sees the wait, and where nobody is left to hear it, it ends
        expect(run.stderr).toMatch(/^b: fence-node: waiting since \d+ s, 60 s at most\n/);
        expect(run.stderr.slice(run.stderr.indexOf("error "))).toBe(
            "error MM_ROLE_BEHIND: b has not applied all that a.example.com wrote, within 60 s; it stays as it is, and a.example.com stays closed\n" +
                "  next: see SHOW REPLICA STATUS on b; then run up again, or set active back\n",
        );
    });

    it.each([
        ["this server", { gtid_mode: "OFF" }, {}],
        ["the peer", {}, { gtid_mode: "OFF" }],
    ])("by the peer's coordinates where %s has no GTIDs", async (_, variables, peer) => {
        const host = node(true, "1", variables, peer);
        host.peer.coordinates = "mysql-bin.000009\t4321";
        host.local.channel = new Map([
            ["Relay_Source_Log_File", "mysql-bin.000009"],
            ["Exec_Source_Log_Pos", "4320"],
        ]);
        expect((await host.run(script, active)).stderr).toContain("error MM_ROLE_BEHIND: ");
        host.local.channel.set("Exec_Source_Log_Pos", "4321");
        const run = await host.run(script, active);
        expect([run.exitCode, run.stdout, changes(run.statements)]).toEqual([0, "role active\n", open]);
    });

    it.each([
        ["is in an earlier log, by number", "mysql-bin.999999 9000", "mysql-bin.1000000\t4", 1],
        ["is in a later log, by number", "mysql-bin.1000000 4", "mysql-bin.999999\t9000", 0],
        ["is in a log whose number begins with zeros, and at the place", "bin.000009 100", "bin.000009\t99", 0],
        ["is not told", " ", "mysql-bin.000001\t4", 1],
        ["is told, and the peer's is not", "mysql-bin.000001 4", "", 1],
    ])("by their numbers, not by their names: the applier %s", async (_, at, peer, exitCode) => {
        const host = node(true, "1", { gtid_mode: "OFF" });
        const [file = "", position = ""] = at.split(" ");
        host.peer.coordinates = peer;
        host.local.channel = new Map([
            ["Relay_Source_Log_File", file],
            ["Exec_Source_Log_Pos", position],
        ]);
        const run = await host.run(script, active);
        expect([run.exitCode, run.stdout, changes(run.statements)]).toEqual(
            exitCode === 0 ? [0, "role active\n", open] : [1, "", []],
        );
        if (exitCode === 1) {
            expect(run.stderr).toMatch(
                /^error MM_ROLE_BEHIND: b has not applied all that a\.example\.com wrote, within 60 s;/m,
            );
        }
    });

    it("not when the server does not tell whether it is read-only", async () => {
        const host = node(true);
        host.local.rules.push({ on: "SELECT @@global.read_only", answer: refused(2013, "Lost connection") });
        const run = await host.run(script, active);
        expect([run.exitCode, run.stdout, changes(run.statements)]).toEqual([1, "", []]);
        expect(host.read("/etc/my.cnf")).toBe(file(settings, fence));
    });

    it.each([
        ["read_only=1", "6: read_only=1"],
        ["super_read_only=1\nread_only=0", "6: super_read_only=1"],
        ["read_only", "6: read_only"],
        ["read_only=TRUE", "6: read_only=TRUE"],
        ["read_only=0\nread-only=On", "6: read_only=0 /etc/my.cnf:7: read-only=On"],
    ])("not where other lines of the files close it at the next start: %j", async (lines, found) => {
        const host = node(true);
        host.write("/etc/my.cnf", `${file(settings, fence)}${lines}\n`);
        const run = await host.run(script, active);
        expect([run.exitCode, run.stdout, changes(run.statements)]).toEqual([1, "", []]);
        expect(run.stderr).toBe(
            `error MM_ROLE_OPTION_OVERRIDDEN: b is to take writes, but would be read-only after a restart: /etc/my.cnf:${found} \n` +
                "  next: remove that line, then run up again\n",
        );
    });

    it.each(["read_only=FALSE", "read_only=1\nread_only=off", "super_read_only=0"])(
        "where other lines of the files leave it open at the next start: %j",
        async (lines) => {
            const host = node(true);
            host.write("/etc/my.cnf", `${file(settings, fence)}${lines}\n`);
            const run = await host.run(script, active);
            expect([run.exitCode, run.stdout, changes(run.statements)]).toEqual([0, "role active\n", open]);
        },
    );
});

describe("a node that is open, and whose peer took writes as well until now,", () => {
    const both = () => {
        const host = node(false);
        host.remember("peer-role", "active\n");
        return host;
    };

    it("waits for what that one wrote last", async () => {
        const run = await both().run(script, active);
        expect([run.exitCode, run.stdout]).toEqual([0, "role active\n"]);
        expect(run.statements).toContain("SELECT GTID_SUBSET('uuid-a:1-9', @@global.gtid_executed)");
    });

    it("and says when it does not come", async () => {
        const host = both();
        host.local.rules.push({ on: /^SELECT GTID_SUBSET/, answer: { stdout: "0" } });
        const run = await host.run(script, active);
        expect([run.exitCode, run.stdout, changes(run.statements), host.memory("peer-role")]).toEqual([
            1,
            "",
            [],
            "active\n",
        ]);
        expect(run.stderr).toContain("error MM_ROLE_BEHIND: b has not applied all that a.example.com wrote");
    });
});

describe("a switchover begins only when the other node can take over:", () => {
    const stays = "it cannot take over from b, which stays open. Nothing was changed\n";

    it.each<[string, (host: FakeHost) => void, string]>([
        [
            "one that does not answer",
            ({ peer }) => peer.rules.push({ on: "SELECT 1", answer: refused(2003, "Can't connect") }),
            "a.example.com does not answer",
        ],
        [
            "one whose receiver stands",
            ({ peer }) => peer.channel?.set("Replica_IO_Running", "Connecting"),
            "on a.example.com the receiver says Connecting and the applier Yes",
        ],
        [
            "one whose applier stands",
            ({ peer }) => peer.channel?.set("Replica_SQL_Running", "No"),
            "on a.example.com the receiver says Yes and the applier No",
        ],
        [
            "one that follows nobody",
            ({ peer }) => {
                peer.channel = undefined;
            },
            "on a.example.com the receiver says  and the applier ",
        ],
        [
            "one that is too far behind",
            ({ peer }) => peer.rules.push({ on: /^SELECT GTID_SUBSET/, answer: { stdout: "0" } }),
            "a.example.com has not applied within 60 s what b had written before",
        ],
    ])("not for %s", async (_, hinder, what) => {
        const host = node(false);
        hinder(host);
        const run = await host.run(script, passive);
        expect([run.exitCode, run.stdout, changes(run.statements)]).toEqual([1, "", []]);
        expect(run.stderr).toContain(`error MM_ROLE_PEER_STOPPED: ${what}: ${stays}`);
        expect([host.read("/etc/my.cnf"), host.memory("before-fence")]).toEqual([file(settings), undefined]);
    });

    it("not once this node's log was begun anew: that the other one is past it says nothing", async () => {
        const host = node(false);
        host.remember("log", "id=1600000000 file=mysql-bin.000003 born=1600000000 size=4\n");
        const run = await host.run(script, passive);
        expect([run.exitCode, changes(run.statements), host.read("/etc/my.cnf")]).toEqual([1, [], file(settings)]);
        expect(run.stderr).toMatch(/^error MM_LINK_LOG_RESET: the binary log of b was begun anew .* b stays open; /);
        host.remember("log", "id=1600000000 file=mysql-bin.000003 born=1700000000 size=4\n");
        expect((await host.run(script, passive)).stdout).toBe(closedLine);
    });

    it("a run that was killed between the file and the server is gone on with as it was begun", async () => {
        const host = node(false, "0");
        host.local.rules.push({ on: "SET GLOBAL super_read_only = 1", answer: refused(1205, "Lock wait timeout") });
        await host.run(script, passive);
        expect(host.memory("closing")).toBeUndefined();
        host.write("/etc/my.cnf", file(settings, fence));
        host.remember("closing", "# role: active\nevent_scheduler=OFF\n");
        host.peer.channel?.set("Replica_SQL_Running", "No");
        const asked = await host.run(script, passive);
        expect([asked.exitCode, changes(asked.statements)]).toEqual([1, []]);
        expect(asked.stderr).toContain("error MM_ROLE_PEER_STOPPED: on a.example.com the receiver says Yes");
        host.peer.channel?.set("Replica_SQL_Running", "Yes");
        expect((await host.run(script, passive)).stderr).toContain("error MM_ROLE_BUSY: ");
        expect([host.read("/etc/my.cnf"), host.memory("closing")]).toEqual([
            file(settings, "# role: active", "event_scheduler=OFF"),
            undefined,
        ]);
    });

    it("it is not asked of one that is open, where this node was passive before: then it alone is put right", async () => {
        const host = node(false, "0");
        host.peer.channel = undefined;
        host.write("/etc/my.cnf", file(settings, fence));
        expect(await host.run(script, passive)).toMatchObject({ exitCode: 0, stdout: closedLine });
    });

    it.each([[], ["# role: active", "event_scheduler=OFF"]])(
        "it is asked where both took writes: the rows of this node would be missing (%j)",
        async (...role) => {
            let grants = "GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO `replicator`@`%`";
            const host = node(false, "0");
            host.peer.channel?.set("Replica_SQL_Running", "No");
            host.peer.rules.push({ on: "SHOW GRANTS", answer: () => ({ stdout: grants }) });
            host.write("/etc/my.cnf", file(settings, ...role));
            const run = await host.run(script, passive);
            expect([run.exitCode, changes(run.statements)]).toEqual([1, []]);
            expect(run.stderr).toContain(
                "error MM_ROLE_PEER_STOPPED: on a.example.com the receiver says Yes and the applier No: ",
            );
            // but not of one that was opened while this node was gone, and has shut it out
            grants = "GRANT REPLICATION CLIENT ON *.* TO `replicator`@`%`";
            expect((await host.run(script, passive)).exitCode).toBe(0);
        },
    );

    it("without GTIDs it has applied up to this node's coordinates", async () => {
        const host = node(false, "1", { gtid_mode: "OFF" });
        host.peer.channel?.set("Relay_Source_Log_File", "mysql-bin.000003").set("Exec_Source_Log_Pos", "156");
        expect((await host.run(script, passive)).stderr).toContain("has not applied within 60 s");
        host.peer.channel?.set("Exec_Source_Log_Pos", "157");
        expect((await host.run(script, passive)).exitCode).toBe(0);
    });
});

describe("what SET PERSIST has left wins over the option file: fence-node.sh", () => {
    const persist = (host: FakeHost, name: string, value: string) =>
        host.local.rules.push({
            on: "SELECT VARIABLE_NAME, VARIABLE_VALUE FROM performance_schema.persisted_variables",
            answer: { stdout: `${name}\t${value}` },
        });

    it.each([
        ["passive", false, passive, "read_only", "OFF", "1"],
        ["passive", false, passive, "super_read_only", "0", "1"],
        ["passive", false, passive, "event_scheduler", "ON", "OFF"],
        ["active", true, active, "read_only", "ON", "0"],
        ["active", true, active, "super_read_only", "1", "0"],
        ["active without events", true, { ...active, EVENTS: "no" }, "event_scheduler", "ON", "OFF"],
    ])("refuses to make a node %s (%s, %j) against %s = %s", async (_, closed, parameters, name, value, wanted) => {
        const host = node(closed);
        persist(host, name, value);
        const run = await host.run(script, parameters);
        expect(run).toMatchObject({
            exitCode: 1,
            stdout: "",
            stderr:
                `error MM_ROLE_OPTION_OVERRIDDEN: b has ${name} = ${value} from SET PERSIST (mysqld-auto.cnf), which wins over option files after a restart; wanted is ${wanted}. Nothing was changed\n` +
                `  next: RESET PERSIST ${name} on b, then run up again\n`,
        });
        expect([changes(run.statements), host.read("/etc/my.cnf")]).toEqual([
            [],
            closed ? file(settings, fence) : file(settings),
        ]);
    });

    it("lets a value that is the same be", async () => {
        const host = node(false);
        persist(host, "read_only", "ON");
        expect((await host.run(script, passive)).exitCode).toBe(0);
    });
});

describe("fence-node.sh opens a node whose peer is gone", () => {
    const gone = { ...active, PEER_ROLE: "gone", PEER_EVENTS: "role active" };
    const link = "source=a.example.com:3306 uuid=uuid-a password=d";
    const channel = {
        Source_Host: "a.example.com",
        Source_Port: "3306",
        Replica_IO_Running: "Connecting",
        Replica_SQL_Running: "Yes",
        Source_Log_File: "mysql-bin.000003",
        Read_Source_Log_Pos: "900",
        Relay_Source_Log_File: "mysql-bin.000003",
        Exec_Source_Log_Pos: "900",
    };
    function survivor(more: Record<string, string> = {}, variables: Variables = {}): FakeHost {
        const host = node(true, "1", variables);
        host.local.channel = new Map(Object.entries({ ...channel, ...more }));
        host.remember("link", `${link}\n`);
        return host;
    }

    it.each<Variables>([{}, { gtid_mode: "OFF" }])(
        "after all that it had received is applied, and parts from it (%j)",
        async (variables) => {
            const host = survivor({}, variables);
            const run = await host.run(script, gone);
            expect(run.statements.filter((text) => text.includes("RECEIVED_TRANSACTION_SET"))).toEqual(
                variables.gtid_mode === "OFF"
                    ? []
                    : Array(2).fill(
                          "SELECT COALESCE(MIN(GTID_SUBSET(RECEIVED_TRANSACTION_SET, @@global.gtid_executed)), 1) FROM performance_schema.replication_connection_status",
                      ),
            );
            expect(changes(run.statements)).toEqual([
                "STOP REPLICA IO_THREAD",
                "STOP REPLICA",
                "RESET REPLICA ALL",
                "SET GLOBAL super_read_only = 0, GLOBAL read_only = 1",
                "KILL 7",
                "SET GLOBAL super_read_only = 1",
                "SET GLOBAL super_read_only = 0",
                "SET GLOBAL read_only = 0",
                "SET GLOBAL event_scheduler = ON",
            ]);
            expect(run).toMatchObject({ exitCode: 0, stdout: "role active\n" });
            expect(host.memory("link")).toBe(`${link} parted=gone\n`);
            expect(host.local.channel).toBeUndefined();
        },
    );

    it.each([
        ["active", ["STOP REPLICA IO_THREAD", "STOP REPLICA", "RESET REPLICA ALL", "KILL 7"]],
        ["passive", []],
    ])("also where this node is open already and that one was %s", async (role, expected) => {
        const host = node(false);
        host.local.channel = new Map(Object.entries(channel));
        host.remember("link", `${link}\n`);
        host.remember("peer-role", `${role}\n`);
        const run = await host.run(script, gone);
        expect([run.exitCode, changes(run.statements)]).toEqual([0, expected]);
        expect([host.memory("link"), host.memory("peer-role")]).toEqual([
            `${link}${expected.length > 0 ? " parted=gone" : ""}\n`,
            `${role}\n`,
        ]);
    });

    it.each([
        [
            "warns where a start of its own has thrown away what was received and not applied",
            "1",
            "4",
            "Connecting",
            true,
        ],
        ["does not where it has heard from that one since", "1", "368", "Connecting", false],
        ["nor where nothing is thrown away", "0", "4", "Connecting", false],
    ])("%s", async (_, relay_log_recovery, Relay_Log_Pos, Replica_IO_Running, expected) => {
        const host = survivor({ Relay_Log_Pos, Replica_IO_Running }, { gtid_mode: "OFF", relay_log_recovery });
        const run = await host.run(script, gone);
        expect(run.exitCode).toBe(0);
        expect(
            run.stderr.includes(
                "warning MM_LINK_BEHIND: b: the server of b was started since it last heard from a.example.com, and relay_log_recovery throws away ",
            ),
        ).toBe(expected);
    });

    it.each([
        ["its log's place", {}, "mysql-bin.000003 900"],
        ["a place by GTID, on MariaDB", { Using_Gtid: "Slave_Pos" }, "0-10-7,20-20-4"],
    ])("and says then up to where it has all: %s", async (_, by, place) => {
        const lost = { Relay_Log_Pos: "4", Replica_IO_Running: "Connecting", ...by };
        const variables = { gtid_mode: "OFF", relay_log_recovery: "1", gtid_slave_pos: "0-10-7,20-20-4" };
        const run = await survivor(lost, variables).run(script, gone);
        expect(run.stderr).toContain(
            ` It has all up to ${place}; what came after is in the binary log of a.example.com`,
        );
    });

    it("touches no thread of a link by MariaDB's GTIDs whose applier stands: to start one would throw away what was received", async () => {
        const stands = { Using_Gtid: "Slave_Pos", Replica_SQL_Running: "No", Read_Source_Log_Pos: "950" };
        const host = survivor(stands, { gtid_mode: "OFF" });
        const run = await host.run(script, gone);
        expect([run.exitCode, changes(run.statements), host.memory("link")]).toEqual([1, [], `${link}\n`]);
        expect(run.stderr).toContain(
            "error MM_ROLE_BEHIND: b has received more from a.example.com than it has applied ",
        );
        expect(run.stderr).toContain("  next: save the files of its relay log first, ");
    });

    it("nor starts its receiver again where the applier has stopped meanwhile", async () => {
        const host = survivor({ Using_Gtid: "Slave_Pos", Read_Source_Log_Pos: "950" }, { gtid_mode: "OFF" });
        host.local.rules.push({
            on: /^STOP REPLICA IO_THREAD$/,
            answer: () => {
                host.local.channel?.set("Replica_SQL_Running", "No").set("Replica_IO_Running", "No");
                return {};
            },
        });
        const run = await host.run(script, gone);
        expect([run.exitCode, changes(run.statements)]).toEqual([1, ["STOP REPLICA IO_THREAD"]]);
    });

    it("not where that one answers and takes writes, not after a run either that was cut behind the parting; where this one is open already, that is nothing new", async () => {
        const host = survivor();
        host.peer.variables.set("read_only", "0");
        const run = await host.run(script, gone);
        expect([run.exitCode, changes(run.statements), host.memory("link")]).toEqual([1, [], `${link}\n`]);
        expect(run.stderr).toMatch(
            /^error MM_ROLE_PEER_WRITABLE: a\.example\.com is called gone, but answers b and takes writes; b stays as it is, for both would\n/,
        );
        host.remember("link", `${link} parted=gone\n`);
        const again = await host.run(script, gone);
        expect([again.exitCode, changes(again.statements)]).toEqual([1, []]);
        host.local.variables.set("read_only", "0").set("super_read_only", "0");
        expect((await host.run(script, gone)).exitCode).toBe(0);
    });

    it.each([
        [1040, "Too many connections", 1],
        [1045, "Access denied for user 'replicator'@'10.0.0.2' (using password: YES)", 1],
        [2013, "Lost connection to MySQL server at 'waiting for initial communication packet', system error: 110", 1],
        [2002, "Can't connect to server on 'a.example.com' (115)", 0],
        [2003, "Can't connect to MySQL server on 'a.example.com:3306' (111)", 0],
    ])(
        "not where that one's address says %s, which only somebody says who is there: %s",
        async (code, words, exitCode) => {
            const host = survivor();
            host.peer.rules.push({ on: "SELECT @@global.read_only", answer: refused(code, words) });
            const run = await host.run(script, gone);
            expect([run.exitCode, host.memory("link")]).toEqual([
                exitCode,
                `${link}${exitCode === 0 ? " parted=gone" : ""}\n`,
            ]);
            if (exitCode !== 0) {
                expect(changes(run.statements)).toEqual([]);
                expect(run.stderr).toBe(
                    "error MM_ROLE_PEER_WRITABLE: a.example.com is called gone, but somebody answers b there, and does not tell whether it takes writes; b stays as it is, for both might\n" +
                        "  next: take gone out: with active, up moves the writes in good order; or, where that host is to be given up, stop its server or cut it off first; then run up again\n" +
                        `  server: ERROR ${code} (HY000) at line 1: ${words}\n`,
                );
            }
        },
    );

    it("nor where it does not know that one's name any more: that says nothing of the host", async () => {
        const host = survivor();
        const words = "Unknown MySQL server host 'a.example.com' (-3)";
        host.peer.rules.push({ on: "SELECT @@global.read_only", answer: refused(2005, words) });
        const run = await host.run(script, gone);
        expect([run.exitCode, changes(run.statements), host.memory("link")]).toEqual([1, [], `${link}\n`]);
        expect(run.stderr).toBe(
            "error MM_ROLE_PEER_WRITABLE: a.example.com is called gone, and b cannot tell whether it takes writes, for it does not know that name; b stays as it is, for both might\n" +
                "  next: give b that name again (DNS, or a line in its /etc/hosts; where that host is lost for good, with an address that nobody has); then run up again\n" +
                `  server: ERROR 2005 (HY000) at line 1: ${words}\n`,
        );
    });

    describe("whose new connections are kept out, while the link's own one stands:", () => {
        function kept(more: Record<string, string> = {}, heartbeats: () => number = () => 7, period = "30.000") {
            const host = survivor({ Replica_IO_Running: "Yes", ...more });
            host.peer.rules.push({ on: "SELECT @@global.read_only", answer: refused(2003, "Can't connect (110)") });
            host.local.rules.push({
                on: /^SELECT COALESCE\(MAX\(HEARTBEAT_INTERVAL\), 0\) FROM /,
                answer: { stdout: period },
            });
            host.local.rules.push({
                on: /^SELECT COALESCE\(SUM\(COUNT_RECEIVED_HEARTBEATS\), 0\) FROM /,
                answer: () => ({ stdout: `${heartbeats()}` }),
            });
            return host;
        }
        const waits =
            "b: its link to a.example.com is not known to be dead: waiting for 35 s at most whether it still brings anything\n";

        it("it is opened when that brings nothing for longer than a source is silent", async () => {
            const run = await kept().run(script, gone);
            expect([run.exitCode, run.stdout]).toEqual([0, "role active\n"]);
            expect(run.stderr).toContain(waits);
        });

        it.each(["1800.000", "0", "35.000"])(
            "it stays closed where that would not tell in time: a heartbeat in %s s",
            async (period) => {
                const run = await kept({}, () => 7, period).run(script, gone);
                expect([run.exitCode, changes(run.statements)]).toEqual([1, []]);
                expect(run.stderr).toBe(
                    `error MM_ROLE_PEER_WRITABLE: a.example.com is called gone, and lets no new connection of b's in, but its link is not known to be dead, and nobody can tell in 35 s (its heartbeat period is ${period} s, 0: none); b stays as it is\n` +
                        "  next: see SHOW REPLICA STATUS on b; where that host is lost: STOP REPLICA IO_THREAD on b; then run up again\n",
                );
            },
        );

        it("or is noticed to be lost meanwhile", async () => {
            let asked = 0;
            const host = kept({}, () => {
                asked += 1;
                host.local.channel?.set("Replica_IO_Running", "Connecting");
                return asked;
            });
            const run = await host.run(script, gone);
            expect([run.exitCode, asked]).toEqual([0, 1]);
        });

        it.each(["a heartbeat", "a place in the log"])("it stays closed when that brings %s", async (what) => {
            let asked = 0;
            const host = kept({}, () => {
                asked += 1;
                if (what === "a heartbeat") {
                    return asked;
                }
                host.local.channel?.set("Read_Source_Log_Pos", `${900 + asked}`);
                return 7;
            });
            const run = await host.run(script, gone);
            expect([run.exitCode, changes(run.statements), host.memory("link")]).toEqual([1, [], `${link}\n`]);
            expect(run.stderr.replace(/^b: .*\n/gm, "")).toBe(
                "error MM_ROLE_PEER_WRITABLE: a.example.com is called gone, and lets no new connection of b's in, but its link still brings what is written there; b stays as it is, for both would take writes\n" +
                    "  next: take gone out: with active, up moves the writes in good order; or, where that host is to be given up, stop its server or cut it off first; then run up again\n",
            );
        });
    });

    it("and notes that it has parted, where somebody has taken the channel away by hand", async () => {
        const host = node(true);
        host.remember("link", `${link}\n`);
        expect((await host.run(script, gone)).exitCode).toBe(0);
        expect(host.memory("link")).toBe(`${link} parted=gone\n`);
    });

    it("and shuts it out: it may no longer replicate, which its log does not tell, and its connections are ended", async () => {
        const host = survivor();
        host.local.accounts.set("replicator@%", "x").set("replicator@10.0.0.%", "x").set("replicators@%", "x");
        const run = await host.run(script, gone);
        expect(changes(run.statements).slice(2)).toEqual([
            "RESET REPLICA ALL",
            "SET GLOBAL super_read_only = 0, GLOBAL read_only = 1",
            "SET SESSION sql_log_bin = 0",
            "REVOKE REPLICATION SLAVE ON *.* FROM 'replicator'@'%'",
            "SET SESSION sql_log_bin = 0",
            "REVOKE REPLICATION SLAVE ON *.* FROM 'replicator'@'10.0.0.%'",
            "KILL 7",
            "SET GLOBAL super_read_only = 1",
            "SET GLOBAL super_read_only = 0",
            "SET GLOBAL read_only = 0",
            "SET GLOBAL event_scheduler = ON",
        ]);
        expect(run.exitCode).toBe(0);
    });

    it.each([
        ["in time", "Yes", {}],
        ["at all, for its applier has stopped", "No", { Replica_SQL_Running: "No", Last_SQL_Error: "boom" }],
    ])("not where that is not applied %s", async (_, applier, more) => {
        const host = survivor({ Exec_Source_Log_Pos: "899", ...more });
        const run = await host.run(script, gone);
        expect(run.stderr).toContain(
            `error MM_ROLE_BEHIND: b has received more from a.example.com than it has applied (its applier runs: ${applier}), and a.example.com is gone; b stays closed\n`,
        );
        expect([run.exitCode, changes(run.statements), host.memory("link")]).toEqual([
            1,
            ["STOP REPLICA IO_THREAD", "START REPLICA IO_THREAD"],
            `${link}\n`,
        ]);
    });

    it.each([passive, active])("and does nothing once that one is said to be back: %j", async (parameters) => {
        const host = node(false);
        host.remember("link", `${link} parted=gone\n`);
        const run = await host.run(script, parameters);
        expect(run.stderr).toMatch(
            /^error MM_LINK_PARTED: b was opened while a\.example\.com was gone, and parted from it for good: /,
        );
        expect([run.exitCode, changes(run.statements)]).toEqual([1, []]);
    });
});

describe("scheduled events", () => {
    const alter = "ALTER DEFINER = 'root'@'localhost' EVENT `shop`.`beat` ENABLE";
    const charset = "SET SESSION character_set_client = utf8mb4, collation_connection = utf8mb4_0900_ai_ci";
    const disabled = `\`shop\`.\`beat\`\t${charset}\t${alter}\n`;
    const events = "events=73686F70.62656174,73686F70.78";

    it("are told by the node that gives them up, and its line stays the same though they change", async () => {
        const host = node(false);
        host.local.enabledEvents = "73686F70.62656174\n73686F70.78\n";
        expect((await host.run(script, passive)).stdout).toBe(`role passive ${events}\n`);
        host.local.enabledEvents = "";
        expect((await host.run(script, passive)).stdout).toBe(`role passive ${events}\n`);
    });

    it("are enabled by the node that opens, unlogged, as they were, and only those that the other one ran", async () => {
        const host = node(true);
        host.remember("events", "events=none\n");
        host.local.disabledEvents = disabled;
        host.local.rules.push({ on: alter, answer: {} });
        const run = await host.run(script, { ...active, PEER_EVENTS: `role passive ${events}` });
        expect(changes(run.statements)).toEqual([
            "SET GLOBAL super_read_only = 0",
            "SET GLOBAL read_only = 0",
            "SET SESSION sql_log_bin = 0",
            charset,
            alter,
            "SET GLOBAL event_scheduler = ON",
        ]);
        const asked = run.statements.find((text) => text.startsWith("SELECT CONCAT('`'")) ?? "";
        expect(asked).toContain(
            "status IN ('REPLICA_SIDE_DISABLED', 'SLAVESIDE_DISABLED') AND CONCAT(HEX(event_schema), '.', HEX(event_name)) IN ('73686F70.62656174','73686F70.78') ORDER BY 1",
        );
        expect([run.exitCode, run.stdout, host.memory("events")]).toEqual([0, "role active\n", undefined]);
        expect(run.stderr).toContain("b: enabled events that a.example.com ran before: `shop`.`beat` \n");
    });

    it("are left to the user from then on", async () => {
        const host = node(false);
        host.local.disabledEvents = disabled;
        const run = await host.run(script, { ...active, PEER_EVENTS: `role passive ${events}` });
        expect(run.statements.filter((text) => text.includes("event_schema"))).toEqual([]);
    });

    it("that destroy had disabled on this node are enabled when it runs events again, though it was open meanwhile", async () => {
        const host = node(false);
        host.remember("events-parted", "events=73686F70.62656174\n");
        host.local.disabledEvents = disabled;
        host.local.rules.push({ on: alter, answer: {} });
        const run = await host.run(script, { ...active, PEER_EVENTS: "role passive events=none" });
        expect(run.statements.find((text) => text.startsWith("SELECT CONCAT('`'"))).toContain(
            "IN ('73686F70.62656174','none')",
        );
        expect(run.statements).toContain(alter);
        expect(host.memory("events-parted")).toBeUndefined();
        const passiveNode = node(false);
        passiveNode.remember("events-parted", "events=x\n");
        await passiveNode.run(script, passive);
        expect(passiveNode.memory("events-parted")).toBeUndefined();
    });

    it("that cannot be enabled are named, and the node is open all the same", async () => {
        const host = node(true);
        host.local.disabledEvents = disabled;
        host.local.rules.push({ on: alter, answer: refused(1539, "Unknown event 'beat'") });
        const run = await host.run(script, { ...active, PEER_EVENTS: `role passive ${events}` });
        expect([run.exitCode, host.local.variables.get("event_scheduler")]).toEqual([0, "ON"]);
        expect(run.stderr).toContain(
            "warning MM_ROLE_EVENTS_LEFT: b: events that a.example.com ran are still disabled here: `shop`.`beat` (ERROR 1539 (HY000) at line 1: Unknown event 'beat' )\n",
        );
    });

    it("of a node that is gone are named, for nobody can tell which it ran", async () => {
        const host = node(true);
        host.local.disabledEvents = disabled;
        const run = await host.run(script, { ...active, PEER_ROLE: "gone", PEER_EVENTS: "role active" });
        expect(run.stderr).toContain(
            "warning MM_ROLE_EVENTS_LEFT: b: these events are disabled here, and nobody can tell whether a.example.com ran them: `shop`.`beat`; ALTER EVENT … ENABLE those that are to run\n",
        );
        expect(run.exitCode).toBe(0);
    });

    it("do not run on the second of two active nodes, after a restart neither", async () => {
        const host = node(true, "0");
        host.local.enabledEvents = "73686F70.62656174\n73686F70.78\n";
        const run = await host.run(script, { ...active, PEER_ROLE: "active", EVENTS: "no" });
        expect([run.exitCode, run.stdout, host.local.variables.get("event_scheduler")]).toEqual([
            0,
            `role active ${events}\n`,
            "OFF",
        ]);
        expect(host.read("/etc/my.cnf")).toBe(file(settings, "# role: active\nevent_scheduler=OFF"));
    });
});
