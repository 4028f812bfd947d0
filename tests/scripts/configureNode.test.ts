import { execFileSync } from "node:child_process";
import { lstatSync, rmSync, symlinkSync } from "node:fs";
import { block, fresh, line, node, restarts, right, up, wanted } from "./configured";
import { changes, cleanUpHosts } from "./fakeHost";
import { refused } from "./fakeServer";
import { begin, end, passive as role } from "./managedBlock";

cleanUpHosts();

const script = "configure-node.sh";

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

    it.each([
        ["9.7.4", "OFF", false],
        ["8.0.35", "ON", false],
        ["8.0.35", "OFF", true],
    ])(
        "of %s with GTIDs %s has the relay log thrown away at each start: %s, and does not restart it for that",
        async (version, gtid, wanted) => {
            const host = node({ ...right, gtid_mode: gtid, version });
            for (let time = 0; time < 2; time += 1) {
                const run = await host.run(script, up);
                expect([run.exitCode, run.stdout]).toEqual([
                    0,
                    line.replace("9.7.4", version).replace("gtid=ON", `gtid=${gtid}`),
                ]);
                expect([changes(run.statements), restarts(host)]).toEqual([[], []]);
            }
            expect(host.read("/etc/my.cnf")?.includes("\nrelay_log=mysql-relay-bin\nrelay_log_recovery=1\n")).toBe(
                wanted,
            );
        },
    );

    it.each([
        ["without GTIDs and the managed block", { gtid_mode: "OFF", log_bin_basename: "binlog" }, false],
        ["without GTIDs, its log the same", { gtid_mode: "OFF" }, true],
        ["with GTIDs, which tell what was written", { log_bin_basename: "binlog" }, true],
    ])("a cut import counts for one that may be begun again, where the server ran %s: %s", async (_, more, kept) => {
        const host = node({ ...right, ...more });
        host.remember("seed", "state=unfinished source=uuid-a own=uuid-b file=mysql-bin.000001 position=4\n");
        host.remember("seed-expects", "schema shop\n");
        const run = await host.run(script, up);
        expect(run.exitCode).toBe(0);
        expect([host.memory("seed"), host.memory("seed-expects")].map((text) => text !== undefined)).toEqual([
            kept,
            kept,
        ]);
        expect(run.stderr.includes("what it holds counts as its own")).toBe(!kept);
    });

    it.each([
        ["without GTIDs, under another log", { gtid_mode: "OFF", log_bin_basename: "binlog" }, "1700000000"],
        ["without GTIDs, under the same", { gtid_mode: "OFF" }, "1600000000"],
        ["with GTIDs, under another log, which tells them", { log_bin_basename: "binlog" }, "1600000000"],
    ])("its log gets a new id where it ran %s since", async (_, more, id) => {
        const host = node({ ...right, ...more });
        host.remember("log", "id=1600000000 file=mysql-bin.000003 born=1700000000 size=4\n");
        const run = await host.run(script, up);
        expect([run.exitCode, /log=(\d+) /.exec(run.stdout)?.[1]]).toEqual([0, id]);
    });

    it("keeps the name of a binary log that the files already give", async () => {
        const host = node({ ...right, log_bin_basename: "theirs" }, "[mysqld]\nlog_bin=theirs\n");
        const run = await host.run(script, up);
        expect(run).toMatchObject({ exitCode: 0, stdout: line.replace("mysql-bin", "theirs") });
        expect(run.stderr).toContain(
            "b: the binary log keeps the name theirs, which it has by b's option files or for replicas that are attached; mysql-bin would orphan its logs\n",
        );
        expect(host.read("/etc/my.cnf")).not.toContain("mysql-bin");
    });

    it.each([
        ["keeps", "whose replicas are attached already", true, undefined, "binlog"],
        ["gives a new name to", "that nobody reads", false, undefined, "mysql-bin"],
        ["gives a new name to", "that this pair alone reads", true, "source=a:3306 uuid=u password=d\n", "mysql-bin"],
    ])("%s a binary log without a name in the files %s", async (_, __, read, link, name) => {
        const host = node({ ...right, log_bin_basename: "binlog" });
        host.local.rules.push({ on: "SHOW REPLICAS", answer: { stdout: read ? "30\tc\t3306\t20\tuuid-c" : "" } });
        if (link !== undefined) {
            host.remember("link", link);
        }
        const run = await host.run(script, up);
        expect(run).toMatchObject({ exitCode: 0, stdout: line.replace("mysql-bin", name) });
        expect(restarts(host)).toEqual(name === "binlog" ? [] : ["restart mysqld"]);
    });

    it("writes through a link to the option file, and leaves that a link", async () => {
        const host = node(right);
        host.write("/etc/real.cnf", "[mysqld]\nuser=mysql\n");
        rmSync(host.path("/etc/my.cnf"));
        symlinkSync(host.path("/etc/real.cnf"), host.path("/etc/my.cnf"));
        expect((await host.run(script, { ...up, OPTION_FILE: "/etc/my.cnf" })).exitCode).toBe(0);
        expect(lstatSync(host.path("/etc/my.cnf")).isSymbolicLink()).toBe(true);
        expect(host.read("/etc/real.cnf")).toBe(["[mysqld]", ...block, "user=mysql", ""].join("\n"));
    });

    it("switches GTIDs on where the stack wants them, and refuses that in a series that has none", async () => {
        const host = node({ ...right, gtid_mode: "OFF", enforce_gtid_consistency: "OFF" });
        host.local.rules.push({ on: /^SHOW GLOBAL STATUS LIKE 'Ongoing_anon/, answer: { stdout: "Ongoing_x\t0" } });
        const run = await host.run(script, { ...up, GTID: "yes" });
        expect([run.exitCode, run.stdout]).toEqual([0, line]);
        expect(host.read("/etc/my.cnf")).toContain("\ngtid_mode=ON\nenforce_gtid_consistency=ON\nbinlog_format=ROW\n");
        const old = node({ ...right, server_id: "20" }, undefined, "5.5.9");
        const refusal = await old.run(script, { ...up, GTID: "yes" });
        expect([refusal.exitCode, changes(refusal.statements), old.read("/etc/my.cnf")]).toEqual([
            1,
            [],
            "[mysqld]\nuser=mysql\n",
        ]);
        expect(refusal.stderr).toContain(
            "error MM_NODE_GTID_MODE: b's series has no GTIDs (it runs 5.5.9), and mysql.gtid is set. Nothing was changed\n",
        );
    });

    describe("on MariaDB", () => {
        function mariaDb(domain: string, file?: string) {
            const durable = { sync_binlog: "1", innodb_flush_log_at_trx_commit: "1", slave_parallel_threads: "0" };
            const server = { ...right, ...durable, server_id: "20", gtid_domain_id: domain, sync_relay_log_info: "1" };
            const host = node(server, file, "10.11.6-MariaDB");
            host.local.variables.set("datadir", host.path("/var/lib/mysql"));
            return host;
        }
        const linesOf = (text = "") => [...text.matchAll(/^gtid_domain_id=(.*)$/gm)].map(([, value]) => value);
        const kept = `[mysqld]\n${begin}\ngtid_domain_id=5\n${end}\n`;
        const link = "source=a:3306 uuid=u\n";

        it.each<[string, string, string | undefined, Record<string, string>, string, string[]]>([
            ["gets one of its own", "0", undefined, {}, "", ["20"]],
            ["keeps the one that it has, for good", "5", undefined, {}, "", ["5"]],
            ["is given the one of the stack's options", "0", undefined, { SETTINGS: "gtid_domain_id=7" }, "", ["7"]],
            ["that is linked keeps its domain, for open sessions would", "0", undefined, {}, link, []],
            ["that is linked keeps the one of its block", "5", kept, {}, link, ["5"]],
            ["keeps the one of its block, also where somebody has set another", "9", kept, {}, link, ["5"]],
            ["a gets none", "0", undefined, { GTID_DOMAIN_ID: "" }, "", []],
        ])("a node %s", async (_, domain, file, more, note, wanted) => {
            const host = mariaDb(domain, file);
            host.remember("link", note);
            for (let time = 0; time < 2; time += 1) {
                const run = await host.run(script, { ...up, GTID: "yes", GTID_DOMAIN_ID: "20", ...more });
                expect(run).toMatchObject({ exitCode: 0, stderr: expect.not.stringContaining("error") });
                expect([host.local.variables.get("gtid_domain_id"), restarts(host)]).toEqual([wanted[0] ?? domain, []]);
                expect(linesOf(host.read("/etc/my.cnf"))).toEqual(wanted);
            }
        });

        it("has what a link by GTID needs: a log that keeps its end in a crash, and one applier", async () => {
            const host = mariaDb("0");
            for (const [name, value] of [
                ["sync_binlog", "0"],
                ["innodb_flush_log_at_trx_commit", "2"],
                ["slave_parallel_threads", "4"],
            ] as const) {
                host.local.variables.set(name, value);
            }
            const run = await host.run(script, { ...up, GTID: "yes" });
            expect(changes(run.statements)).toEqual([
                "SET GLOBAL sync_binlog = 1",
                "SET GLOBAL innodb_flush_log_at_trx_commit = 1",
                "SET GLOBAL slave_parallel_threads = 0",
            ]);
        });

        it("a node that is linked by GTID is not moved into another domain, by the stack's options or without them", async () => {
            const host = mariaDb("0");
            const domain = (id: string) => host.run(script, { ...up, SETTINGS: id && `gtid_domain_id=${id}` });
            expect((await domain("7")).exitCode).toBe(0);
            host.local.channel = new Map([
                ["Source_Host", "a.example.com"],
                ["Using_Gtid", "Slave_Pos"],
            ]);
            for (const [id, wanted] of [
                ["20", "20"],
                ["", "its default"],
            ] as const) {
                const run = await domain(id);
                expect([run.exitCode, changes(run.statements), linesOf(host.read("/etc/my.cnf"))]).toEqual([
                    1,
                    [],
                    ["7"],
                ]);
                expect(run.stderr).toContain(
                    `error MM_NODE_GTID_DOMAIN: b is linked by GTID and writes into gtid_domain_id 7; wanted is ${wanted}. Nothing was changed\n`,
                );
            }
            expect((await domain("7")).exitCode).toBe(0);
            // what a link by position asks for has nothing to do with it
            host.local.channel.set("Using_Gtid", "No");
            expect((await domain("20")).exitCode).toBe(0);
        });
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

    describe("where the setting optionFile has moved,", () => {
        const own = ["[mysqld]", begin, ...wanted, role, end, "user=mysql", ""].join("\n");
        const moved = { ...up, OPTION_FILE: "/etc/other.cnf" };
        const host = (reads: string) => {
            const it = node(right, own);
            it.remember("option-file", `${it.path("/etc/my.cnf")}\n`);
            it.write("/etc/other.cnf", "[mysqld]\n");
            it.answers.mysqld = () => ({ stdout: `x:\n${reads.replaceAll(/^/gm, "--").replaceAll("\n", " ")}\n` });
            return it;
        };

        it("moves the block, the role too", async () => {
            const it = host(wanted.join("\n"));
            expect((await it.run(script, moved)).exitCode).toBe(0);
            expect([it.read("/etc/my.cnf"), it.read("/etc/other.cnf"), it.memory("option-file")]).toEqual([
                "[mysqld]\nuser=mysql\n",
                ["[mysqld]", begin, ...wanted, role, end, ""].join("\n"),
                `${it.path("/etc/other.cnf")}\n`,
            ]);
        });

        it("or leaves it where it was, when the server would not read it there", async () => {
            const it = host("relay_log=theirs");
            const run = await it.run(script, moved);
            expect([run.exitCode, restarts(it)]).toEqual([1, []]);
            expect(run.stderr).toContain("error MM_NODE_OPTION_OVERRIDDEN: ");
            expect([it.read("/etc/my.cnf"), it.read("/etc/other.cnf"), it.memory("option-file")]).toEqual([
                own,
                "[mysqld]\n",
                `${it.path("/etc/my.cnf")}\n`,
            ]);
        });
    });

    it.each<[string, string, string[]]>([
        [
            "OFF",
            "ON",
            [
                "enforce_gtid_consistency = 1",
                "gtid_mode = OFF_PERMISSIVE",
                "gtid_mode = ON_PERMISSIVE",
                "gtid_mode = ON",
            ],
        ],
        ["ON_PERMISSIVE", "ON", ["enforce_gtid_consistency = 1", "gtid_mode = ON"]],
        ["ON", "OFF", ["gtid_mode = ON_PERMISSIVE", "gtid_mode = OFF_PERMISSIVE", "gtid_mode = OFF"]],
    ])("takes a running server from gtid_mode %s to %s, a step at a time", async (from, to, steps) => {
        const host = node({
            ...right,
            server_id: "20",
            gtid_mode: from,
            enforce_gtid_consistency: from === "ON" ? "ON" : "OFF",
        });
        const ongoing = ["1", "0"];
        host.local.rules.push({
            on: /^SHOW GLOBAL STATUS LIKE 'Ongoing_anonymous/,
            answer: () => ({ stdout: `Ongoing_anonymous_transaction_count\t${ongoing.shift()}` }),
        });
        const SETTINGS = `gtid_mode=${to}\nenforce_gtid_consistency=ON`;
        const run = await host.run(script, { ...up, SETTINGS });
        expect([run.exitCode, changes(run.statements), restarts(host)]).toEqual([
            0,
            steps.map((step) => `SET GLOBAL ${step}`),
            [],
        ]);
        expect(run.stderr).toContain(`b: set gtid_mode = ${to} in the running server `);
        expect(ongoing).toEqual(to === "ON" ? [] : ["1", "0"]);
    });

    it("restarts a server for GTIDs that does not take the step", async () => {
        const host = node({ ...right, server_id: "20", gtid_mode: "OFF", enforce_gtid_consistency: "OFF" });
        host.local.rules.push({
            on: "SET GLOBAL gtid_mode = ON_PERMISSIVE",
            answer: refused(1788, "one step at a time"),
        });
        const run = await host.run(script, { ...up, SETTINGS: "gtid_mode=ON\nenforce_gtid_consistency=ON" });
        expect([run.exitCode, restarts(host)]).toEqual([0, ["restart mysqld"]]);
    });

    it("refuses another gtid_mode for a node that is linked, and for no other one", async () => {
        const host = node({ ...right, gtid_mode: "OFF" });
        const gtids = { ...up, SETTINGS: "binlog_format=ROW\ngtid_mode=ON" };
        host.remember("link", "source=a.example.com:3306 uuid=uuid-a\n");
        const run = await host.run(script, gtids);
        expect([run.exitCode, changes(run.statements), restarts(host), host.read("/etc/my.cnf")]).toEqual([
            1,
            [],
            [],
            "[mysqld]\nuser=mysql\n",
        ]);
        expect(run.stderr).toMatch(
            /^error MM_NODE_GTID_MODE: b is linked and runs with gtid_mode = OFF; wanted is ON, /,
        );
        host.local.variables.set("gtid_mode", "ON");
        expect((await host.run(script, gtids)).exitCode).toBe(0);
    });

    it("a scheduler that was switched on in the running server alone runs after the restart, too", async () => {
        const host = node({ ...fresh, event_scheduler: "ON" }, "[mysqld]\nevent_scheduler=OFF\n");
        const run = await host.run(script, up);
        expect([run.exitCode, restarts(host), host.local.variables.get("event_scheduler")]).toEqual([
            0,
            ["restart mysqld"],
            "ON",
        ]);
        expect(run.stderr).toContain("b: set event_scheduler = ON in the running server, as it was before the restart");
    });

    it("restarts no server that has rows in MEMORY tables: they would go, on the peer too", async () => {
        const host = node(fresh);
        host.local.rules.push({
            on: /engine = 'MEMORY'[\s\S]* AND COALESCE\(table_rows, 1\) > 0/,
            answer: { stdout: "crm.cache" },
        });
        const run = await host.run(script, up);
        expect([run.exitCode, restarts(host), host.read("/etc/my.cnf")]).toEqual([1, [], "[mysqld]\nuser=mysql\n"]);
        expect(run.stderr).toContain(
            "error MM_NODE_VOLATILE: b has rows in MEMORY tables (crm.cache), and would have to be restarted for log_bin server_id relay_log: its server would lose them, and empty those tables on its peer as well. It was not restarted, and its option file is as before\n",
        );
    });

    it("refuses to drop the gtid_mode of a node that is linked: another one would come with its next restart", async () => {
        const host = node({ ...right, server_id: "20", gtid_mode: "ON" });
        expect((await host.run(script, { ...up, SETTINGS: "gtid_mode=ON" })).exitCode).toBe(0);
        const file = host.read("/etc/my.cnf");
        host.remember("link", "source=a.example.com:3306 uuid=uuid-a\n");
        const run = await host.run(script, { ...up, SETTINGS: "" });
        expect([run.exitCode, restarts(host), host.read("/etc/my.cnf")]).toEqual([1, [], file]);
        expect(run.stderr).toMatch(
            /^error MM_NODE_GTID_MODE: b is linked, and the stack no longer sets its gtid_mode \(ON\): /,
        );
    });

    it("refuses options that the server does not accept, and puts the file back", async () => {
        const host = node(right);
        const { mysqld } = host.answers;
        host.answers.mysqld = (call) =>
            call.argv.includes("--validate-config")
                ? {
                      status: 1,
                      stdout:
                          "2026-01-01T00:00:00.1Z 0 [ERROR] [MY-000067] [Server] unknown variable 'x=1'\n" +
                          "2026-01-01T00:00:00.2Z 0 [ERROR] [MY-000067] [Server] unknown variable 'x=1'\n" +
                          "2026-01-01T00:00:00.3Z 0 [ERROR] [MY-010119] [Server] Aborting\n",
                  }
                : (mysqld?.(call) ?? {});
        const run = await host.run(script, up);
        expect([run.exitCode, run.stdout, restarts(host)]).toEqual([1, "", []]);
        expect(run.stderr).toContain(
            "error MM_NODE_OPTIONS_INVALID: b's server does not accept the option file as it would be with the managed block. Nothing was changed\n",
        );
        expect(run.stderr).toMatch(/^ {2}server: \[MY-000067\] \[Server\] unknown variable 'x=1'\n/m);
        expect(host.read("/etc/my.cnf")).toBe("[mysqld]\nuser=mysql\n");
    });

    it("gives the last words of a check of the options that crashes, and puts the file back", async () => {
        const host = node(right);
        const { mysqld } = host.answers;
        host.answers.mysqld = (call) =>
            call.argv.includes("--validate-config")
                ? { status: 139, stdout: "stack\ntrace\n" }
                : (mysqld?.(call) ?? {});
        const run = await host.run(script, up);
        expect([run.exitCode, host.read("/etc/my.cnf")]).toEqual([1, "[mysqld]\nuser=mysql\n"]);
        expect(run.stderr).toMatch(/^error MM_NODE_OPTIONS_INVALID: .*\n {2}next: .*\n {2}server: stack\|trace\n/m);
    });

    it("asks for the address where the host does not know its own name", async () => {
        const host = node({ ...right, bind_address: "127.0.0.1" });
        host.answers.getent = () => ({ status: 2 });
        const run = await host.run(script, { ...up, BIND_ADDRESS: "" });
        expect([run.exitCode, run.stdout]).toEqual([1, ""]);
        expect(run.stderr).toMatch(
            /^error MM_NODE_ADDRESS: b listens on loopback only, and b\.example\.com is no address of this host \(.*\)\. Nothing was changed\n/,
        );
    });

    it("writes the address that the running server has from an earlier pair, where the files would close it at the next restart", async () => {
        const [own = ""] = execFileSync("hostname", ["-I"]).toString().split(" ");
        const host = node({ ...right, bind_address: `127.0.0.1,${own}` });
        host.answers.getent = () => ({ stdout: `${own} STREAM b.example.com\n` });
        const lines = () => (host.read("/etc/my.cnf") ?? "").match(/^\w.*$/gm) ?? [];
        host.answers.mysqld = ({ argv }) =>
            argv.includes("--print-defaults")
                ? {
                      stdout: `x:\n--bind-address=127.0.0.1 ${lines()
                          .map((each) => `--${each}`)
                          .join(" ")}\n`,
                  }
                : {};
        for (let time = 0; time < 2; time += 1) {
            const run = await host.run(script, { ...up, BIND_ADDRESS: "" });
            expect([run.exitCode, restarts(host)]).toEqual([0, []]);
            expect(lines()).toContain(`bind_address=127.0.0.1,${own}`);
        }
    });

    it("refuses a server without network, whose port is 0, and takes none but that for another one", async () => {
        const host = node({ ...right, port: "0", skip_networking: "1" });
        const run = await host.run(script, up);
        expect([run.exitCode, run.stdout, host.read("/etc/my.cnf")]).toEqual([1, "", "[mysqld]\nuser=mysql\n"]);
        expect(run.stderr).toMatch(
            /^error MM_NODE_NO_NETWORK: b's server runs with skip_networking\. Nothing was changed\n/m,
        );
        const other = await node({ ...right, port: "3307" }).run(script, up);
        expect(other.stderr).toMatch(
            /^error MM_SQL_WRONG_SERVER: the socket on b leads to the server on port 3307, not 3306\n/m,
        );
    });

    it("refuses a value that SET PERSIST has set otherwise, before it writes", async () => {
        const host = node(right);
        host.local.rules.push({
            on: "SELECT VARIABLE_NAME, VARIABLE_VALUE FROM performance_schema.persisted_variables",
            answer: { stdout: "max_connections\t200\nserver_id\t7" },
        });
        const run = await host.run(script, up);
        expect(run.exitCode).toBe(1);
        expect(run.stderr).toMatch(
            /^error MM_NODE_OPTION_OVERRIDDEN: b has server_id = 7 from SET PERSIST \(mysqld-auto\.cnf\), which wins over option files; wanted is 20\. Nothing was changed\n/,
        );
        expect(host.read("/etc/my.cnf")).toBe("[mysqld]\nuser=mysql\n");
    });
});

describe("configure-node.sh on a node that replicates already", () => {
    /** A configured node that follows its peer, and runs with this server_id. */
    function replica(server_id: string) {
        const host = node({ ...right, server_id });
        host.local.channel = new Map([["Source_Host", "a.example.com"]]);
        return host;
    }

    it("refuses another server_id before it writes: rows would come back, or be skipped", async () => {
        const host = replica("7");
        const run = await host.run(script, up);
        expect([changes(run.statements), restarts(host), host.read("/etc/my.cnf")]).toEqual([
            [],
            [],
            "[mysqld]\nuser=mysql\n",
        ]);
        expect(run).toMatchObject({
            exitCode: 1,
            stdout: "",
            stderr:
                "error MM_NODE_SERVER_ID: b replicates as server_id 7, wanted is 20. Nothing was changed\n" +
                "  next: set mysql.serverId of node b to 7 (or SET GLOBAL server_id = 20 there, if somebody has just changed it); to change it for good, pulumi destroy (all data stays), then up\n",
        });
    });

    it("goes on with the one that it has", async () => {
        expect(await replica("20").run(script, up)).toMatchObject({ exitCode: 0, stdout: line });
    });
});
