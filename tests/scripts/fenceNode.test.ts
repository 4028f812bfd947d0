import { changes, cleanUpHosts, type FakeHost, makeHost } from "./fakeHost";
import { refused } from "./fakeServer";

cleanUpHosts();

const script = "fence-node.sh";
const passive = { ROLE: "passive", PEER_ROLE: "active", CATCH_UP_SECONDS: 60 };
const active = { ROLE: "active", PEER_ROLE: "passive", CATCH_UP_SECONDS: 60 };
const mark = "# mysql-master-master begin (managed; edits are undone)";
const end = "# mysql-master-master end";
const settings = "server_id=20";
const fence = "# role: passive\nread_only=1\nevent_scheduler=OFF\nsuper_read_only=1";
const file = (...lines: string[]) => ["[mysqld]", mark, ...lines, end, "mine=1", ""].join("\n");

type Variables = Record<string, string>;

/** A configured node; `closed`: as a fence leaves it. */
function node(closed: boolean, peerReadOnly = "1", more: Variables = {}, peerMore: Variables = {}): FakeHost {
    const fenced = { read_only: "1", super_read_only: "1", event_scheduler: "OFF" };
    const peer = { read_only: peerReadOnly, gtid_executed: "uuid-a:1-9", ...peerMore };
    const host = makeHost({ ...(closed && fenced), ...more }, peer);
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
            stdout: "role passive\n",
            stderr: "b: is read-only, and stays so after a restart\n",
        });
        expect(host.memory("before-fence")).toBe("read_only=0 super_read_only=0 event_scheduler=ON\n");
    });

    it("without super_read_only where a series has none", async () => {
        const host = makeHost({ super_read_only: "1193" }, {}, "5.6.14");
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
            expect(await host.run(script, passive)).toMatchObject({ exitCode: 0, stdout: "role passive\n" });
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
        expect(run.statements).toContain("SELECT WAIT_FOR_EXECUTED_GTID_SET('uuid-a:1-9', 60)");
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
                "error MM_ROLE_PEER_WRITABLE: a.example.com still takes writes, so b stays closed\n" +
                "  next: run up again; see that nobody lifts the fence on a.example.com\n",
        });
    });

    it("beside a writable peer where both are to be open, and without asking a peer that is gone", async () => {
        const both = await node(true, "0").run(script, { ...active, PEER_ROLE: "active" });
        expect([both.exitCode, changes(both.statements)]).toEqual([0, open]);
        const alone = await node(true, "0").run(script, { ...active, PEER_ROLE: "gone" });
        expect([alone.exitCode, changes(alone.statements), alone.peer]).toEqual([0, open, []]);
    });

    it("not before all is applied: then both stay closed, and the message says so", async () => {
        const host = node(true);
        host.local.rules.push({ on: /^SELECT WAIT_FOR/, answer: { stdout: "1" } });
        const run = await host.run(script, active);
        expect([run.exitCode, changes(run.statements), run.stdout]).toEqual([1, [], ""]);
        expect(run.stderr).toBe(
            "error MM_ROLE_BEHIND: b has not applied all that a.example.com wrote, within 60 s; it stays closed, and so does a.example.com\n" +
                "  next: see SHOW REPLICA STATUS on b; then run up again, or set active back\n",
        );
    });

    it.each([
        ["this server", { gtid_mode: "OFF" }, {}],
        ["the peer", {}, { gtid_mode: "OFF" }],
    ])("by the peer's coordinates where %s has no GTIDs", async (_, variables, peer) => {
        const host = node(true, "1", variables, peer);
        host.peer.coordinates = "mysql-bin.000009\t4321";
        const run = await host.run(script, active);
        expect(run.statements.filter((text) => text.includes("WAIT"))).toEqual([
            "SELECT SOURCE_POS_WAIT('mysql-bin.000009', 4321, 60)",
        ]);
        expect([run.exitCode, run.stdout, changes(run.statements)]).toEqual([0, "role active\n", open]);
    });

    it.each(["-1", "NULL", ""])("not when that wait says %j: the time is over, or nothing is applied", async (said) => {
        const host = node(true, "1", { gtid_mode: "OFF" });
        host.local.rules.push({ on: /^SELECT SOURCE_POS_WAIT/, answer: { stdout: said } });
        const run = await host.run(script, active);
        expect([run.exitCode, run.stdout, changes(run.statements)]).toEqual([1, "", []]);
        expect(run.stderr).toMatch(
            /^error MM_ROLE_BEHIND: b has not applied all that a\.example\.com wrote, within 60 s;/,
        );
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
