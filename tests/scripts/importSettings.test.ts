import { cleanUpHosts, type FakeHost, makeHost } from "./fakeHost";
import { refused } from "./fakeServer";

cleanUpHosts();

const script = "seed-load.sh";
const inventory = "-- inventory: schema shop\n-- Dump completed, with an inventory of 1 lines\n";
const backup = `-- MySQL dump\nINSERT INTO stuff VALUES (1);\n${inventory}`;
const before = "max_allowed_packet=33554432 innodb_flush_log_at_trx_commit=2\n";

/** Node b, to which a backup has been sent, and which has values of its own; `failing` once refuses the import. */
function ready(failing = false) {
    const host = makeHost({ max_allowed_packet: "33554432", innodb_flush_log_at_trx_commit: "2" });
    host.write("/var/lib/mysql-master-master/3306/received-backup", backup);
    host.remember("backup", `${host.path("/tmp/master_backup.sql")}\n`);
    const during: unknown[] = [];
    host.local.rules.push({ on: /^-- (Dump completed|inventory)/, answer: {} });
    host.local.rules.push({
        on: /^-- MySQL dump/,
        answer: () => {
            during.push([host.memory("import-settings"), ...valuesOf(host)]);
            if (failing && during.length === 1) {
                return refused(2013, "Lost connection");
            }
            host.local.variables.set("gtid_executed", "uuid-a:1-9");
            host.local.schemas = ["shop"];
            return {};
        },
    });
    const parameters = {
        SEED: "wanted",
        DUMP: `dump method=dump file=bin.7 position=700 gtid=uuid-a:1-9 bytes=${backup.length}`,
        SOURCE_UUID: "uuid-a",
        BACKUP_FILE: host.path("/tmp/master_backup.sql"),
        KEEP_BACKUP: false,
        TIMEOUT_SECONDS: 60,
    };
    return { host, parameters, during };
}

const valuesOf = (host: FakeHost) =>
    ["max_allowed_packet", "innodb_flush_log_at_trx_commit"].map((name) => host.local.variables.get(name));

describe("what an import sets otherwise on its server", () => {
    it("is noted before, is so while it runs, and is as before after it, without the note", async () => {
        const { host, parameters, during } = ready();
        expect((await host.run(script, parameters)).exitCode).toBe(0);
        expect(during).toEqual([[before, "1073741824", "0"]]);
        expect([host.memory("import-settings"), ...valuesOf(host)]).toEqual([undefined, "33554432", "2"]);
    });

    it("is as before after an import that failed, too", async () => {
        const { host, parameters, during } = ready(true);
        const run = await host.run(script, parameters);
        expect([run.exitCode, run.stderr.includes("error MM_SEED_LOAD: the import on b ended with status 1 ")]).toEqual(
            [1, true],
        );
        expect(during).toEqual([[before, "1073741824", "0"]]);
        expect([host.memory("import-settings"), ...valuesOf(host)]).toEqual([undefined, "33554432", "2"]);
    });

    it("comes back by the next import after a kill, as the first one noted it, and not as that left it", async () => {
        const { host, parameters, during } = ready();
        host.remember("import-settings", before);
        host.local.variables.set("max_allowed_packet", "1073741824");
        host.local.variables.set("innodb_flush_log_at_trx_commit", "0");
        expect((await host.run(script, parameters)).exitCode).toBe(0);
        expect(during).toEqual([[before, "1073741824", "0"]]);
        expect([host.memory("import-settings"), ...valuesOf(host)]).toEqual([undefined, "33554432", "2"]);
    });

    it("stops the seed where the server does not have it back, and says what to set", async () => {
        const { host, parameters } = ready();
        host.local.rules.unshift({ on: "SET GLOBAL innodb_flush_log_at_trx_commit = 2", answer: {} });
        const run = await host.run(script, parameters);
        expect([run.exitCode, run.stdout]).toEqual([1, ""]);
        expect(run.stderr.slice(run.stderr.indexOf("error "))).toBe(
            "error MM_SEED_LOAD: after the import b has innodb_flush_log_at_trx_commit = 0, and had 2 before\n" +
                "  next: SET GLOBAL innodb_flush_log_at_trx_commit = 2 on b, then run up again\n",
        );
        expect(host.memory("seed")).toMatch(/^state=unfinished /);
    });
});
