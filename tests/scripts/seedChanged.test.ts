import { readdirSync } from "node:fs";
import { dump, errorOf, line, readyToDump } from "./dumpHost";
import { changes, cleanUpHosts, type FakeHost } from "./fakeHost";

cleanUpHosts();

const script = "seed-dump.sh";
const tries = (stderr: string) => stderr.match(/try \d: .*/g) ?? [];

/** A dump during which somebody alters a table. */
const altering = (host: FakeHost) => {
    host.local.definitions += "shop.orders\tanother column\n";
    return { stdout: dump };
};

describe("a dump during which definitions change", () => {
    it("is thrown away and made again, and says what changed", async () => {
        const { host, parameters, callsOf } = readyToDump(altering, { stdout: dump });
        const run = await host.run(script, parameters);
        expect([run.exitCode, run.stdout, callsOf("mysqldump").length]).toEqual([0, line, 2]);
        expect(tries(run.stderr)).toEqual([
            "try 1: definitions changed during the dump (shop.orders); it is thrown away",
        ]);
    });

    it("is made again when two tables change their names with each other, though all is defined as before", async () => {
        const swapping = (host: FakeHost) => {
            host.local.places = "shop.orders\tshop/orders\t1071\t9\n";
            return { stdout: dump };
        };
        const { host, parameters, callsOf } = readyToDump(swapping, { stdout: dump });
        host.local.places = "shop.orders\tshop/orders\t1070\t8\n";
        const run = await host.run(script, parameters);
        expect([run.exitCode, run.stdout, callsOf("mysqldump").length]).toEqual([0, line, 2]);
        expect(tries(run.stderr)).toEqual([
            "try 1: definitions changed during the dump (shop.orders); it is thrown away",
        ]);
    });

    it("is made again when an account is made meanwhile, which no snapshot holds still in every series", async () => {
        const making = (host: FakeHost) => {
            host.local.accounts.set("clerk@%", "");
            return { stdout: dump };
        };
        const { host, parameters } = readyToDump(making, { stdout: dump });
        const run = await host.run(script, parameters);
        expect(run.exitCode).toBe(0);
        expect(tries(run.stderr)).toEqual([
            "try 1: definitions changed during the dump (account clerk@%); it is thrown away",
        ]);
    });

    it("is not made again at a view that was broken before, which is named at once", async () => {
        const stderr =
            "mysqldump: Couldn't execute 'SHOW FIELDS FROM `v`': View 'shop.v' references invalid table(s) or column(s) or function(s) or definer/invoker of view lack rights to use them (1356)\n";
        const { host, parameters, callsOf } = readyToDump({ stdout: "-- half", stderr, status: 2 });
        const run = await host.run(script, parameters);
        expect([run.exitCode, callsOf("mysqldump").length, readdirSync(host.path("/tmp"))]).toEqual([1, 1, []]);
        expect(errorOf(run.stderr).split("\n")[0]).toBe(
            "error MM_SEED_DUMP: view shop.v on a refers to what is not there, or what its definer may not use, and stops every dump; a was only read",
        );
    });

    it("is given up after the third time; nothing is sent, and no file stays", async () => {
        const { host, parameters, callsOf } = readyToDump(altering);
        const run = await host.run(script, parameters);
        expect([run.exitCode, run.stdout, callsOf("mysqldump").length, callsOf("ssh")]).toEqual([1, "", 3, []]);
        expect(errorOf(run.stderr)).toBe(
            "error MM_SEED_CHANGED: definitions on a changed during each of three dumps (shop.orders); no dump was kept, and a was only read\n" +
                "  next: hold CREATE, ALTER, DROP, TRUNCATE and RENAME back until the seed is done, then run up again\n",
        );
        expect(readdirSync(host.path("/tmp"))).toEqual([]);
    });

    it.each([
        [
            "a table that was truncated",
            "mysqldump: Error 1412: Table definition has changed, please retry transaction when dumping table `orders` at row: 0\n",
        ],
        [
            "a table that is gone",
            "mysqldump: Couldn't execute 'show create table `orders`': Table 'shop.orders' doesn't exist (1146)\n",
        ],
    ])("is made again when mysqldump stops at %s, though all is defined as before", async (_, stderr) => {
        const { host, parameters, callsOf } = readyToDump({ stdout: "-- half", stderr, status: 2 }, { stdout: dump });
        const run = await host.run(script, parameters);
        expect([run.exitCode, run.stdout, callsOf("mysqldump").length]).toEqual([0, line, 2]);
        expect(tries(run.stderr)).toEqual([
            "try 1: definitions changed during the dump (a table was made anew); it is thrown away",
        ]);
    });

    it("is made again when a table is gone before its rows are counted", async () => {
        const { host, parameters, callsOf } = readyToDump();
        host.local.rows.delete("shop.orders");
        let listed = 0;
        host.local.rules.push({
            on: /^SELECT table_schema, table_name, CONCAT/,
            answer: () => {
                listed += 1;
                if (listed > 1) {
                    host.local.rows.set("shop.orders", 3);
                }
                return { stdout: "shop\torders\tthe sum\n" };
            },
        });
        const run = await host.run(script, parameters);
        expect([run.exitCode, run.stdout, callsOf("mysqldump").length]).toEqual([0, line, 2]);
    });
});

describe("a dump of tables of any engine", () => {
    it("locks all of them for as long as it takes, where the stack says so, and warns", async () => {
        const { host, parameters, callsOf } = readyToDump();
        host.local.rules.push({
            on: /^SELECT CONCAT\(table_schema, .*, engine\)/,
            answer: { stdout: "shop.log MyISAM" },
        });
        const run = await host.run(script, { ...parameters, LOCK_ALL_TABLES: true });
        expect(run).toMatchObject({ exitCode: 0, stdout: line });
        expect(run.stderr.split("\n")).toContain(
            "warning MM_SEED_LOCKED: a: takes no writes during the dump, for accept.nonTransactionalTables",
        );
        expect(callsOf("mysqldump").map(({ argv }) => argv.filter((word) => /lock-all|single/.test(word)))).toEqual([
            ["--lock-all-tables"],
        ]);
        // the lock goes with the session, after the dump
        expect(changes(run.statements)).not.toContain("UNLOCK TABLES");
    });
});
