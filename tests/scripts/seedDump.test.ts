import { readdirSync, statSync } from "node:fs";
import { assembleScript } from "../../core/script";
import { dump, errorOf, inventory, line, readyToDump } from "./dumpHost";
import { changes, cleanUpHosts, common } from "./fakeHost";

cleanUpHosts();

const script = "seed-dump.sh";
describe("seed-dump.sh", () => {
    it("dumps everything with its coordinates, sends it to the peer, and keeps no file", async () => {
        const { host, parameters, callsOf } = readyToDump();
        const run = await host.run(script, parameters);
        expect(run).toMatchObject({ exitCode: 0, stdout: line });
        expect(changes(run.statements)).toEqual([
            "SET SESSION information_schema_stats_expiry = 0",
            "SET SESSION sql_mode = '', SESSION time_zone = '+00:00', SESSION group_concat_max_len = 16777216",
            "SET SESSION lock_wait_timeout = 10",
            "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
            "FLUSH LOCAL TABLES WITH READ LOCK",
            "START TRANSACTION WITH CONSISTENT SNAPSHOT",
            "XA RECOVER CONVERT XID",
            "UNLOCK TABLES",
            "SAVEPOINT counted",
            "ROLLBACK TO SAVEPOINT counted",
            "ROLLBACK TO SAVEPOINT counted",
        ]);
        expect(callsOf("mysqldump").map(({ argv }) => argv.slice(2))).toEqual([
            [
                "--init-command=SET NAMES utf8mb4, SESSION lock_wait_timeout = 10, SESSION net_write_timeout = 60",
                "--single-transaction",
                "--all-databases",
                "--source-data=1",
                "--set-gtid-purged=AUTO",
                "--opt",
                "--complete-insert",
                "--tz-utc",
                "--comments",
                "--set-charset",
                "--quote-names",
                "--routines",
                "--events",
                "--triggers",
                "--hex-blob",
                "--default-character-set=utf8mb4",
                "--max-allowed-packet=1G",
            ],
        ]);
        expect(callsOf("ssh").map(({ stdin }) => stdin)).toEqual([dump + inventory]);
        expect(host.read("/tmp/master_backup.sql")).toBeUndefined();
    });

    it("bounds the wait for its lock only where the dump program can", async () => {
        const { host, parameters, callsOf } = readyToDump();
        const { mysqldump } = host.answers;
        host.answers.mysqldump = (call) =>
            call.argv.includes("--help") ? { stdout: "  --host=name\n" } : (mysqldump?.(call) ?? {});
        expect(await host.run(script, parameters)).toMatchObject({ exitCode: 0, stdout: line });
        expect(callsOf("mysqldump").map(({ argv }) => argv[2])).toEqual(["--single-transaction"]);
    });

    it("pins the peer's host key, and takes any only where the check was left out", async () => {
        for (const [key, strict] of [
            ["ssh-ed25519 KEY", "yes"],
            ["", "no"],
        ] as const) {
            const { host, parameters, callsOf } = readyToDump();
            await host.run(script, { ...parameters, COPY_HOST_KEY: key });
            const argv = callsOf("ssh")[0]?.argv ?? [];
            expect(argv).toContain(`StrictHostKeyChecking=${strict}`);
            expect(argv.slice(-2)).toEqual(["admin@b.example.com", "receive"]);
        }
    });

    it("makes no second dump for the same peer, and prints the same line; a new converge makes one", async () => {
        const { host, parameters, callsOf } = readyToDump();
        await host.run(script, parameters);
        const again = await host.run(script, parameters);
        expect([again.exitCode, again.stdout, callsOf("mysqldump").length, callsOf("ssh").length]).toEqual([
            0,
            line,
            1,
            1,
        ]);
        await host.run(script, { ...parameters, CONVERGE: "again" });
        expect(callsOf("mysqldump").length).toBe(2);
    });

    it("does nothing where no seed is wanted, but for a key that is left", async () => {
        const { host, parameters, callsOf } = readyToDump();
        host.remember("copy-key", "k");
        host.remember("copy-key.pub", "k");
        const run = await host.run(script, { ...parameters, SEED: "done", ADMIT: "admit no" });
        expect([run.exitCode, run.stdout, callsOf("mysqldump").length]).toEqual([0, "dump none\n", 0]);
        expect([host.memory("copy-key"), host.memory("copy-key.pub")]).toEqual([undefined, undefined]);
    });

    it("leaves a kept backup readable by its owner only", async () => {
        const { host, parameters } = readyToDump();
        await host.run(script, { ...parameters, KEEP_BACKUP: true });
        expect(statSync(parameters.BACKUP_FILE).mode & 0o777).toBe(0o600);
        expect(host.read("/tmp/master_backup.sql")).toBe(dump + inventory);
    });

    it.each(["done", "parted", "wanted"])(
        "removes a backup that is no longer to be kept, seed %s, and only its own",
        async (SEED) => {
            const { host, parameters, callsOf } = readyToDump();
            const later = { ...parameters, SEED, ADMIT: "admit no" };
            await host.run(script, { ...parameters, KEEP_BACKUP: true });
            expect(host.memory("backup")).toBe(`${parameters.BACKUP_FILE}\n`);
            await host.run(script, { ...later, KEEP_BACKUP: true });
            expect(host.read("/tmp/master_backup.sql")).toBe(dump + inventory);
            const run = await host.run(script, later);
            expect([run.exitCode, run.stdout, callsOf("mysqldump").length]).toEqual([0, "dump none\n", 1]);
            expect([host.read("/tmp/master_backup.sql"), host.memory("backup")]).toEqual([undefined, undefined]);
            host.write("/tmp/master_backup.sql", "somebody's");
            expect((await host.run(script, later)).stdout).toBe("dump none\n");
            expect(host.read("/tmp/master_backup.sql")).toBe("somebody's");
        },
    );

    it.each([
        ["truncated", dump.slice(0, -40), 0, "the dump on a ended with status 0 (124: after 60 s); a was only read"],
        [
            "truncated within its last line",
            dump.slice(0, -25),
            0,
            "the dump on a ended with status 0 (124: after 60 s); a was only read",
        ],
        ["given up by mysqldump", dump, 2, "the dump on a ended with status 2 (124: after 60 s); a was only read"],
        ["without coordinates", "-- x\n-- Dump completed\n", 0, "the dump on a carries no binary log coordinates"],
    ])("refuses a dump that is %s, sends nothing and leaves no file", async (_, text, status, what) => {
        const { host, parameters, callsOf } = readyToDump({
            stdout: text,
            status,
            stderr: status === 0 ? "" : "mysqldump: Error 2013: Lost connection\n",
        });
        const run = await host.run(script, parameters);
        expect([run.exitCode, run.stdout, callsOf("ssh")]).toEqual([1, "", []]);
        expect(errorOf(run.stderr).split("\n")[0]).toBe(`error MM_SEED_DUMP: ${what}`);
        expect(readdirSync(host.path("/tmp")).filter((name) => name.startsWith("master_backup"))).toEqual([]);
    });

    it("tells that mysqldump has died while the rows are still being counted, and counts no more of them", async () => {
        const { host, parameters } = readyToDump({
            stdout: dump.slice(0, -40),
            status: 3,
            stderr: "mysqldump: Error 2013: Lost connection\n",
        });
        host.local.rules.push({ on: /COUNT\(\*\)/, answer: { hang: true } });
        const text = assembleScript(script, { ...common, STEP: "seed-dump", ...parameters });
        const run = await host.runWhole(text.replace("TELL_SECONDS=5", "TELL_SECONDS=1"));
        expect([run.exitCode, run.statements.filter((text) => text.startsWith("KILL"))]).toEqual([1, ["KILL 9"]]);
        expect(errorOf(run.stderr)).toBe(
            "error MM_SEED_DUMP: the dump on a ended with status 3 (124: after 60 s); a was only read\n" +
                "  next: mend what mysqldump names, then run up again\n" +
                "  server: mysqldump: Error 2013: Lost connection\n",
        );
    });

    it("refuses to overwrite a file that is not its own", async () => {
        const { host, parameters, callsOf } = readyToDump();
        host.write("/tmp/master_backup.sql", "somebody's");
        const run = await host.run(script, parameters);
        expect(run).toMatchObject({
            exitCode: 1,
            stdout: "",
            stderr:
                "error MM_SEED_BACKUP_EXISTS: /tmp/master_backup.sql is there on a, and not from this program. Nothing was changed\n" +
                "  next: move it away, or set seed.backupFile; then run up again\n",
        });
        expect([host.read("/tmp/master_backup.sql"), callsOf("mysqldump")]).toEqual(["somebody's", []]);
    });

    it("refuses a copy that did not arrive whole, and sends it again at the next up", async () => {
        const { host, parameters, callsOf } = readyToDump();
        host.answers.ssh = () => ({
            stdout: "5\n",
            stderr: "client_loop: send disconnect: Broken pipe\n",
            status: 255,
        });
        const run = await host.run(script, parameters);
        expect([run.exitCode, run.stdout]).toEqual([1, ""]);
        expect(errorOf(run.stderr).split("\n")).toEqual([
            `error MM_SEED_COPY: ${dump.length + inventory.length} bytes went from a to b.example.com port 2222, and 5 arrived`,
            "  next: let a reach sshd on b.example.com (copy.host, copy.port), and see that there is room for the file; then run up again",
            "  server: client_loop: send disconnect: Broken pipe",
            "",
        ]);
        host.answers.ssh = ({ stdin }) => ({ stdout: `${Buffer.byteLength(stdin)}\n` });
        expect(await host.run(script, parameters)).toMatchObject({ exitCode: 0, stdout: line });
        expect(callsOf("ssh").at(-1)?.stdin).toBe(dump + inventory);
    });

    it("refuses where there is no room for the data, before it dumps", async () => {
        const { host, parameters, callsOf } = readyToDump();
        host.local.rules.push({ on: /^SELECT 2 \* COALESCE/, answer: { stdout: "999999999999999999" } });
        const run = await host.run(script, parameters);
        expect([run.exitCode, callsOf("mysqldump")]).toEqual([1, []]);
        expect(run.stderr).toMatch(
            /^error MM_SEED_DISK: \/tmp on a has \d+ bytes free, and the dump may take 999999999999999999\n/,
        );
    });

    it("refuses tables that a dump cannot hold still, before it dumps", async () => {
        const { host, parameters, callsOf } = readyToDump();
        host.local.rules.push({
            on: /^SELECT CONCAT\(table_schema, .* engine\)/,
            answer: { stdout: "shop.log MyISAM\ncrm.notes Aria" },
        });
        const run = await host.run(script, parameters);
        expect([callsOf("mysqldump"), changes(run.statements), host.memory("backup")]).toEqual([[], [], undefined]);
        expect(run).toMatchObject({
            exitCode: 1,
            stdout: "",
            stderr:
                "error MM_SEED_ENGINE: a has tables of engines without transactions (shop.log MyISAM, crm.notes Aria), which a dump cannot hold still. Nothing was changed\n" +
                "  next: ALTER TABLE … ENGINE = InnoDB; or set accept.nonTransactionalTables, and the dump locks all tables against writes as long as it takes; then run up again\n",
        });
    });

    /** What the preflight would have named: a statement's beginning, its answer, and what the refusal says of it. */
    const undumpable: [RegExp, string, string][] = [
        [
            /engine = 'MEMORY'/,
            "crm.cache",
            "MEMORY tables, which a restart of either server would empty on both (crm.cache)",
        ],
        [
            /table_type = 'SYSTEM VERSIONED'/,
            "shop.terms",
            "system-versioned tables, whose history no dump carries (shop.terms)",
        ],
        [/c\.data_type = 'float'/, "shop.at.x", "FLOAT columns, of which a dump writes six digits (shop.at.x)"],
        [/table_schema = 'sys'/, "sys.mine", "tables in the schema sys, which mysqldump leaves out (sys.mine)"],
        [/space_type = 'General'/, "fast", "general tablespaces, which mysqldump does not make (fast)"],
    ];

    it.each(undumpable)("refuses what came since the preflight, before it dumps: %s", async (on, name, what) => {
        const { host, parameters, callsOf } = readyToDump();
        host.local.rules.push({ on, answer: { stdout: name } });
        const run = await host.run(script, { ...parameters, LOCK_ALL_TABLES: true });
        expect([run.exitCode, callsOf("mysqldump"), changes(run.statements), host.memory("backup")]).toEqual([
            1,
            [],
            [],
            undefined,
        ]);
        expect(run.stderr).toContain(
            `error MM_SEED_UNDUMPABLE: a holds what the preflight refuses, made since it looked perhaps: ${what}. a was only read\n`,
        );
    });

    it("takes FLOAT columns where the stack accepts that they are rounded", async () => {
        const { host, parameters } = readyToDump();
        host.local.rules.push({ on: /c\.data_type = 'float'/, answer: { stdout: "shop.at.x" } });
        expect((await host.run(script, { ...parameters, ROUND_FLOATS: true })).stdout).toBe(line);
    });

    it("throws a dump away during which such a thing came, and refuses then", async () => {
        let made = false;
        const { host, parameters, callsOf } = readyToDump(() => {
            made = true;
            return { stdout: dump };
        });
        host.local.rules.push({ on: /space_type = 'General'/, answer: () => ({ stdout: made ? "fast" : "" }) });
        const run = await host.run(script, parameters);
        expect([run.exitCode, callsOf("mysqldump").length, callsOf("ssh")]).toEqual([1, 1, []]);
        expect(run.stderr).toContain("error MM_SEED_UNDUMPABLE: ");
    });

    it("refuses options of a's own files by which mysqldump would change or leave out rows, and names them", async () => {
        const { host, parameters, callsOf } = readyToDump();
        const { mysqldump } = host.answers;
        const defaults = (options: string) => {
            host.answers.mysqldump = (call) =>
                call.argv.includes("--print-defaults")
                    ? { stdout: `mysqldump would have been started with the following arguments:\n${options} \n` }
                    : (mysqldump?.(call) ?? {});
        };
        defaults("--quick --skip-tz-utc --max_allowed_packet=16M --where=id > 5 --ignore-table=shop.log --loose-force");
        const run = await host.run(script, parameters);
        expect([run.exitCode, callsOf("mysqldump")]).toEqual([1, []]);
        expect(run.stderr).toContain(
            "error MM_SEED_DUMP_OPTIONS: a's option files give mysqldump --where=id, --ignore-table=shop.log, --loose-force, by which the dump may leave rows out or change them. Nothing was changed\n" +
                "  next: take that out of [mysqldump] on a, then run up again\n",
        );
        defaults("--quick --skip-tz-utc --no_tablespaces --column-statistics=0 --ssl-ca=/x");
        expect(await host.run(script, parameters)).toMatchObject({ exitCode: 0, stdout: line });
    });

    it("gives the login's password to no command line", async () => {
        const { host, parameters } = readyToDump();
        await host.run(script, parameters);
        expect(host.calls.filter(({ argv }) => argv.join(" ").includes("SECRET"))).toEqual([]);
        expect(
            host.calls.filter(({ name, options }) => name === "mysqldump" && options.includes('password="SECRETlogin"'))
                .length,
        ).toBe(2);
    });
});
