import { changes, cleanUpHosts, makeHost } from "./fakeHost";
import { refused } from "./fakeServer";

cleanUpHosts();

const script = "make-account.sh";
const up = { NODE: "a", MADE_ELSEWHERE: "no" };
const who = "'replicator'@'%'";
const line = "account name=replicator host=%\n";
const create = [
    `CREATE USER ${who} IDENTIFIED BY 'SECRETaccount'`,
    `GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO ${who}`,
    `GRANT SELECT ON mysql_master_master.* TO ${who}`,
];

describe("make-account.sh", () => {
    it("makes the account with its grants, once", async () => {
        const host = makeHost();
        const run = await host.run(script, up);
        expect(changes(run.statements)).toEqual(create);
        expect(run).toMatchObject({
            exitCode: 0,
            stdout: line,
            stderr: `a: made ${who} with REPLICATION SLAVE and REPLICATION CLIENT, and SELECT on the program's own schema\n`,
        });
        const again = await host.run(script, up);
        expect([again.exitCode, again.stdout, again.stderr, changes(again.statements)]).toEqual([0, line, "", []]);
    });

    it("gives it a new password, once, and keeps no password in its memory", async () => {
        const host = makeHost();
        await host.run(script, up);
        const run = await host.run(script, { ...up, ACCOUNT_PASSWORD: "SECRETnew" });
        expect(changes(run.statements)).toEqual([`ALTER USER ${who} IDENTIFIED BY 'SECRETnew'`]);
        expect(run).toMatchObject({ exitCode: 0, stdout: line, stderr: `a: gave ${who} its new password\n` });
        expect(host.memory("account")).toMatch(/^account=replicator@% digest=[0-9a-f]{32}\n$/);
        const again = await host.run(script, { ...up, ACCOUNT_PASSWORD: "SECRETnew" });
        expect(changes(again.statements)).toEqual([]);
    });

    it("does so on a read-only node behind its fence, and closes that again", async () => {
        const host = makeHost({ read_only: "1", super_read_only: "1" });
        const run = await host.run(script, up);
        expect(changes(run.statements)).toEqual([
            "SET GLOBAL super_read_only = 0, GLOBAL read_only = 1",
            ...create,
            "SET GLOBAL super_read_only = 1",
        ]);
        expect([host.local.variables.get("super_read_only"), host.local.variables.get("read_only")]).toEqual([
            "1",
            "1",
        ]);
    });

    it("closes the fence again when the server refuses the account", async () => {
        const host = makeHost({ read_only: "1", super_read_only: "1" });
        host.local.rules.push({ on: /^CREATE USER/, answer: refused(1227, "Access denied") });
        const run = await host.run(script, up);
        expect([run.exitCode, changes(run.statements).at(-1)]).toEqual([1, "SET GLOBAL super_read_only = 1"]);
        expect(run.stderr.match(/^error \w+/gm)).toEqual(["error MM_SQL_REFUSED"]);
    });

    it("refuses an account of the same name that somebody else made, and changes nothing", async () => {
        const host = makeHost();
        host.local.accounts.set("replicator@%", "theirs");
        const run = await host.run(script, up);
        expect(changes(run.statements)).toEqual([]);
        expect(host.memory("account")).toBeUndefined();
        expect(run).toMatchObject({
            exitCode: 1,
            stdout: "",
            stderr:
                `error MM_ACCOUNT_EXISTS: a already has an account ${who} that this program did not make. Nothing was changed\n` +
                "  next: name another one in account.name, or drop it on a if nobody needs it; then run up again\n",
        });
    });

    it("finishes at the next up what was cut between the account and its grants", async () => {
        const host = makeHost();
        host.local.rules.push({ on: /^GRANT/, answer: refused(2013, "Lost connection") });
        await host.run(script, up);
        host.local.rules.length = 0;
        const run = await host.run(script, up);
        expect([run.exitCode, run.stdout]).toEqual([0, line]);
    });

    it("makes nothing when the server does not tell whether the account is there", async () => {
        const host = makeHost();
        host.local.rules.push({ on: /^SELECT 1 FROM mysql\.user/, answer: refused(1142, "SELECT command denied") });
        const run = await host.run(script, up);
        expect([run.exitCode, changes(run.statements)]).toEqual([1, []]);
        expect(run.stderr.match(/^error \w+/gm)).toEqual(["error MM_SQL_REFUSED"]);
    });

    it("leaves making to the resource where that does it, and misses an account that is gone", async () => {
        const run = await makeHost().run(script, { ...up, MADE_ELSEWHERE: "yes" });
        expect([run.exitCode, changes(run.statements)]).toEqual([1, []]);
        expect(run.stderr).toBe(
            `error MM_ACCOUNT_MISSING: a has no account ${who}, though a mysql.User resource made it\n` +
                "  next: run pulumi refresh, so that the resource sees it too; then run up again\n",
        );
    });
});

describe("make-account.sh at destroy", () => {
    it("drops the account that it made, and a second time finds none", async () => {
        const host = makeHost();
        await host.run(script, up);
        expect(changes((await host.run(script, up, "down")).statements)).toEqual([`DROP USER ${who}`]);
        const again = await host.run(script, up, "down");
        expect([again.exitCode, changes(again.statements), host.local.accounts.size]).toEqual([0, [], 0]);
    });

    it("drops no account that it did not make", async () => {
        const host = makeHost();
        host.local.accounts.set("replicator@%", "theirs");
        const run = await host.run(script, up, "down");
        expect([run.exitCode, changes(run.statements)]).toEqual([0, []]);
    });
});
