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
            stderr: `a: made ${who} with REPLICATION SLAVE, REPLICATION CLIENT, and SELECT on the program's own schema\n`,
        });
        const again = await host.run(script, up);
        expect([again.exitCode, again.stdout, again.stderr, changes(again.statements)]).toEqual([0, line, "", []]);
    });

    it("does not give back the right to replicate that a node has taken which was opened while its peer was gone", async () => {
        const host = makeHost();
        await host.run(script, up);
        host.local.rules.unshift({ on: /^SHOW GRANTS FOR/, answer: { stdout: "GRANT USAGE ON *.* TO x" } });
        host.remember("link", "source=b:3306 uuid=uuid-b parted=gone\n");
        const run = await host.run(script, up);
        expect([run.exitCode, changes(run.statements)]).toEqual([0, []]);
        host.remember("link", "source=b:3306 uuid=uuid-b\n");
        expect(changes((await host.run(script, up)).statements)).toEqual(create.slice(1));
    });

    it("gives it a new password, once, and keeps no password in its memory", async () => {
        const host = makeHost();
        await host.run(script, up);
        const run = await host.run(script, { ...up, ACCOUNT_PASSWORD: "SECRETnew" });
        expect(changes(run.statements)).toEqual([`ALTER USER ${who} IDENTIFIED BY 'SECRETnew'`]);
        expect(run).toMatchObject({ exitCode: 0, stdout: line, stderr: `a: gave ${who} its password\n` });
        expect(host.memory("account")).toMatch(/^account=replicator@% digest=[0-9a-f]{32} stored=[0-9a-f]{64}\n$/);
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

    const left = (account: string) =>
        `warning MM_ACCOUNT_LEFT: a: the account ${account} of before stays on both servers; drop it when nobody needs it\n`;

    it.each([
        ["another name", { ACCOUNT: "other" }, "other", "%"],
        ["another host pattern", { ACCOUNT_HOST: "10.%" }, "replicator", "10.%"],
    ])("makes an account of %s beside the one of before, and warns of that, once", async (_, change, name, host) => {
        const node = makeHost();
        node.local.rules.push({ on: /^SHOW GRANTS/, answer: { stdout: node.local.grants } });
        await node.run(script, up);
        const run = await node.run(script, { ...up, ...change });
        const wanted = create.map((text) => text.replace(who, `'${name}'@'${host}'`));
        expect(changes(run.statements)).toEqual(wanted);
        expect([run.exitCode, run.stdout]).toEqual([0, `account name=${name} host=${host}\n`]);
        expect(run.stderr.startsWith(left("replicator@%"))).toBe(true);
        expect([...node.local.accounts.keys()]).toEqual(["replicator@%", `${name}@${host}`]);
        expect(node.memory("account")).toMatch(
            new RegExp(`^account=${name}@${host} digest=[0-9a-f]{32} stored=[0-9a-f]{64}\n$`),
        );
        const again = await node.run(script, { ...up, ...change });
        expect([again.exitCode, again.stderr, changes(again.statements)]).toEqual([0, "", []]);
    });

    it("takes the mark of another account for nothing: one of the wanted name is still somebody's", async () => {
        const host = makeHost();
        host.local.accounts.set("other@%", "theirs");
        await host.run(script, up);
        const mark = host.memory("account");
        const run = await host.run(script, { ...up, ACCOUNT: "other" });
        expect([run.exitCode, run.stdout, changes(run.statements)]).toEqual([1, "", []]);
        expect(run.stderr).toBe(
            `${left("replicator@%")}error MM_ACCOUNT_EXISTS: a already has an account 'other'@'%' that this program did not make. Nothing was changed\n` +
                "  next: name another one in account.name, or drop it on a if nobody needs it; then run up again\n",
        );
        expect([host.memory("account"), host.local.accounts.get("other@%")]).toEqual([mark, "theirs"]);
    });

    it("gives its password to an account that a resource has made, with one of that's own", async () => {
        const host = makeHost();
        host.remember("account", "account=replicator@% digest=d\n");
        host.local.accounts.set("other@%", "the resource's");
        const own = { ...up, ACCOUNT: "other", MADE_ELSEWHERE: "yes" };
        const run = await host.run(script, own);
        const alter = "ALTER USER 'other'@'%' IDENTIFIED BY 'SECRETaccount'";
        expect([run.exitCode, run.stdout, run.stderr, changes(run.statements)]).toEqual([
            0,
            "account name=other host=%\n",
            `${left("replicator@%")}a: gave 'other'@'%' its password\n`,
            [alter],
        ]);
        expect(changes((await host.run(script, own)).statements)).toEqual([]);
        host.local.accounts.set("other@%", "somebody's");
        expect(changes((await host.run(script, own)).statements)).toEqual([alter]);
    });

    it("leaves making to the resource where that does it, and misses an account that is gone", async () => {
        const run = await makeHost().run(script, { ...up, MADE_ELSEWHERE: "yes" });
        expect([run.exitCode, changes(run.statements)]).toEqual([1, []]);
        expect(run.stderr).toBe(
            `error MM_ACCOUNT_MISSING: a has no account ${who}, though a mysql.User resource made it\n` +
                "  next: run pulumi refresh, so that the resource sees it too; then run up again\n",
        );
        const host = makeHost();
        host.local.accounts.set("replicator@%", "the resource's");
        const own = { ...up, MADE_ELSEWHERE: "yes" };
        await host.run(script, own);
        host.local.accounts.clear();
        expect((await host.run(script, own)).exitCode).toBe(1);
        host.local.accounts.set("replicator@%", "the resource's");
        expect(changes((await host.run(script, own)).statements)).toEqual([
            `ALTER USER ${who} IDENTIFIED BY 'SECRETaccount'`,
        ]);
    });
});

describe("make-account.sh at destroy", () => {
    it.each(["no", "yes"])(
        "drops the account, made elsewhere: %s, and a second time finds none",
        async (MADE_ELSEWHERE) => {
            const host = makeHost();
            if (MADE_ELSEWHERE === "yes") {
                host.local.accounts.set("replicator@%", "SECRETaccount");
            }
            const own = { ...up, MADE_ELSEWHERE };
            expect((await host.run(script, own)).exitCode).toBe(0);
            expect(changes((await host.run(script, own, "down")).statements)).toEqual([`DROP USER ${who}`]);
            expect(host.memory("account")).toBeUndefined();
            const again = await host.run(script, own, "down");
            expect([again.exitCode, changes(again.statements), host.local.accounts.size]).toEqual([0, [], 0]);
        },
    );

    it.each([
        ["without a mark", undefined, "no"],
        ["without a mark, where a resource makes accounts", undefined, "yes"],
        ["with the mark of another account", "account=other@% digest=d\n", "no"],
        ["with the mark of another account, where a resource makes accounts", "account=other@% digest=d\n", "yes"],
    ])("drops no account %s", async (_, mark, MADE_ELSEWHERE) => {
        const host = makeHost();
        host.local.accounts.set("replicator@%", "theirs").set("other@%", "theirs");
        if (mark !== undefined) {
            host.remember("account", mark);
        }
        const run = await host.run(script, { ...up, MADE_ELSEWHERE }, "down");
        expect([run.exitCode, run.stderr, changes(run.statements)]).toEqual([0, "", []]);
        expect([host.memory("account"), host.local.accounts.size]).toEqual([mark, 2]);
    });

    it("forgets an account that is gone already", async () => {
        const host = makeHost();
        await host.run(script, up);
        host.local.accounts.clear();
        const run = await host.run(script, up, "down");
        expect([run.exitCode, changes(run.statements), host.memory("account")]).toEqual([0, [], undefined]);
    });
});
