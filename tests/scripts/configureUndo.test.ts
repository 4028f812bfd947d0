import { fresh, node, restarts, right, up, wanted } from "./configured";
import { changes, cleanUpHosts, type FakeHost, makeHost } from "./fakeHost";
import { begin, end, passive as role } from "./managedBlock";

cleanUpHosts();

const script = "configure-node.sh";
const closed = { read_only: "1", super_read_only: "1", event_scheduler: "OFF" };
const fenced = ["[mysqld]", begin, "server_id=20", role, end, "user=mysql", ""].join("\n");

/** A passive node with what was before the first up in its memory. */
function passive(before: string | undefined, variables: Record<string, string> = closed, version?: string) {
    const host = makeHost(variables, {}, version);
    host.write("/etc/my.cnf", fenced);
    host.remember("option-file", `${host.path("/etc/my.cnf")}\n`);
    if (before !== undefined) {
        host.remember("before-fence", `${before}\n`);
    }
    return host;
}
const roles = ({ local }: FakeHost) => Object.keys(closed).map((name) => local.variables.get(name));

describe("configure-node.sh at destroy", () => {
    it("takes the block out and leaves the server running; a second time nothing is left to do", async () => {
        const host = node(fresh);
        await host.run(script, up);
        const before = restarts(host).length;
        for (let time = 0; time < 2; time++) {
            const run = await host.run(script, up, "down");
            expect([run.exitCode, changes(run.statements), restarts(host).length]).toEqual([0, [], before]);
            expect(host.read("/etc/my.cnf")).toBe("[mysqld]\nuser=mysql\n");
        }
    });

    it("lifts the fence to what was before the first up, in the file too; a second time finds nothing to do", async () => {
        const before = "read_only=0 super_read_only=0 event_scheduler=ON";
        const host = passive(before);
        const run = await host.run(script, {}, "down");
        expect(changes(run.statements)).toEqual([
            "SET GLOBAL super_read_only = 0",
            "SET GLOBAL read_only = 0",
            "SET GLOBAL event_scheduler = ON",
        ]);
        expect(run).toMatchObject({
            exitCode: 0,
            stdout: "",
            stderr:
                `b: read-only as before: ${before}\n` +
                "b: the managed block is out of /etc/my.cnf; the running server keeps its values until it is restarted\n",
        });
        expect([host.read("/etc/my.cnf"), host.memory("before-fence")]).toEqual(["[mysqld]\nuser=mysql\n", undefined]);
        const again = await host.run(script, {}, "down");
        expect([again.exitCode, changes(again.statements)]).toEqual([0, []]);
    });

    it("leaves the fence and what the role says to the host's last step, where there is one", async () => {
        const host = passive("read_only=0 super_read_only=0 event_scheduler=ON");
        const run = await host.run(script, { IDENTITY: "uuid-mine", STACK: "s" }, "down");
        expect([run.exitCode, changes(run.statements)]).toEqual([0, []]);
        expect(host.read("/etc/my.cnf")).toBe(["[mysqld]", begin, role, end, "user=mysql", ""].join("\n"));
        expect(host.memory("before-fence")).toBe("read_only=0 super_read_only=0 event_scheduler=ON\n");
        expect(host.memory("option-file")).toBe(`${host.path("/etc/my.cnf")}\n`);
    });

    it.each([
        ["was read-only before", "read_only=1 super_read_only=0 event_scheduler=OFF", ["1", "0", "OFF"]],
        ["was behind both before", "read_only=1 super_read_only=1 event_scheduler=ON", ["1", "1", "ON"]],
        [
            "had its events disabled at start",
            "read_only=0 super_read_only=0 event_scheduler=DISABLED",
            ["0", "0", "OFF"],
        ],
        ["was never fenced by this program", undefined, ["1", "1", "OFF"]],
    ])("leaves a node as it was that %s", async (_, before, after) => {
        const host = passive(before);
        expect((await host.run(script, {}, "down")).exitCode).toBe(0);
        expect(roles(host)).toEqual(after);
    });

    it("knows no super_read_only where a series has none", async () => {
        const host = passive("read_only=0 super_read_only=0 event_scheduler=ON", { read_only: "1" }, "5.6.14");
        expect(changes((await host.run(script, {}, "down")).statements)).toEqual([
            "SET GLOBAL read_only = 0",
            "SET GLOBAL event_scheduler = ON",
        ]);
    });
});

describe("configure-node.sh, when the server does not come up with the new options,", () => {
    it.each([
        ["has failed", 0, "NRestarts=0"],
        ["fails again and again, each time too slowly for its unit's limit", 1, "NRestarts=3"],
    ])("puts the old file back and starts the server again, once it %s", async (_, isFailed, restarts) => {
        const host = node(fresh);
        let runs = true;
        host.answers.systemctl = ({ argv }) => {
            if (argv[0] === "restart") {
                runs = !(host.read("/etc/my.cnf") ?? "").includes("server_id=20");
            }
            if (argv[0] === "show") {
                return { stdout: runs ? "NRestarts=0" : restarts };
            }
            return { status: argv[0] !== "is-failed" ? 0 : runs ? 1 : isFailed };
        };
        host.local.rules.push({
            on: "SELECT 1",
            answer: () => (runs ? { stdout: "1" } : { status: 1, stderr: "ERROR 2002 (HY000): Can't connect\n" }),
        });
        const run = await host.run(script, { ...up, START_TIMEOUT_SECONDS: 3600 });
        expect([run.exitCode, run.stdout]).toEqual([1, ""]);
        const acts = host.calls.filter(({ name, argv }) => name === "systemctl" && !/^(is-|show)/.test(argv[0] ?? ""));
        // stopped in between, and counted anew: a unit allows only so many starts
        expect(acts.map(({ argv }) => argv.join(" "))).toEqual([
            "reset-failed mysqld",
            "restart mysqld",
            "stop mysqld",
            "reset-failed mysqld",
            "restart mysqld",
        ]);
        expect(run.stderr).toContain(
            "error MM_NODE_NO_START: b's server did not come up with the new options within 3600 s; its option file is as before and it runs again\n",
        );
        expect(host.read("/etc/my.cnf")).toBe("[mysqld]\nuser=mysql\n");
    });

    it.each([
        ["the file as it was without the block", undefined, [], "[mysqld]\nuser=mysql\n"],
        [
            "the role in the block: a node that was closed stays closed",
            undefined,
            [role],
            `[mysqld]\n${begin}\n${role}\n${end}\nuser=mysql\n`,
        ],
        [
            "the options that the server runs with, where a run before that one was not killed",
            "server_id=20\nlog_bin=mysql-bin\n",
            [role],
            `[mysqld]\n${begin}\nserver_id=20\nlog_bin=mysql-bin\n${role}\n${end}\nuser=mysql\n`,
        ],
    ])("leaves, where an earlier run had written them, %s", async (_, taken, roles, left) => {
        const text = ["[mysqld]", begin, ...wanted, "bad=1", ...roles, end, "user=mysql", ""].join("\n");
        const host = node({ ...right, relay_log: "host-relay-bin", bad: "1" }, text);
        host.remember("option-file", `${host.path("/etc/my.cnf")}\n`);
        if (taken !== undefined) {
            host.remember("options", taken);
        }
        const alive = () => !(host.read("/etc/my.cnf") ?? "").includes("bad=1");
        let runs = true;
        host.answers.systemctl = ({ argv }) => {
            runs = argv[0] === "restart" ? alive() : runs;
            return { status: argv[0] === "is-failed" && runs ? 1 : 0 };
        };
        const dead = { status: 1, stderr: "ERROR 2002 (HY000): Can't connect\n" };
        host.local.rules.push({ on: "SELECT 1", answer: () => (runs ? { stdout: "1" } : dead) });
        const run = await host.run(script, { ...up, SETTINGS: "binlog_format=ROW\nbad=1" });
        expect([run.exitCode, run.stdout, host.read("/etc/my.cnf")]).toEqual([1, "", left]);
        expect(run.stderr).toContain("its option file is as before and it runs again\n");
    });
});
