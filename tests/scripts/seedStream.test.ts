import { assembleScript } from "../../core/script";
import { changes, cleanUpHosts, common, makeHost, type Run } from "./fakeHost";
import { processList, refused } from "./fakeServer";
import { bringBackup } from "./loadHost";

cleanUpHosts();

const inventory = "account app@%\nschema shop\ntable shop.stuff\t1\n";
const marked = inventory.replace(/^(?=.)/gm, "-- inventory: ");
const dump = `-- MySQL dump\nINSERT INTO stuff VALUES (1);\n-- Dump completed on 2026-11-23\n${marked}-- Dump completed, with an inventory of 3 lines\n`;
const expects = "expects 2\naccount app@%\nschema shop\n";
const unfinished = "state=unfinished source=uuid-a own=uuid-b file=mysql-bin.000003 position=157\n";
const parameters = { SOURCE_UUID: "uuid-a", TIMEOUT_SECONDS: 60 };

/** Node b, fresh; what is streamed into it makes it a's like. */
function ready() {
    const host = makeHost();
    host.local.accounts.set("root@localhost", "");
    host.local.rules.push({ on: /^-- (Dump completed|inventory)/, answer: {} });
    host.local.rules.push({
        on: /^-- MySQL dump/,
        answer: () => bringBackup(host),
    });
    const text = assembleScript("seed-receive.sh", { ...common, STEP: "seed-receive", ...parameters });
    /** Runs the receiver as sshd does: a file, and what comes over SSH on its stdin. */
    const receive = (sent: string): Promise<Run> =>
        host.runWhole(
            `cat >"$TMPDIR/receiver" <<'END OF RECEIVER'\n${text}\nEND OF RECEIVER\n` +
                `bash "$TMPDIR/receiver" up 10.0.0.9 <<'END OF DUMP'\n${sent}END OF DUMP\n`,
        );
    const load = (DUMP: string) =>
        host.run("seed-load.sh", {
            ...parameters,
            SEED: "wanted",
            DUMP,
            BACKUP_FILE: "/none",
            KEEP_BACKUP: false,
        });
    return { host, receive, load };
}
const receiptOf = ({ stdout }: Run) => /^received receipt=([0-9a-f]{16})\n$/.exec(stdout)?.[1];

describe("seed-receive.sh", () => {
    it("closes the node, imports what comes with the binary log off, closes it to the origin's accounts, and gives a receipt", async () => {
        const { host, receive } = ready();
        const run = await receive(expects + dump);
        const receipt = receiptOf(run);
        expect([run.exitCode, receipt]).toEqual([0, expect.any(String)]);
        expect(changes(run.statements)).toEqual([
            "SET GLOBAL super_read_only = 0",
            "SET GLOBAL read_only = 1",
            "SET GLOBAL event_scheduler = OFF",
            "RESET BINARY LOGS AND GTIDS",
            "SET GLOBAL max_allowed_packet = 1073741824",
            "SET GLOBAL innodb_flush_log_at_trx_commit = 0",
            "SET SESSION sql_log_bin = 0",
            "-- MySQL dump\nINSERT INTO stuff VALUES (1)",
            `-- Dump completed on 2026-11-23\n${marked}-- Dump completed, with an inventory of 3 lines`,
            "SET GLOBAL max_allowed_packet = 67108864",
            "SET GLOBAL innodb_flush_log_at_trx_commit = 1",
            "SET GLOBAL super_read_only = 1",
        ]);
        expect([host.memory("seed"), host.memory("received")]).toEqual([
            unfinished,
            `receipt=${receipt}\n${inventory}`,
        ]);
        expect(host.memory("seed-expects")).toBe("account app@%\naccount root@localhost\nschema shop\n");
    });

    it.each([
        ["its last line", expects + dump.slice(0, -47)],
        ["a line of its inventory", expects + dump.replace("-- inventory: schema shop\n", "")],
        ["its inventory", expects + dump.slice(0, dump.indexOf(marked))],
    ])("gives no receipt for a dump without %s", async (_, sent) => {
        const { host, receive } = ready();
        const run = await receive(sent);
        expect([run.exitCode, run.stdout]).toEqual([1, ""]);
        expect(run.stderr.slice(run.stderr.indexOf("error "))).toBe(
            "error MM_SEED_LOAD: the dump did not come whole to b; it is begun again by the next up\n" +
                "  next: see why the other node has ended it, then run up again\n",
        );
        expect([host.memory("seed"), host.memory("received")]).toEqual([unfinished, undefined]);
    });

    it.each(["", "expects x\n", "something else\n"])(
        "changes nothing where what comes begins with %j",
        async (sent) => {
            const { host, receive } = ready();
            const run = await receive(sent);
            expect([run.exitCode, run.stdout, changes(run.statements)]).toEqual([1, "", []]);
            expect(run.stderr).toContain("error MM_SEED_LOAD: the dump did not come whole to b; ");
            expect(host.memory("seed")).toBeUndefined();
        },
    );

    it("overwrites no node with a schema of its own, and none that somebody uses", async () => {
        const full = ready();
        full.host.local.schemas = ["crm"];
        const used = ready();
        used.host.local.rules.push({
            on: "SHOW PROCESSLIST",
            answer: { stdout: processList([21, "app", "10.0.0.7:1", "Sleep", 3, "NULL"]) },
        });
        for (const [{ host, receive }, what] of [
            [full, "error MM_SEED_NODE_NOT_EMPTY: b holds schemas of its own (crm); "],
            [used, "error MM_SEED_NODE_IN_USE: b is in use by app@10.0.0.7:1 since 3 s, "],
        ] as const) {
            const run = await receive(expects + dump);
            expect([run.exitCode, run.stdout, changes(run.statements)]).toEqual([1, "", []]);
            expect(run.stderr).toContain(what);
            expect(host.memory("seed")).toBeUndefined();
        }
    });

    it("begins again where a stream was cut: what that one was to bring is dropped, and its receipt counts no more", async () => {
        const { host, receive } = ready();
        host.remember("received", "receipt=old\n");
        host.local.rules.unshift({ on: /^-- MySQL dump/, answer: refused(2013, "Lost connection") });
        const cut = await receive(expects + dump);
        expect([cut.exitCode, cut.stdout, host.memory("received")]).toEqual([1, "", undefined]);
        host.local.rules.shift();
        host.local.schemas = ["shop"];
        const run = await receive(expects + dump);
        expect(changes(run.statements)).toContain("DROP DATABASE IF EXISTS `shop`");
        expect([run.exitCode, receiptOf(run)]).toEqual([0, expect.any(String)]);
    });
});

describe("seed-load.sh, after a stream,", () => {
    const sent = (receipt?: string) =>
        `dump method=stream file=bin.7 position=700 gtid=uuid-a:1-9 bytes=9 receipt=${receipt}`;

    it("proves what is there whole, restarts once, and is seeded; nothing is imported again", async () => {
        const { host, receive, load } = ready();
        const run = await load(sent(receiptOf(await receive(expects + dump))));
        const line =
            "source_file=bin.7 source_position=700 source_gtid=uuid-a:1-9 file=mysql-bin.000003 position=157\n";
        expect([run.exitCode, run.stdout]).toEqual([0, `seed ${line}`]);
        expect(run.stderr).toBe("b: proven whole\nb: restarting mysqld, once\n");
        expect(run.statements.filter((text) => /MySQL dump|^(RESET|DROP)/.test(text))).toEqual([]);
        expect(host.memory("seed")).toBe(`state=done source=uuid-a own=uuid-b source_log=1600000000 ${line}`);
        expect([host.memory("received"), host.memory("seed-expects")]).toEqual([undefined, undefined]);
    });

    it("takes nothing over that is not what the origin sent", async () => {
        const { host, receive, load } = ready();
        await receive(expects + dump);
        const run = await load(sent("0123456789abcdef"));
        expect([run.exitCode, run.stdout, changes(run.statements), host.memory("seed")]).toEqual([
            1,
            "",
            [],
            unfinished,
        ]);
        expect(run.stderr).toContain(
            "error MM_SEED_BACKUP_MISSING: what was received on b is not what was sent (dump ",
        );
    });

    it("names what differs from the inventory that came with it", async () => {
        const { host, receive, load } = ready();
        const receipt = receiptOf(await receive(expects + dump));
        host.local.rows.set("shop.stuff", 2);
        const run = await load(sent(receipt));
        expect([run.exitCode, run.stdout]).toEqual([1, ""]);
        expect(run.stderr).toContain("wanted table shop.stuff 1, found table shop.stuff 2\n");
    });

    it("goes on where it was cut on MariaDB between the log's new beginning and the note of it", async () => {
        const { host, receive, load } = ready();
        host.local.variables.set("version", "10.11.19-MariaDB").set("gtid_binlog_state", "");
        host.local.coordinates = "mysql-bin.000002\t1234";
        const begun = () => {
            host.local.coordinates = "mysql-bin.000001\t328";
            host.beginLog("mysql-bin.000001", 1700000001);
            return {};
        };
        host.beginLog("mysql-bin.000002", 1700000000);
        host.local.rules.push(
            { on: "RESET MASTER", answer: begun },
            { on: "SHOW BINARY LOGS", answer: () => ({ stdout: host.local.coordinates }) },
        );
        const receipt = receiptOf(await receive(expects + dump));
        const cut = { on: "SET GLOBAL gtid_binlog_state = '0-10-9'", answer: refused(2013, "Lost connection") };
        host.local.rules.unshift(cut);
        const sentHere = sent(receipt).replace("uuid-a:1-9", "0-10-9");
        expect(await load(sentHere)).toMatchObject({ exitCode: 1, stdout: "" });
        host.local.rules.shift();
        const run = await load(sentHere);
        expect([run.exitCode, run.stderr]).toEqual([0, "b: proven whole\nb: restarting mysqld, once\n"]);
        expect(run.stdout).toBe(
            "seed source_file=bin.7 source_position=700 source_gtid=0-10-9 file=mysql-bin.000001 position=328\n",
        );
        expect(host.local.variables.get("gtid_binlog_state")).toBe("0-10-9");
    });
});
