import { a, b, waitFor } from "../hosts";
import { at, codesIn, ended, Interrupted } from "./interrupted";

jest.setTimeout(1_200_000);

describe("a table's definition changes on a while it dumps: noticed, dumped again, and b has what a has", () => {
    let pair: Interrupted;

    afterEach(() => pair.close());

    test.each([
        ["ALTER TABLE", "ALTER TABLE shop.zz_later ADD COLUMN extra INT NOT NULL DEFAULT 7"],
        ["CREATE TABLE", "CREATE TABLE shop.zz_new (id INT PRIMARY KEY); INSERT INTO shop.zz_new VALUES (1)"],
        ["DROP TABLE", "DROP TABLE shop.zz_later"],
        ["TRUNCATE TABLE", "TRUNCATE TABLE shop.zz_later"],
        ["RENAME TABLE", "RENAME TABLE shop.zz_later TO shop.zz_other"],
        [
            "RENAME TABLE that swaps two tables",
            "RENAME TABLE shop.zz_later TO shop.zz_mean, shop.zz_like TO shop.zz_later, shop.zz_mean TO shop.zz_like",
        ],
        [
            "EXCHANGE PARTITION",
            "ALTER TABLE shop.zz_parts EXCHANGE PARTITION p0 WITH TABLE shop.zz_later WITHOUT VALIDATION",
        ],
    ])("%s", async (_what, statement) => {
        pair = await Interrupted.fresh({ big: true, method: "dump" });
        // the dump comes to it last: the change is made before that
        await a.sql(
            "CREATE TABLE shop.zz_later (id INT PRIMARY KEY, t TEXT); INSERT INTO shop.zz_later VALUES (1, 'x'), (2, 'y'); " +
                "CREATE TABLE shop.zz_like LIKE shop.zz_later; INSERT INTO shop.zz_like VALUES (3, 'z'), (4, 'z'); " +
                "CREATE TABLE shop.zz_parts LIKE shop.zz_later; ALTER TABLE shop.zz_parts PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (9)); " +
                "INSERT INTO shop.zz_parts VALUES (5, 'p'), (6, 'q')",
        );
        const run = await pair.reach(at.dump);
        await a.sql(`SET SESSION lock_wait_timeout = 20; ${statement}`);
        const { exitCode, text } = await run.ended;
        expect([exitCode, codesIn(text)]).toEqual([0, []]);
        expect(text).toContain("definitions changed");
        const tables = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'shop' ORDER BY 1";
        expect(await b.sql(tables)).toBe(await a.sql(tables));
        await pair.expectWhole();
    });
});

describe("a stream that b does not take in holds a table open on a", () => {
    let pair: Interrupted;

    afterEach(() => pair.close());

    test.each(["FLUSH TABLES", "FLUSH TABLES WITH READ LOCK"])(
        "and gives way to %s, behind which all of a would wait",
        async (statement) => {
            pair = await Interrupted.fresh({ big: true, method: "stream" });
            const run = await pair.reach(at.stream);
            await b.run("kill -STOP $(pidof mysqld)");
            // the client goes, and its lock with it
            await a.sql(statement);
            await b.run("kill -CONT $(pidof mysqld)");
            const { exitCode, text } = await run.ended;
            expect([exitCode, codesIn(text)]).toEqual([0, []]);
            expect(text).toMatch(
                /try 1: the dump was in somebody's way \(connection \d+ of root\S* since 1\d s for a flush of tables\)/,
            );
            await pair.expectWhole();
        },
    );
});

describe("while b clones, tables come, change and go on a: b has what a has, at the place in a's log that the clone names", () => {
    let pair: Interrupted;

    afterEach(() => pair.close());

    test.each([true, false])("with GTIDs: %s", async (gtids) => {
        pair = await Interrupted.fresh({ big: true, method: "clone", gtids });
        const run = await pair.reach(ended("pair-link-seed-offer"));
        const changes = a.run(
            'for i in $(seq 2000); do [ ! -e /run/enough ] || exit 0; mysql -e "CREATE TABLE shop.zz_$i (id INT PRIMARY KEY); INSERT INTO shop.zz_$i VALUES ($i); ' +
                'ALTER TABLE shop.zz_$i ADD COLUMN more INT, ADD INDEX (more); UPDATE shop.zz_$i SET more = $i; DROP TABLE IF EXISTS shop.zz_$((i - 3))"; done',
        );
        await waitFor("the clone", 120, () => Promise.resolve(ended("pair-link-seed-admit")(run)), Boolean);
        await a.run("touch /run/enough");
        await changes;
        const { exitCode, text } = await run.ended;
        expect([exitCode, codesIn(text)]).toEqual([0, []]);
        expect(text).toContain("b: cloned: ");
        await pair.expectWhole();
    });
});
