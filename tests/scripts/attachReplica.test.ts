import { byPosition, attach as up } from "./attached";
import { changes, cleanUpHosts, type FakeHost, makeHost } from "./fakeHost";
import { refused } from "./fakeServer";

cleanUpHosts();

const script = "attach-replica.sh";
const line = "link source=a.example.com:3306 uuid=uuid-a\n";
const login =
    "SOURCE_HOST = 'a.example.com', SOURCE_PORT = 3306, SOURCE_USER = 'replicator', SOURCE_PASSWORD = 'SECRETaccount'";
const rest = "SOURCE_CONNECT_RETRY = 10, SOURCE_RETRY_COUNT = 864000, SOURCE_SSL = 1, GET_SOURCE_PUBLIC_KEY = 1";

describe("attach-replica.sh", () => {
    it("gives host, account and coordinates in one statement", async () => {
        const host = makeHost(byPosition, byPosition);
        const run = await host.run(script, up);
        expect(changes(run.statements)).toEqual([
            "STOP REPLICA",
            "RESET REPLICA ALL",
            `CHANGE REPLICATION SOURCE TO ${login}, SOURCE_LOG_FILE = 'mysql-bin.000002', SOURCE_LOG_POS = 1234, ${rest}`,
            "START REPLICA",
        ]);
        expect(run).toMatchObject({ exitCode: 0, stdout: line });
        expect(run.stderr).toBe("b: follows a.example.com:3306 from mysql-bin.000002 1234\n");
    });

    it("asks again while its account is dropped and made anew by what the peer replays, and for nothing else", async () => {
        const host = makeHost();
        const words: [number, string][] = [
            [1045, "Access denied for user 'replicator'@'10.0.0.2' (using password: YES)"],
            [1045, "Access denied for user 'replicator'@'10.0.0.2' (using password: YES)"],
            [2003, "Can't connect to MySQL server on 'a.example.com:3306' (111)"],
        ];
        const uuid = "SELECT @@global.server_uuid";
        host.peer.rules.push({ on: uuid, answer: () => refused(...(words.shift() ?? [1, "asked again"])) });
        const run = await host.run(script, up);
        expect([run.exitCode, changes(run.statements)]).toEqual([1, []]);
        expect(run.peer.filter((text) => text === uuid)).toEqual([uuid, uuid, uuid]);
        // a busy machine may say it a moment later
        expect(run.stderr.replace(/since \d s/, "since 5 s")).toBe(
            "b: attach-replica: waiting since 5 s, 20 s at most\n" +
                "error MM_PEER_UNREADABLE: from b, the peer's server does not answer replicator\n" +
                "  next: see that it runs and is reachable, then run up again\n" +
                "  server: ERROR 2003 (HY000) at line 1: Can't connect to MySQL server on 'a.example.com:3306' (111)\n",
        );
    });

    it("asks by GTID where both servers have it on, and names no coordinates then", async () => {
        const run = await makeHost().run(script, up);
        expect(changes(run.statements)[2]).toBe(
            `CHANGE REPLICATION SOURCE TO ${login}, SOURCE_AUTO_POSITION = 1, ${rest}`,
        );
        expect(run.stdout).toBe(line);
    });

    it.each([
        ["once it has applied by position what the source had written", "mysql-bin.000009", 0],
        ["not before", "mysql-bin.000008", 1],
    ])(
        "turns a link by position into one by GTID %s: what has no GTID is never asked for by one",
        async (_, log, code) => {
            const host = makeHost(byPosition, byPosition);
            await host.run(script, up);
            host.local.variables.set("gtid_mode", "ON");
            host.peer.variables.set("gtid_mode", "ON");
            host.peer.coordinates = "mysql-bin.000009\t4";
            host.local.channel
                ?.set("Auto_Position", "0")
                .set("Relay_Source_Log_File", log)
                .set("Exec_Source_Log_Pos", "4");
            const run = await host.run(script, up);
            expect([run.exitCode, changes(run.statements)]).toEqual([
                code,
                code === 1
                    ? []
                    : [
                          "STOP REPLICA",
                          `CHANGE REPLICATION SOURCE TO ${login}, SOURCE_AUTO_POSITION = 1, ${rest}`,
                          "START REPLICA",
                      ],
            ]);
            expect(
                run.stderr.includes("error MM_LINK_BEHIND: b followed a.example.com:3306 by file and position "),
            ).toBe(code === 1);
        },
    );

    it.each([
        ["a mark", "mysql-bin.000009\t4\tAnonymous_Gtid\t10\t81\tSET @@SESSION.GTID_NEXT= 'ANONYMOUS'"],
        ["no mark, as before 5.7", "mysql-bin.000009\t4\tQuery\t10\t81\tBEGIN"],
    ])("does not start a link by GTID again past what the source wrote without one (%s)", async (_, event) => {
        const host = makeHost();
        await host.run(script, up);
        host.local.channel
            ?.set("Replica_IO_Running", "No")
            .set("Auto_Position", "1")
            .set("Relay_Source_Log_File", "mysql-bin.000009")
            .set("Exec_Source_Log_Pos", "4");
        const gtid =
            "mysql-bin.000009\t4\tGtid\t10\t81\tSET @@SESSION.GTID_NEXT= 'uuid-a:8'\nmysql-bin.000009\t81\tQuery\t10\t99\tBEGIN";
        host.peer.rules.push(
            { on: "SHOW BINARY LOGS", answer: { stdout: "mysql-bin.000008\t9\nmysql-bin.000009\t9" } },
            { on: "SHOW BINLOG EVENTS IN 'mysql-bin.000009' FROM 4", answer: () => ({ stdout: events }) },
        );
        let events = `${event}\n`;
        const run = await host.run(script, up);
        expect([run.exitCode, changes(run.statements)]).toEqual([1, []]);
        expect(run.stderr).toContain(
            "error MM_LINK_BEHIND: a.example.com has written without GTIDs (mysql-bin.000009 4) what b has not applied, and would never ask for by GTID. Nothing was changed\n",
        );
        events = gtid;
        expect((await host.run(script, up)).exitCode).toBe(0);
    });

    it("uses the words of an old series there", async () => {
        const host = makeHost(byPosition, byPosition, "8.0.15");
        const run = await host.run(script, up);
        const old = `${login}, SOURCE_LOG_FILE = 'mysql-bin.000002', SOURCE_LOG_POS = 1234, ${rest}`.replaceAll(
            "SOURCE",
            "MASTER",
        );
        expect(changes(run.statements)).toEqual([
            "STOP SLAVE",
            "RESET SLAVE ALL",
            `CHANGE MASTER TO ${old}`,
            "START SLAVE",
        ]);
        expect(run.stdout).toBe(line);
    });

    describe("on MariaDB", () => {
        const known = { gtid_slave_pos: "", gtid_strict_mode: "0" };
        const args = { ...up, GTID: "yes", PEER_UUID: "server-id-10-cafe" };
        /** a writes into domain 0, b into `domain`. */
        function mariaDb(domain: string, version = "11.8.2-MariaDB"): FakeHost {
            const host = makeHost({ ...known, gtid_domain_id: domain }, { gtid_domain_id: "0" }, version);
            host.peer.rules.push(
                { on: "SELECT CONCAT('server-id-', @@global.server_id)", answer: { stdout: "server-id-10" } },
                { on: "SHOW GLOBAL VARIABLES LIKE 'have_ssl'", answer: { stdout: "have_ssl\tYES" } },
                { on: "SELECT BINLOG_GTID_POS('mysql-bin.000002', 1234)", answer: { stdout: "0-10-7,5-1-3" } },
            );
            return host;
        }
        const master = login.replaceAll("SOURCE", "MASTER");
        const tls = "MASTER_SSL = 1, MASTER_SSL_CA = '', MASTER_SSL_VERIFY_SERVER_CERT = 0";
        const by = (how: string) => `CHANGE MASTER TO ${master}, ${how}, ${tls}`;
        const byPlace =
            "MASTER_LOG_FILE = 'mysql-bin.000002', MASTER_LOG_POS = 1234, MASTER_USE_GTID = no, MASTER_CONNECT_RETRY = 10";
        const bySlavePos = "MASTER_USE_GTID = slave_pos, MASTER_CONNECT_RETRY = 10";

        it("asks by GTID from the seed's place where each writes into a domain of its own, and does not have the certificate verified by default", async () => {
            const host = mariaDb("20");
            const run = await host.run(script, args);
            expect(changes(run.statements)).toEqual([
                "STOP SLAVE",
                "RESET SLAVE ALL",
                "SET GLOBAL gtid_slave_pos = '0-10-7,5-1-3'",
                by(bySlavePos),
                "START SLAVE",
            ]);
            expect([run.stderr, run.stdout]).toEqual([
                "b: follows a.example.com:3306 from mysql-bin.000002 1234, by GTID from 0-10-7,5-1-3\n",
                "link source=a.example.com:3306 uuid=server-id-10-cafe\n",
            ]);
            expect(changes((await host.run(script, args)).statements)).toEqual([]);
        });

        it("is not held up by its strict mode, which is on again afterwards, however that ends", async () => {
            const host = mariaDb("20");
            host.local.variables.set("gtid_strict_mode", "1");
            const run = await host.run(script, args);
            expect(changes(run.statements)).toEqual([
                "SET GLOBAL gtid_strict_mode = 0",
                "STOP SLAVE",
                "RESET SLAVE ALL",
                "SET GLOBAL gtid_slave_pos = '0-10-7,5-1-3'",
                by(bySlavePos),
                "START SLAVE",
                "SET GLOBAL gtid_strict_mode = 1",
            ]);
            const other = mariaDb("20");
            other.local.variables.set("gtid_strict_mode", "1");
            other.local.rules.push({ on: /^CHANGE MASTER/, answer: refused(1201, "no") });
            expect((await other.run(script, args)).exitCode).toBe(1);
            expect([other.local.variables.get("gtid_strict_mode"), other.memory("strict-mode")]).toEqual([
                "1",
                undefined,
            ]);
            // a run that was killed in between
            other.local.variables.set("gtid_strict_mode", "0");
            other.remember("strict-mode", "1\n");
            await other.run(script, args);
            expect(other.local.variables.get("gtid_strict_mode")).toBe("1");
        });

        it("changes nothing where the source no longer tells the place by GTID", async () => {
            const host = mariaDb("20");
            host.peer.rules.unshift({ on: /^SELECT BINLOG_GTID_POS/, answer: { stdout: "NULL" } });
            const run = await host.run(script, args);
            expect([run.exitCode, changes(run.statements)]).toEqual([1, []]);
            expect(run.stderr).toContain(
                "error MM_LINK_LOG_PURGED: a.example.com no longer has what b would ask for (log mysql-bin.000002 to position 1234). b was not changed\n",
            );
        });

        it("goes by position where both write into one domain, and says so to the server, for its default says otherwise", async () => {
            const host = mariaDb("0", "10.11.6-MariaDB");
            const run = await host.run(script, args);
            expect(changes(run.statements)).toEqual([
                "STOP SLAVE",
                "RESET SLAVE ALL",
                by(byPlace).split(", MASTER_SSL_CA")[0],
                "START SLAVE",
            ]);
            expect(run.stderr).toBe("b: follows a.example.com:3306 from mysql-bin.000002 1234\n");
        });

        it("goes by position where the stack does not want GTIDs; a link that stands so is left alone, though it wants them by now", async () => {
            const host = mariaDb("20");
            const run = await host.run(script, { ...args, GTID: "" });
            expect(changes(run.statements)[2]).toBe(by(byPlace));
            expect(changes((await host.run(script, args)).statements)).toEqual([]);
        });

        it("gives a link by GTID another account, and leaves its place alone; puts current_pos right, which would ask for what the peer lacks", async () => {
            const host = mariaDb("20");
            await host.run(script, args);
            host.local.channel?.set("Source_User", "somebody");
            const again = ["STOP SLAVE", by(bySlavePos), "START SLAVE"];
            expect(changes((await host.run(script, args)).statements)).toEqual(again);
            host.local.channel?.set("Using_Gtid", "Current_Pos");
            expect(changes((await host.run(script, args)).statements)).toEqual(again);
            expect(changes((await host.run(script, args)).statements)).toEqual([]);
        });
    });

    it.each([
        ["by position", byPosition],
        ["by GTID", {}],
    ])("leaves a link alone that is already so, %s", async (_, variables) => {
        const host = makeHost(variables, variables);
        const first = await host.run(script, up);
        const again = await host.run(script, up);
        expect(changes(again.statements)).toEqual([]);
        expect(again).toMatchObject({ exitCode: 0, stdout: first.stdout, stderr: "" });
    });

    it("starts threads that somebody stopped, and changes nothing else", async () => {
        const host = makeHost();
        await host.run(script, up);
        host.local.channel?.set("Replica_SQL_Running", "No");
        const run = await host.run(script, up);
        expect(changes(run.statements)).toEqual(["START REPLICA"]);
        expect(run).toMatchObject({ stdout: line, stderr: "b: started the receiver and the applier\n" });
    });

    it("gives a new password to the receiver alone, while the applier goes on", async () => {
        const host = makeHost();
        await host.run(script, up);
        const run = await host.run(script, { ...up, ACCOUNT_PASSWORD: "SECRETnew" });
        expect(changes(run.statements)).toEqual([
            "STOP REPLICA IO_THREAD",
            "CHANGE REPLICATION SOURCE TO SOURCE_PASSWORD = 'SECRETnew'",
            "START REPLICA",
        ]);
        expect(run).toMatchObject({
            exitCode: 0,
            stdout: line,
            stderr: "b: its receiver logs in to a.example.com:3306 anew (it was running: Yes)\n",
        });
        expect(host.memory("link")).not.toContain("SECRET");
    });

    it("lets a receiver that stands still log in anew, with the same password too", async () => {
        const host = makeHost();
        await host.run(script, up);
        host.local.channel?.set("Replica_IO_Running", "Connecting");
        const run = await host.run(script, up);
        expect(changes(run.statements)).toEqual([
            "STOP REPLICA IO_THREAD",
            "CHANGE REPLICATION SOURCE TO SOURCE_PASSWORD = 'SECRETaccount'",
            "START REPLICA",
        ]);
        expect(run).toMatchObject({
            exitCode: 0,
            stdout: line,
            stderr: "b: its receiver logs in to a.example.com:3306 anew (it was running: Connecting)\n",
        });
    });

    it("refuses a source that it did not set, and changes nothing", async () => {
        const host = makeHost();
        const theirs = { Source_Host: "other", Source_Port: "3307", Source_User: "x", Auto_Position: "1" };
        host.local.channel = new Map(Object.entries(theirs));
        const run = await host.run(script, up);
        expect(changes(run.statements)).toEqual([]);
        expect(run).toMatchObject({
            exitCode: 1,
            stdout: "",
            stderr:
                "error MM_LINK_FOREIGN_SOURCE: b follows other:3307, not a.example.com:3306. Nothing was changed\n" +
                "  next: if that link is no longer wanted, detach it by hand (STOP REPLICA; RESET REPLICA ALL), then run up again\n",
        });
        expect(host.memory("link")).toBeUndefined();
    });

    it.each([
        ["by position", byPosition],
        ["by GTID", {}],
    ])("stops a link behind whose address another server answers now, %s", async (_, variables) => {
        const host = makeHost(variables, variables);
        await host.run(script, up);
        const mark = host.memory("link");
        host.peer.variables.set("server_uuid", "uuid-x");
        const run = await host.run(script, up);
        expect([changes(run.statements), host.memory("link")]).toEqual([["STOP REPLICA"], mark]);
        expect(run).toMatchObject({
            exitCode: 1,
            stdout: "",
            stderr:
                "error MM_LINK_OTHER_SOURCE: b followed server uuid-a at a.example.com:3306, and now uuid-x answers there. b was stopped from following it\n" +
                "  next: if that is a restored copy, pulumi destroy and up again will tell whether the two fit; if it is a stranger, give the right host\n",
        });
    });

    it("follows nobody again once it was opened while its peer was gone", async () => {
        const host = makeHost();
        const parted = "source=a.example.com:3306 uuid=uuid-a password=d parted=gone\n";
        host.remember("link", parted);
        const run = await host.run(script, up);
        expect([run.exitCode, run.stdout, changes(run.statements), host.memory("link")]).toEqual([1, "", [], parted]);
        expect(run.stderr).toBe(
            "error MM_LINK_PARTED: b was opened while a.example.com was gone, and parted from it for good: each may have written what the other lacks. Nothing was changed\n" +
                "  next: set gone again to the node of a.example.com. For a pair again: pulumi destroy, name b's host as a and an empty host as b, take gone and active out, then up\n",
        );
    });

    it("refuses another server than the one that was configured there, as long as nothing is remembered of one", async () => {
        const host = makeHost({}, { server_uuid: "uuid-x" });
        const run = await host.run(script, up);
        expect([changes(run.statements), host.memory("link")]).toEqual([[], undefined]);
        expect(run).toMatchObject({
            exitCode: 1,
            stdout: "",
            stderr:
                "error MM_LINK_OTHER_SOURCE: at a.example.com:3306 server uuid-x answers b; the one that was configured is uuid-a. b was not changed\n" +
                "  next: see what a.example.com and its port mean on b (names, NAT, a proxy); if the peer was installed anew, set converge to a new text; then run up again\n",
        });
    });

    it("points a link back that somebody has changed since, where GTIDs tell what is lacking", async () => {
        const host = makeHost();
        await host.run(script, up);
        host.local.channel?.set("Source_Host", "other");
        const run = await host.run(script, up);
        expect(changes(run.statements)[1]).toBe(
            `CHANGE REPLICATION SOURCE TO ${login}, SOURCE_AUTO_POSITION = 1, ${rest}`,
        );
        expect(run).toMatchObject({ exitCode: 0, stdout: line });
    });

    it("refuses to guess where a changed link goes on without GTIDs", async () => {
        const host = makeHost(byPosition, byPosition);
        await host.run(script, up);
        host.local.channel?.set("Source_Host", "other");
        const run = await host.run(script, up);
        expect(changes(run.statements)).toEqual([]);
        expect(run.stderr).toMatch(
            /^error MM_LINK_COORDINATES_LOST: b was pointed at other:3306 behind the program's back\. Nothing was changed\n/,
        );
        expect(run.exitCode).toBe(1);
    });

    /** A link by position that stands, of another account; its applier goes on until it is stopped. */
    async function advancing(): Promise<FakeHost> {
        const host = makeHost(byPosition, byPosition);
        await host.run(script, up);
        host.local.channel?.set("Source_User", "old");
        host.local.rules.push({
            on: "STOP REPLICA",
            answer: () => {
                host.local.channel?.set("Exec_Source_Log_Pos", "8000");
                host.local.channel?.set("Replica_IO_Running", "No").set("Replica_SQL_Running", "No");
                return {};
            },
        });
        return host;
    }

    it("points a link anew from where its applier stands once it is stopped, without GTIDs", async () => {
        const host = await advancing();
        const run = await host.run(script, up);
        expect(changes(run.statements)).toEqual([
            "STOP REPLICA",
            "STOP REPLICA",
            `CHANGE REPLICATION SOURCE TO ${login}, SOURCE_LOG_FILE = 'mysql-bin.000002', SOURCE_LOG_POS = 8000, ${rest}`,
            "START REPLICA",
        ]);
        expect(run).toMatchObject({ exitCode: 0, stdout: line });
    });

    it.each([
        ["both threads", "Yes", ["START REPLICA IO_THREAD, SQL_THREAD"]],
        ["the applier", "No", ["START REPLICA SQL_THREAD"]],
    ])("lets %s of such a link go on where its source has purged the log since", async (_, receiver, started) => {
        const host = await advancing();
        host.local.channel?.set("Replica_IO_Running", receiver);
        host.peer.rules.push({ on: "SHOW BINARY LOGS", answer: { stdout: "mysql-bin.000003\t157\n" } });
        const run = await host.run(script, up);
        expect(changes(run.statements)).toEqual(["STOP REPLICA", ...started]);
        expect([run.exitCode, run.stdout]).toEqual([1, ""]);
        expect(run.stderr).toContain(
            "error MM_LINK_LOG_PURGED: a.example.com no longer has what b would ask for (log mysql-bin.000002 to position 8000). b was not changed\n",
        );
    });

    it.each([
        ["9.7.4", { RETRY_SECONDS: 3 }, "SOURCE_CONNECT_RETRY = 3"],
        ["9.7.4", { RETRY_COUNT: 77 }, "SOURCE_RETRY_COUNT = 77"],
        ["8.0.15", { RETRY_SECONDS: 3, RETRY_COUNT: 77 }, "MASTER_CONNECT_RETRY = 3, MASTER_RETRY_COUNT = 77"],
    ])(
        "gives a link that stands the retries that were set anew, %s %j, and leaves its place",
        async (version, retry, said) => {
            const host = makeHost(byPosition, byPosition, version);
            await host.run(script, up);
            const run = await host.run(script, { ...up, ...retry });
            const old = (text: string) =>
                version === "9.7.4" ? text : text.replace("REPLICATION SOURCE", "MASTER").replace("REPLICA", "SLAVE");
            const password = version === "9.7.4" ? "SOURCE_PASSWORD" : "MASTER_PASSWORD";
            expect(changes(run.statements)).toEqual([
                old("STOP REPLICA IO_THREAD"),
                `${old("CHANGE REPLICATION SOURCE")} TO ${password} = 'SECRETaccount', ${said}`,
                old("START REPLICA"),
            ]);
            expect(run).toMatchObject({ exitCode: 0, stdout: line });
            expect(changes((await host.run(script, { ...up, ...retry })).statements)).toEqual([]);
            expect(changes((await host.run(script, { ...up, RETRY_SECONDS: "", RETRY_COUNT: "" })).statements)).toEqual(
                [],
            );
        },
    );

    it("warns at every run while rows travel in clear, and no longer once the peer has TLS", async () => {
        const host = makeHost();
        const clear = { on: "SHOW SESSION STATUS LIKE 'Ssl_cipher'", answer: { stdout: "Ssl_cipher\t" } };
        const warning =
            "warning MM_LINK_IN_CLEAR: b: a.example.com offers no TLS: rows travel to b in clear; the password does not, it goes encrypted with the key that a.example.com shows\n";
        host.peer.rules.push(clear);
        const run = await host.run(script, up);
        expect(changes(run.statements)[2]).toContain("SOURCE_SSL = 0, ");
        expect(run).toMatchObject({
            exitCode: 0,
            stdout: line,
            stderr: `b: follows a.example.com:3306 by GTID\n${warning}`,
        });
        for (let time = 0; time < 2; time++) {
            const again = await host.run(script, up);
            expect([again.exitCode, again.stdout, again.stderr, changes(again.statements)]).toEqual([
                0,
                line,
                warning,
                [],
            ]);
        }
        host.peer.rules.length = 0;
        expect((await host.run(script, up)).stderr).not.toContain("MM_LINK_IN_CLEAR");
    });

    it("shows a password to nobody: not in arguments, not in what it says, not in its memory", async () => {
        const host = makeHost();
        host.local.rules.push({ on: /^CHANGE/, answer: refused(1064, "near 'SECRETaccount' and SECRETlogin") });
        const run = await host.run(script, { ...up, LOGIN_USER: "root", LOGIN_PASSWORD: "SECRETlogin" });
        expect(host.calls.filter(({ options }) => options.includes("SECRET")).length).toBeGreaterThan(3);
        expect(host.calls.filter(({ argv }) => argv.join(" ").includes("SECRET"))).toEqual([]);
        expect(run.stderr).toBe(
            "error MM_SQL_REFUSED: b's server refused a statement of step attach-replica\n" +
                "  next: read the server's words; grant the login what README.md lists, or start the server, then run up again\n" +
                "  server: ERROR 1064 (HY000) at line 1: near '***' and ***\n",
        );
    });
});

describe("attach-replica.sh at destroy", () => {
    it("stops and forgets its own link; a second time it finds none", async () => {
        const host = makeHost();
        await host.run(script, up);
        const run = await host.run(script, up, "down");
        expect(changes(run.statements)).toEqual(["STOP REPLICA", "RESET REPLICA ALL"]);
        expect(host.memory("link")).toBeUndefined();
        const again = await host.run(script, up, "down");
        expect([again.exitCode, changes(again.statements)]).toEqual([0, []]);
    });

    it("waits until it has applied what its source has written up to then", async () => {
        const host = makeHost({}, { gtid_executed: "uuid-a:1-9" });
        await host.run(script, up);
        let asked = 0;
        const answer = () => ({ stdout: asked++ < 3 ? "0\n" : "1\n" });
        host.local.rules.push({ on: "SELECT GTID_SUBSET('uuid-a:1-9', @@global.gtid_executed)", answer });
        const run = await host.run(script, up, "down");
        expect([run.exitCode, run.stderr.includes("warning"), asked, host.local.channel]).toEqual([
            0,
            false,
            5,
            undefined,
        ]);
    });

    it.each<[string, (host: FakeHost) => void, string]>([
        [
            "is not applied in time",
            ({ local }) => local.rules.push({ on: /^SELECT GTID_SUBSET/, answer: { stdout: "0" } }),
            "Yes",
        ],
        [
            "cannot come, for its applier has stopped",
            ({ local }) => local.channel?.set("Replica_SQL_Running", "No"),
            "No",
        ],
        [
            "is no more to be told, for its own log was begun anew",
            (host) => host.beginLog("mysql-bin.000003", 1800000000),
            "Yes",
        ],
        ["cannot be asked for", ({ peer }) => peer.rules.push({ on: "SELECT 1", answer: { status: 1 } }), "Yes"],
    ])("parts all the same where that %s, with a warning", async (_, hinder, applier) => {
        const host = makeHost({}, { gtid_executed: "uuid-a:1-9" });
        await host.run(script, up);
        hinder(host);
        const run = await host.run(script, up, "down");
        expect(run.stderr).toContain(
            `warning MM_LINK_BEHIND: b: parts from a.example.com:3306 without all that was written there (receiver: Yes, applier: ${applier}); what it lacks is on a.example.com alone\n`,
        );
        expect([run.exitCode, changes(run.statements).slice(-2)]).toEqual([0, ["STOP REPLICA", "RESET REPLICA ALL"]]);
    });

    it("leaves somebody else's link alone", async () => {
        const host = makeHost();
        host.local.channel = new Map([
            ["Source_Host", "other"],
            ["Source_Port", "3306"],
        ]);
        const run = await host.run(script, up, "down");
        expect([run.exitCode, changes(run.statements)]).toEqual([0, []]);
    });
});
