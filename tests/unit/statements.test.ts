import { readdirSync } from "node:fs";
import { quoteWord } from "../../core/shell";
import { libraryText, runBash, withFolder } from "./bash";

const preamble = `NODE=a STEP=x PORT=3306 LOGIN_USER='' SOCKET=''\n${libraryText("say", "host", "mysql", "statements")}\n`;

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

/** What a server can do; y or n in the order of the series above. */
const abilities: [string, string][] = [
    ["has_super_read_only", "nnyyyyyyyyyyynnn"],
    ["has_gtid_mode", "nyyyyyyyyyyyynnn"],
    ["has_gtid_steps", "nnyyyyyyyyyyynnn"],
    ["has_source_public_key", "nnnyyyyyyyyyynnn"],
    ["has_persisted_variables", "nnnyyyyyyyyyynnn"],
    ["has_validate_config", "nnnnyyyyyyyyynnn"],
    ["has_server_uuid", "nyyyyyyyyyyyynnn"],
    ["takes_address_list", "nnnyyyyyyyyyynyy"],
    ["has_bind_address", "nyyyyyyyyyyyyyyy"],
    ["has_channel_tables", "nnyyyyyyyyyyynnn"],
    ["has_filter_tables", "nnnyyyyyyyyyynnn"],
    ["has_cached_statistics", "nnnyyyyyyyyyynnn"],
    ["has_generated_columns", "nnyyyyyyyyyyyyyy"],
    ["has_index_expressions", "nnnyyyyyyyyyynnn"],
    ["has_check_clauses", "nnnnyyyyyyyyynnn"],
    ["changes_receiver_alone", "nnyyyyyyyyyyynnn"],
    ["forgets_source", "nyyyyyyyyyyyyyyy"],
    ["has_alter_user", "nnyyyyyyyyyyyyyy"],
    ["has_retry_count", "nyyyyyyyyyyyynnn"],
    ["has_gtid_domains", "nnnnnnnnnnnnnyyy"],
    ["verifies_by_default", "nnnnnnnnnnnnnnny"],
    ["shows_logs_to_clients", "nyyyyyyyyyyyyyyy"],
    ["tells_tls_by_variable", "yyynnnnnnnnnnyyy"],
];

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

    it.each(abilities)("%s: %s", (name, answers) => {
        const texts = statements.map(
            ([flavour, version]) => `${server(flavour, version)}; if ${name}; then echo y; else echo n; fi`,
        );
        expect(lines(texts).join("")).toBe(answers);
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
