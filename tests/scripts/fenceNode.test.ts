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

/** A configured node; `closed`: as a fence leaves it. */
function node(closed: boolean, peerReadOnly = "1"): FakeHost {
    const fenced = { read_only: "1", super_read_only: "1", event_scheduler: "OFF" };
    const host = makeHost(closed ? fenced : {}, { read_only: peerReadOnly, gtid_executed: "uuid-a:1-9" });
    host.write("/etc/my.cnf", closed ? file(settings, fence) : file(settings));
    if (closed) {
        host.remember("before-fence", "read_only=0 super_read_only=0 event_scheduler=ON\n");
    }
    return host;
}

describe("fence-node.sh makes a node passive", () => {
    it("in the file first, then events, then the running server", async () => {
        const host = node(false);
        let written: string | undefined;
        host.local.rules.push({
            on: "SET GLOBAL event_scheduler = OFF",
            answer: () => {
                written = host.read("/etc/my.cnf");
                host.local.variables.set("event_scheduler", "OFF");
                return {};
            },
        });
        const run = await host.run(script, passive);
        expect(changes(run.statements)).toEqual([
            "SET GLOBAL event_scheduler = OFF",
            "SET SESSION lock_wait_timeout = 30",
            "SET GLOBAL super_read_only = 1",
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
        expect(changes(run.statements).at(-1)).toBe("SET GLOBAL read_only = 1");
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

    it("or says what holds it up, within the time it gives", async () => {
        const host = node(false);
        host.local.rules.push({
            on: "SET GLOBAL super_read_only = 1",
            answer: refused(1205, "Lock wait timeout exceeded"),
        });
        const run = await host.run(script, passive);
        expect(run).toMatchObject({
            exitCode: 1,
            stdout: "",
            stderr:
                "error MM_ROLE_BUSY: b could not be made read-only within 30 s: a transaction holds it up\n" +
                "  next: see SHOW PROCESSLIST on b, end what hangs, then run up again\n" +
                "  server: ERROR 1205 (HY000) at line 1: Lock wait timeout exceeded\n",
        });
    });
});

describe("fence-node.sh makes a node active", () => {
    const open = ["SET GLOBAL super_read_only = 0", "SET GLOBAL read_only = 0", "SET GLOBAL event_scheduler = ON"];

    it("once the peer is closed and its last transaction applied here; then the file, then the server, then events", async () => {
        const host = node(true);
        const run = await host.run(script, active);
        expect(changes(run.statements)).toEqual(open);
        expect(run.statements).toContain("SELECT WAIT_FOR_EXECUTED_GTID_SET('uuid-a:1-9', 60)");
        expect(run.peer).toEqual(["SELECT 1", "SELECT @@global.read_only", "SELECT @@global.gtid_executed"]);
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

    it("not when the server does not tell whether it is read-only", async () => {
        const host = node(true);
        host.local.rules.push({ on: "SELECT @@global.read_only", answer: refused(2013, "Lost connection") });
        const run = await host.run(script, active);
        expect([run.exitCode, run.stdout, changes(run.statements)]).toEqual([1, "", []]);
        expect(host.read("/etc/my.cnf")).toBe(file(settings, fence));
    });

    it("not where another line of the files closes it at the next start, in whatever order", async () => {
        for (const lines of [["read_only=1"], ["super_read_only=1", "read_only=0"], ["read_only"]]) {
            const host = node(true);
            host.write("/etc/my.cnf", `${file(settings, fence)}${lines.join("\n")}\n`);
            const run = await host.run(script, active);
            expect([lines, run.exitCode, run.stdout]).toEqual([lines, 1, ""]);
            expect(run.stderr).toContain("MM_ROLE_OPTION_OVERRIDDEN");
        }
    });
});

describe("fence-node.sh at destroy", () => {
    it("brings back what was before the first up, and a second time finds nothing to do", async () => {
        const host = node(true);
        const run = await host.run(script, passive, "down");
        expect(changes(run.statements)).toEqual([
            "SET GLOBAL super_read_only = 0",
            "SET GLOBAL read_only = 0",
            "SET GLOBAL event_scheduler = ON",
        ]);
        expect(host.read("/etc/my.cnf")).toBe(file(settings));
        expect(host.memory("before-fence")).toBeUndefined();
        const again = await host.run(script, passive, "down");
        expect([again.exitCode, again.stderr, changes(again.statements)]).toEqual([0, "", []]);
    });
});
