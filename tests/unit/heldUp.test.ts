import { remoteText, runBash } from "./bash";

const dumping =
    "5\troot\tlocalhost\tshop\tQuery\t30\tSending data\tSELECT /*!40001 SQL_NO_CACHE */ `id`, `from` FROM `orders` ORDER BY `id`";
const counting =
    "6\troot\tlocalhost\tNULL\tQuery\t30\texecuting\tSELECT 'table shop.items', COUNT(*), COALESCE(SUM(CRC32(1)), 0) FROM `shop`.`items`";
const waiting = (seconds: number, statement: string, id = 7) =>
    `${id}\tapp\t10.0.0.7:1\tshop\tQuery\t${seconds}\tWaiting for table metadata lock\t${statement}`;
// seen on 9.7.4, of FLUSH TABLES, with a read lock or without one, and of all who then use such a table
const flushing = (seconds: number, statement = "FLUSH TABLES WITH READ LOCK") =>
    `9\tbackup\tlocalhost\tNULL\tQuery\t${seconds}\tWaiting for table flush\t${statement}`;

/** Who is told to be held up by the dump, of such a process list. */
const heldUp = (...lines: string[]) =>
    runBash(
        `LOCK_WAIT_SECONDS=10\nsql() { cat <<'LIST'\n${lines.join("\n")}\nLIST\n}\n${remoteText("seed-dump/held-up.sh")}\nread_held_up`,
    ).stdout.toString();

describe("who waits behind a dump is found by the table that both name:", () => {
    it.each([
        [
            "the dump's",
            [dumping, waiting(12, "ALTER TABLE orders ADD x int")],
            "connection 7 of app since 12 s for table orders\n",
        ],
        [
            "the count's",
            [counting, waiting(10, "TRUNCATE `items`")],
            "connection 7 of app since 10 s for table items\n",
        ],
        [
            "one of several",
            [counting, dumping, waiting(60, "DROP TABLE old"), waiting(20, "SELECT 1 FROM orders", 8)],
            "connection 8 of app since 20 s for table orders\n",
        ],
        [
            "the dump's schema",
            [dumping, waiting(11, "DROP DATABASE shop")],
            "connection 7 of app since 11 s for schema shop\n",
        ],
        [
            "the count's schema",
            [counting, waiting(11, "drop schema `shop`")],
            "connection 7 of app since 11 s for schema shop\n",
        ],
        ["another schema", [dumping, counting, waiting(11, "DROP DATABASE crm")], ""],
        ["any, for a flush", [dumping, flushing(10)], "connection 9 of backup since 10 s for a flush of tables\n"],
        ["any, for a flush not for 10 s so far", [counting, flushing(9)], ""],
        ["nobody's, for a flush", [flushing(60)], ""],
        ["somebody else's, for a flush that came before", [dumping, flushing(31)], ""],
        ["another table, for a flush of that", [dumping, flushing(12, "FLUSH TABLES shop.customers")], ""],
        [
            "the dump's, for a flush of that",
            [dumping, flushing(12, "FLUSH TABLES shop.orders FOR EXPORT")],
            "connection 9 of backup since 12 s for table orders\n",
        ],
        ["another table, whose users wait for it", [dumping, flushing(12, "SELECT * FROM customers")], ""],
        ["not for 10 s so far", [dumping, waiting(9, "ALTER TABLE orders ADD x int")], ""],
        ["another table", [dumping, counting, waiting(60, "ALTER TABLE customers ADD x int")], ""],
        ["nobody's", [waiting(60, "ALTER TABLE orders ADD x int")], ""],
    ])("%s", (_, list, found) => {
        expect(heldUp(...list)).toBe(found);
    });
});
