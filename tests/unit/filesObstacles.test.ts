import { libraryText, runBash, withFolder } from "./bash";

/** What keeps a host from a seed by mariabackup: the real functions, with stand-ins for the server and the tool, and a data directory of files. */

const missing = "it has no mariadb-backup (install the package of that name in the server's version)";
const [server, tool] = ["10.11.8-MariaDB-log", "mariadb-backup based on MariaDB server 10.11.8-MariaDB Linux (x86_64)"];

interface Host {
    /** Of the server; all others are empty. */
    variables?: Record<string, string>;
    /** More bash: FOLDER is the host's own folder, $data the data directory. */
    body?: string;
}

/** `F` stands for the host's folder in what is found. */
const obstacleOf = (side: string, { variables = {}, body = "" }: Host) =>
    withFolder((folder) => {
        const known = { log_bin: "1", innodb_data_file_path: "ibdata1:12M:autoextend", ...variables };
        const run = runBash(`NODE=a PORT=3306 STEP=test
${libraryText("say", "host", "mysql", "statements", "data-folder", "backup-tool", "mariabackup")}
LOGIN_USER='' LOGIN_PASSWORD='' SOCKET='' FLAVOUR=MariaDB VERSION=101108 VERSION_TEXT=${server} data=${folder}/data mounts=${folder}/mounts
mkdir -p "$data/mysql" "$data/shop"
echo '22 1 8:1 / / rw - ext4 /dev/sda1 rw' >"$mounts"
read_variable() { case "$1" in
    datadir) echo "$data/" ;;
${Object.entries(known)
    .map(([name, value]) => `    ${name}) echo '${value.replaceAll("FOLDER", folder)}' ;;`)
    .join("\n")}
esac; }
try_sql() { read_variable "\${1##*.}"; }
sql_undumpable() { echo "undumpable $1"; }
sql() { case "$1" in *innodb_tablespaces_encryption*) echo 0 ;; undumpable*) ;; *) echo "not foreseen: $1" ;; esac; }
find_backup_tool() { BACKUP_TOOL=run_tool; }
run_tool() { case "$*" in '--no-defaults --version') tell_version >&2 ;; esac; }
find_server() { SERVER_DEFAULTS=(--defaults-group-suffix=2); }
my_print_defaults() { case "$*" in
    "--defaults-extra-file=$SCRATCH/backup.cnf --defaults-group-suffix=2 xtrabackup mariabackup mariadb-backup") tell_defaults ;;
esac; }
tell_version() { echo '${tool}'; }
tell_defaults() { printf '%s\\n' --user=root --host=elsewhere --socket=/run/x.sock --port=3307 --parallel=4 --loose_ssl-ca=x --password='a b'; }
has_mbstream=true
command() { case "$*" in '-v mbstream') $has_mbstream ;; *) builtin command "$@" ;; esac; }
awk() { if [ "\${!#}" = /proc/self/mountinfo ]; then builtin command awk "\${@:1:$#-1}" "$mounts"; else builtin command awk "$@"; fi; }
${body.replaceAll("FOLDER", folder)}
read_files_obstacle ${side}`);
        expect(run.stderr).toBe("");
        return run.stdout.toString().trimEnd().replaceAll(folder, "F");
    });

const [origin, peer] = ["origin", "peer"];
const both = [origin, peer];

/** Who is kept from it by what, and the words; the other side is not. */
const obstacles: [string, string[], Host, string][] = [
    ["no mariadb-backup", both, { body: "find_backup_tool() { BACKUP_TOOL=; }" }, missing],
    [
        "one of another release",
        both,
        { body: `tell_version() { echo '${tool.replace("10.11.8", "10.11.9")}'; }` },
        `its mariadb-backup is of 10.11.9-MariaDB and its server of ${server}`,
    ],
    [
        "one that tells no version",
        both,
        { body: "tell_version() { echo oops; }" },
        `its mariadb-backup is of an unknown version and its server of ${server}`,
    ],
    ["no mbstream", [peer], { body: "has_mbstream=false" }, "it has no mbstream (of the package mariadb-backup)"],
    [
        "a blank in the data directory's name",
        both,
        { body: 'mv "$data" "$data dir"; data="$data dir"' },
        "its data directory has a blank in its name (F/data dir)",
    ],
    ...["innodb_data_home_dir", "innodb_log_group_home_dir", "innodb_undo_directory", "aria_log_dir_path"].flatMap(
        (name): typeof obstacles => [
            [`${name} elsewhere`, both, { variables: { [name]: "/fast" } }, `${name} is /fast`],
            [`${name} in a folder of it`, both, { variables: { [name]: "./fast" } }, `${name} is F/data/./fast`],
        ],
    ),
    [
        "a system tablespace elsewhere",
        both,
        { variables: { innodb_data_file_path: "../fast/ibdata1:12M" } },
        "innodb_data_file_path is ../fast/ibdata1:12M",
    ],
    [
        "a table elsewhere, by InnoDB's own link",
        both,
        { body: 'touch "$data/shop/orders.isl"' },
        "it leads out of the data directory: F/data/shop/orders.isl",
    ],
    ["a schema elsewhere", both, { body: 'ln -s /tmp "$data/crm"' }, "it leads out of the data directory: F/data/crm"],
    [
        "a table's file elsewhere",
        both,
        { body: 'ln -s /fast/x.MYD "$data/shop/x.MYD"' },
        "it leads out of the data directory: F/data/shop/x.MYD",
    ],
    ...["innodb_encrypt_tables", "innodb_encrypt_log", "aria_encrypt_tables", "wsrep_on"].flatMap(
        (name): typeof obstacles =>
            ["1", "ON", "FORCE"].map((value) => [
                `${name} ${value}`,
                both,
                { variables: { [name]: value } },
                `${name} is on`,
            ]),
    ),
    [
        "tables of other engines",
        [origin],
        {
            body: "sql() { case \"$1\" in undumpable*) printf 'shop.log MyISAM\\nshop.old Aria\\n' ;; *) echo 0 ;; esac; }",
        },
        "table not in InnoDB: shop.log MyISAM, table not in InnoDB: shop.old Aria",
    ],
    [
        "encrypted tables",
        [origin],
        { body: 'sql() { case "$1" in *encryption*) echo 2 ;; esac; }' },
        "it has encrypted tables",
    ],
    ["no binary log", [origin], { variables: { log_bin: "0" } }, "its binary log is off"],
    ...[
        ...["--databases=shop", "--tables_file=/x", "--compress", "--incremental-basedir=/x", "--no_lock", "--history"],
        ...["--kill-long-queries-timeout=5", "--ftwrl-wait-timeout=5", "--startup-wait-timeout=5", "--stream=xbstream"],
        ...["--export", "--extra-lsndir=/x", "--safe-slave-backup", "--skip-innodb", "--lock-ddl-per-table"],
        ...["--innodb-force-recovery=1", "--tables-exc=^shop", "--binlog-info=off"],
    ].map((option): (typeof obstacles)[number] => [
        `the option ${option}`,
        [origin],
        { body: `tell_defaults() { printf '%s\\n' --user=root '${option}'; }` },
        `its option files give mariadb-backup ${option.replaceAll("_", "-")}`,
    ]),
    [
        "another password in them than the login's",
        [origin],
        { body: "LOGIN_USER=pulumi LOGIN_PASSWORD=SECRET" },
        "its option files give mariadb-backup another password than mysql.login",
    ],
    [
        "option files that nothing reads",
        [origin],
        { body: "tell_defaults() { false; }" },
        "its option files give mariadb-backup what my_print_defaults cannot read",
    ],
    ...[
        ["10.5.29", "100529"],
        ["10.11.7", "101107"],
    ].map(([name, version]): (typeof obstacles)[number] => [
        `the release ${name}`,
        both,
        { body: `VERSION=${version} VERSION_TEXT=${name}-MariaDB; find_backup_tool() { BACKUP_TOOL=; }` },
        `mariadb-backup of its release (${name}-MariaDB) holds every commit up while it copies what is not in InnoDB (that of 10.11.8 does not)`,
    ]),
    [
        "a file system in its data directory",
        [peer],
        { body: 'echo "23 22 8:2 / $data/shop rw - ext4 /dev/sdb1 rw" >>"$mounts"' },
        "a file system is mounted in its data directory: F/data/shop",
    ],
    [
        "no folder for what is received",
        [peer],
        { body: 'rmdir "$data/mysql"' },
        "its data directory has no folder mysql",
    ],
    [
        "several things, all named",
        [peer],
        { variables: { wsrep_on: "1" }, body: "find_backup_tool() { BACKUP_TOOL=; }; has_mbstream=false" },
        `${missing}, it has no mbstream (of the package mariadb-backup), wsrep_on is on`,
    ],
];

describe("what keeps a host from a seed by mariabackup:", () => {
    const each = obstacles.flatMap(([what, sides, host, words]) =>
        sides.map((side) => [what, side, host, words] as const),
    );
    it.each(each)("%s, on the %s", (_, side, host, words) => expect(obstacleOf(side, host)).toBe(words));

    const others = obstacles.flatMap(([what, sides, host]) =>
        sides.length > 1 || /several/.test(what)
            ? []
            : both.filter((side) => !sides.includes(side)).map((side) => [what, side, host] as const),
    );
    it.each(others)("%s keeps no %s", (_, side, host) => expect(obstacleOf(side, host)).toBe(""));

    it.each([
        ["all is as it is by default", {}],
        [
            "the folders are named, and are the data directory",
            {
                variables: {
                    innodb_undo_directory: "./",
                    aria_log_dir_path: "FOLDER/data/",
                    innodb_data_home_dir: "NULL",
                },
            },
        ],
        ["encryption is off by name", { variables: { innodb_encrypt_tables: "OFF", wsrep_on: "0" } }],
        ["a link leads to one file, not of a schema", { body: 'ln -s /etc/ssl/cert.pem "$data/cert.pem"' }],
        [
            "a file system is mounted beside it",
            { body: 'echo "23 22 8:2 / $data-old rw - ext4 /dev/sdb1 rw" >>"$mounts"' },
        ],
        ["it is a mount itself", { body: 'echo "23 22 8:2 / $data rw - ext4 /dev/sdb1 rw" >>"$mounts"' }],
    ] as [string, Host][])("nothing, where %s", (_, host) => {
        expect(both.map((side) => obstacleOf(side, host))).toEqual(["", ""]);
    });
});

it("what must be the same of the files on both is one line", () => {
    const run = runBash(`NODE=a PORT=3306 STEP=test VERSION=101106
${libraryText("say", "host", "mariabackup")}
uname() { echo x86_64; }
sql() { echo " page=$1"; }
read_files_layout`);
    expect(run.stdout.toString()).toBe(
        "version=101106 machine=x86_64 page=SELECT CONCAT(' page=', @@global.innodb_page_size, ' case=', @@global.lower_case_table_names, " +
            "' files=', @@global.innodb_data_file_path, ' undo=', @@global.innodb_undo_tablespaces)\n",
    );
});
