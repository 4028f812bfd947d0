import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { quoteWord } from "../../core/shell";
import { libraryText, runBash, withFolder } from "./bash";

const preamble = `NODE=a STEP=x PORT=3306 LOGIN_USER='' SOCKET=''\n${libraryText("say", "host", "mysql", "data-folder", "statements")}\n`;

/** One line of output for each text, all in one bash. */
function lines(texts: string[]): string[] {
    const run = runBash(preamble + texts.map((text) => `${text}\n`).join(""));
    expect({ exitCode: run.exitCode, stderr: run.stderr }).toEqual({ exitCode: 0, stderr: "" });
    return run.stdout.toString().split("\n").slice(0, -1);
}

/** The functions whose word a series decides, and what they say, joined by " | ". */
const words = [
    "sql_replica",
    "sql_source",
    "sql_change_source",
    "sql_binary_log_status",
    "sql_reset_binary_logs",
    "dump_coordinates_flag",
];
const oldest = "SLAVE | MASTER | CHANGE MASTER TO | SHOW MASTER STATUS | RESET MASTER | --master-data=1";
const statements: [string, string, string][] = [
    ["MySQL", "5.5.9", oldest],
    ["MySQL", "5.6.14-log", oldest],
    ["MySQL", "5.7.22-log", oldest],
    ["MySQL", "8.0.15", oldest],
    ["MySQL", "8.0.21", oldest],
    ["MySQL", "8.0.22", oldest.replace("SLAVE", "REPLICA")],
    [
        "MySQL",
        "8.0.23",
        "REPLICA | SOURCE | CHANGE REPLICATION SOURCE TO | SHOW MASTER STATUS | RESET MASTER | --master-data=1",
    ],
    [
        "MySQL",
        "8.0.26",
        "REPLICA | SOURCE | CHANGE REPLICATION SOURCE TO | SHOW MASTER STATUS | RESET MASTER | --source-data=1",
    ],
    [
        "MySQL",
        "8.1.0",
        "REPLICA | SOURCE | CHANGE REPLICATION SOURCE TO | SHOW MASTER STATUS | RESET MASTER | --source-data=1",
    ],
    [
        "MySQL",
        "8.2.0",
        "REPLICA | SOURCE | CHANGE REPLICATION SOURCE TO | SHOW BINARY LOG STATUS | RESET BINARY LOGS AND GTIDS | --source-data=1",
    ],
    [
        "MySQL",
        "8.3.0",
        "REPLICA | SOURCE | CHANGE REPLICATION SOURCE TO | SHOW BINARY LOG STATUS | RESET BINARY LOGS AND GTIDS | --source-data=1",
    ],
    [
        "MySQL",
        "8.4.0",
        "REPLICA | SOURCE | CHANGE REPLICATION SOURCE TO | SHOW BINARY LOG STATUS | RESET BINARY LOGS AND GTIDS | --source-data=1",
    ],
    [
        "MySQL",
        "9.7.4",
        "REPLICA | SOURCE | CHANGE REPLICATION SOURCE TO | SHOW BINARY LOG STATUS | RESET BINARY LOGS AND GTIDS | --source-data=1",
    ],
    ["MariaDB", "10.5.29-MariaDB", oldest],
    ["MariaDB", "10.11.6-MariaDB-log", oldest],
    ["MariaDB", "11.8.3-MariaDB", oldest],
];

/** What a server can do, from which release of MySQL and of MariaDB on; - for never. */
const abilities: Record<string, [string, string]> = {
    has_super_read_only: ["5.7.8", "-"],
    has_gtid_mode: ["5.6.5", "-"],
    has_gtid_steps: ["5.7.6", "-"],
    has_gtid_domains: ["-", "10.0.0"],
    has_server_uuid: ["5.6.0", "-"],
    has_source_public_key: ["8.0.4", "-"],
    has_persisted_variables: ["8.0.0", "-"],
    has_validate_config: ["8.0.16", "-"],
    has_bind_address: ["5.6.1", "10.3.3"],
    has_channel_tables: ["5.7.2", "-"],
    has_filter_tables: ["8.0.1", "-"],
    has_cached_statistics: ["8.0.0", "-"],
    has_generated_columns: ["5.7.6", "10.2.6"],
    has_index_expressions: ["8.0.13", "-"],
    has_check_clauses: ["8.0.16", "-"],
    has_alter_user: ["5.7.6", "10.2.0"],
    has_retry_count: ["5.6.1", "-"],
    takes_address_list: ["8.0.13", "10.11.0"],
    changes_receiver_alone: ["5.7.4", "-"],
    forgets_source: ["5.5.16", "10.0.0"],
    keeps_receiver_place: ["8.4.0", "-"],
    verifies_by_default: ["-", "11.4.0"],
    shows_logs_to_clients: ["5.5.25", "10.0.0"],
};

/** The releases about a limit: the first one that can, and the last one before it. */
const about = (first: string): string[] =>
    first === "-" ? [] : [first, first.replace(/(\d+)\.(\d+)\.(\d+)$/, before)];
function before(_: string, ...parts: string[]): string {
    const [major = 0, minor = 0, patch = 0] = parts.slice(0, 3).map(Number);
    const number = major * 10000 + minor * 100 + patch - 1;
    return [number / 10000, (number / 100) % 100, number % 100].map(Math.floor).join(".");
}
const numberOf = (release: string) =>
    release.split(".").reduce((sum, part) => sum * 100 + Number.parseInt(part, 10), 0);

/** More words: each with the number of series, in that order, that have it. */
const runs: [string, [number, string][]][] = [
    [
        "sql_replicas",
        [
            [5, "SLAVE HOSTS"],
            [8, "REPLICAS"],
            [3, "SLAVE HOSTS"],
        ],
    ],
    [
        "sql_all_channels",
        [
            [5, "SHOW SLAVE STATUS"],
            [8, "SHOW REPLICA STATUS"],
            [3, "SHOW ALL SLAVES STATUS"],
        ],
    ],
    [
        "sql_forget_source",
        [
            [1, "RESET SLAVE"],
            [4, "RESET SLAVE ALL"],
            [8, "RESET REPLICA ALL"],
            [3, "RESET SLAVE ALL"],
        ],
    ],
    [
        "sql_end_channel c",
        [
            [1, "STOP SLAVE FOR CHANNEL c; RESET SLAVE FOR CHANNEL c"],
            [4, "STOP SLAVE FOR CHANNEL c; RESET SLAVE ALL FOR CHANNEL c"],
            [8, "STOP REPLICA FOR CHANNEL c; RESET REPLICA ALL FOR CHANNEL c"],
            [3, "STOP SLAVE c; RESET SLAVE c ALL"],
        ],
    ],
    ["sql_gtid_place l.1 4", [[16, "BINLOG_GTID_POS('l.1', 4)"]]],
    [
        "sql_disable_on_replica",
        [
            [9, "DISABLE ON SLAVE"],
            [4, "DISABLE ON REPLICA"],
            [3, "DISABLE ON SLAVE"],
        ],
    ],
    [
        "password_column",
        [
            [2, "Password"],
            [14, "authentication_string"],
        ],
    ],
    [
        "sql_prepared",
        [
            [2, "XA RECOVER"],
            [11, "XA RECOVER CONVERT XID"],
            [3, "XA RECOVER"],
        ],
    ],
    [
        "any_address",
        [
            [1, "0.0.0.0"],
            [15, "*"],
        ],
    ],
    [
        "relay_log_info_setting",
        [
            [1, "sync_relay_log_info=1"],
            [2, "relay_log_info_repository=TABLE"],
            [10, ""],
            [3, "sync_relay_log_info=1"],
        ],
    ],
    [
        "engine_tables",
        [
            [1, ""],
            [2, "innodb_sys_tables"],
            [10, "innodb_tables"],
            [3, "innodb_sys_tables"],
        ],
    ],
    [
        "engine_tablespaces",
        [
            [2, ""],
            [1, "innodb_sys_tablespaces"],
            [10, "innodb_tablespaces"],
            [3, ""],
        ],
    ],
    [
        "account_rights",
        [
            [13, "REPLICATION SLAVE, REPLICATION CLIENT"],
            [3, "REPLICATION SLAVE, BINLOG MONITOR, SLAVE MONITOR"],
        ],
    ],
    [
        "sql_server_identity",
        [
            [1, "CONCAT('server-id-', @@global.server_id)"],
            [12, "@@global.server_uuid"],
            [3, "CONCAT('server-id-', @@global.server_id)"],
        ],
    ],
    [
        "series_right CONNECTION_ADMIN",
        [
            [3, "SUPER"],
            [10, "CONNECTION_ADMIN"],
            [3, "CONNECTION ADMIN, READ_ONLY ADMIN"],
        ],
    ],
    [
        "series_right SYSTEM_USER",
        [
            [4, ""],
            [9, "SYSTEM_USER"],
            [3, ""],
        ],
    ],
    [
        "series_right XA_RECOVER_ADMIN",
        [
            [3, ""],
            [10, "XA_RECOVER_ADMIN"],
            [3, ""],
        ],
    ],
    [
        "series_right 'REPLICATION CLIENT'",
        [
            [13, "REPLICATION CLIENT"],
            [3, "BINLOG MONITOR"],
        ],
    ],
    ["series_right TRIGGER", [[16, "TRIGGER"]]],
    [
        "sql_require_tls u@h SSL",
        [
            [2, "GRANT USAGE ON *.* TO u@h REQUIRE SSL"],
            [14, "ALTER USER u@h REQUIRE SSL"],
        ],
    ],
];

const server = (flavour: string, text: string) => `FLAVOUR=${flavour}; VERSION="$(parse_version ${text})"`;

describe("the statements of a series", () => {
    it("are the words that it knows", () => {
        const calls = words.map((name) => `"$(${name})"`).join("' | '");
        const texts = statements.map(([flavour, version]) => `${server(flavour, version)}; echo ${calls}`);
        const said = lines(texts);
        expect(statements.map(([flavour, version], at) => [flavour, version, said[at]])).toEqual(statements);
    });

    it.each(Object.entries(abilities))("%s: from %j on", (name, [mysql, mariaDb]) => {
        const releases = [
            ...statements.map(([flavour, release]) => [flavour, release] as const),
            ...about(mysql).map((release) => ["MySQL", release] as const),
            ...about(mariaDb).map((release) => ["MariaDB", release] as const),
        ];
        const texts = releases.map(
            ([flavour, release]) => `${server(flavour, release)}; if ${name}; then echo y; else echo n; fi`,
        );
        const can = (flavour: string, release: string) => {
            const first = flavour === "MySQL" ? mysql : mariaDb;
            return first !== "-" && numberOf(release) >= numberOf(first) ? "y" : "n";
        };
        expect(lines(texts)).toEqual(releases.map(([flavour, release]) => can(flavour, release)));
    });

    it("each of its abilities is held to its releases here", () => {
        const text = readFileSync(join(__dirname, "../../remote/lib/statements.sh"), "utf8");
        const named = [...text.matchAll(/^((?:has|takes|changes|forgets|keeps|verifies|shows|tells)_\w+)\(\)/gm)];
        // up to a release, not from one on; from one of each series on
        const others = ["tells_tls_by_variable", "has_backup_stages"];
        expect(named.map(([, name = ""]) => name).sort()).toEqual([...Object.keys(abilities), ...others].sort());
    });

    it.each(runs)("%s", (call, wanted) => {
        const texts = statements.map(([flavour, version]) => `${server(flavour, version)}; echo "$(${call})"`);
        expect(lines(texts)).toEqual(wanted.flatMap(([count, word]) => Array<string>(count).fill(word)));
    });

    it("Percona Server's are MySQL's: flavour is told by the name MariaDB alone", () => {
        const facts = (text: string) =>
            `read_server_facts() { printf '3306\\t%s\\n' ${quoteWord(text)}; }; require_client() { :; }`;
        const asked = 'require_server; echo "$FLAVOUR $VERSION"';
        expect(
            lines([
                `${facts("8.0.36-28\tPercona Server (GPL), Release 28")}; ${asked}`,
                `${facts("10.11.6-MariaDB-log\tDebian 12")}; ${asked}`,
            ]),
        ).toEqual(["MySQL 80036", "MariaDB 101106"]);
    });

    it("set a password with ALTER USER from MySQL 5.7.6 and in MariaDB, and with SET PASSWORD before", () => {
        const call = `sql_set_password "'u'@'%'" "'p'"`;
        const old = "SET PASSWORD FOR 'u'@'%' = PASSWORD('p')";
        const now = "ALTER USER 'u'@'%' IDENTIFIED BY 'p'";
        const series = [
            ["MySQL", "5.5.9"],
            ["MySQL", "5.7.5"],
            ["MySQL", "5.7.6"],
            ["MySQL", "9.7.4"],
            ["MariaDB", "10.5.29"],
        ];
        expect(lines(series.map(([flavour = "", version = ""]) => `${server(flavour, version)}; ${call}`))).toEqual([
            old,
            old,
            now,
            now,
            now,
        ]);
    });
});

it.each([
    ["5.5.9", "50509"],
    ["5.7.22-log", "50722"],
    ["8.0.22", "80022"],
    ["9.7.4-1+b2", "90704"],
    ["10.11.6-MariaDB-0+deb12u1-log", "101106"],
    ["8.4", "80400"],
])("parse_version turns %s into %s", (text, number) => {
    expect(lines([`parse_version ${text}`])).toEqual([number]);
});

describe("replica_field", () => {
    const row = "*************************** 1. row ***************************";
    const old = `${row}\n               Slave_IO_State: Waiting: for master\n                  Master_Host: b.example.com\n                  Master_Port: 3306\n        Relay_Master_Log_File: mysql-bin.000002\n          Exec_Master_Log_Pos: 1234\n             Slave_IO_Running: Yes\n                Last_IO_Error: error: 'a: b' - x\n          Replicate_Do_Table: \n                Auto_Position: 0\n`;
    const now = old.replaceAll("Slave_", "Replica_").replaceAll("Master_", "Source_").replaceAll("_Master", "_Source");
    const fields = [
        "Source_Host",
        "Source_Port",
        "Relay_Source_Log_File",
        "Exec_Source_Log_Pos",
        "Replica_IO_Running",
        "Replica_IO_State",
        "Last_IO_Error",
        "Replicate_Do_Table",
        "Auto_Position",
        "Source_User",
    ];
    const values = [
        "b.example.com",
        "3306",
        "mysql-bin.000002",
        "1234",
        "Yes",
        "Waiting: for master",
        "error: 'a: b' - x",
        "",
        "0",
        "",
    ];

    it.each([
        ["SHOW SLAVE STATUS", old],
        ["SHOW REPLICA STATUS", now],
    ])(
        "reads a field of %s, one of a value with colons too, and nothing for a column that is not there",
        (_, status) => {
            const texts = fields.map((name) => `printf '%s\\n' "$(replica_field ${name})"`);
            expect(lines([`REPLICA_STATUS=${quoteWord(status)}`, ...texts])).toEqual(values);
        },
    );

    it("reads the first of several channels", () => {
        const two = now + now.replace("b.example.com", "other");
        expect(lines([`REPLICA_STATUS=${quoteWord(two)}`, "replica_field Source_Host"])).toEqual(["b.example.com"]);
    });

    it("needs no file: a disk without room would make an empty one, which says that nobody is followed", () => {
        const look = `${server("MySQL", "9.7.4")}; sql_vertical() { printf '%s\\n' "$1" ${quoteWord(now)}; }`;
        const asked = 'head -n 1 <<<"$REPLICA_STATUS"; replica_field Source_Host';
        expect(lines([look, 'rm -r "$SCRATCH"; look_at_replication', asked])).toEqual([
            "SHOW REPLICA STATUS",
            "b.example.com",
        ]);
    });
});

it("a server without an uuid gets one once, that stays; to read it, or to look for its own marker, makes none", () => {
    withFolder((folder) => {
        const run = (...asked: string[]) =>
            runBash(
                [
                    `${preamble}${libraryText("seed")}`,
                    `FLAVOUR=MySQL VERSION=50509 STATE=${quoteWord(folder)}`,
                    `read_variable() { case "$1" in datadir) echo ${quoteWord(`${folder}/`)} ;; *) echo 20 ;; esac; }`,
                    ...asked,
                ].join("\n"),
            );
        const before = run("read_server_uuid", "if is_seed_own; then echo own; else echo none; fi");
        expect([before.exitCode, before.stdout.toString(), readdirSync(folder)]).toEqual([0, "none\n", []]);
        const made = run("ensure_server_uuid", "ensure_server_uuid", "read_server_uuid").stdout.toString();
        expect(made).toMatch(/^(server-id-20-[0-9a-f]{16}\n)\1\1$/);
        const noted = run("SOURCE_UUID=x; write_seed unfinished; is_seed_own; recall seed").stdout.toString();
        expect(noted).toBe(`state=unfinished source=x own=${made.split("\n")[0]}\n`);
        expect(readdirSync(folder).sort()).toEqual(["mysql-master-master-id", "seed"]);
    });
});

it("mariadb-backup takes its locks one after the other from a release of each series on, which the documentation names", () => {
    const older = ["10.5.29", "10.6.24", "10.11.7", "11.0.5", "11.1.4", "11.2.3", "11.3.2", "11.4.1"];
    const newer = ["10.11.8", "10.11.19", "11.0.6", "11.1.5", "11.2.4", "11.4.2", "11.5.1", "11.8.1", "12.0.2"];
    const has = (version: string) =>
        `FLAVOUR=MariaDB VERSION="$(parse_version ${version}-MariaDB)"; if has_backup_stages; then echo yes; else echo no; fi`;
    expect(lines(older.map(has))).toEqual(older.map(() => "no"));
    expect(lines(newer.map(has))).toEqual(newer.map(() => "yes"));
});
