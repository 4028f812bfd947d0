import { changes, cleanUpHosts, type FakeHost, makeHost } from "./fakeHost";

cleanUpHosts();

const script = "configure-node.sh";
const up = {
    HOST: "b.example.com",
    SERVER_ID: 20,
    LOG_BIN: "mysql-bin",
    RELAY_LOG: "mysql-relay-bin",
    BIND_ADDRESS: "keep",
    SERVICE: "mysqld",
    START_TIMEOUT_SECONDS: 10,
    SETTINGS: "binlog_format=ROW",
};
const line = "node port=3306 server_id=20 uuid=uuid-b server=MySQL-9.7.4 gtid=ON log_bin=mysql-bin\n";
const wanted = [
    "log_bin=mysql-bin",
    "server_id=20",
    "log_slave_updates=1",
    "relay_log=mysql-relay-bin",
    "binlog_format=ROW",
];
const block = ["# mysql-master-master begin (managed; edits are undone)", ...wanted, "# mysql-master-master end"];
const right = {
    log_bin: "1",
    log_bin_basename: "/var/lib/mysql/mysql-bin",
    log_slave_updates: "1",
    relay_log: "mysql-relay-bin",
    binlog_format: "ROW",
    skip_networking: "0",
    bind_address: "*",
    log_error: "/nowhere/error.log",
};
const fresh = {
    ...right,
    server_id: "1",
    log_bin_basename: "/var/lib/mysql/binlog",
    relay_log: "host-relay-bin",
    binlog_format: "MIXED",
};

/** A server that takes what its option file says when it is restarted. */
function node(variables: Record<string, string>, file = "[mysqld]\nuser=mysql\n"): FakeHost {
    const host = makeHost(variables);
    host.write("/etc/my.cnf", file);
    const readOnly = { status: 1, stderr: "ERROR 1238 (HY000): read only variable\n" };
    host.local.rules.push({ on: /^SET GLOBAL (log_bin|relay_log|server_id) /, answer: readOnly });
    host.answers.systemctl = ({ argv }) => {
        if (argv[0] === "restart") {
            for (const [, name = "", value = ""] of (host.read("/etc/my.cnf") ?? "").matchAll(/^(\w+)=(.*)$/gm)) {
                host.local.variables.set(name === "log_bin" ? "log_bin_basename" : name, value);
            }
        }
        return { status: argv[0] === "is-failed" ? 1 : 0 };
    };
    return host;
}
const restarts = (host: FakeHost) =>
    host.calls
        .filter(({ name, argv }) => name === "systemctl" && argv[0] === "restart")
        .map(({ argv }) => argv.join(" "));

describe("configure-node.sh", () => {
    it("writes the block under [mysqld], and restarts for what cannot change in a running server", async () => {
        const host = node(fresh);
        const run = await host.run(script, up);
        expect(run).toMatchObject({ exitCode: 0, stdout: line });
        expect(host.read("/etc/my.cnf")).toBe(["[mysqld]", ...block, "user=mysql", ""].join("\n"));
        expect(host.memory("option-file.before")).toBe("[mysqld]\nuser=mysql\n");
        expect(restarts(host)).toEqual(["restart mysqld"]);
        expect(run.stderr).toContain(
            "b: set binlog_format = ROW in the running server (sessions that are open keep what they had)\n",
        );
        expect(run.stderr).toContain(
            "b: restarting mysqld, for log_bin server_id relay_log cannot change in a running server\n",
        );
    });

    it("the second time leaves the file alone, does not restart, changes nothing and prints the same line", async () => {
        const host = node(fresh);
        await host.run(script, up);
        const [before, file] = [restarts(host).length, host.read("/etc/my.cnf")];
        const run = await host.run(script, up);
        expect([run.exitCode, run.stdout, run.stderr, changes(run.statements)]).toEqual([0, line, "", []]);
        expect([restarts(host).length, host.read("/etc/my.cnf")]).toEqual([before, file]);
    });

    it("does not restart a server that is already right", async () => {
        const host = node(right);
        const run = await host.run(script, up);
        expect([run.exitCode, run.stdout, changes(run.statements), restarts(host)]).toEqual([0, line, [], []]);
    });

    it("keeps the name of a binary log that the files already give", async () => {
        const host = node({ ...right, log_bin_basename: "/var/lib/mysql/theirs" }, "[mysqld]\nlog_bin=theirs\n");
        const run = await host.run(script, up);
        expect(run).toMatchObject({ exitCode: 0, stdout: line.replace("mysql-bin", "theirs") });
        expect(run.stderr).toContain(
            "b: the binary log keeps the name theirs, which b's option files give it; mysql-bin would orphan its logs\n",
        );
        expect(host.read("/etc/my.cnf")).not.toContain("mysql-bin");
    });

    it("refuses a line that would win over the block, names it, and puts the file back", async () => {
        const text = "[mysqld]\nrelay-log=theirs\n";
        const host = node(right, text);
        host.answers.mysqld = ({ argv }) => ({
            stdout: argv.includes("--print-defaults")
                ? "x:\n--log_bin=mysql-bin --server_id=20 --log_slave_updates=1 --relay_log=mysql-relay-bin --relay-log=theirs\n"
                : "",
        });
        const run = await host.run(script, up);
        expect([run.exitCode, run.stdout, restarts(host)]).toEqual([1, "", []]);
        expect(run.stderr).toMatch(
            /^error MM_NODE_OPTION_OVERRIDDEN: b's server would read relay_log = theirs instead of mysql-relay-bin: \/etc\/my\.cnf:\d+: relay-log=theirs \. Nothing was changed\n/m,
        );
        expect(host.read("/etc/my.cnf")).toBe(text);
    });

    it("refuses options that the server does not accept, and puts the file back", async () => {
        const host = node(right);
        const { mysqld } = host.answers;
        host.answers.mysqld = (call) =>
            call.argv.includes("--validate-config")
                ? { status: 1, stdout: "2026 [ERROR] [MY-000067] unknown variable 'x=1'\n" }
                : (mysqld?.(call) ?? {});
        const run = await host.run(script, up);
        expect([run.exitCode, run.stdout, restarts(host)]).toEqual([1, "", []]);
        expect(run.stderr).toContain(
            "error MM_NODE_OPTIONS_INVALID: b's server does not accept the option file. Nothing was changed\n",
        );
        expect(run.stderr).toContain("  server: 2026 [ERROR] [MY-000067] unknown variable 'x=1'\n");
        expect(host.read("/etc/my.cnf")).toBe("[mysqld]\nuser=mysql\n");
    });

    it("puts the old file back and starts the server again when it does not come up", async () => {
        const host = node(fresh);
        let runs = true;
        host.answers.systemctl = ({ argv }) => {
            if (argv[0] === "restart") {
                runs = !(host.read("/etc/my.cnf") ?? "").includes("server_id=20");
            }
            return { status: argv[0] === "is-failed" && !runs ? 0 : argv[0] === "is-failed" ? 1 : 0 };
        };
        host.local.rules.push({
            on: "SELECT 1",
            answer: () => (runs ? { stdout: "1" } : { status: 1, stderr: "ERROR 2002 (HY000): Can't connect\n" }),
        });
        const run = await host.run(script, up);
        expect([run.exitCode, run.stdout, restarts(host).length]).toEqual([1, "", 2]);
        expect(run.stderr).toContain(
            "error MM_NODE_NO_START: b's server did not come up with the new options within 10 s; its option file is as before and it runs again\n",
        );
        expect(host.read("/etc/my.cnf")).toBe("[mysqld]\nuser=mysql\n");
    });

    it("refuses a value that SET PERSIST has set otherwise, before it writes", async () => {
        const host = node(right);
        host.local.rules.push({
            on: /persisted_variables WHERE VARIABLE_NAME IN \('server_id'/,
            answer: { stdout: "7" },
        });
        const run = await host.run(script, up);
        expect(run.exitCode).toBe(1);
        expect(run.stderr).toMatch(
            /^error MM_NODE_OPTION_OVERRIDDEN: b has server_id = 7 from SET PERSIST \(mysqld-auto\.cnf\), which wins over option files; wanted is 20\. Nothing was changed\n/,
        );
        expect(host.read("/etc/my.cnf")).toBe("[mysqld]\nuser=mysql\n");
    });
});

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

    const closed = { read_only: "1", super_read_only: "1", event_scheduler: "OFF" };
    const role = "# role: passive\nread_only=1\nevent_scheduler=OFF\nsuper_read_only=1";
    const fenced = ["[mysqld]", ...block.slice(0, -1), role, block.at(-1), "user=mysql", ""].join("\n");

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

    it("lifts the fence to what was before the first up, in the file too; a second time finds nothing to do", async () => {
        const before = "read_only=0 super_read_only=0 event_scheduler=ON";
        const host = passive(before);
        const run = await host.run(script, up, "down");
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
        const again = await host.run(script, up, "down");
        expect([again.exitCode, changes(again.statements)]).toEqual([0, []]);
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
        expect((await host.run(script, up, "down")).exitCode).toBe(0);
        expect(roles(host)).toEqual(after);
    });

    it("knows no super_read_only where a series has none", async () => {
        const host = passive("read_only=0 super_read_only=0 event_scheduler=ON", { read_only: "1" }, "5.6.14");
        expect(changes((await host.run(script, up, "down")).statements)).toEqual([
            "SET GLOBAL read_only = 0",
            "SET GLOBAL event_scheduler = ON",
        ]);
    });
});
