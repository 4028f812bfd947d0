import type { ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { type Connection, createConnection, type RowDataPacket } from "mysql2/promise";
import { ensureBase, freePort, makeFolder, Stack, startInBase, stop } from "./pluginsHarness";

/**
 * The lab's stand-in for pulumi-resource-mysql, with the real engine and a real MySQL. The same claims hold for the
 * official plugin: MM_TEST_PULUMI_HOME names a Pulumi home that has it. Left unproven: the five
 * minutes for which a server that cannot be reached is tried (by hand: 301 s, the same words), TLS, other servers.
 */

// settings: `password` (shape of a random one), `fixed` (a password instead), `provider`, `user`, `grants` by name
const PROGRAM = `
const pulumi = require("@pulumi/pulumi");
const mysql = require("@pulumi/mysql");
const random = require("@pulumi/random");
const settings = require("./settings.json");
const password = settings.password && new random.RandomPassword("password", settings.password);
const provider = new mysql.Provider("server", { ...settings.provider, password: pulumi.secret(settings.provider.password) });
const plaintextPassword = settings.fixed ? pulumi.secret(settings.fixed) : password && password.result;
const user = settings.user && new mysql.User("user", { plaintextPassword, ...settings.user }, { provider });
for (const [name, args] of Object.entries(settings.grants || {})) {
    new mysql.Grant(name, args, { provider, dependsOn: user ? [user] : [] });
}
`;

jest.setTimeout(300_000);

let folder: string;
let port: number;
let mysqld: ChildProcess;
let admin: Connection;
const stacks: Stack[] = [];

const ADMIN_PASSWORD = "a well kept admin password";
const replicator = { user: "replicator", host: "%" };
const replication = {
    ...replicator,
    database: "*",
    table: "*",
    privileges: ["REPLICATION SLAVE", "REPLICATION CLIENT"],
};

function settings(changes: Record<string, unknown> = {}): Record<string, unknown> {
    const provider = { endpoint: `127.0.0.1:${port}`, username: "admin", password: ADMIN_PASSWORD };
    return { provider, password: { length: 24, special: false }, ...changes };
}

function newStack(): Stack {
    const stack = new Stack(PROGRAM);
    stacks.push(stack);
    return stack;
}

async function rows(sql: string): Promise<unknown[]> {
    const [found] = await admin.query<RowDataPacket[]>(sql);
    return found.map((row) => Object.values(row)[0]);
}

async function canLogIn(password: string): Promise<boolean> {
    try {
        const session = await createConnection({ host: "127.0.0.1", port, user: replicator.user, password });
        await session.end();
        return true;
    } catch {
        return false;
    }
}

beforeAll(async () => {
    const base = ensureBase();
    folder = makeFolder();
    port = await freePort();
    const init = path.join(folder, "init.sql");
    fs.writeFileSync(
        init,
        `CREATE USER admin@'%' IDENTIFIED BY '${ADMIN_PASSWORD}'; GRANT ALL ON *.* TO admin@'%' WITH GRANT OPTION;\n`,
    );
    const options = "--no-defaults --user=root --datadir=/mnt/data --secure-file-priv= --mysqlx=OFF";
    const prepare = `/usr/sbin/mysqld ${options} --initialize-insecure --init-file=/mnt/init.sql`;
    const serve = `/usr/sbin/mysqld ${options} --bind-address=127.0.0.1 --port=${port} --socket=/mnt/socket --pid-file=/mnt/pid`;
    mysqld = await startInBase(base, folder, port, `sh -c '${prepare} && exec ${serve}'`);
    admin = await createConnection({ host: "127.0.0.1", port, user: "admin", password: ADMIN_PASSWORD });
});

afterEach(async () => {
    await admin.query("DROP USER IF EXISTS replicator@'%'");
});

afterAll(async () => {
    await admin?.end();
    await stop(mysqld);
    for (const stack of stacks) {
        stack.remove();
    }
    fs.rmSync(folder, { recursive: true, force: true });
});

describe("a replication account", () => {
    it("is made with a random password, changed in place, and dropped", async () => {
        const stack = newStack();
        const wanted = settings({ user: replicator, grants: { grant: replication } });
        const preview = await stack.operate("preview", wanted);
        expect(preview.exitCode).toBe(0);
        expect(await rows("SELECT host FROM mysql.user WHERE user = 'replicator'")).toEqual([]);

        const created = await stack.operate("up", wanted);
        expect(created.exitCode).toBe(0);
        expect([stack.resource("user")?.id, stack.resource("grant")?.id]).toEqual(["replicator@%", "replicator@%:*"]);
        expect(await rows("SHOW GRANTS FOR replicator@'%'")).toEqual([
            "GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO `replicator`@`%`",
        ]);
        expect(stack.resource("grant")?.outputs).toEqual({
            ...replication,
            id: "replicator@%:*",
            privileges: ["REPLICATION CLIENT", "REPLICATION SLAVE"],
            grant: false,
            tlsOption: "NONE",
        });

        const again = await stack.operate("up", wanted);
        expect([again.steps.user, again.steps.grant, again.steps.password]).toEqual([["same"], ["same"], ["same"]]);

        const changed = await stack.operate("up", { ...wanted, fixed: "fixed1" });
        expect([changed.steps.user, changed.steps.grant]).toEqual([["update"], ["same"]]);
        expect(changed.output).toContain("[diff: ~plaintextPassword]");
        expect(await canLogIn("fixed1")).toBe(true);
        expect(await canLogIn("fixed2")).toBe(false);

        expect((await stack.operate("refresh", { ...wanted, fixed: "fixed1" })).exitCode).toBe(0);
        const refreshed = await stack.operate("up", { ...wanted, fixed: "fixed1" });
        expect([refreshed.steps.user, refreshed.steps.grant]).toEqual([["same"], ["same"]]);
        expect(await canLogIn("fixed1")).toBe(true);

        const all = [stack.state(), created.output, changed.output].join("\n");
        for (const secret of [ADMIN_PASSWORD, "fixed1"]) {
            expect(all).not.toContain(secret);
        }
        await stack.operate("destroy", {});
        expect(await rows("SELECT host FROM mysql.user WHERE user = 'replicator'")).toEqual([]);
    });

    it("is made anew for another host, the new one first", async () => {
        const stack = newStack();
        await stack.operate("up", settings({ user: replicator }));
        const moved = await stack.operate("up", settings({ user: { ...replicator, host: "127.0.0.1" } }));
        expect(moved.steps.user).toEqual(["create-replacement", "replace", "delete-replaced"]);
        expect(await rows("SELECT host FROM mysql.user WHERE user = 'replicator'")).toEqual(["127.0.0.1"]);
        await stack.operate("destroy", {});
    });

    it("is noticed to be gone by a refresh, and made again", async () => {
        const stack = newStack();
        const wanted = settings({ user: replicator, grants: { grant: replication } });
        await stack.operate("up", wanted);
        await admin.query("DROP USER replicator@'%'");
        await stack.operate("refresh", wanted);
        expect([stack.resource("user"), stack.resource("grant")]).toEqual([undefined, undefined]);
        expect((await stack.operate("up", wanted)).steps.user).toEqual(["create"]);
        await stack.operate("destroy", {});
    });

    it("does not take over one that is there already", async () => {
        const stack = newStack();
        await admin.query("CREATE USER replicator@'%' IDENTIFIED BY 'x'");
        const result = await stack.operate("up", settings({ user: replicator }));
        expect(result.errors("user")).toEqual([
            "Error 1396 (HY000): Operation CREATE USER failed for 'replicator'@'%' (User account already exists)",
        ]);
        expect(stack.resource("user")).toBeUndefined();
    });

    it("says which statement the server refused", async () => {
        const stack = newStack();
        const grants = {
            wrong: { ...replication, privileges: ["FLYING"] },
            nothing: { ...replication, privileges: [] },
            nobody: { ...replication, user: undefined },
            elsewhere: { ...replication, database: "no_such", table: "t" },
        };
        const result = await stack.operate("up", settings({ user: replicator, grants }));
        const refused = (sql: string, why: string) => [`Error running SQL (${sql}): ${why}`];
        expect(Object.keys(grants).map((name) => result.errors(name))).toEqual([
            refused(
                "GRANT FLYING ON *.* TO 'replicator'@'%'",
                "Error 1149 (42000): You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version for the right syntax to use",
            ),
            ["One of privileges or roles is required"],
            ["user with host or a role is required"],
            refused(
                "GRANT REPLICATION CLIENT, REPLICATION SLAVE ON `no_such`.`t` TO 'replicator'@'%'",
                "Error 1144 (42000): Illegal GRANT/REVOKE command; please consult the manual to see which privileges can be used",
            ),
        ]);
        await stack.operate("destroy", {});
    });

    it("refuses settings of the provider that cannot work", async () => {
        const provider = { username: "admin", password: "x" };
        const stack = newStack();
        const problem = async (changes: Record<string, unknown>) =>
            (await stack.operate("up", { provider: { ...provider, endpoint: "127.0.0.1:1", ...changes } })).errors(
                "server",
            );
        const said = (what: string) => [
            `pulumi:providers:mysql resource 'server' has a problem: could not validate provider configuration: ${what}`,
        ];
        expect(await problem({ endpoint: "" })).toEqual(said("Endpoint must not be an empty string"));
        expect(await problem({ tls: "maybe" })).toEqual(
            said("expected tls to be one of [true false skip-verify], got maybe"),
        );
    });
});
