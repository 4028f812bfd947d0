import { createHash } from "node:crypto";
/** What a fake program answers. */
export interface Answer {
    stdout?: string;
    stderr?: string;
    status?: number;
    /** It never answers. */
    hang?: boolean;
}

/** An answer of a test's own, before the server's: to a statement that is this text, begins with it (…) or matches. */
export interface Rule {
    on: string | RegExp;
    answer: Answer | (() => Answer);
}

const silent =
    /^(SET SESSION|SET NAMES|START TRANSACTION|UNLOCK TABLES|SAVEPOINT|XA RECOVER CONVERT XID$|ROLLBACK TO|FLUSH LOCAL (PRIVILEGES|TABLES WITH READ LOCK)$|RESET BINARY LOGS AND GTIDS|RESET MASTER|CREATE (DATABASE|TABLE)|GRANT (?!BACKUP_ADMIN)|DROP DATABASE|INSERT|KILL|REVOKE (?!BACKUP_ADMIN))/;

/** What SHOW PROCESSLIST gives: the asker (id 9), the server's own threads, a replica, and `others` as ID, USER, HOST, COMMAND, TIME, INFO. */
export function processList(...others: [number, string, string, string, number, string][]): string {
    const own: typeof others = [
        [5, "event_scheduler", "localhost", "Daemon", 999, "NULL"],
        [6, "system user", "connecting host", "Query", 999, "Waiting for source to send event"],
        [7, "replicator", "10.0.0.2:3306", "Binlog Dump GTID", 999, "NULL"],
        [9, "root", "localhost", "Query", 999, "SHOW PROCESSLIST"],
    ];
    return [...own, ...others]
        .map(([id, user, host, command, time, info]) =>
            [id, user, host, "NULL", command, time, "init", info].join("\t"),
        )
        .join("\n");
}

/** An error as the client prints it. */
export const refused = (code: number, words: string): Answer => ({
    stderr: `ERROR ${code} (HY000) at line 1: ${words}\n`,
    status: 1,
});

/**
 * A fake MySQL server: variables, accounts and one replication channel. It knows the statements that the scripts use, changes its
 * state as a server would, and refuses all else with 1064. No data, no grants, no SQL: what only servers can prove is in tests/live.
 */
export class FakeServer {
    /** Every statement in order, those of a login as the replication account excepted. */
    readonly statements: string[] = [];
    readonly variables = new Map<string, string>();
    readonly accounts = new Map<string, string>();
    readonly rules: Rule[] = [];
    schemas: string[] = [];
    /** Rows of each table, by `schema.table`. */
    readonly rows = new Map<string, number>();
    /** What read_definitions finds: lines of name, tab and more. */
    definitions = "";
    /** What read_places finds. */
    places = "";
    /** Columns of SHOW REPLICA STATUS by their new names; undefined: no channel. */
    channel: Map<string, string> | undefined;
    /** Of the one account: what REQUIRE says. */
    sslType = "";
    coordinates = "mysql-bin.000003\t157";
    /** HEX.HEX a line, and what list_disabled and list_events of events.sh give. */
    enabledEvents = "";
    disabledEvents = "";
    eventsToDisable = "";
    /** Those that were added to the server, by name. */
    readonly plugins = new Set<string>();
    /** Whether the clone plugin is among them by a row in mysql.plugin, and whether it may be taken out. */
    hasCloneRow = false;
    isClonePermanent = false;
    /** PLUGIN, USER and HOST of each account, tab-separated. */
    logins = "";
    grants =
        "GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO `replicator`@`%`\nGRANT SELECT ON `mysql_master_master`.* TO `replicator`@`%`";

    /** Of who asks; undefined: the replication account. */
    loginGrants: string | undefined;

    constructor(
        readonly version: string,
        variables: Record<string, string>,
    ) {
        const defaults = {
            port: "3306",
            version,
            version_comment: "a fake",
            read_only: "0",
            event_scheduler: "ON",
            max_allowed_packet: "67108864",
            innodb_flush_log_at_trx_commit: "1",
            innodb_page_size: "16384",
            innodb_data_file_path: "ibdata1:12M:autoextend",
            plugin_dir: "/nowhere/",
            gtid_mode: "ON",
            relay_log_recovery: "0",
            lower_case_table_names: "0",
            log_error: "stderr",
            bind_address: "*",
            replica_skip_errors: "OFF",
            sql_replica_skip_counter: "0",
            replica_exec_mode: "STRICT",
            slave_skip_errors: "OFF",
            sql_slave_skip_counter: "0",
            slave_exec_mode: "STRICT",
        };
        for (const [name, value] of Object.entries({
            ...defaults,
            super_read_only: "0",
            gtid_executed: "",
            gtid_purged: "",
            ...variables,
        })) {
            this.variables.set(name, value);
        }
    }

    get isOld(): boolean {
        return /^5\.|^8\.0\.[01]\d$|^8\.0\.2[01]$|MariaDB/.test(this.version);
    }

    /** Statements of one client, split as its batch mode does; the first that is refused ends it. */
    run(text: string): Answer {
        let stdout = "";
        for (const statement of text
            .split(/;\n/)
            .map((each) => each.trim())
            .filter((each) => each !== "")) {
            // how a client that stays knows that an answer is whole: not the script's story
            const [, mark] = /^SELECT '(end of answer \d+)'$/.exec(statement) ?? [];
            if (mark !== undefined) {
                stdout += `${mark}\n`;
                continue;
            }
            this.statements.push(statement);
            const { stdout: rows = "", stderr = "", status = 0, hang = false } = this.answer(statement);
            if (hang) {
                return { hang };
            }
            stdout += rows === "" || rows.endsWith("\n") ? rows : `${rows}\n`;
            if (status !== 0) {
                return { stdout, stderr, status };
            }
        }
        return { stdout };
    }

    private answer(statement: string): Answer {
        const rule = this.rules.find(({ on }) => (typeof on === "string" ? statement === on : on.test(statement)));
        if (rule) {
            return typeof rule.answer === "function" ? rule.answer() : rule.answer;
        }
        if (/^SET GLOBAL /.test(statement)) {
            return this.setGlobals(statement);
        }
        if (silent.test(statement)) {
            return {};
        }
        return (
            this.readValues(statement) ??
            this.changeAccount(statement) ??
            this.changeClone(statement) ??
            this.replicate(statement) ??
            this.look(statement)
        );
    }

    private setGlobals(statement: string): Answer {
        for (const part of statement.replace(/^SET /, "").split(/, (?=GLOBAL )/)) {
            const [, name = "", value = ""] = /^GLOBAL (\w+) = (.*)$/.exec(part) ?? [];
            if (!this.variables.has(name)) {
                return refused(1193, `Unknown system variable '${name}'`);
            }
            this.variables.set(name, value.replace(/^'(.*)'$/, "$1"));
            if (name === "super_read_only" && value === "1") {
                this.variables.set("read_only", "1");
            }
            if (name === "read_only" && value === "0") {
                this.variables.set("super_read_only", "0");
            }
        }
        return {};
    }

    /** SELECT of variables alone. */
    private readValues(statement: string): Answer | undefined {
        const names = /^SELECT (@@[\w.]+(?:, @@[\w.]+)*)$/.exec(statement)?.[1]?.split(", ");
        if (names === undefined) {
            return undefined;
        }
        const values = names.map((name) => this.variables.get(name.replace(/^@@(global\.)?/, "")));
        return values.includes(undefined)
            ? refused(1193, `Unknown system variable '${names.join()}'`)
            : { stdout: `${values.join("\t")}\n` };
    }

    private changeAccount(statement: string): Answer | undefined {
        const [, user = "", host = ""] = /'(\w+)'@'([^']+)'/.exec(statement) ?? [];
        const [, password = ""] = /IDENTIFIED BY '([^']*)'/.exec(statement) ?? [];
        const who = `${user}@${host}`;
        switch (statement.split(" ").slice(0, 2).join(" ")) {
            case "CREATE USER":
            case "ALTER USER":
                if (/ REQUIRE (SSL|NONE)$/.test(statement)) {
                    this.sslType = statement.endsWith("SSL") ? "ANY" : "";
                }
                if (this.accounts.has(who) === statement.startsWith("CREATE")) {
                    return refused(1396, `Operation ${statement.slice(0, 6)} USER failed for '${user}'@'${host}'`);
                }
                if (password !== "") {
                    this.accounts.set(who, password);
                }
                return {};
            case "DROP USER":
                return this.accounts.delete(who)
                    ? {}
                    : refused(1396, `Operation DROP USER failed for '${user}'@'${host}'`);
            default:
                return undefined;
        }
    }

    /** What a clone needs: a right of the account, and the plugin. */
    private changeClone(statement: string): Answer | undefined {
        const right = "\nGRANT BACKUP_ADMIN ON *.* TO `replicator`@`%`";
        switch (statement.split(" ").slice(0, 2).join(" ")) {
            case "GRANT BACKUP_ADMIN":
                this.grants = this.grants.replace(right, "") + right;
                return {};
            case "REVOKE BACKUP_ADMIN":
                this.grants = this.grants.replace(right, "");
                return {};
            case "INSTALL PLUGIN":
                this.plugins.add("clone");
                this.hasCloneRow = true;
                return {};
            case "UNINSTALL PLUGIN":
                if (this.isClonePermanent) {
                    return refused(1702, "Plugin 'clone' is force_plus_permanent and can not be unloaded");
                }
                this.plugins.delete("clone");
                this.hasCloneRow = false;
                return {};
            case "DELETE FROM":
                if (statement !== "DELETE FROM mysql.plugin WHERE name = 'clone'") {
                    return undefined;
                }
                this.hasCloneRow = false;
                return {};
            default:
                return undefined;
        }
    }

    private replicate(statement: string): Answer | undefined {
        const word = this.isOld ? "SLAVE" : "REPLICA";
        if (statement.startsWith("CHANGE ")) {
            const options = [...statement.matchAll(/(?:SOURCE|MASTER)_(\w+) = (?:'([^']*)'|(\w+))/g)];
            const given = Object.fromEntries(
                options.map(([, name = "", text, number]) => [name, text ?? number ?? ""]),
            );
            const fields = {
                HOST: "Source_Host",
                PORT: "Source_Port",
                USER: "Source_User",
                AUTO_POSITION: "Auto_Position",
                CONNECT_RETRY: "Connect_Retry",
                RETRY_COUNT: "Source_Retry_Count",
                USE_GTID: "Using_Gtid",
                LOG_FILE: "Relay_Source_Log_File",
                LOG_POS: "Exec_Source_Log_Pos",
                SSL: "Source_SSL_Allowed",
                SSL_CA: "Source_SSL_CA_File",
                SSL_VERIFY_SERVER_CERT: "Source_SSL_Verify_Server_Cert",
            };
            this.channel ??= new Map([
                ["Auto_Position", "0"],
                ["Source_SSL_Allowed", "Yes"],
                ["Source_SSL_CA_File", ""],
                ["Source_SSL_Verify_Server_Cert", "No"],
                ["Replica_IO_Running", "No"],
                ["Replica_SQL_Running", "No"],
            ]);
            for (const [option, field] of Object.entries(fields)) {
                if (given[option] !== undefined) {
                    const yes = /^SSL$|VERIFY/.test(option) ? ["No", "Yes"][Number(given[option])] : undefined;
                    const way = { slave_pos: "Slave_Pos", no: "No" }[given[option] ?? ""];
                    this.channel.set(field, yes ?? way ?? given[option]);
                }
            }
            return {};
        }
        const running = { [`START ${word}`]: "Yes", [`STOP ${word}`]: "No" }[statement];
        if (running !== undefined) {
            this.channel?.set("Replica_IO_Running", running).set("Replica_SQL_Running", running);
            return {};
        }
        if (statement === `STOP ${word} IO_THREAD`) {
            this.channel?.set("Replica_IO_Running", "No");
            return {};
        }
        if (statement === `RESET ${word} ALL`) {
            this.channel = undefined;
            return {};
        }
        return statement === `SHOW ${word} STATUS` ? { stdout: this.showChannel() } : undefined;
    }

    private showChannel(): string {
        const old = (name: string) =>
            this.isOld ? name.replace("Source", "Master").replace("Replica", "Slave") : name;
        const lines = [...(this.channel ?? [])].map(([name, value]) => `${old(name).padStart(30)}: ${value}\n`);
        return lines.length === 0 ? "" : `${"*".repeat(27)} 1. row ${"*".repeat(27)}\n${lines.join("")}`;
    }

    private look(statement: string): Answer {
        if (/^SELECT (state|pid) FROM performance_schema\.clone_status/.test(statement)) {
            return this.plugins.has("clone")
                ? {}
                : refused(1146, "Table 'performance_schema.clone_status' doesn't exist");
        }
        const account = /^SELECT 1 FROM mysql\.user WHERE user = '(\w+)' AND host = '([^']+)'$/.exec(statement);
        if (account) {
            return { stdout: this.accounts.has(`${account[1]}@${account[2]}`) ? "1\n" : "" };
        }
        if (statement.startsWith("SELECT plugin, user, host FROM mysql.user")) {
            return { stdout: this.logins };
        }
        if (statement.includes("plugin_type = 'AUTHENTICATION'")) {
            return { stdout: "caching_sha2_password\nsha256_password\n" };
        }
        const stored =
            /^SELECT SHA2\(authentication_string, 256\) FROM mysql\.user WHERE user = '(\w+)' AND host = '([^']+)'$/.exec(
                statement,
            );
        if (stored) {
            const [, user, host] = stored;
            return {
                stdout: createHash("sha256")
                    .update(`stored ${this.accounts.get(`${user}@${host}`)}`)
                    .digest("hex"),
            };
        }
        const login = /^SELECT host FROM mysql\.user WHERE user = '(\w+)'$/.exec(statement)?.[1];
        if (login !== undefined) {
            const own = [...this.accounts.keys()].filter((name) => name.startsWith(`${login}@`));
            return { stdout: own.map((name) => `${name.slice(login.length + 1)}\n`).join("") };
        }
        if (statement.startsWith("SELECT schema_name FROM information_schema.schemata")) {
            return { stdout: this.schemas.map((name) => `${name}\n`).join("") };
        }
        const at = (name: string) => this.channel?.get(name);
        const received =
            at("Source_Log_File") === at("Relay_Source_Log_File") &&
            at("Read_Source_Log_Pos") === at("Exec_Source_Log_Pos");
        const counted = /^SELECT 'table ([^']*)', COUNT\(\*\), the sum FROM `/.exec(statement)?.[1];
        if (counted !== undefined) {
            const count = this.rows.get(counted);
            return count === undefined
                ? refused(1146, `Table '${counted}' doesn't exist`)
                : { stdout: `table ${counted}\t${count}\n` };
        }
        const lines = (words: Iterable<string>) => [...words].map((each) => `${each}\n`).join("");
        const known: [RegExp, string][] = [
            [/^SELECT COALESCE\(MIN\(GTID_SUBSET\(RECEIVED_TRANSACTION_SET, /, received ? "1" : "0"],
            [
                /^SELECT CONCAT\(HEX\(event_schema\), .* FROM information_schema\.events WHERE status = 'ENABLED'/,
                this.enabledEvents,
            ],
            [/^SELECT CONCAT\('`', REPLACE\(event_schema, [\s\S]* status IN \('ENABLED'\)/, this.eventsToDisable],
            [/^SELECT CONCAT\('`', REPLACE\(event_schema, /, this.disabledEvents],
            [/^SELECT schema_name, default_collation_name FROM/, this.definitions],
            [/^SELECT REPLACE\(SUBSTRING_INDEX\(name, '#', 1\), '\/', '\.'\), name, table_id, space FROM/, this.places],
            [/^SELECT CONCAT\('schema ', schema_name\)/, lines(this.schemas.map((name) => `schema ${name}`))],
            [/^SELECT CONCAT\('account ', user/, lines([...this.accounts.keys()].map((name) => `account ${name}`))],
            [
                /^SELECT table_schema, table_name, CONCAT\('COALESCE\(SUM\(CRC32/,
                lines([...this.rows.keys()].map((name) => `${name.replace(".", "\t")}\tthe sum`)),
            ],
            [/^SELECT CONCAT\('(view|trigger|event) '/, ""],
            [/^SELECT CONCAT\(LOWER\(routine_type\)/, ""],
            [/^SELECT CONCAT\((t\.)?(table|constraint|specific|routine|trigger|event)_schema, '\.', [\w.]+\), /, ""],
            [/^SELECT CONNECTION_ID\(\)$/, "9"],
            [/^SHOW (FULL )?PROCESSLIST$/, processList()],
            [/^SHOW BINARY LOGS$/, `mysql-bin.000001\t9000\nmysql-bin.000002\t9000\n${this.coordinates}\n`],
            [/^SHOW BINLOG EVENTS IN '/, ""],
            [/^SELECT 1$/, "1"],
            [/^SHOW (BINARY LOG|MASTER) STATUS$/, this.coordinates],
            [/^SHOW SESSION STATUS LIKE 'Ssl_cipher'$/, "Ssl_cipher\tTLS_AES_256_GCM_SHA384"],
            [/^SELECT ssl_type FROM mysql\.user WHERE user = /, this.sslType],
            [/^SHOW GRANTS$/, this.loginGrants ?? this.grants],
            [/^SHOW GRANTS FOR .*$/, this.grants],
            [/^SHOW DATABASES LIKE 'mysql\\_master\\_master'$/, ""],
            [/^SELECT CURRENT_USER\(\)$/, "root@localhost"],
            [/^SELECT GTID_SUBTRACT\(/, ""],
            [/^SELECT GTID_SUBSET\(/, "1"],
            [/^SELECT 2 \* COALESCE\(SUM\(data_length\), 0\) FROM information_schema\.tables$/, "2000"],
            [/^SELECT CONCAT\(table_schema, .*(, engine|table_name)\) FROM information_schema\.tables WHERE/, ""],
            [/^SELECT CONCAT\(c\.table_schema, .*c\.column_name\) FROM information_schema\.columns c\s+JOIN/, ""],
            [/^SELECT name FROM information_schema\.innodb_tablespaces WHERE/, ""],
            [/^SELECT table_name FROM information_schema\.tables WHERE table_schema = 'mysql'/, "user\nplugin"],
            [/^SHOW (REPLICAS|SLAVE HOSTS)$/, ""],
            [
                /^SELECT 1 FROM information_schema\.plugins WHERE plugin_name = 'clone' AND plugin_status = 'ACTIVE'$/,
                this.plugins.has("clone") ? "1" : "",
            ],
            [/^SELECT 1 FROM mysql\.plugin WHERE name = 'clone'$/, this.hasCloneRow ? "1" : ""],
            [
                /^SELECT 1 FROM information_schema\.plugins WHERE plugin_name = 'clone' AND load_option = 'FORCE_PLUS_PERMANENT'$/,
                this.isClonePermanent ? "1" : "",
            ],
            [
                /^SELECT plugin_name FROM information_schema\.plugins WHERE plugin_status = 'ACTIVE' AND plugin_library IS NOT NULL /,
                lines([...this.plugins].filter((name) => name !== "clone").sort()),
            ],
            [/^SELECT path FROM information_schema\.innodb_datafiles WHERE path LIKE '\/%'$/, ""],
            [/^SHOW GLOBAL STATUS LIKE 'Ssl_server_not_after'$/, "Ssl_server_not_after\tNov 21 10:00:00 2036 GMT"],
            [/^SELECT VARIABLE_NAME, VARIABLE_VALUE FROM performance_schema\.persisted_variables$/, ""],
            [/^SELECT .* FROM performance_schema\.replication_applier_(global_)?filters$/, ""],
            [/^SELECT 1 FROM mysql_master_master\.row_test WHERE token = /, "1"],
            [/^SELECT table_name FROM information_schema\.tables WHERE table_schema = 'mysql_master_master' AND /, ""],
        ];
        const rows = known.find(([pattern]) => pattern.test(statement))?.[1];
        return rows === undefined ? refused(1064, `a fake server has no answer to: ${statement}`) : { stdout: rows };
    }
}
