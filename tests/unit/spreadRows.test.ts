import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { remoteText, runBash, withFolder } from "./bash";

/** A fake client: keeps each line that it reads, in a file of its own, answers a SELECT of a text, and gives up at the word `bad`. */
const client = `#!/bin/bash
while IFS= read -r line; do
    printf '%s\\n' "$line" >>"$SCRATCH/got.$$"
    case "$line" in
        *bad*) echo 'ERROR 1062: bad' >&2 && exit 1 ;;
        SELECT*) line="\${line#*\\'}" && echo "\${line%%\\'*}" ;;
    esac
done
`;

/** What the main connection gets, what each of the others, their words, and whether the dump came through whole. */
const imported = (dump: string[], cores = 3) =>
    withFolder((folder) => {
        const text = `set -euo pipefail
export SCRATCH=${folder} TIMEOUT_SECONDS=60
cat >$SCRATCH/client <<'CLIENT'
${client}CLIENT
chmod +x $SCRATCH/client
LOCAL=("$SCRATCH/client")
nproc() { echo ${cores}; }
${remoteText("lib/spread-rows.sh")}
: >$SCRATCH/said
{ spread_rows || echo torn >$SCRATCH/torn; } <<'DUMP' | $SCRATCH/client >$SCRATCH/said 2>$SCRATCH/words
${dump.join("\n")}
DUMP
cat $SCRATCH/torn 2>/dev/null || echo whole`;
        const { stdout } = runBash(text);
        const got = readdirSync(folder)
            .filter((name) => name.startsWith("got."))
            .map((name) => readFileSync(join(folder, name), "utf8").split("\n").slice(0, -1));
        return {
            end: stdout.toString().trim(),
            main: got.find((lines) => lines.includes("-- MySQL dump")) ?? [],
            others: got.filter((lines) => !lines.includes("-- MySQL dump")),
            words: readFileSync(join(folder, "words"), "utf8"),
        };
    });

const session = [
    "SET SESSION sql_log_bin = 0;",
    "/*!50503 SET NAMES utf8mb4 */;",
    "/*M!100616 SET @OLD_NOTE_VERBOSITY=@@NOTE_VERBOSITY, NOTE_VERBOSITY=0 */;",
];
const head = ["SET SESSION sql_log_bin = 0;", "-- MySQL dump", ...session.slice(1), "SET @@GLOBAL.GTID_PURGED='x:1';"];
const row = (number: number) => `INSERT INTO \`t\` (\`id\`) VALUES (${number});`;
const rows = (count: number) => Array.from({ length: count }, (_, index) => row(index + 1));
const before = ["USE `shop`;", "CREATE TABLE `t` (id int);", "LOCK TABLES `t` WRITE;"];
const after = ["UNLOCK TABLES;", "CREATE TRIGGER x;"];
const settled = ["COMMIT;", "UNLOCK TABLES;", "SELECT 'rows are spread from here on 1';"];

describe("the rows of a large table", () => {
    it("go through several connections from the third statement on, each prepared as the dump prepares its own", () => {
        const split = ["INSERT INTO `t` (`id`) VALUES", "(7),", "(8);"];
        const { end, main, others } = imported([...head, ...before, ...rows(6), ...split, ...after]);
        expect(end).toBe("whole");
        expect(main.filter((line) => line !== "")).toEqual([...head, ...before, row(1), row(2), ...settled, ...after]);
        expect(others.sort()).toEqual(
            [[row(3), row(6)], [row(4), ...split], [row(5)]].map((own) => [...session, "USE `shop`;", ...own]),
        );
    });

    it("are all there before what follows them is done", () => {
        const first = ["INSERT INTO `t` VALUES (1);", "INSERT INTO `t` VALUES (2);"];
        const next = ["USE `crm`;", "CREATE TABLE `t` (id int);", ...first, "INSERT INTO `t` VALUES (3);"];
        const { main, others } = imported([...head, ...before, ...rows(3), ...after, ...next, ...after], 2);
        expect(others.map((lines) => lines.slice(3)).sort()).toEqual([
            ["USE `crm`;", "INSERT INTO `t` VALUES (3);"],
            ["USE `shop`;", row(3)],
        ]);
        expect(main.filter((line) => line.startsWith("SELECT"))).toEqual([
            "SELECT 'rows are spread from here on 1';",
            "SELECT 'rows are spread from here on 2';",
        ]);
    });

    it.each([
        ["on one core", [...before, ...rows(4), ...after], 1],
        ["where they are two statements", [...before, ...rows(2), ...after], 4],
        ["in the schema mysql", ["USE `mysql`;", ...rows(4), ...after], 4],
        ["in a transaction of the dump's own", [...before, "set autocommit=0;", ...rows(4), ...after, "commit;"], 4],
        ["in the body of a routine", [...before, "DELIMITER ;;", ...rows(4), "DELIMITER ;"], 4],
    ])("stay with the others %s", (_, lines, cores) => {
        expect(imported([...head, ...lines], cores)).toEqual({
            end: "whole",
            main: [...head, ...lines],
            others: [],
            words: "",
        });
    });

    it("end the import where one connection fails, with its words", () => {
        const { end, main, words } = imported([
            ...head,
            ...before,
            ...rows(3),
            "INSERT INTO `t` VALUES (bad);",
            ...after,
        ]);
        expect([end, words]).toEqual(["torn", "ERROR 1062: bad\n"]);
        expect(main.filter((line) => line !== "").slice(-1)).toEqual(settled.slice(-1));
    });
});
