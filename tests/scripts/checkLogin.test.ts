import { changes, cleanUpHosts, makeHost } from "./fakeHost";

cleanUpHosts();

const script = "check-login.sh";
const line = "login account=replicator server=a.example.com:3306\n";
const failed = (words: string) => {
    const host = makeHost();
    host.peer.rules.push({ on: "SELECT 1", answer: { stderr: `${words}\n`, status: 1 } });
    return host.run(script);
};

describe("check-login.sh", () => {
    it("logs in over the network with the account's password in an option file, twice the same", async () => {
        const host = makeHost();
        for (let time = 0; time < 2; time++) {
            const run = await host.run(script);
            expect(run).toMatchObject({
                exitCode: 0,
                stdout: line,
                stderr: "b: replicator logs in to a.example.com:3306\n",
                statements: ["SELECT @@port, @@version, @@version_comment"],
            });
            expect(changes(run.peer)).toEqual([]);
        }
        const call = host.calls.find(({ options }) => options.includes("host="));
        expect(call?.argv.slice(1)).toEqual([
            "--connect-timeout=5",
            "--protocol=tcp",
            "--batch",
            "--skip-column-names",
        ]);
        expect(call?.options).toBe(
            '[client]\nhost="a.example.com"\nport="3306"\nuser="replicator"\npassword="SECRETaccount"\nloose-get-server-public-key',
        );
    });

    it("refuses a login that got another account's rights", async () => {
        const host = makeHost();
        host.peer.grants = "GRANT USAGE ON *.* TO ``@`b.example.com`";
        expect(await host.run(script)).toMatchObject({
            exitCode: 1,
            stdout: "",
            stderr:
                "error MM_ACCOUNT_GRANTS: replicator logs in to a.example.com:3306 from b but lacks REPLICATION SLAVE\n" +
                "  next: compare SHOW GRANTS there: an anonymous or more specific account may take the login\n",
        });
    });

    const pattern = "let replicator log in from b: compare account.hostPattern with the address that the server names";
    const reach =
        "make a.example.com port 3306 reachable from b (address, firewall, mysql.bindAddress of the other node)";
    it.each([
        ["ERROR 1045 (28000): Access denied for user 'replicator'@'10.0.0.2' (using password: YES)", pattern],
        ["ERROR 1130 (HY000): Host '10.0.0.2' is not allowed to connect", pattern],
        [
            "ERROR 1042 (HY000): Can't get hostname for your address",
            "give b's address a name on a.example.com (/etc/hosts), or set skip_name_resolve there",
        ],
        ["ERROR 2003 (HY000): Can't connect to MySQL server on 'a.example.com' (111)", reach],
    ])("says after %s what to do next", async (words, next) => {
        const run = await failed(words);
        expect([run.exitCode, run.stdout]).toEqual([1, ""]);
        expect(run.stderr.split("\n").filter((text) => !text.includes("waiting since"))).toEqual([
            "error MM_ACCOUNT_LOGIN: from b, replicator cannot log in to a.example.com:3306 within 20 s",
            `  next: ${next}, then run up again`,
            `  server: ${words}`,
            "",
        ]);
    });
});

describe("check-login.sh at destroy", () => {
    const parted = "state=parted source=uuid-a own=uuid-b\n";
    const drop = ["SET SESSION sql_log_bin = 0", "DROP USER 'replicator'@'%'"];

    /** A node with the account, and with what the seed has left in its memory. */
    function node(seed: string | undefined, variables: Record<string, string> = {}) {
        const host = makeHost(variables);
        host.local.accounts.set("replicator@%", "x").set("other@%", "x");
        if (seed !== undefined) {
            host.remember("seed", seed);
        }
        return host;
    }

    it("drops the account that came with the seed, with the binary log off and without the peer; a second time finds none", async () => {
        const host = node(parted);
        const run = await host.run(script, {}, "down");
        expect(changes(run.statements)).toEqual(drop);
        expect(run).toMatchObject({ exitCode: 0, stdout: "", stderr: "b: dropped 'replicator'@'%'\n", peer: [] });
        expect([...host.local.accounts.keys()]).toEqual(["other@%"]);
        const again = await host.run(script, {}, "down");
        expect([again.exitCode, again.stderr, changes(again.statements)]).toEqual([0, "", []]);
        expect(host.memory("seed")).toBe(parted);
    });

    it("does so on a read-only node behind its fence, and closes that again", async () => {
        const run = await node(parted, { read_only: "1", super_read_only: "1" }).run(script, {}, "down");
        expect(changes(run.statements)).toEqual([
            "SET GLOBAL super_read_only = 0, GLOBAL read_only = 1",
            ...drop,
            "SET GLOBAL super_read_only = 1",
        ]);
    });

    it.each([
        ["nothing was ever seeded", undefined],
        ["another data directory was seeded", "state=parted source=uuid-a own=uuid-x\n"],
    ])("leaves an account where %s: it is somebody's", async (_, seed) => {
        const host = node(seed);
        const run = await host.run(script, {}, "down");
        expect([run.exitCode, run.stderr, changes(run.statements)]).toEqual([0, "", []]);
        expect([...host.local.accounts.keys()]).toEqual(["replicator@%", "other@%"]);
    });

    it("leaves an account of the same name and of another host pattern", async () => {
        const host = node(parted);
        const run = await host.run(script, { ACCOUNT_HOST: "10.%" }, "down");
        expect([run.exitCode, run.stderr, changes(run.statements)]).toEqual([0, "", []]);
    });
});
