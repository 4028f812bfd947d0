import { remoteText, runBash, withFolder } from "./bash";

/** A dump, as it is imported on a node whose schema mysql has the tables user and plugin. */
const imported = (dump: string[]) =>
    withFolder((folder) => {
        const text = [
            `SCRATCH=${folder}`,
            "sql() { printf '%s\\n' user plugin; }",
            "SERVER_TABLES=''",
            remoteText("lib/system-tables.sh"),
            "bring_system_tables_at_once <<'DUMP'",
            ...dump,
            "DUMP",
        ];
        return runBash(text.join("\n")).stdout.toString("utf8").trimEnd().split("\n");
    });

const table = (name: string, ...rows: string[]) => [
    `DROP TABLE IF EXISTS \`${name}\`;`,
    `CREATE TABLE \`${name}\` (`,
    "  `id` int COMMENT 'one; two',",
    ") ENGINE=InnoDB;",
    `LOCK TABLES \`${name}\` WRITE;`,
    `/*!40000 ALTER TABLE \`${name}\` DISABLE KEYS */;`,
    ...rows,
    `/*!40000 ALTER TABLE \`${name}\` ENABLE KEYS */;`,
    "UNLOCK TABLES;",
];

/** What the program puts below all that mysqldump has written. */
const whole = "-- Dump completed, with an inventory of 3 lines";

describe("the tables of the schema mysql come at once:", () => {
    const users = ["INSERT INTO `user` (`id`) VALUES", "(1),", "(2);", "INSERT INTO `user` (`id`) VALUES (3);"];

    it("the rows of those that the node has, in one transaction; no table is gone at any moment", () => {
        expect(
            imported([
                "SET NAMES utf8mb4;",
                "USE `mysql`;",
                ...table("plugin"),
                "CREATE TABLE IF NOT EXISTS `user` (",
                ") ENGINE=InnoDB;",
                "/*!40101 SET character_set_client = @saved_cs_client */;",
                ...table("user", ...users),
                "INSERT IGNORE INTO `innodb_table_stats` VALUES (1);",
                "-- Dump completed",
                whole,
            ]),
        ).toEqual([
            "SET NAMES utf8mb4;",
            "USE `mysql`;",
            "/*!40101 SET character_set_client = @saved_cs_client */;",
            "INSERT IGNORE INTO `innodb_table_stats` VALUES (1);",
            "-- Dump completed",
            whole,
            "START TRANSACTION;",
            "DELETE FROM `plugin`;",
            "DELETE FROM `user`;",
            ...users,
            "COMMIT;",
        ]);
    });

    it("before the next schema's part; a table that the node has not is made as it stands, and so is one of another schema", () => {
        const own = table("their own", "INSERT INTO `their own` VALUES (1);");
        const other = ["USE `shop`;", ...table("user", ...users)];
        expect(
            imported([...other, "USE `mysql`;", ...table("user"), ...own, "CREATE DATABASE `x`;", ...other]),
        ).toEqual([
            ...other,
            "USE `mysql`;",
            ...own,
            "CREATE DATABASE `x`;",
            "START TRANSACTION;",
            "DELETE FROM `user`;",
            "COMMIT;",
            ...other,
        ]);
    });

    it("and no line of a routine is taken for one of the dump's", () => {
        const routine = [
            "DELIMITER ;;",
            "CREATE PROCEDURE `p`()",
            "BEGIN",
            "INSERT INTO `user` VALUES ('not now');",
            "-- or what looks like a new part:",
            "USE `shop`;",
            "END ;;",
            "DELIMITER ;",
        ];
        expect(imported(["USE `mysql`;", ...table("user"), ...routine, "USE `shop`;", ...routine])).toEqual([
            "USE `mysql`;",
            ...routine,
            "START TRANSACTION;",
            "DELETE FROM `user`;",
            "COMMIT;",
            "USE `shop`;",
            ...routine,
        ]);
    });

    it.each([
        ["within a table", -6],
        ["after its last row", -3],
        ["before the inventory", -1],
    ])("and not at all from a dump that was cut %s", (_, at) => {
        const part = ["SET NAMES utf8mb4;", "USE `mysql`;", ...table("plugin"), ...table("user", ...users)];
        const dump = [...part, "-- Dump completed", "-- inventory: account app@%", whole];
        expect(imported(dump.slice(0, at))).not.toContain("DELETE FROM `user`;");
        expect(imported(dump)).toContain("DELETE FROM `user`;");
    });
});
