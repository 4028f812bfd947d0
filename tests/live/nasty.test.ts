import { a, b, freshHosts, type Host, waitFor } from "./hosts";
import { Stack } from "./stack";

jest.setTimeout(300_000);

/** What a shell, an option file, SQL or sed would make something of, if it came to them bare. */
const canary = "/run/canary";
const touch = `$(touch ${canary}) \`touch ${canary}\` ; touch ${canary} & | touch ${canary}`;
const backup = "/tmp/my backup; touch canary & touch canary | (touch canary) *.sql";
const login = { user: `-o '"\\ ${touch}`.slice(0, 32), password: `-p'"\\#%s ${touch} "\\"; -- ` };
const literal = (text: string) => `'${text.replace(/[\\']/g, "\\$&")}'`;
const name = (text: string) => `\`${text.replaceAll("`", "``")}\``;
const who = `${literal(login.user)}@'localhost'`;

const schemas = [
    "-- dash",
    `q'"\\ $(touch ${canary})`,
    `tick\`touch ${canary}\``,
    "two\nlines; \\! touch x",
    "%s%n*?[a]",
];
const stack = new Stack("nasty");

beforeAll(async () => {
    freshHosts();
    for (const host of [a, b]) {
        await host.sql(
            `SET SESSION sql_log_bin = 0; CREATE USER ${who} IDENTIFIED BY ${literal(login.password)}; GRANT ALL ON *.* TO ${who} WITH GRANT OPTION`,
        );
    }
    for (const schema of schemas) {
        await a.sql(
            `CREATE DATABASE ${name(schema)}; CREATE TABLE ${name(schema)}.${name(schema)} (${name("a`'\nb")} VARCHAR(99)); ` +
                `INSERT INTO ${name(schema)}.${name(schema)} VALUES (${literal(schema)}); CREATE VIEW ${name(schema)}.v AS SELECT 1`,
        );
    }
    stack.settings.mysql = { login, options: { init_connect: `SET @x='"$(touch ${canary})'` } };
    stack.settings.seed = { backupFile: backup, keepBackup: true };
    stack.settings.converge = `'"\\ ${touch} --`;
    await stack.init();
});

/** Every row of the schemas above, in hexadecimal. */
const rowsOf = async (host: Host) =>
    Promise.all(
        schemas.map((schema) => host.sql(`SELECT HEX(${name("a`'\nb")}) FROM ${name(schema)}.${name(schema)}`)),
    );

const canaries = (host: Host) =>
    host.run(`ls ${canary} {/,/tmp,/root,/home/deploy,/var/lib/mysql}/{canary,x} 2>/dev/null || true`);

test("up carries whatever names there are, with whatever settings, and runs none of them", async () => {
    await stack.mustUp();
    expect(await rowsOf(b)).toEqual(schemas.map((schema) => Buffer.from(schema).toString("hex").toUpperCase()));
    expect(await rowsOf(a)).toEqual(await rowsOf(b));
    expect(await b.sql("SELECT @@init_connect")).toBe(await a.sql("SELECT @@init_connect"));
    for (const host of [a, b]) {
        expect(await host.run(`stat -c '%a %U' '${backup}'`)).toBe("600 root");
        expect(await canaries(host)).toBe("");
    }
});

test("a new row, a new role and destroy go as with any other names", async () => {
    const schema = schemas[3] ?? "";
    await a.sql(`INSERT INTO ${name(schema)}.${name(schema)} VALUES ('later')`);
    const look = () => b.sql(`SELECT COUNT(*) FROM ${name(schema)}.${name(schema)}`);
    await waitFor("the row on b", 5, look, (count) => count === "2");
    stack.settings.active = "b";
    await stack.mustUp();
    await stack.mustDestroy();
    for (const host of [a, b]) {
        expect(await canaries(host)).toBe("");
        expect(await host.replica("Source_Host")).toBe("");
    }
});
