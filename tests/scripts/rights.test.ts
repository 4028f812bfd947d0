import { readFileSync } from "node:fs";
import { join } from "node:path";
import { remoteText } from "../unit/bash";
import { changes, cleanUpHosts, makeHost } from "./fakeHost";
import { refused } from "./fakeServer";

cleanUpHosts();

const listOf = (name: string) => new RegExp(`^${name}='(.*)'$`, "m").exec(remoteText("lib/rights.sh"))?.[1] ?? "";
const always = listOf("RIGHTS_ALWAYS");
const forImport = listOf("RIGHTS_IMPORT");
const look = { SOURCE_UUID: "uuid-a" };
const node = {
    ...{ SERVER_ID: 20, LOG_BIN: "x", RELAY_LOG: "y", BIND_ADDRESS: "keep", HOST: "b", SERVICE: "mysql" },
    ...{ START_TIMEOUT_SECONDS: 5, SETTINGS: "" },
};
const grant = (list: string, option = true) =>
    `GRANT ${list} ON *.* TO \`pulumi\`@\`localhost\`${option ? " WITH GRANT OPTION" : ""}`;

it("README.md lists the rights that are asked for", () => {
    const readme = readFileSync(join(__dirname, "..", "..", "README.md"), "utf8");
    const listed = [
        ...readme.matchAll(/^ {3}GRANT ([A-Z_, \n]+) ON \*\.\* TO '\w+'@'localhost'( WITH GRANT OPTION)?;$/gm),
    ];
    expect(
        listed.map(([, list = "", option]) => `${list.replace(/\s+/g, " ")}${option ? ", GRANT OPTION" : ""}`),
    ).toEqual([always, forImport, `${listOf("RIGHTS_CLONE")}, GRANT OPTION`]);
});

it("README.md gives mysql.admin the rights with which the live tests run, and no others", () => {
    const root = join(__dirname, "..", "..");
    const grants = (file: string) =>
        [...readFileSync(join(root, file), "utf8").matchAll(/^ *(GRANT .* TO 'pulumi'@'%'.*;)$/gm)].map(
            ([, text]) => text,
        );
    expect(grants("README.md")).toEqual(grants("lab/data/accounts.sql"));
    expect(grants("README.md")).toHaveLength(2);
});

describe("a login over the socket", () => {
    it.each([
        ["what is listed", grant(`${always.replace(", GRANT OPTION", "")}, ${forImport}`)],
        ["all", grant("ALL PRIVILEGES")],
        [
            "static rights and dynamic ones, on two lines",
            `${grant("SUPER, UPDATE, DELETE, ALTER, INDEX, REFERENCES, CREATE VIEW, CREATE ROUTINE, ALTER ROUTINE")}\n${grant("A_B,SYSTEM_USER", false)}`,
        ],
    ])("may seed with %s", async (_, grants) => {
        const host = makeHost();
        host.local.loginGrants = grants;
        expect(await host.run("seed-look.sh", look)).toMatchObject({
            exitCode: 0,
            stdout: expect.stringMatching(
                /^seed wanted server=MySQL\/9\.7\.4 zstd=\S+ clone=\S+ machine=\S+ page=16384 .*\n$/,
            ),
            stderr: "",
        });
    });

    it("is refused before the option file is touched, with all that it lacks and the statement that gives it", async () => {
        const host = makeHost();
        // SUPER is the old word for the three that end with ADMIN; CREATE is not CREATE USER
        host.local.loginGrants = `${grant("SELECT, INSERT, CREATE, DROP, RELOAD, PROCESS, SHOW VIEW, TRIGGER, EVENT, REPLICATION CLIENT, SUPER", false)}\nGRANT LOCK TABLES ON \`x\`.* TO \`pulumi\`@\`localhost\` WITH GRANT OPTION`;
        host.local.rules.push({ on: "SELECT CURRENT_USER()", answer: { stdout: "o'pulumi@localhost" } });
        const run = await host.run("configure-node.sh", node);
        const missing = "LOCK TABLES, CREATE USER, REPLICATION SLAVE, XA_RECOVER_ADMIN";
        expect(run).toMatchObject({
            exitCode: 1,
            stdout: "",
            stderr:
                `error MM_SQL_RIGHTS: o'pulumi@localhost, by whom the program logs in on b, lacks ${missing} WITH GRANT OPTION on *.*. Nothing was changed\n` +
                `  next: GRANT ${missing} ON *.* TO 'o''pulumi'@'localhost' WITH GRANT OPTION; on b, or set mysql.login to an account that has them; then run up again\n`,
        });
        expect(changes(run.statements)).toEqual([]);
        expect(host.read("/etc/my.cnf")).toBe("[mysqld]\n");
        expect(host.memory("lock")).toBeUndefined();
    });

    it("that lacks what an import needs is refused before a seed begins, and not where none is wanted", async () => {
        const host = makeHost();
        host.local.loginGrants = grant(always.replace(", GRANT OPTION", ""));
        const run = await host.run("seed-look.sh", look);
        expect(run.stderr).toContain(`lacks ${forImport} on *.*. Nothing was changed`);
        expect(run.stdout).toBe("");
        host.remember("seed", "state=done source=uuid-a own=uuid-b");
        expect(await host.run("seed-look.sh", look)).toMatchObject({ exitCode: 0, stdout: "seed done\n" });
    });

    it.each([
        [
            1045,
            "Access denied for user 'x'@'localhost'",
            /next: correct mysql\.login \(user and password\) of node b, or /,
        ],
        [2002, "Can't connect to local MySQL server", /next: start the server of b, or set mysql\.socket of node b /],
        [
            1040,
            "Too many connections",
            /next: start it, or set mysql\.login \(user and password\) or mysql\.socket for node b/,
        ],
    ])("that is refused with %i hears what fits that", async (code, words, next) => {
        const host = makeHost();
        host.local.rules.push({ on: /@@port/, answer: refused(code, words) });
        const run = await host.run("seed-look.sh", look);
        expect(run.stderr).toMatch(/^error MM_SQL_LOGIN: b's server does not let the program in over its socket\n/);
        expect(run.stderr).toMatch(next);
        expect(run.stderr).toContain(`  server: ERROR ${code} `);
    });
});
