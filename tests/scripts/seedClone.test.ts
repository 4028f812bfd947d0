import { existsSync, mkdirSync } from "node:fs";
import { assembleScript } from "../../core/script";
import { changes, cleanUpHosts, common, type FakeHost, makeHost } from "./fakeHost";
import { type Answer, processList, refused } from "./fakeServer";

cleanUpHosts();

const admit = "seed-admit.sh";
const unfinished = "state=unfinished source=uuid-a own=uuid-b method=clone file=mysql-bin.000001 position=4 folders=\n";
const clone = "CLONE INSTANCE FROM 'replicator'@'a.example.com':3306 IDENTIFIED BY 'SECRETaccount' REQUIRE SSL";
const parameters = {
    SEED: "wanted",
    OFFER: "offer method=clone plugin=ours names=0123456789abcdef",
    SOURCE_UUID: "uuid-a",
    BACKUP_FILE: "/none",
    TIMEOUT_SECONDS: 60,
    RECEIVER: "none",
};

const install = "INSTALL PLUGIN clone SONAME 'mysql_clone.so'";
const uninstall = "UNINSTALL PLUGIN clone";
const dropRow = "DELETE FROM mysql.plugin WHERE name = 'clone'";
const noTable = refused(1146, "Table 'performance_schema.clone_status' doesn't exist");
const unmanaged = refused(3707, "Restart server failed (mysqld is not managed by supervisor process).");

/**
 * Node b, fresh; a clone makes it a's like, and ends with `words` as the server's own. `row`: a has one for the plugin in its
 * mysql.plugin; `file`: b's option files load it.
 */
function ready(words = unmanaged, { row = true, file = false } = {}) {
    const host = makeHost({ clone_valid_donor_list: "", clone_ssl_ca: "", clone_enable_compression: "0" });
    const status = { state: "", pid: 77, error: "0 ", ofOurs: true };
    if (file) {
        host.local.plugins.add("clone");
    }
    const column = (name: string, value: () => string, where = "") =>
        host.local.rules.push({
            on: `SELECT ${name} FROM performance_schema.clone_status${where}`,
            answer: () => (host.local.plugins.has("clone") ? { stdout: value() } : noTable),
        });
    column("state", () => status.state);
    column("state", () => (status.pid === 0 ? "" : status.state), " WHERE NOT (state = 'In Progress' AND pid = 0)");
    host.local.rules.push(
        {
            on: "SELECT pid FROM performance_schema.clone_status WHERE state = 'In Progress' AND source = 'a.example.com:3306'",
            answer: () => ({ stdout: status.ofOurs && status.state === "In Progress" ? "77" : "" }),
        },
        {
            on: "KILL QUERY 77",
            answer: () => {
                status.state = "Failed";
                return {};
            },
        },
    );
    column("CONCAT(error_no, ' ', error_message)", () => status.error);
    column("binlog_file", () => "bin.7");
    column("binlog_position", () => "700");
    column("gtid_executed", () => "uuid-a:1-5,\\nuuid-c:1");
    host.local.rules.push(
        { on: /^SELECT COALESCE\(SUM\(data\), 0\)/, answer: { stdout: "5000000" } },
        {
            on: clone,
            answer: () => {
                status.state = "Completed";
                host.local.hasCloneRow = row;
                if (!row && !file) {
                    host.local.plugins.delete("clone");
                }
                host.local.schemas = ["shop"];
                // its accounts have the rights that the origin gave them
                host.local.accounts.set("replicator@%", "x");
                host.local.grants += "\nGRANT BACKUP_ADMIN ON *.* TO `replicator`@`%`";
                host.local.variables.set("gtid_executed", "uuid-a:1-5,uuid-c:1");
                // it comes up with what the option file says
                host.local.variables.set("super_read_only", "1");
                return words;
            },
        },
    );
    return { host, status };
}
const restartsOf = (host: FakeHost) =>
    host.calls.filter(({ name, argv }) => name === "systemctl" && argv[0] === "restart").length;

describe("seed-admit.sh, by clone,", () => {
    it("has the plugin compress what goes where the offer says so", async () => {
        const { host } = ready();
        const packed = await host.run(admit, { ...parameters, OFFER: `${parameters.OFFER} packed=yes` });
        expect([packed.exitCode, changes(packed.statements).slice(5, 8)]).toEqual([
            0,
            [
                "SET GLOBAL clone_valid_donor_list = 'a.example.com:3306'",
                "SET GLOBAL clone_enable_compression = 1",
                clone,
            ],
        ]);
    });

    it("closes the node, clones the origin over TLS, restarts it, and takes away what that needed; then it has a receipt", async () => {
        const { host } = ready();
        const run = await host.run(admit, parameters);
        expect(run).toMatchObject({
            exitCode: 0,
            stdout: expect.stringMatching(
                /^admit method=clone file=bin\.7 position=700 gtid=uuid-a:1-5,uuid-c:1 bytes=5000000 offered=0123456789abcdef names=[0-9a-f]{16} receipt=[0-9a-f]{16}\n$/,
            ),
        });
        expect(changes(run.statements)).toEqual([
            "SET GLOBAL super_read_only = 0",
            "SET GLOBAL read_only = 1",
            "SET GLOBAL event_scheduler = OFF",
            // its own log is as the clone leaves it: whatever is found in it later is somebody's
            "RESET BINARY LOGS AND GTIDS",
            "INSTALL PLUGIN clone SONAME 'mysql_clone.so'",
            "SET GLOBAL clone_valid_donor_list = 'a.example.com:3306'",
            clone,
            "XA RECOVER CONVERT XID",
            "SET GLOBAL super_read_only = 0, GLOBAL read_only = 1",
            "SET SESSION sql_log_bin = 0",
            "REVOKE BACKUP_ADMIN ON *.* FROM 'replicator'@'%'",
            "UNINSTALL PLUGIN clone",
            "SET GLOBAL super_read_only = 1",
        ]);
        expect(restartsOf(host)).toBe(1);
        expect([host.memory("seed"), host.memory("received"), host.memory("donor")]).toEqual([
            unfinished,
            run.stdout.replace("admit", "for=1600000000/e3b0c44298fc"),
            undefined,
        ]);
        // no key is let in
        expect([host.read("/root/.ssh/authorized_keys"), host.memory("receive-backup")]).toEqual([
            undefined,
            undefined,
        ]);
    });

    it.each([
        ["ends with the connection", refused(2013, "Lost connection to MySQL server during query")],
        ["is shut down", refused(1053, "Server shutdown in progress")],
        ["says nothing", {}],
    ])("restarts nothing where the server does that by itself, and %s", async (_, words) => {
        const { host } = ready(words);
        expect((await host.run(admit, parameters)).exitCode).toBe(0);
        expect(restartsOf(host)).toBe(0);
    });

    it("notes which folders were there before, and removes what an earlier clone that was cut has left", async () => {
        const { host } = ready();
        const folder = (name: string) => host.path(`/var/lib/mysql/${name}`);
        mkdirSync(folder("mine"), { recursive: true });
        host.local.rules.unshift({
            on: clone,
            answer: () => {
                mkdirSync(folder("shop"));
                host.local.rules.shift();
                return refused(1317, "Query execution was interrupted");
            },
        });
        expect((await host.run(admit, parameters)).exitCode).toBe(1);
        const noted = unfinished.replace("folders=", "folders=mine");
        expect([host.memory("seed"), existsSync(folder("shop"))]).toEqual([noted, true]);
        expect((await host.run(admit, parameters)).exitCode).toBe(0);
        expect([host.memory("seed"), existsSync(folder("shop")), existsSync(folder("mine"))]).toEqual([
            noted,
            false,
            true,
        ]);
    });

    it("forgets the origin's own channel, which comes along with its data", async () => {
        const { host } = ready();
        const whole = host.local.rules.find(({ on }) => on === clone)?.answer as () => Answer;
        host.local.rules.unshift({
            on: clone,
            answer: () => {
                host.local.channel = new Map([
                    ["Source_Host", "b.example.com"],
                    ["Source_Port", "3306"],
                ]);
                return whole();
            },
        });
        const run = await host.run(admit, parameters);
        expect([run.exitCode, changes(run.statements).slice(7, 8), host.local.channel]).toEqual([
            0,
            ["RESET REPLICA ALL"],
            undefined,
        ]);
    });

    it("encrypted even where the stack lets the link be in clear, and with the CA where it has one", async () => {
        const { host } = ready();
        const run = await host.run(admit, { ...parameters, TLS_REQUIRE: false });
        expect([run.exitCode, run.statements.includes(clone)]).toEqual([0, true]);
        const other = ready();
        other.host.write("/var/lib/mysql/x", "");
        const sure = await other.host.run(admit, { ...parameters, TLS_CA: "CERTIFICATE" });
        const ca = sure.statements.find((text) => text.startsWith("SET GLOBAL clone_ssl_ca"));
        expect([sure.exitCode, ca?.replace(other.host.root, "")]).toEqual([
            0,
            expect.stringMatching(/^SET GLOBAL clone_ssl_ca = '\/var\/lib\/mysql\/mysql-master-master-ca-\w+\.pem'$/),
        ]);
    });

    it("refuses a node with schemas of its own: it looked, and did no more", async () => {
        const { host } = ready();
        host.local.schemas = ["crm"];
        const run = await host.run(admit, parameters);
        expect([run.exitCode, run.stdout, changes(run.statements)]).toEqual([1, "", []]);
        expect(run.stderr.split("\n")[0]).toBe(
            "error MM_SEED_NODE_NOT_EMPTY: b holds schemas of its own (crm); seeding would overwrite them. Nothing was changed in them",
        );
        expect([host.memory("seed"), host.memory("donor")]).toEqual([undefined, undefined]);
    });

    it("refuses while somebody is connected, and names them: it looked, and did no more", async () => {
        const { host } = ready();
        host.local.rules.push({
            on: "SHOW PROCESSLIST",
            answer: { stdout: processList([21, "app", "10.0.0.7:4711", "Sleep", 30, "NULL"]) },
        });
        const run = await host.run(admit, parameters);
        expect([run.exitCode, run.stdout, changes(run.statements), host.memory("seed")]).toEqual([
            1,
            "",
            [],
            undefined,
        ]);
        expect(run.stderr.slice(run.stderr.indexOf("error "))).toBe(
            "error MM_SEED_NODE_IN_USE: b is in use by app@10.0.0.7:4711 since 30 s, and is to be overwritten. Nothing was changed\n" +
                "  next: end those connections, then run up again\n",
        );
    });

    it("waits for a clone that is not the program's, and says so where that does not end", async () => {
        const { host, status } = ready();
        host.local.plugins.add("clone");
        status.state = "In Progress";
        const run = await host.run(admit, parameters);
        expect([run.exitCode, changes(run.statements)]).toEqual([1, []]);
        expect(run.stderr).toContain(
            "error MM_SEED_CLONE: a clone that this program did not begin still runs on b after 60 s\n",
        );
    });

    it("looks for the service that it may have to start before anything is overwritten", async () => {
        const { host } = ready();
        host.answers.systemctl = ({ argv }) => ({ status: argv[0] === "is-active" ? 3 : 0 });
        const run = await host.run(admit, parameters);
        expect([run.exitCode, changes(run.statements), host.memory("seed")]).toEqual([1, [], undefined]);
        expect(run.stderr).toContain("error MM_NODE_NO_SERVICE: b's server runs under no service name that is known");
    });

    it("stops with the server's words where it is refused, and clones again at the next up", async () => {
        const { host, status } = ready();
        host.local.rules.unshift({ on: clone, answer: refused(3862, "Clone Donor Error: 3862 : no room") });
        const run = await host.run(admit, parameters);
        expect([run.exitCode, run.stdout]).toEqual([1, ""]);
        expect(run.stderr.slice(run.stderr.indexOf("error "))).toBe(
            "error MM_SEED_CLONE: b could not be cloned from a.example.com:3306; a.example.com was only read, and what was on b is half overwritten\n" +
                "  next: mend what the server names (where that is a right or the plugin that a.example.com lacks: pulumi config set mysql-master-master:converge with a new text), or set seed.method to stream; then run up again\n" +
                "  server: ERROR 3862 (HY000) at line 1: Clone Donor Error: 3862 : no room\n",
        );
        expect([host.memory("seed"), host.memory("received"), host.memory("donor")]).toEqual([
            unfinished,
            undefined,
            "plugin=ours from=a.example.com:3306\n",
        ]);
        host.local.rules.shift();
        // whatever the half of it has brought
        host.local.schemas = ["shop", "anything"];
        expect(status.state).toBe("");
        const again = await host.run(admit, parameters);
        expect([again.exitCode, again.stdout.startsWith("admit method=clone ")]).toEqual([0, true]);
    });

    it.each([
        ["that the server calls failed", "Failed", "1158 Got an error reading communication packets"],
        ["of which the server knows nothing any more, for it died in it", "", ""],
    ])("does not take a clone %s, and waits for no other", async (_what, state, error) => {
        const { host, status } = ready();
        host.local.rules.unshift({
            on: clone,
            answer: () => {
                Object.assign(status, { state, error });
                return refused(2013, "Lost connection");
            },
        });
        const run = await host.run(admit, { ...parameters, START_TIMEOUT_SECONDS: 600 });
        expect([run.exitCode, run.stdout]).toEqual([1, ""]);
        expect(run.stderr).toMatch(new RegExp(`error MM_SEED_CLONE: .*\n.*\n {2}server: .*Lost connection.*${error}`));
    });

    it("does not take a clone with tables that came without rows, or with prepared transactions", async () => {
        for (const [on, stdout, what] of [
            [
                /engine NOT IN \('InnoDB'/,
                "shop.log MyISAM",
                "error MM_SEED_ENGINE: the origin had tables that a clone does not carry when it was cloned (shop.log MyISAM); ",
            ],
            [
                /^XA RECOVER/,
                "1\t1\t0\tx",
                "error MM_SEED_PREPARED: XA transactions were prepared on the origin when it was cloned (1 x), and are here, too; ",
            ],
        ] as const) {
            const { host } = ready();
            host.local.rules.unshift({ on, answer: { stdout } });
            const run = await host.run(admit, parameters);
            expect([run.exitCode, run.stdout, host.memory("received")]).toEqual([1, "", undefined]);
            expect(run.stderr).toContain(what);
        }
    });

    it("at destroy takes away what a clone that was cut has left", async () => {
        const { host } = ready();
        host.local.rules.unshift({ on: clone, answer: refused(3862, "no room") });
        await host.run(admit, parameters);
        const run = await host.run(admit, parameters, "down");
        expect([run.exitCode, changes(run.statements), host.memory("donor")]).toEqual([
            0,
            ["UNINSTALL PLUGIN clone"],
            undefined,
        ]);
        expect((await host.run(admit, parameters, "down")).statements).toEqual([]);
    });
});

describe("a clone that is here whole", () => {
    it.each([
        ["a parameter that changed", { START_TIMEOUT_SECONDS: 61, TIMEOUT_SECONDS: 61 }],
        ["an offer that was made anew", { OFFER: "offer method=clone plugin=theirs names=another packed=yes" }],
    ])("is not dropped and made again for %s", async (_, changed) => {
        const { host } = ready();
        const { stdout } = await host.run(admit, parameters);
        const run = await host.run(admit, { ...parameters, ...changed });
        expect([run.exitCode, run.stdout, changes(run.statements), restartsOf(host)]).toEqual([0, stdout, [], 1]);
        expect(run.stderr).toBe("b: was cloned by an earlier up, and is taken as it is\n");
    });

    it.each([
        ["converge asks for another", () => ({ CONVERGE: "again" })],
        ["the origin's log was begun anew", () => ({ SOURCE_LOG: "1600000001" })],
        [
            "somebody has opened the node",
            (host: FakeHost) => {
                host.local.variables.set("read_only", "0").set("super_read_only", "0");
                return {};
            },
        ],
        [
            "another method has been begun there",
            (host: FakeHost) => {
                host.remember("seed", unfinished.replace("method=clone ", ""));
                host.remember("seed-expects", "schema shop\naccount replicator@%\n");
                return {};
            },
        ],
    ])("is made again where %s", async (_, change) => {
        const { host } = ready();
        const { stdout } = await host.run(admit, parameters);
        host.peer.variables.set("gtid_executed", "uuid-a:1-5,uuid-c:1");
        const run = await host.run(admit, { ...parameters, ...change(host) });
        expect([run.exitCode, run.statements.includes(clone)]).toEqual([0, true]);
        expect(/receipt=(\w+)/.exec(run.stdout)?.[1]).not.toBe(/receipt=(\w+)/.exec(stdout)?.[1]);
    });
});

describe("the plugin on b, whose mysql.plugin becomes a's", () => {
    const theirs = { OFFER: parameters.OFFER.replace("ours", "theirs") };
    const plugin = (host: FakeHost) => [host.local.plugins.has("clone"), host.local.hasCloneRow];
    const taken = (statements: string[]) =>
        statements.filter((text) => [install, uninstall, dropRow].includes(text) || text.startsWith("REVOKE"));

    it.each([false, true])(
        "stays where b's option files load it, permanently: %s; but for the row that came from a",
        async (permanent) => {
            const { host } = ready(unmanaged, { file: true });
            host.local.isClonePermanent = permanent;
            const run = await host.run(admit, parameters);
            expect([run.exitCode, taken(run.statements), ...plugin(host)]).toEqual([
                0,
                ["REVOKE BACKUP_ADMIN ON *.* FROM 'replicator'@'%'", dropRow],
                true,
                false,
            ]);
        },
    );

    it("is made once more where a's option files alone load it there: by it the server tells how the clone went", async () => {
        const { host } = ready(unmanaged, { row: false });
        const run = await host.run(admit, { ...parameters, ...theirs });
        expect([run.exitCode, taken(run.statements), ...plugin(host)]).toEqual([
            0,
            [install, install, "REVOKE BACKUP_ADMIN ON *.* FROM 'replicator'@'%'", uninstall],
            false,
            false,
        ]);
    });

    it("stays as a has it where a has it for itself", async () => {
        const { host } = ready();
        const run = await host.run(admit, { ...parameters, ...theirs });
        expect([run.exitCode, taken(run.statements), ...plugin(host)]).toEqual([
            0,
            [install, "REVOKE BACKUP_ADMIN ON *.* FROM 'replicator'@'%'"],
            true,
            true,
        ]);
    });

    it("goes again where a has it for itself, and the clone failed", async () => {
        const { host } = ready();
        host.local.rules.unshift({ on: clone, answer: refused(3862, "no room") });
        await host.run(admit, { ...parameters, ...theirs });
        await host.run(admit, parameters, "down");
        expect([...plugin(host), host.memory("donor")]).toEqual([false, false, undefined]);
    });

    it("is b's own where it was there before by a row, whatever a has", async () => {
        const { host } = ready();
        host.local.plugins.add("clone");
        host.local.hasCloneRow = true;
        const run = await host.run(admit, parameters);
        expect([run.exitCode, ...plugin(host)]).toEqual([0, true, true]);
    });
});

describe("a clone whose client was killed goes on in b's server", () => {
    const down = { IDENTITY: "", STACK: "", ACCEPT_OTHER_STACK: false, MADE_ELSEWHERE: "no", KEEP_BACKUP: false };
    /** Node b while it is at work. */
    function orphaned() {
        const made = ready({});
        made.host.local.plugins.add("clone");
        made.host.local.hasCloneRow = true;
        made.host.remember("donor", "plugin=ours from=a.example.com:3306\n");
        made.host.remember("seed", unfinished);
        made.host.remember("before-fence", "read_only=0 super_read_only=0 event_scheduler=ON\n");
        made.host.local.variables.set("read_only", "1");
        made.status.state = "In Progress";
        return made;
    }
    const kill = "KILL QUERY 77";
    const said = "b: ends the clone of a.example.com:3306 that a run which was killed has left\n";

    it.each([
        ["by destroy, in each step of b's that comes along", "lock-host.sh", "down"],
        ["by destroy, in each step of b's that comes along", admit, "down"],
        ["by destroy, in each step of b's that comes along", "check-login.sh", "down"],
        ["before it is cloned again", admit, "up"],
    ])("and is ended %s: %s %s", async (_, script, verb) => {
        const { host } = orphaned();
        const run = await host.run(script, { ...parameters, ...down }, verb);
        expect([run.exitCode, changes(run.statements)[0], run.stderr.startsWith(said)]).toEqual([0, kill, true]);
        expect(host.memory("donor")).toBe(
            script === "check-login.sh" ? "plugin=ours from=a.example.com:3306\n" : undefined,
        );
        expect(run.statements.includes("SET GLOBAL read_only = 0")).toBe(script === "lock-host.sh");
    });

    it("unless its server has died in it, and takes it for one in progress still, of no connection", async () => {
        const { host, status } = orphaned();
        status.pid = 0;
        const run = await host.run(admit, parameters, "down");
        expect([run.exitCode, changes(run.statements), host.memory("donor")]).toEqual([0, [uninstall], undefined]);
    });

    const opens = "SET GLOBAL super_read_only = 0, GLOBAL read_only = 1";
    const closes = "SET GLOBAL super_read_only = 1";
    it.each([
        ["for a moment longer: that is waited for", "0", [uninstall]],
        ["on a closed node: the fence is off for each try alone, not for the wait", "1", [opens, uninstall, closes]],
    ])("and has the plugin in use %s", async (_, fence, attempt) => {
        const { host } = orphaned();
        const { rules, variables } = host.local;
        variables.set("super_read_only", fence);
        rules.unshift({
            on: uninstall,
            answer: () => {
                rules.shift();
                return refused(1883, "Plugin 'clone' cannot be uninstalled now. Plugin is still in use.");
            },
        });
        const run = await host.run(admit, parameters, "down");
        expect([run.exitCode, changes(run.statements), host.memory("donor")]).toEqual([
            0,
            [kill, ...attempt, ...attempt],
            undefined,
        ]);
    });

    it("and is ended before a stream is let in", async () => {
        const { host } = orphaned();
        host.write("/root/.ssh/authorized_keys", "");
        const run = await host.run(admit, { ...parameters, OFFER: "offer method=stream key=ssh-ed25519,AAAA" });
        expect([run.exitCode, changes(run.statements)]).toEqual([0, [kill, uninstall]]);
        expect(host.read("/root/.ssh/authorized_keys")).toContain("AAAA");
    });

    it.each([["lock-host.sh"], [admit]])("and where it does not end, nothing is undone: %s", async (script) => {
        const { host } = orphaned();
        host.local.rules.unshift({ on: kill, answer: {} });
        const run = await host.run(script, { ...parameters, ...down }, "down");
        expect([run.exitCode, changes(run.statements), host.memory("donor")]).toEqual([
            1,
            [kill],
            "plugin=ours from=a.example.com:3306\n",
        ]);
        expect(run.stderr).toMatch(
            /error MM_SEED_CLONE: a clone that was begun before has not ended on b after 60 s\n {2}next: where its server runs, KILL /,
        );
    });

    it("and is waited for where the server restarts with what it has brought: that is undone as well", async () => {
        const { host, status } = orphaned();
        let asked = 0;
        host.local.rules.unshift({
            on: /FROM performance_schema\.clone_status/,
            answer: () => {
                asked += 1;
                status.state = "Completed";
                return asked < 4
                    ? refused(2002, "Can't connect to local MySQL server through socket")
                    : { stdout: status.state };
            },
        });
        host.local.grants += "\nGRANT BACKUP_ADMIN ON *.* TO `replicator`@`%`";
        host.local.accounts.set("replicator@%", "x");
        const run = await host.run(admit, parameters, "down");
        expect([run.exitCode, changes(run.statements), host.memory("donor")]).toEqual([
            0,
            ["SET SESSION sql_log_bin = 0", "REVOKE BACKUP_ADMIN ON *.* FROM 'replicator'@'%'", uninstall],
            undefined,
        ]);
    });

    it("and is left alone where it is somebody else's", async () => {
        const { host, status } = orphaned();
        status.ofOurs = false;
        const run = await host.run(admit, parameters, "down");
        expect([run.exitCode, changes(run.statements)]).toEqual([1, []]);
    });

    it("unless the script that began it was there to end it: when that is ended itself, and when it takes too long", async () => {
        const cut = ready();
        const begin = (host: FakeHost, status: { state: string }, hang: boolean) =>
            host.local.rules.unshift({
                on: clone,
                answer: () => {
                    status.state = "In Progress";
                    return { hang };
                },
            });
        begin(cut.host, cut.status, true);
        const text = assembleScript(admit, { ...common, STEP: "seed-admit", ...parameters });
        const dies = text.replaceAll("await_job || status=$?", () => "sleep 1; kill -TERM $$; sleep 5");
        const run = await cut.host.runWhole(dies);
        expect([run.exitCode, run.stderr, changes(run.statements).slice(-2)]).toEqual([
            143,
            "b: cloning a.example.com:3306\n",
            [clone, kill],
        ]);
        const slow = ready();
        begin(slow.host, slow.status, true);
        const late = await slow.host.run(admit, { ...parameters, TIMEOUT_SECONDS: 1 });
        expect([late.exitCode, changes(late.statements).slice(-2)]).toEqual([1, [clone, kill]]);
        expect(late.stderr).toContain("  server: it took longer than seed.timeoutSeconds (1), and was ended\n");
    });
});

describe("seed-load.sh, after a clone,", () => {
    const load = async (use: (host: FakeHost) => void = () => {}) => {
        const { host } = ready();
        const { stdout } = await host.run(admit, parameters);
        use(host);
        const DUMP = stdout.trim().replace("admit", "dump");
        return { host, run: await host.run("seed-load.sh", { ...parameters, DUMP, KEEP_BACKUP: false }) };
    };

    it("is seeded from the clone's place, and restarts nothing", async () => {
        const { host, run } = await load();
        const line =
            "source_file=bin.7 source_position=700 source_gtid=uuid-a:1-5,uuid-c:1 file=mysql-bin.000003 position=157\n";
        expect([run.exitCode, run.stdout, changes(run.statements)]).toEqual([0, `seed ${line}`, []]);
        expect(host.memory("seed")).toBe(`state=done source=uuid-a own=uuid-b source_log=1600000000 ${line}`);
        expect([host.memory("received"), restartsOf(host)]).toEqual([undefined, 1]);
    });

    it("is not where it takes writes, or where its GTIDs are others than the clone's", async () => {
        for (const [use, what] of [
            [(host: FakeHost) => host.local.variables.set("read_only", "0"), "b takes writes after it was cloned: "],
            [
                (host: FakeHost) => host.local.variables.set("gtid_executed", "uuid-a:1-5,uuid-b:1,uuid-c:1"),
                "after the seed b has the GTID set uuid-a:1-5,uuid-b:1,uuid-c:1, what was sent has uuid-a:1-5,uuid-c:1\n",
            ],
        ] as const) {
            const { host, run } = await load(use);
            expect([run.exitCode, run.stdout, host.memory("seed")]).toEqual([1, "", unfinished]);
            expect(run.stderr).toContain(`error MM_SEED_LOAD: ${what}`);
        }
    });
});

describe("seed-dump.sh, after a clone,", () => {
    const told = "method=clone file=bin.7 position=700 gtid=uuid-a:1-5 bytes=9";
    const dump = { NODE: "a", SEED: "wanted", PEER_UUID: "uuid-b", BACKUP_FILE: "/none", KEEP_BACKUP: false };
    /** Node a, whose names are what seed-offer.sh said of them. */
    async function cloned() {
        const host = makeHost();
        host.local.variables.set("plugin_dir", host.path("/plugins/"));
        host.write("/plugins/mysql_clone.so", "");
        host.local.accounts.set("replicator@%", "x");
        const more = {
            METHOD: "clone",
            COMPRESS: false,
            LOCK_ALL_TABLES: false,
            OWN_HOST: "a.example.com",
            PEER_HOST: "b.example.com",
        };
        const facts = (await host.run("seed-look.sh", { SOURCE_UUID: "uuid-x" })).stdout.replace("seed wanted ", "");
        const offer = (await host.run("seed-offer.sh", { ...dump, ...more, PEER_FACTS: facts.trim() })).stdout.trim();
        return { host, offer, names: /names=(\w+)/.exec(offer)?.[1] };
    }

    it("ends what the clone needed, and hands on its place", async () => {
        const { host, offer, names } = await cloned();
        const ADMIT = `admit ${told} names=${names} receipt=r`;
        const run = await host.run("seed-dump.sh", { ...dump, OFFER: offer, ADMIT });
        expect(run).toMatchObject({ exitCode: 0, stdout: `dump ${told} names=${names} receipt=r\n`, stderr: "" });
        expect(changes(run.statements)).toContain("UNINSTALL PLUGIN clone");
        expect(host.memory("donor")).toBeUndefined();
        const again = await host.run("seed-dump.sh", { ...dump, OFFER: offer, ADMIT });
        expect([again.stdout, again.statements.includes("UNINSTALL PLUGIN clone")]).toEqual([run.stdout, false]);
    });

    it("stops where the peer has got other names than there are", async () => {
        const { host, offer, names } = await cloned();
        const ADMIT = `admit ${told} offered=${names} names=another receipt=r`;
        const run = await host.run("seed-dump.sh", { ...dump, OFFER: offer, ADMIT });
        expect([run.exitCode, run.stdout, host.memory("donor")]).toEqual([1, "", undefined]);
        expect(run.stderr.split("\n")[0]).toBe(
            "error MM_SEED_INCOMPLETE: the clone of a does not hold the schemas, tables, routines and accounts that a holds",
        );
    });

    it.each([
        ["from an offer of long ago: they are those of now", "old", (names: string) => names],
        ["and DDL that came after it: they are those of before", "old", () => "old"],
    ])("is content with a clone %s", async (_, offered, theirs) => {
        const { host, offer, names = "" } = await cloned();
        const ADMIT = `admit ${told} offered=${offered} names=${theirs(names)} receipt=r`;
        expect(await host.run("seed-dump.sh", { ...dump, OFFER: offer, ADMIT })).toMatchObject({
            exitCode: 0,
            stderr: "",
        });
    });

    it("warns where DDL came before the clone and after it: there is nothing to compare with", async () => {
        const { host, offer } = await cloned();
        const ADMIT = `admit ${told} offered=old names=x receipt=r`;
        expect(await host.run("seed-dump.sh", { ...dump, OFFER: offer, ADMIT })).toMatchObject({
            exitCode: 0,
            stderr:
                "warning MM_SEED_UNPROVEN: a: definitions changed on a since the clone was offered: the names of the schemas, tables, routines and accounts " +
                "that the peer has got could not be compared with those here\n",
        });
    });
});
