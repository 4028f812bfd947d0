import { changes, cleanUpHosts, makeHost } from "./fakeHost";

cleanUpHosts();

const script = "seed-load.sh";
const parted =
    "state=parted source=uuid-a own=uuid-b source_file=bin.7 source_position=700 source_gtid=uuid-a:1-9 file=bin.1 position=4 applied=uuid-a:1-8\n";
const line = "seed source_file=bin.9 source_position=900 source_gtid=uuid-a:1-9 file=mysql-bin.000003 position=157\n";
const way =
    "empty b (or name a fresh host), remove /var/lib/mysql-master-master/3306 there, set converge to a new text, then run up again";
const close = ["SET GLOBAL super_read_only = 0", "SET GLOBAL read_only = 1", "SET GLOBAL event_scheduler = OFF"];
const fence = "SET GLOBAL super_read_only = 1";
const create = [
    "SET SESSION sql_log_bin = 0",
    "CREATE USER 'replicator'@'%' IDENTIFIED BY 'SECRETaccount'",
    "GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO 'replicator'@'%'",
    "GRANT SELECT ON mysql_master_master.* TO 'replicator'@'%'",
];

/** A node that an earlier pair has left, with data, and its peer further on. */
function ready(variables: Record<string, string> = {}, peer: Record<string, string> = {}) {
    const host = makeHost({ gtid_executed: "uuid-a:1-9", ...variables }, { gtid_executed: "uuid-a:1-12", ...peer });
    host.remember("seed", parted);
    host.local.schemas = ["shop"];
    host.peer.coordinates = "bin.9\t900";
    const parameters = {
        SEED: "parted",
        DUMP: "dump none",
        SOURCE_UUID: "uuid-a",
        BACKUP_FILE: host.path("/tmp/none"),
        KEEP_BACKUP: false,
        TIMEOUT_SECONDS: 60,
    };
    return { host, parameters };
}

describe("seed-load.sh on a node that an earlier pair has left", () => {
    it("resumes without an import where GTIDs prove that it only lags behind: closes it, makes the account, takes coordinates", async () => {
        const { host, parameters } = ready();
        const run = await host.run(script, parameters);
        expect(changes(run.statements)).toEqual([...close, ...create, fence]);
        expect(run.peer).toEqual([
            "SELECT 1",
            "SELECT @@global.gtid_mode",
            "SELECT GTID_SUBTRACT('uuid-a:1-8', @@global.gtid_executed)",
            "SELECT GTID_SUBTRACT('uuid-a:1-9', @@global.gtid_executed)",
            "SELECT GTID_SUBTRACT(@@global.gtid_purged, 'uuid-a:1-9')",
            "SHOW BINARY LOG STATUS",
        ]);
        expect(run).toMatchObject({
            exitCode: 0,
            stdout: line,
            stderr: "b: was seeded before and has nothing that its peer lacks: it needs no seed\n",
        });
        expect(host.memory("seed")).toBe(
            `state=done source=uuid-a own=uuid-b source_log=1600000000 ${line.replace("seed ", "")}`,
        );
        const again = await host.run(script, { ...parameters, SEED: "done" });
        expect([again.exitCode, again.stdout, changes(again.statements)]).toEqual([0, line, []]);
    });

    it.each(["1600000000", undefined])("resumes where the origin's log is that of then (noted: %s)", async (log) => {
        const { host, parameters } = ready();
        host.remember(
            "seed",
            log === undefined ? parted : parted.replace(" source_file", ` source_log=${log} source_file`),
        );
        expect((await host.run(script, parameters)).exitCode).toBe(0);
    });

    it("proves nothing where the origin's log was begun anew since: its GTIDs were given twice", async () => {
        const { host, parameters } = ready();
        host.remember("seed", parted.replace(" source_file", " source_log=1500000000 source_file"));
        const run = await host.run(script, parameters);
        expect([run.exitCode, run.stdout, changes(run.statements)]).toEqual([1, "", []]);
        expect(run.stderr).toBe(
            "error MM_SEED_NOT_PROVEN: b holds what an earlier pair left, and the binary log of a.example.com was begun anew since (RESET, or a restored copy): its GTIDs come again, and prove nothing. Nothing was changed\n" +
                `  next: ${way}\n`,
        );
    });

    it("leaves the account that is still there", async () => {
        const { host, parameters } = ready();
        host.local.accounts.set("replicator@%", "x");
        const run = await host.run(script, parameters);
        expect([run.exitCode, run.stdout, changes(run.statements)]).toEqual([0, line, [...close, fence]]);
    });

    it.each([
        ["it has no GTIDs", { gtid_mode: "OFF" }, {}],
        ["its peer has none", {}, { gtid_mode: "OFF" }],
    ])("proves nothing where %s", async (_, variables, peer) => {
        const { host, parameters } = ready(variables, peer);
        const run = await host.run(script, parameters);
        expect(changes(run.statements)).toEqual([]);
        expect(host.memory("seed")).toBe(parted);
        expect(run).toMatchObject({
            exitCode: 1,
            stdout: "",
            stderr:
                "error MM_SEED_NOT_PROVEN: b holds what an earlier pair left, and without GTIDs nothing proves that it only lags behind. Nothing was changed\n" +
                `  next: ${way}\n`,
        });
    });

    it.each([
        ["has what its peer lacks", /^SELECT GTID_SUBTRACT\('uuid-a:1-9'/, "uuid-b:1-2", "uuid-b:1-2", "none"],
        ["misses what its peer has purged", /^SELECT GTID_SUBTRACT\(@@/, "uuid-a:10", "none", "uuid-a:10"],
    ])("refuses where it %s, and names that", async (_, on, said, errant, purged) => {
        const { host, parameters } = ready();
        host.peer.rules.push({ on, answer: { stdout: said } });
        const run = await host.run(script, parameters);
        expect(changes(run.statements)).toEqual([]);
        expect(host.memory("seed")).toBe(parted);
        expect(run).toMatchObject({
            exitCode: 1,
            stdout: "",
            stderr:
                `error MM_SEED_NOT_PROVEN: b holds what an earlier pair left: transactions that its peer lacks (${errant}), and purged ones that it missed (${purged}). Nothing was changed\n` +
                `  next: ${way}\n`,
        });
    });

    it.each<[string, "local" | "peer" | undefined, string, string]>([
        ["its own log was reset since", "local", "uuid-a:1-8", "uuid-a:1-8"],
        ["its peer's log was reset since", "peer", "uuid-a:1-8", "uuid-a:1-8"],
        ["what it had then was not noted", undefined, "", "none"],
    ])("refuses where %s: both sets may fit, and rows be missing for ever", async (_, which, noted, gone) => {
        const { host, parameters } = ready();
        const mark = parted.replace("=uuid-a:1-8", `=${noted}`);
        host.remember("seed", mark);
        if (which !== undefined) {
            host[which].rules.push({
                on: "SELECT GTID_SUBTRACT('uuid-a:1-8', @@global.gtid_executed)",
                answer: { stdout: "uuid-a:1-8" },
            });
        }
        const run = await host.run(script, parameters);
        expect([changes(run.statements), host.memory("seed")]).toEqual([[], mark]);
        expect(run).toMatchObject({
            exitCode: 1,
            stdout: "",
            stderr:
                `error MM_SEED_NOT_PROVEN: b holds what an earlier pair left, and nothing proves that it only lags behind: of what it had applied when the two parted (${noted || "not noted"}), the logs of the two no longer know all (${gone}). Nothing was changed\n` +
                `  next: if the logs were reset, what was written before cannot be told: ${way}\n`,
        });
    });

    it("refuses where something was made or dropped of which the log says nothing, and names that", async () => {
        const { host, parameters } = ready();
        host.remember("seed-names", "crm\nshop\n");
        host.local.definitions = "shop\tutf8mb4_0900_ai_ci\nshop.stray\tx\n";
        const run = await host.run(script, parameters);
        expect(changes(run.statements)).toEqual([]);
        expect([host.memory("seed"), host.memory("seed-names")]).toEqual([parted, "crm\nshop\n"]);
        expect(run).toMatchObject({
            exitCode: 1,
            stdout: "",
            stderr:
                "error MM_SEED_NOT_PROVEN: b holds what an earlier pair left, but not all of it or more, and its log does not say so (crm, shop.stray). Nothing was changed\n" +
                `  next: ${way}\n`,
        });
        host.remember("seed-names", "shop\nshop.stray\n");
        expect(await host.run(script, parameters)).toMatchObject({ exitCode: 0, stdout: line });
        expect(host.memory("seed-names")).toBeUndefined();
    });
});
