import { preflightRequest } from "../../core/preflightRequest";
import { countGtids, subtractGtids } from "../../preflight/gtid";
import { judge } from "../../preflight/judge";
import { identityOf } from "../../preflight/judgeOwner";
import { problemText, verdict, warningText } from "../../preflight/problem";
import { type Case, report, said, seen, stack } from "./preflightFacts";

/** Each rule of the preflight: what is refused with which words, and what is not. */

const twice = (line: string) => ({ a: { with: [line] }, b: { with: [line] } });
const variable = (name: string, value: string) => ({
    without: [`variable ${name} `],
    with: [`variable ${name} ${value}`],
});
const link = { without: ["mark link"], with: ["mark link source=b:3306_uuid=uuid-x"] };
const marked = (state: string, source = "uuid-a", own = "uuid-b") => [
    `mark seed state=${state}_source=${source}_own=${own}${state === "parted" ? "_applied=uuid-a:1-399" : ""}`,
];
const server = (text: string) => ({ without: ["server ", "tcp server", "client"], with: [`server ${text}`] });
/** What b's port greets with is another matter. */
const quiet = { without: ["tcp server"] };
const keep = { ...stack, a: { ...stack.a, mysql: { bindAddress: "keep" } } };

it("two good hosts have no problem and no warning, and a fingerprint that names both servers", () => {
    expect(report({})).toEqual({
        problems: [],
        warnings: [],
        notes: [],
        fingerprint: "preflight a=uuid-a,MySQL-9.7.4,port=3306,gtid=ON b=uuid-b,MySQL-9.7.4,port=3306,gtid=ON",
    });
});

const onBoth = (what: string) => [what.replace("NODE", "a"), what.replace("NODE", "b")];

const byGtid = { a: { ...stack.a, mysql: { gtid: true } }, b: { ...stack.b, mysql: { gtid: true } } };
/** MariaDB's strict mode: which gtid_domain_id a and b have, and in which one both would write. */
const strictModes = (
    [
        ["one domain, which b has by its own files", "1", ["variable gtid_domain_id 1"], "1"],
        ["one domain, of a pair that stands", "0", ["variable gtid_domain_id 0", ...link.with], "0"],
        [
            "one domain, of a pair whose note is gone",
            "0",
            ["variable gtid_domain_id 0", "channel  a 3306 ", ...link.with],
            "0",
        ],
        ["one domain, which is the number that b would get", "20", ["variable gtid_domain_id 0"], "20"],
        ["two domains", "0", ["variable gtid_domain_id 1"], undefined],
        ["one domain, in whose place b gets another", "0", ["variable gtid_domain_id 0"], undefined],
    ] as const
).map(([name, onA, onB, refused]): [string, Case, string[]] => [
    `MariaDB's strict mode over ${name}`,
    {
        pair: byGtid,
        a: { with: ["variable gtid_strict_mode ON", `variable gtid_domain_id ${onA}`] },
        b: {
            without: onB.length > 1 ? [...link.without, "variable server_id"] : [],
            with: [...onB, ...(onB.length > 1 ? ["variable server_id 20"] : [])],
        },
    },
    refused === undefined
        ? []
        : [
              `GTID_STRICT pair: gtid_strict_mode is on, and both write into gtid_domain_id ${refused}: what one writes stops the other (1950)`,
          ],
]);

const refused: [string, Case, string[]][] = [
    [
        "another user than root",
        twice("root 1000").a && { a: { without: ["root"], with: ["root 1000"] } },
        ["ROOT a: its SSH user root does not become root (id 1000)"],
    ],
    ["bash 4.0", { b: { without: ["bash"], with: ["bash 4.0"] } }, ["BASH b: has bash 4.0"]],
    ["missing tools", { a: { with: ["missing flock", "missing ssh"] } }, ["TOOLS a: has no program flock, ssh"]],
    [
        "an older dump program",
        { a: { without: ["client mysqldump"], with: ["client mysqldump 8.4.2"] } },
        ["TOOLS a: has mysqldump 8.4.2 for a server 9.7.4: an older or foreign client reads and writes other words"],
    ],
    [
        "MariaDB's client",
        { b: { without: ["client mysql 9"], with: ["client mysql 10.11.6-MariaDB"] } },
        [
            "TOOLS b: has mysql 10.11.6-MariaDB for a server 9.7.4: an older or foreign client reads and writes other words",
        ],
    ],
    [
        "newer clients, or ones that do not say what they are",
        { a: { without: ["client"], with: ["client mysql 10.0.1", "client mysqldump "] } },
        [],
    ],
    [
        "servers that would create other things of one statement",
        {
            a: { with: ["variable default_storage_engine InnoDB"] },
            b: { with: ["variable default_storage_engine MyISAM"] },
        },
        [
            "~VARIABLES pair: the two differ in default_storage_engine (a: InnoDB, b: MyISAM): what is created from now on, or who may do what, may differ, too",
        ],
    ],
    ...strictModes,
    [
        "MySQL 5.1",
        { a: server("MySQL 5.1.73 50173"), b: server("MySQL 5.1.73 50173") },
        onBoth(
            "SERVER NODE: runs MySQL 5.1.73; this release builds pairs of MySQL 5.5 to 9.x and MariaDB 10.5, 10.11 and 11.8",
        ),
    ],
    [
        "MariaDB beside MySQL",
        { a: quiet, b: server("MariaDB 10.11.6-MariaDB 101106") },
        [
            "FLAVOUR pair: b runs MariaDB 10.11.6-MariaDB and a MySQL 9.7.4; the two flavours read neither each other's accounts nor dumps",
        ],
    ],
    [
        "another series",
        { a: quiet, b: server("MySQL 9.6.0 90600") },
        [
            "SERIES pair: b runs MySQL 9.6.0 and a MySQL 9.7.4; accounts travel in the mysql schema, so both need the same series",
        ],
    ],
    [
        "another release, with a warning",
        { a: quiet, b: server("MySQL 9.7.1 90701") },
        ["~PATCH pair: b runs MySQL 9.7.1 and a MySQL 9.7.4"],
    ],
    [
        "one server twice",
        { b: variable("server_uuid", "uuid-a") },
        [
            "SAME_SERVER pair: both nodes are the server uuid-a: either both addresses lead to one host, or the data directory was copied",
        ],
    ],
    [
        "GTIDs on one side",
        { b: variable("gtid_mode", "OFF") },
        ["GTID_MODE pair: b runs with gtid_mode OFF and a with ON"],
    ],
    [
        "names in another case",
        { b: variable("lower_case_table_names", "1") },
        ["NAMES_CASE pair: b runs with lower_case_table_names 1 and a with 0"],
    ],
    [
        "another page size",
        { b: variable("innodb_page_size", "4096") },
        ["PAGE_SIZE pair: b runs with innodb_page_size 4096 and a with 16384"],
    ],
    [
        "mariabackup on MySQL",
        { pair: { ...stack, seed: { method: "mariabackup" } } },
        ["METHOD a: runs MySQL 9.7.4, and seed.method mariabackup is MariaDB's"],
    ],
    [
        "mariabackup on MySQL, where b needs no seed",
        { pair: { ...stack, seed: { method: "mariabackup" } }, b: { without: ["mark seed"], with: marked("done") } },
        [],
    ],
    ["clone on MySQL", { pair: { ...stack, seed: { method: "clone" } } }, []],
    ...["MariaDB 10.11.19 101119", "MySQL 8.0.15 80015"].map((text): [string, Case, string[]] => [
        `clone on ${text}`,
        { pair: { ...stack, seed: { method: "clone" } }, a: server(text), b: server(text) },
        [`METHOD a: runs ${text.replace(/ \d+$/, "")}, and seed.method clone is MySQL's, from 8.0.17 on`],
    ]),
    [
        "mariabackup on MariaDB",
        {
            pair: { ...stack, seed: { method: "mariabackup" } },
            a: server("MariaDB 10.11.19 101119"),
            b: server("MariaDB 10.11.19 101119"),
        },
        [],
    ],
    ["clocks two minutes apart", { clocks: [120.04, 0] }, ["CLOCKS pair: the clocks are 120.0 s apart, b's is behind"]],
    [
        "clocks 3 s apart, with a warning",
        { clocks: [0, 3] },
        ["~CLOCKS pair: the clocks are 3.0 s apart, a's is behind"],
    ],
    ["clocks 3 s apart, but over a slow line", { clocks: [0, 3], doubt: 1.5 }, []],
    ["clocks half a second apart", { clocks: [0.5, 0] }, []],

    [
        "filters",
        twice("filter REPLICATE_DO_DB_x"),
        onBoth(
            "FILTERS NODE: has replication or binary log filters (REPLICATE DO DB x), with which rows would go missing silently",
        ),
    ],
    [
        "a foreign source",
        { a: { with: ["channel  other 3307 uuid-o"] } },
        [
            "FOLLOWS a: already replicates from other:3307, and not by this program's doing",
            "SERVER_ID a: replicates as server_id 1, wanted is 10: its rows would go round and round",
        ],
    ],
    [
        "several channels",
        {
            b: {
                ...variable("server_id", "20"),
                with: ["channel one h 1 u", "channel two h 2 v", "variable server_id 20"],
            },
        },
        ["CHANNELS b: has 2 replication channels ('one' from h:1, 'two' from h:2); a pair takes one, without a name"],
    ],
    [
        "the pair's own channel",
        {
            a: {
                ...link,
                without: ["mark link", "variable server_id"],
                with: ["variable server_id 10", "channel  b.example.com 3306 uuid-b", ...link.with],
            },
        },
        [],
    ],
    [
        "the pair's own channel under another id",
        { a: { ...link, with: ["channel  b.example.com 3306 uuid-b", ...link.with] } },
        ["SERVER_ID a: replicates as server_id 1, wanted is 10: its rows would go round and round"],
    ],
    [
        "foreign replicas of a",
        { a: { with: ["replica 30 c 3306 1 uuid-c", "replica 31  3306 1 uuid-d"] } },
        ["REPLICAS a: has replicas that are not of this pair (server_id 30 at c:3306, server_id 31 (tells no host))"],
    ],
    [
        "foreign replicas of a, accepted",
        { a: { with: ["replica 30 c 3306 1 uuid-c"] }, accept: { replicas: true } },
        [],
    ],
    [
        "an accepted replica with the id of a node",
        { a: { with: ["replica 20 c 3306 1 uuid-c"] }, accept: { replicas: true } },
        ["SERVER_ID a: its replica c has server_id 20, which the stack gives to a node of the pair"],
    ],
    [
        "foreign replicas of b, accepted or not",
        { b: { with: ["replica 30 c 3306 1 uuid-c"] }, accept: { replicas: true } },
        ["REPLICAS b: has replicas that are not of this pair (server_id 30 at c:3306)"],
    ],
    [
        "the pair's own replicas, one that is replaced among them",
        {
            a: {
                without: link.without,
                with: [...link.with, "replica 20 b 3306 10 uuid-b", "replica 20 b 3306 10 uuid-x"],
            },
        },
        [],
    ],

    [
        "a persisted value that differs",
        { a: { with: ["persisted server_id 99"] } },
        ["PERSISTED a: has server_id = 99 from SET PERSIST, which wins over option files; wanted is 10"],
    ],
    [
        "a persisted value by its newer name",
        { b: { with: ["persisted log_replica_updates OFF"] } },
        ["PERSISTED b: has log_replica_updates = OFF from SET PERSIST, which wins over option files; wanted is 1"],
    ],
    ...["read_only OFF", "super_read_only ON", "event_scheduler ON"].map((persisted): [string, Case, string[]] => [
        `a persisted ${persisted}, for the roles are in the option file`,
        { b: { with: [`persisted ${persisted}`] } },
        [
            `PERSISTED b: has ${persisted.replace(" ", " = ")} from SET PERSIST, which wins over option files: by them a node keeps its role at a restart`,
        ],
    ]),
    [
        "persisted values that are the same, or nobody's business",
        {
            b: {
                with: ["persisted log_replica_updates ON", "persisted max_connections 500", "persisted server_id 20"],
            },
        },
        [],
    ],
    [
        "an option that the series no longer has",
        { a: { with: ["invalid expire-logs-days /etc/my.cnf:3 words"] } },
        ["OPTIONS a: its server does not know the option expire-logs-days (/etc/my.cnf:3), and would not start again"],
    ],
    [
        "option files that are not accepted otherwise",
        { a: { with: ["invalid   words"] } },
        ["OPTIONS a: its server does not accept its option files, and would not start again"],
    ],
    [
        "settings that the server does not accept",
        { b: { with: ["refused words"] } },
        ["OPTIONS b: its server does not accept what the stack wants in its option file, and would not start again"],
    ],
    [
        "a log folder that is not there",
        { b: { with: ["log-folder /logs none no  "] } },
        ["LOG_FOLDER b: log_bin of its option files leads to /logs, which is not there"],
    ],
    [
        "a log folder of somebody else",
        { b: { with: ["log-folder /logs joe no  "] } },
        [
            "LOG_FOLDER b: log_bin of its option files leads to /logs, which cannot be written by its server (it belongs to joe)",
        ],
    ],
    [
        "a log folder with a foreign label",
        {
            b: {
                with: ["selinux Enforcing", "log-folder /logs mysql yes u:r:default_t:s0 "].map((l) =>
                    l.replace("default_t", "default-t"),
                ),
            },
        },
        [
            "LOG_FOLDER b: log_bin of its option files leads to /logs, which has the SELinux label u:r:default-t:s0, with which its server may not write there",
        ],
    ],
    [
        "a log folder where the label is not enforced",
        { b: { with: ["selinux Permissive", "log-folder /logs mysql yes u:r:x:s0 "] } },
        [],
    ],
    [
        "a log folder under AppArmor, with a warning",
        { b: { with: ["log-folder /logs mysql yes  enforced"] } },
        ["~LOG_FOLDER b: log_bin of its option files leads to /logs, which its AppArmor profile may not allow"],
    ],

    [
        "a name that is unknown",
        { a: { without: ["resolved"] } },
        ["NAME a: does not know the name b.example.com, by which it is to reach its peer"],
    ],
    [
        "a name that is unknown, and so leads to no port either; its own host need not know it",
        {
            a: {
                without: ["resolved", "tcp"],
                with: ["tcp server closed Name_or_service_not_known", "tcp sshd closed Name_or_service_not_known"],
            },
            b: { without: ["self"] },
        },
        ["NAME a: does not know the name b.example.com, by which it is to reach its peer"],
    ],
    [
        "an unknown name beside another address for the copy, which is shut, too",
        {
            pair: { ...stack, b: { ...stack.b, copy: { host: "10.0.0.2" } } },
            a: { without: ["resolved", "tcp"], with: ["tcp server closed x", "tcp sshd closed refused"] },
        },
        [
            "NAME a: does not know the name b.example.com, by which it is to reach its peer",
            "SSHD a: does not reach b's sshd at 10.0.0.2:22 (refused), over which the backup travels",
        ],
    ],
    ["a name that nobody asked for, because the look broke off before", { a: { without: ["resolved", "tcp"] } }, []],
    [
        "a name that means the host itself",
        { b: { without: ["resolved"], with: ["resolved 127.0.1.1"] } },
        ["NAME b: takes a.example.com, its peer's name, for itself (127.0.1.1)"],
    ],
    [
        "a name of somebody else's address, with a warning",
        { a: { without: ["resolved"], with: ["resolved 10.9.9.9"] } },
        ["~NAME a: knows b.example.com as 10.9.9.9, which is none of its peer's own addresses (10.0.0.2)"],
    ],
    [
        "a port that is shut",
        { a: { without: ["tcp server"], with: ["tcp server closed no_answer_within_5_s"] } },
        ["PORT b: its server does not answer a at b.example.com:3306 (no answer within 5 s)"],
    ],
    [
        "a server that listens on loopback only, and keeps it",
        {
            pair: keep,
            a: variable("bind_address", "127.0.0.1,::1"),
            b: { without: ["tcp"], with: ["tcp server closed refused"] },
        },
        [
            "PORT a: listens on 127.0.0.1,::1 only, and mysql.bindAddress is keep: b does not reach it at a.example.com:3306",
        ],
    ],
    [
        "a server without network",
        { b: variable("skip_networking", "ON") },
        ["NO_NETWORK b: its server runs with skip_networking: its peer cannot reach it"],
    ],
    [
        "a stranger at the peer's port",
        { a: { without: ["tcp server"], with: ["tcp server open 8.0.36"] } },
        ["OTHER_SERVER a: finds a server 8.0.36 at b.example.com:3306, while b's own is 9.7.4"],
    ],
    [
        "a server that says nothing, or that the host is not known to it",
        { a: { without: ["tcp server"], with: ["tcp server open "] } },
        [],
    ],
    [
        "b's sshd out of a's reach",
        { a: { without: ["tcp sshd"], with: ["tcp sshd closed refused"] } },
        ["SSHD a: does not reach b's sshd at b.example.com:22 (refused), over which the backup travels"],
    ],

    [
        "schemas on b",
        { b: { with: ["schema crm", "schema hr"] } },
        [
            "NOT_EMPTY b: holds 2 schemas of its own (crm, hr), which seeding would overwrite; is it really the fresh node?",
        ],
    ],
    [
        "accounts that only b has",
        {
            b: {
                with: [
                    "account joe@%",
                    "account app@%",
                    "account mysql.sys@localhost",
                    "account debian-sys-maint@localhost",
                ],
            },
        },
        ["ACCOUNTS b: has 1 account that a lacks (joe@%): they go when a's come"],
    ],
    ["such accounts, accepted", { b: { with: ["account joe@%"] }, accept: { replacedAccounts: true } }, []],
    [
        "transactions of b's own",
        { b: variable("gtid_executed", "uuid-a:1-9,uuid-b:1-10:20") },
        ["TRANSACTIONS b: has 11 transactions of its own (uuid-b:1-10:20), and a new installation makes 10 at most"],
    ],
    ["as many transactions as a new installation makes", { b: variable("gtid_executed", "uuid-b:1-10") }, []],
    [
        "somebody at work on b, with a warning",
        { b: { with: ["connection 14 joe@h Sleep 3"] } },
        ["~CONNECTED b: somebody else is connected to it: joe@h (connection 14, Sleep)"],
    ],

    [
        "tables without transactions",
        { a: { with: ["unsafe shop.m_MyISAM"] } },
        ["ENGINES a: has 1 table without transactions (shop.m MyISAM), which a dump cannot hold still"],
    ],
    [
        "tables in sys",
        { a: { with: ["lost sys.mine"] } },
        ["SYS_TABLES a: has 1 table in the schema sys (sys.mine), which mysqldump leaves out"],
    ],
    [
        "general tablespaces",
        { a: { with: ["tablespace ts1", "tablespace ts2"] } },
        ["TABLESPACES a: has 2 general tablespaces (ts1, ts2), which mysqldump does not make"],
    ],
    [
        "prepared XA transactions",
        { a: { with: ["prepared 1 3 0 0x616263"] } },
        ["MM_SEED_PREPARED a: has 1 prepared XA transaction (format 1 xid 0x616263), which no dump can carry"],
    ],
    [
        "MEMORY tables, accepted or not",
        { a: { with: ["volatile shop.m"] }, accept: { nonTransactionalTables: true } },
        [
            "MEMORY_TABLES a: has 1 MEMORY table (shop.m), which a restart of either server would empty on both: the one that finds it empty tells the other to empty it",
        ],
    ],
    [
        "tables with a history",
        { a: { with: ["versioned shop.v"] } },
        [
            "VERSIONED a: has 1 system-versioned table (shop.v), of which a dump carries the rows of now alone, without their history",
        ],
    ],
    ["such tables, accepted", { a: { with: ["unsafe shop.m_MyISAM"] }, accept: { nonTransactionalTables: true } }, []],
    [
        "FLOAT columns",
        { a: { with: ["float shop.t.x", "float shop.t.y"] } },
        [
            "FLOAT a: has 2 columns of type FLOAT (shop.t.x, shop.t.y): a dump writes six digits of them, so that b's rows would differ",
        ],
    ],
    ["such columns, accepted", { a: { with: ["float shop.t.x"] }, accept: { floatRounding: true } }, []],
    [
        "tables without a key, with a warning",
        { a: { with: ["keyless shop.n"] } },
        ["~NO_KEY a: has 1 table without a primary key (shop.n), on which a replica falls behind"],
    ],
    [
        "a statement of 61 s",
        { a: { with: ["statement 7 app@h 61", "statement 8 app@h 12"] } },
        [
            "BUSY a: runs statements for more than 60 s (connection 7 of app@h since 61 s), which would hold up the dump's lock, and a behind it",
        ],
    ],
    [
        "a statement of 12 s, with a warning",
        { a: { with: ["statement 8 app@h 12", "transaction 8 12"] } },
        [
            "~BUSY a: runs statements for 10 s and more (connection 8 of app@h since 12 s), behind which the dump's lock has to wait",
        ],
    ],
    [
        "an open transaction, with a warning",
        { a: { with: ["transaction 9 300"] } },
        ["~BUSY a: has transactions that are open for 10 s and more (connection 9 since 300 s)"],
    ],
    [
        "logs that go before b is seeded",
        { a: variable("binlog_expire_logs_seconds", "60") },
        [
            "RETENTION a: keeps its binary logs for 60 s, and seeding 1500000 bytes may take 61 s (at 5 MB/s): b would find them gone",
        ],
    ],
    [
        "logs that are kept for a little longer, with a warning",
        { a: variable("binlog_expire_logs_seconds", "200") },
        ["~RETENTION a: keeps its binary logs for 200 s, and seeding 1500000 bytes may take 61 s (at 5 MB/s)"],
    ],
    ["logs that are kept for good", { a: variable("binlog_expire_logs_seconds", "0") }, []],
    [
        "logs that nobody purges",
        {
            a: {
                without: ["variable binlog_expire"],
                with: ["variable binlog_expire_logs_seconds 1", "variable binlog_expire_logs_auto_purge OFF"],
            },
        },
        [],
    ],
    [
        "no room for the backup on a",
        { a: { without: ["disk backup"], with: ["disk backup 1999999 1 /tmp/"] } },
        ["DISK a: has 1999999 bytes free in /tmp/, and a's data may need 2000000 there"],
    ],
    [
        "no room for the data on b",
        { b: { without: ["disk data"], with: ["disk data 1499999 2 /d/"] } },
        ["DISK b: has 1499999 bytes free in /d/, and a's data may need 1500000 there"],
    ],
    [
        "room for one of both on b",
        { b: { without: ["disk"], with: ["disk backup 3000000 1 /tmp/", "disk data 3000000 1 /d/"] } },
        ["DISK b: has 3000000 bytes free in /tmp/, and a's data may need 3500000 there"],
    ],
    [
        "a backup file of somebody's",
        { b: { with: ["backup-file /tmp/x.sql"] } },
        ["MM_SEED_BACKUP_EXISTS b: /tmp/x.sql is there, and not from this program"],
    ],
    [
        "an account of that name",
        { a: { with: ["account replicator@%"] } },
        ["MM_ACCOUNT_EXISTS a: already has an account replicator@% that this program did not make"],
    ],
    [
        "an account of that name, of this program's",
        { a: { with: ["account replicator@%", "mark account account=replicator@%_digest=x"] } },
        [],
    ],
    [
        "an account of that name, where @pulumi/mysql makes it",
        {
            pair: { ...stack, a: { ...stack.a, mysql: { admin: { user: "u", password: "p" } } } },
            a: { with: ["account replicator@%"] },
        },
        [],
    ],
    [
        "loopback only, on a host that has not the address to be added",
        {
            b: {
                without: ["variable bind", "self"],
                with: ["variable bind_address 127.0.0.1", "self 203.0.113.7", "reached 203.0.113.7"],
            },
        },
        ["MM_NODE_ADDRESS b: listens on loopback only, and b.example.com is no address of this host (10.0.0.2)"],
    ],
    [
        "no folder for the backup",
        { b: { without: ["disk backup"], with: ["disk backup none none /x/"] } },
        ["DISK b: has no folder /x/ for the backup"],
    ],
];

it.each(refused)("%s", (_, given, expected) => {
    expect(said(report(given))).toEqual(expected);
    expect(report(given).fingerprint === "").toBe(expected.some((text) => !text.startsWith("~")));
});

describe("rights that the login lacks", () => {
    const rights = ["rights u@h RELOAD,_PROCESS UPDATE,_SUPER"];
    it.each<[string, Case, string[]]>([
        [
            "for every step",
            { a: { with: ["rights u@h RELOAD "] } },
            ["a: u@h, by whom the program logs in on a, lacks RELOAD on *.*"],
        ],
        [
            "and for the import",
            { b: { with: rights } },
            ["b: u@h, by whom the program logs in on b, lacks RELOAD, PROCESS, UPDATE, SUPER on *.*"],
        ],
        [
            "but for the import, which is over",
            { b: { without: ["mark seed"], with: [...marked("done"), ...rights] } },
            ["b: u@h, by whom the program logs in on b, lacks RELOAD, PROCESS on *.*"],
        ],
        [
            "for an import that is over alone",
            { b: { without: ["mark seed"], with: [...marked("done"), "rights u@h  SUPER"] } },
            [],
        ],
    ])("%s", (_, given, expected) => {
        expect(said(report(given))).toEqual(expected.map((text) => `MM_SQL_RIGHTS ${text}`));
    });
});

it("rights that the login lacks come with the statement that gives them", () => {
    const next = (rights: string) => report({ a: { with: [`rights o'p@%.x@h ${rights} `] } }).problems[0]?.next;
    const end = "; on a, or set mysql.login to an account that has them";
    expect(next("RELOAD,_GRANT_OPTION")).toBe(`GRANT RELOAD ON *.* TO 'o''p@%.x'@'h' WITH GRANT OPTION${end}`);
    expect(next("GRANT_OPTION")).toBe(`GRANT USAGE ON *.* TO 'o''p@%.x'@'h' WITH GRANT OPTION${end}`);
});

describe("a server that listens on loopback only", () => {
    it.each([
        ["", stack],
        ["*", { ...stack, a: { ...stack.a, mysql: { bindAddress: "*" } } }],
    ])("is opened by its next step, which is said (mysql.bindAddress '%s')", (_, pair) => {
        const b = { without: ["tcp server"], with: ["tcp server closed Connection_refused"] };
        expect(report({ pair, a: variable("bind_address", "127.0.0.1"), b })).toMatchObject({
            problems: [],
            notes: [
                "a listens on 127.0.0.1 only; step pair-a-configure opens it by a restart, and the port is tried again after it",
            ],
        });
    });
});

describe("a b that is not fresh", () => {
    const full = ["schema shop", "account joe@%", "connection 1 joe@h Sleep 1", "variable gtid_executed uuid-a:1-400"];
    const left = ["mark seed", "variable gtid_executed"];
    const at = (state: string, ...more: string[]) => ({ without: left, with: [...marked(state), ...full, ...more] });

    it.each(["unfinished", "done", "imported"])("passes where our own note for this a says %s", (state) => {
        expect(said(report({ b: at(state) }))).toEqual([]);
    });

    it("passes when parted, as long as it only lags behind", () => {
        expect(said(report({ b: at("parted") }))).toEqual([]);
    });

    it.each([
        ["of another a", marked("done", "uuid-z")],
        ["of another server's", marked("done", "uuid-a", "uuid-z")],
    ])("does not pass by a note %s", (_, mark) => {
        const b = { without: left, with: [...full.filter((line) => !/connection/.test(line)), ...mark] };
        expect(said(report({ b })).map((text) => text.split(" ")[0])).toEqual(["NOT_EMPTY", "ACCOUNTS"]);
    });

    it.each<[string, string[], Case["a"], string]>([
        [
            "wrote something of its own",
            ["variable gtid_executed uuid-a:1-400,uuid-b:1-2"],
            {},
            "holds what an earlier pair left: transactions that a lacks (uuid-b:1-2), and purged ones of a's that it missed (none)",
        ],
        [
            "missed what a has purged",
            ["variable gtid_executed uuid-a:1-400"],
            variable("gtid_purged", "uuid-a:1-450"),
            "holds what an earlier pair left: transactions that a lacks (none), and purged ones of a's that it missed (uuid-a:401-450)",
        ],
        [
            "made a schema of its own",
            ["schema crm", "variable gtid_executed uuid-a:1-400,uuid-b:1"],
            {},
            "holds what an earlier pair left: transactions that a lacks (uuid-b:1), and purged ones of a's that it missed (none); it has 1 schema that a lacks (crm)",
        ],
        [
            "made a schema with its log off",
            ["schema crm", "variable gtid_executed uuid-a:1-500"],
            {},
            "holds what an earlier pair left, and more, of which its log says nothing; it has 1 schema that a lacks (crm)",
        ],
        [
            "was emptied by hand",
            ["variable gtid_executed uuid-a:1-500"],
            { with: ["schema crm"] },
            "lacks 1 schema of a's (crm) that were there when the two parted: it was emptied by hand",
        ],
    ])("is refused when parted and it %s", (_, more, a, what) => {
        const b = { without: left, with: [...marked("parted"), "schema shop", ...more] };
        expect(said(report({ a, b }))).toEqual([`PARTED b: ${what}`]);
    });

    it("is told that a's log has another name, where that is why it missed some", () => {
        const [mark = ""] = marked("parted");
        const lagging = {
            without: left,
            with: [`${mark}_source\\_file=mysql-bin.000002`, "schema shop", "variable gtid_executed uuid-a:1-400"],
        };
        const purged = variable("gtid_purged", "uuid-a:1-450");
        for (const [name, why] of [
            ["/var/lib/mysql/binlog", ", for a's log is called binlog now, and what mysql-bin holds is not in it"],
            ["/var/lib/mysql/mysql-bin", ""],
        ]) {
            const a = { ...purged, with: [...purged.with, `variable log_bin_basename ${name}`] };
            expect(said(report({ a, b: lagging }))).toEqual([
                `PARTED b: holds what an earlier pair left: transactions that a lacks (none), and purged ones of a's that it missed (uuid-a:401-450)${why}`,
            ]);
        }
    });

    it.each<[string, string, string, string, string]>([
        ["the logs of both were reset", "uuid-a:1-399", "", "uuid-a:1-3", "uuid-a:1-399,uuid-a:4-399"],
        ["its own log was reset", "uuid-a:1-399", "uuid-a:400", "uuid-a:1-500", "uuid-a:1-399"],
        ["a's log was reset", "uuid-a:1-399", "uuid-a:1-399", "uuid-a:1-3", "uuid-a:4-399"],
        ["what it had then was not noted", "", "uuid-a:1-399", "uuid-a:1-500", "none"],
    ])("is refused when parted and %s since", (_, noted, theirs, ours, gone) => {
        const [mark = ""] = marked("parted");
        const b = {
            without: left,
            with: [mark.replace("uuid-a:1-399", noted), "schema shop", `variable gtid_executed ${theirs}`],
        };
        const a = { without: ["variable gtid_executed"], with: [`variable gtid_executed ${ours}`] };
        expect(said(report({ a, b }))).toEqual([
            `PARTED b: holds what an earlier pair left, and nothing proves that it only lags behind: of what it had applied when the two parted (${noted || "not noted"}), the logs of the two no longer know all (${gone})`,
        ]);
    });

    it("is refused when parted without GTIDs", () => {
        const off = variable("gtid_mode", "OFF");
        const more = ["schema shop", "schema crm", ...off.with];
        const b = { without: [...left, ...off.without], with: [...marked("parted"), ...more] };
        expect(said(report({ a: off, b }))).toEqual([
            "PARTED b: holds what an earlier pair left, and without GTIDs nothing proves that it only lags behind; it has 1 schema that a lacks (crm)",
        ]);
    });

    it.each([
        [
            "is refused",
            "1000",
            "1061",
            ["PARTED b: lacks 1 schema of a's (crm) that were there when the two parted: it was emptied by hand"],
        ],
        ["passes", "1000", "1060", []],
        ["passes", "1000", "900", []],
        ["passes", "", "1060", []],
    ])("%s when it lacks a schema from %s, and they parted at %s", (_, made, parted, expected) => {
        const [mark = ""] = marked("parted");
        const b = { without: left, with: [`${mark} ${parted}`, "schema shop", "variable gtid_executed uuid-a:1-400"] };
        expect(said(report({ a: { with: [`schema crm ${made}`] }, b }))).toEqual(expected);
    });

    it("may lack what a has made since they parted", () => {
        const b = { without: left, with: [...marked("parted"), "schema shop", "variable gtid_executed uuid-a:1-400"] };
        expect(said(report({ a: { with: ["schema crm"] }, b }))).toEqual([]);
    });

    it("is looked at less, where it was seeded: what only a seed minds is not asked", () => {
        const a = { with: ["unsafe shop.m_MyISAM", "float shop.t.x", "statement 7 app@h 61"] };
        expect(said(report({ a, b: at("done") }))).toEqual([]);
        expect(said(report({ a, b: at("unfinished") }))).toHaveLength(3);
    });
});

it("a and b that are swapped are told so", () => {
    const found = report({ a: { without: ["schema"] }, b: { with: ["schema shop"] } });
    expect(found.problems[0]?.next).toBe("a holds none: if a and b are swapped, swap them in the stack");
});

it.each<[string, string, string[], string]>([
    [
        "MM_PREFLIGHT_CHANNELS",
        "a",
        ["channel x h 1 u", "channel y h 2 u"],
        "end those that nobody needs: STOP REPLICA FOR CHANNEL 'NAME'",
    ],
    ["MM_PREFLIGHT_FOLLOWS", "a", ["channel  h 1 u"], "if that is no longer wanted: STOP REPLICA; RESET REPLICA ALL"],
    [
        "MM_PREFLIGHT_TRANSACTIONS",
        "b",
        ["variable gtid_executed uuid-b:1-999"],
        "see what they are (mysqlbinlog); if none is wanted, RESET BINARY LOGS AND GTIDS on b, or name a fresh host",
    ],
])("%s has its remedy in the words of the server's series", (code, node, lines, next) => {
    const change = { without: ["variable gtid_executed"], with: lines };
    const found = report({ [node]: change });
    expect(found.problems.find((problem) => problem.code === code)?.next).toBe(next);
});

it("b is not to be emptied while a follows it: what is dropped there would go on a, too", () => {
    const a = { ...link, with: ["channel  b.example.com 3306 uuid-b", ...link.with] };
    const found = report({ a, b: { with: ["schema crm"] } });
    expect(found.problems.find(({ code }) => code === "MM_PREFLIGHT_NOT_EMPTY")?.next).toBe(
        "a replicates from b.example.com:3306, and would lose what is dropped there: pulumi destroy first (all data stays); then move them to a, or drop them, if nobody needs them; or name a fresh host as b",
    );
});

it("a host that was not reached leaves the other one's problems in the same report", () => {
    const a = {
        ...seen("a", { without: [""] }),
        problems: [{ code: "MM_PREFLIGHT_SSH", node: "a", what: "w", next: "n" }],
    };
    const b = seen("b", { with: ["schema crm"] });
    expect(said(judge(preflightRequest(stack), a, b))).toEqual([
        "SSH a: w",
        "NOT_EMPTY b: holds 1 schema of its own (crm), which seeding would overwrite; is it really the fresh node?",
    ]);
});

it("of a host that is gone nothing is said, and the other one is looked at alone", () => {
    const request = preflightRequest({ ...stack, gone: "b" });
    expect(judge(request, seen("a"), undefined)).toEqual({
        problems: [],
        warnings: [],
        notes: [],
        fingerprint: "preflight a=uuid-a,MySQL-9.7.4,port=3306,gtid=ON",
    });
});

it("the report names every problem with its code, node, next step and other programs' words", () => {
    const found = report({ a: { with: ["invalid x f:1 [ERROR]_words", "keyless s.t"] }, b: { with: ["schema crm"] } });
    expect(problemText(found)).toBe(
        "error MM_PREFLIGHT_REFUSED: 2 problems, nothing was changed\n" +
            "  MM_PREFLIGHT_OPTIONS a: its server does not know the option x (f:1), and would not start again\n" +
            "    next: remove that option: its series no longer has it\n" +
            "    its words: [ERROR] words\n" +
            "  MM_PREFLIGHT_NOT_EMPTY b: holds 1 schema of its own (crm), which seeding would overwrite; is it really the fresh node?\n" +
            "    next: move them to a, or drop them, if nobody needs them; or name a fresh host as b\n",
    );
    expect(warningText(found)).toBe(
        "warning MM_PREFLIGHT_NO_KEY: a: has 1 table without a primary key (s.t), on which a replica falls behind; give them one when it suits\n",
    );
    expect(problemText(report({}))).toBe("");
});

describe("GTID sets", () => {
    it.each([
        ["u:1-5", "", "u:1-5"],
        ["u:1-5", "u:1-5", ""],
        ["u:1-5:9", "u:2-3", "u:1:4-5:9"],
        ["u:1-5,\\nv:1", "U:1-9", "v:1"],
        ["u:1-5:tag:1-3", "u:1-5", "u:tag:1-3"],
        ["u:1-5:tag:1-3", "u:tag:1-2", "u:1-5,u:tag:3"],
        ["u:4-6", "u:1-4:6-9", "u:5"],
        ["", "u:1", ""],
    ])("%s without %s is %s", (one, other, left) => {
        expect(subtractGtids(one, other)).toBe(left);
    });

    it("are counted", () => {
        expect([countGtids(""), countGtids("u:1-5:9,v:2")]).toEqual([0, 7]);
    });
});

describe("whose the hosts are", () => {
    const owner = "mark owner identity=uuid-x_stack=mm/x_step=seed-load_at=1000_since=940_from=10.0.0.8";
    const who = "stack mm/x (from 10.0.0.8, last step seed-load at 1970-01-01 00:16:40 UTC)";
    const asked = (now: number, identity: string | undefined, half: boolean | string = false, otherStack = false) => {
        const without = half === true ? link.without : ["mark seed"];
        const left = half === true ? link.with : half === false ? [] : [half];
        const change = { without, with: [owner, `now ${now}`, ...left] };
        const request = {
            ...preflightRequest({ ...stack, accept: { otherStack } }),
            ...(identity !== undefined && { identity }),
        };
        return judge(request, seen("a", change), undefined).problems.map(({ code, what }) => `${code} ${what}`);
    };
    const pair = `MM_HOST_OTHER_STACK is half of a pair that belongs to ${who}`;
    const work = `MM_HOST_LOCKED was worked on by ${who}, from 1970-01-01 00:15:40 UTC until 1970-01-01 00:16:40 UTC; it may still run`;

    it.each([
        ["another stack's pair, at once as later", asked(1010, "uuid-mine", true), [pair]],
        ["another stack's pair, by a stack that was never up", asked(9000, "", true), [pair]],
        [
            "another stack's pair, whose state is said to be lost too early",
            asked(3099, "uuid-mine", true, true),
            [work],
        ],
        ["where another stack was just at work", asked(3099, "uuid-mine"), [work]],
        ["where a clock was set back", asked(-1099, "uuid-mine"), [work]],
        ["another stack's that has left it", asked(3100, "uuid-mine"), []],
        ["another stack's pair, whose state is lost", asked(3100, "uuid-mine", true, true), []],
        [
            "another stack's, into which it imports for long",
            asked(9000, "uuid-mine", "mark seed state=unfinished"),
            [pair],
        ],
        ["another stack's, which has sent its dump", asked(9000, "uuid-mine", "mark dump for=uuid-b/x"), [pair]],
        ["another stack's, which makes its backup", asked(9000, "uuid-mine", "mark backup /tmp/x.sql"), [pair]],
        ["one's own", asked(1010, "uuid-x", true), []],
        ["not asked, where the steps ask", asked(1010, undefined, true), []],
    ])("%s", (_, problems, expected) => {
        expect(problems.filter((text) => text.startsWith("MM_HOST_"))).toEqual(expected);
    });

    it("is asked by the identity in the stack's state, not by the UUID of its roles", () => {
        const uuid = (name: string) => ({
            urn: `urn:pulumi:prod::p::m:index:MasterMasterPair$random:index/randomUuid:RandomUuid::${name}`,
            outputs: { result: `uuid-of-${name}` },
        });
        const resources = [uuid("mysql-roles"), uuid("mysql-identity")];
        expect(identityOf({ deployment: { resources } })).toBe("uuid-of-mysql-identity");
        expect(identityOf({ deployment: {} })).toBe("");
    });
});

it("a server that does not flush at each commit is warned of on a alone, with its values", () => {
    const loose = { with: ["variable sync_binlog 1000", "variable innodb_flush_log_at_trx_commit 2"] };
    const text =
        "~DURABILITY a: runs with sync_binlog = 1000 and innodb_flush_log_at_trx_commit = 2: after a crash it may lack transactions that b has already, and the two differ from then on";
    expect(said(report({ a: loose, b: loose }))).toEqual([text]);
    const safe = { with: ["variable sync_binlog 1", "variable innodb_flush_log_at_trx_commit 1"] };
    expect(said(report({ a: safe }))).toEqual([]);
});

it("what is to be done with a parted b names its server's folder", () => {
    const pair = { ...stack, b: { ...stack.b, mysql: { port: 3307 } } };
    const off = variable("gtid_mode", "OFF");
    const b = { ...off, with: [...marked("parted"), ...off.with], without: ["mark seed", ...off.without] };
    const problem = report({ a: off, b, pair }).problems.find(({ code }) => code === "MM_PREFLIGHT_PARTED");
    expect(problem?.next).toBe(
        "empty b (or name a fresh host), remove /var/lib/mysql-master-master/3307 there, then run up again",
    );
});

it("check-hosts says of which hosts it speaks", () => {
    expect([undefined, "a", "b"].map(verdict)).toEqual([
        "Both hosts can become this pair. Nothing was changed.",
        "b was looked at, a is gone. Nothing was changed.",
        "a was looked at, b is gone. Nothing was changed.",
    ]);
});
