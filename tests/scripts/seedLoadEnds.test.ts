import { chmodSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { changes, cleanUpHosts } from "./fakeHost";
import { refused } from "./fakeServer";
import { done, line, readyToLoad as ready } from "./loadHost";

cleanUpHosts();

const script = "seed-load.sh";

describe("seed-load.sh forgets where an earlier link stood", () => {
    const link = "source=a.example.com:3306 uuid=uuid-a password=d\n";

    it("when it begins an import, for a seed gives new coordinates", async () => {
        const { host, parameters } = ready();
        host.remember("link", link);
        let during: (string | undefined)[] = [];
        host.local.rules.unshift({
            on: "SET GLOBAL read_only = 1",
            answer: () => {
                during = [host.memory("link"), host.memory("seed")];
                host.local.variables.set("read_only", "1");
                return {};
            },
        });
        expect(await host.run(script, parameters)).toMatchObject({ exitCode: 0, stdout: line });
        // it is closed before anything is noted: what is written on an open node is not of the import
        expect([during, host.memory("link")]).toEqual([[link, undefined], undefined]);
    });

    it("not when it is seeded already, and not when it refuses", async () => {
        const seeded = ready();
        await seeded.host.run(script, seeded.parameters);
        seeded.host.remember("link", link);
        expect((await seeded.host.run(script, seeded.parameters)).exitCode).toBe(0);
        expect(seeded.host.memory("link")).toBe(link);
        const { host, parameters } = ready();
        host.remember("link", link);
        host.local.schemas = ["shop"];
        expect((await host.run(script, parameters)).exitCode).toBe(1);
        expect(host.memory("link")).toBe(link);
    });
});

describe("seed-load.sh, where its own log cannot be read,", () => {
    it.each([
        ["the list of logs", "SHOW BINARY LOGS"],
        ["the log mysql-bin.000003", "SHOW BINLOG EVENTS IN 'mysql-bin.000003' FROM 157"],
    ])("names this node, and not its peer: %s", async (what, on) => {
        const { host, parameters } = ready();
        host.local.rules.push({ on, answer: refused(1227, "Access denied") });
        const run = await host.run(script, parameters);
        expect([run.exitCode, run.stdout]).toEqual([1, ""]);
        expect(run.stderr.slice(run.stderr.indexOf("error "))).toBe(
            `error MM_SQL_REFUSED: b's server does not let ${what} be read\n` +
                "  next: read the server's words; grant the login what README.md lists, then run up again\n" +
                "  server: ERROR 1227 (HY000) at line 1: Access denied\n",
        );
    });
});

it("seed-load.sh takes every schema but the server's own for somebody's data, and an empty `test` for nobody's", async () => {
    const { host, parameters } = ready();
    const asked = (await host.run(script, parameters)).statements.find((text) =>
        text.startsWith("SELECT schema_name FROM"),
    );
    expect(asked?.replaceAll(/\s+/g, " ")).toBe(
        "SELECT schema_name FROM information_schema.schemata WHERE schema_name NOT IN ('mysql','information_schema','performance_schema','sys','ndbinfo','mysql_master_master') " +
            "AND NOT (schema_name = 'test' AND NOT EXISTS (SELECT 1 FROM information_schema.tables WHERE table_schema = 'test'))",
    );
});

describe("seed-load.sh restarts", () => {
    it("what runs, and not a stopped server that has an init script beside it", async () => {
        const { host, parameters } = ready();
        host.write("/etc/init.d/mysqld", "");
        chmodSync(host.path("/etc/init.d/mysqld"), 0o755);
        host.answers.systemctl = ({ argv }) => ({ status: argv[0] === "is-active" && argv[2] !== "mysql" ? 3 : 0 });
        expect((await host.run(script, parameters)).stderr).toContain("b: restarting mysql, once\n");
    });

    it("by an init script where there is no service manager", async () => {
        const { host, parameters } = ready();
        rmSync(host.path("/run/systemd/system"), { recursive: true });
        symlinkSync(join(__dirname, "fake", "program.sh"), host.path("/bin/service"));
        host.answers.service = () => ({});
        host.write("/etc/init.d/mysql", "");
        chmodSync(host.path("/etc/init.d/mysql"), 0o755);
        host.write("/etc/init.d/mysqld", "");
        expect((await host.run(script, parameters)).stderr).toContain("b: restarting mysql, once\n");
        expect(host.calls.filter(({ name }) => /^(systemctl|service)$/.test(name)).map(({ argv }) => argv)).toEqual([
            ["mysql", "restart"],
        ]);
    });
});

describe("seed-load.sh at destroy", () => {
    it("keeps the data and the account, and marks them as parted; a second time changes nothing", async () => {
        const { host, parameters } = ready();
        await host.run(script, parameters);
        host.local.accounts.set("replicator@%", "x");
        for (let time = 0; time < 2; time++) {
            const run = await host.run(script, parameters, "down");
            expect([run.exitCode, run.stdout, run.stderr]).toEqual([0, "", ""]);
            expect(changes(run.statements)).toEqual([]);
            expect(host.memory("seed")).toBe(
                done.replace("state=done", "state=parted").replace("\n", " applied=uuid-a:1-9\n"),
            );
        }
        expect([...host.local.accounts.keys()]).toEqual(["app@%", "replicator@%"]);
    });

    it("leaves the mark of an import that is not finished, and makes none where there was none", async () => {
        for (const mark of ["state=unfinished source=uuid-a own=uuid-b\n", undefined]) {
            const { host, parameters } = ready();
            if (mark !== undefined) {
                host.remember("seed", mark);
            }
            expect((await host.run(script, parameters, "down")).exitCode).toBe(0);
            expect(host.memory("seed")).toBe(mark);
        }
    });
});
