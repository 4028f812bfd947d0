import { readFileSync } from "node:fs";
import { join } from "node:path";
import { a, b, checkout, freshHosts, type Host, lab, untilNobodyFollows } from "./hosts";
import { Stack } from "./stack";

jest.setTimeout(300_000);

const login = { user: "o'pulumi", password: `it's "quoted" \\ $HOME \`id\` #;` };
const who = "'o''pulumi'@'localhost'";
const stack = new Stack("rights");

/** The statements that README.md gives for the account: on both nodes, beside them on b, and on both for a clone. */
const [onBoth = "", onPeer = "", forClone = ""] = [
    ...readFileSync(join(checkout, "README.md"), "utf8").matchAll(/^ {3}GRANT ([A-Z_, \n]+) ON \*\.\*/gm),
].map(([, list]) => (list ?? "").replace(/\s+/g, " "));

const makeLogin = async (host: Host, rights: string) => {
    const text = login.password.replace(/[\\']/g, "\\$&");
    await host.sql(
        `SET SESSION sql_log_bin = 0; CREATE USER ${who} IDENTIFIED BY '${text}'; GRANT ${rights} ON *.* TO ${who} WITH GRANT OPTION`,
    );
};

beforeAll(async () => {
    freshHosts();
    // a definer that b does not know before the import
    await a.sql(
        "CREATE DEFINER = 'app'@'%' VIEW shop.of_app AS SELECT 1; CREATE DEFINER = 'app'@'%' TRIGGER shop.by_app BEFORE INSERT ON shop.heartbeat FOR EACH ROW SET @x = 1; " +
            "CREATE DEFINER = 'app'@'%' PROCEDURE shop.proc_of_app() SELECT 1; CREATE DEFINER = 'app'@'%' EVENT shop.event_of_app ON SCHEDULE EVERY 1 DAY DO SELECT 1",
    );
    await makeLogin(a, onBoth);
    await makeLogin(b, `${onBoth}, ${onPeer}`);
    stack.settings.account = { password: "Kx9vT2mQ7rB4nW8s" };
    stack.settings.mysql = { login };
    await stack.init();
});

test("up, with an account that has the rights of README.md and no others", async () => {
    expect(await stack.mustUp()).toContain(
        "MM_SEED_SLOWER: a: seed.method auto takes stream; not clone: the login lacks DELETE, BACKUP_ADMIN, CLONE_ADMIN",
    );
    expect([await a.replica("Replica_SQL_Running"), await b.replica("Replica_SQL_Running")]).toEqual(["Yes", "Yes"]);
});

test("a new role, a new password and back, with a converge", async () => {
    stack.settings.active = "b";
    stack.settings.account = { password: "Zz5tY8uI3oP6aS1d" };
    await stack.mustUp();
    expect([await a.variable("super_read_only"), await b.variable("read_only")]).toEqual(["1", "0"]);
    stack.settings.active = "a";
    stack.settings.converge = "again";
    await stack.mustUp();
    expect([await a.variable("read_only"), await b.variable("super_read_only")]).toEqual(["0", "1"]);
});

test("destroy", async () => {
    await stack.mustDestroy();
    for (const host of [a, b]) {
        expect(await host.sql("SELECT COUNT(*) FROM mysql.user WHERE user = 'replicator'")).toBe("0");
        expect(await host.replica("Source_Host")).toBe("");
    }
});

test("up by clone, with the rights that README.md gives for that beside them", async () => {
    await untilNobodyFollows(a);
    lab("hosts.sh", ["reset", "b"]);
    await makeLogin(b, `${onBoth}, ${onPeer}, ${forClone}`);
    await a.sql(`GRANT ${forClone} ON *.* TO ${who} WITH GRANT OPTION`);
    expect(await stack.mustUp()).toContain("a: seed.method auto takes clone");
    await stack.mustDestroy();
});

test("what is missing is named at once, before anything changes on that node", async () => {
    await b.sql(`REVOKE EVENT, CREATE USER ON *.* FROM ${who}`);
    stack.settings.converge = "without rights";
    expect((await stack.up()).text).toContain(
        "MM_SQL_RIGHTS b: o'pulumi@localhost, by whom the program logs in on b, lacks EVENT, CREATE USER on *.*\n" +
            "        next: GRANT EVENT, CREATE USER ON *.* TO 'o''pulumi'@'localhost'; on b, or set mysql.login to an account that has them\n",
    );
    expect(await b.run("ls /etc/mysql/mysql.conf.d")).toBe("mysql.cnf\nmysqld.cnf");
});
