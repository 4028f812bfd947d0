import { changes, cleanUpHosts, makeHost } from "./fakeHost";

cleanUpHosts();

const script = "seed-offer.sh";
const link = "source=b.example.com:3306 uuid=uuid-old password=d\n";
const parameters = {
    NODE: "a",
    SEED: "wanted",
    METHOD: "dump",
    COMPRESS: false,
    PEER_FACTS: "",
    LOCK_ALL_TABLES: false,
    PEER_UUID: "uuid-new",
    BACKUP_FILE: "/none",
    KEEP_BACKUP: false,
};
const applied = {
    Source_Host: "b.example.com",
    Source_Port: "3306",
    Replica_IO_Running: "Yes",
    Source_Log_File: "mysql-bin.000004",
    Read_Source_Log_Pos: "900",
    Relay_Source_Log_File: "mysql-bin.000004",
    Exec_Source_Log_Pos: "900",
};

/** Node a, which follows the old peer. */
function origin(channel: Record<string, string> = applied) {
    const host = makeHost();
    host.local.channel = new Map(Object.entries(channel));
    host.remember("link", link);
    return host;
}

describe("seed-offer.sh, when a new peer is seeded in the old one's place,", () => {
    it("warns where the origin's receiver stood: what the old one wrote since is there alone", async () => {
        const run = await origin({ ...applied, Replica_IO_Running: "No" }).run(script, parameters);
        expect(run).toMatchObject({
            exitCode: 0,
            stderr: "warning MM_LINK_BEHIND: a: its receiver does not run: what b.example.com:3306 has written since is there alone\na: no longer follows its old peer\n",
        });
    });

    it("does not end somebody's channel: it is not the old peer's that was noted", async () => {
        const host = origin({ ...applied, Source_Host: "crm.example.com" });
        const run = await host.run(script, parameters);
        expect([run.exitCode, run.stdout, changes(run.statements)]).toEqual([1, "", []]);
        expect(run.stderr).toMatch(
            /^error MM_LINK_FOREIGN_SOURCE: a follows crm\.example\.com:3306, not its old peer b\.example\.com:3306, /,
        );
        expect(host.local.channel?.get("Source_Host")).toBe("crm.example.com");
    });

    it("does not leave an old peer that takes the writes: what it wrote may be there alone", async () => {
        const host = origin();
        host.local.variables.set("read_only", "1");
        const run = await host.run(script, parameters);
        expect([run.exitCode, run.stdout, changes(run.statements)]).toEqual([1, "", []]);
        expect(run.stderr).toMatch(/^error MM_ROLE_CLOSED: a is closed, so its old peer takes the writes, /);
    });

    it.each([
        [
            "which was gone when the origin was opened: the account gets back what was taken from it then",
            " parted=gone",
            true,
        ],
        ["which was not: the account stays as it is", "", false],
    ])("leaves the old one, %s", async (_, parted, isGranted) => {
        const host = origin();
        host.remember("link", link.replace("\n", `${parted}\n`));
        host.local.accounts.set("replicator@%", "x");
        host.local.grants = host.local.grants.replace("REPLICATION SLAVE, ", "");
        const run = await host.run(script, parameters);
        expect([run.exitCode, changes(run.statements)]).toEqual([
            0,
            [
                "STOP REPLICA",
                "RESET REPLICA ALL",
                ...(isGranted
                    ? [
                          "GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO 'replicator'@'%'",
                          "GRANT SELECT ON mysql_master_master.* TO 'replicator'@'%'",
                      ]
                    : []),
            ],
        ]);
        expect(host.memory("link")).toBeUndefined();
    });

    it("parts the origin from the old one, whose log is another; a second time it only reads", async () => {
        const host = origin();
        const run = await host.run(script, parameters);
        expect(changes(run.statements)).toEqual(["STOP REPLICA", "RESET REPLICA ALL"]);
        expect(run).toMatchObject({ exitCode: 0, stderr: "a: no longer follows its old peer\n" });
        expect(run.stdout).toMatch(/^offer method=dump key=ssh-ed25519,\S+\n$/);
        expect(host.memory("link")).toBeUndefined();
        const again = await host.run(script, parameters);
        expect([again.exitCode, again.stdout, again.stderr, changes(again.statements)]).toEqual([
            0,
            run.stdout,
            "",
            [],
        ]);
    });

    it.each([
        ["a position", { Exec_Source_Log_Pos: "899" }],
        ["a log", { Relay_Source_Log_File: "mysql-bin.000003" }],
    ])("waits for what the old one had sent, and stops where %s of it is not applied", async (_, behind) => {
        const host = origin({ ...applied, ...behind });
        const run = await host.run(script, parameters);
        expect([run.exitCode, run.stdout, changes(run.statements), host.memory("link")]).toEqual([1, "", [], link]);
        expect(run.stderr.slice(run.stderr.indexOf("error "))).toBe(
            "error MM_LINK_BEHIND: a has received more from its old peer than it has applied, and a new peer is to be seeded from it. Nothing was changed\n" +
                "  next: see SHOW REPLICA STATUS on a; let it apply the rest (START REPLICA SQL_THREAD), then run up again\n",
        );
        expect(host.memory("copy-key")).toBeUndefined();
    });

    it("forgets a link whose channel is gone already", async () => {
        const host = makeHost();
        host.remember("link", link);
        const run = await host.run(script, parameters);
        expect([run.exitCode, run.stderr, changes(run.statements), host.memory("link")]).toEqual([
            0,
            "",
            [],
            undefined,
        ]);
    });

    it("leaves a channel that is not this program's alone", async () => {
        const host = makeHost();
        host.local.channel = new Map(Object.entries(applied));
        const run = await host.run(script, parameters);
        expect([run.exitCode, run.stderr, changes(run.statements)]).toEqual([0, "", []]);
    });

    it.each([
        ["an old `wanted`", { PEER_UUID: "uuid-old" }],
        ["done", { SEED: "done" }],
        ["parted", { SEED: "parted" }],
    ])("leaves the link alone where the answer is %s, and offers nothing", async (_, answer) => {
        const host = origin();
        const run = await host.run(script, { ...parameters, ...answer });
        expect([run.exitCode, run.stdout, run.stderr, changes(run.statements)]).toEqual([0, "offer none\n", "", []]);
        expect([host.memory("link"), host.memory("copy-key")]).toEqual([link, undefined]);
    });
});
