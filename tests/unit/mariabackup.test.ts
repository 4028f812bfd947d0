import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { libraryText, remoteText, runBash, withFolder } from "./bash";
import { report } from "./preflightFacts";

/** The pieces of a seed by mariabackup, with stand-ins for the servers and for mariadb-backup; tests/series/mariadb-10.11 has the real ones. */

const ground = `NODE=a PORT=3306 STEP=test VERB=up LOGIN_USER= LOGIN_PASSWORD= SOCKET= START_TIMEOUT_SECONDS=1
${libraryText("say", "host")}
`;

describe("the choice on MariaDB", () => {
    const choose = (
        method: string,
        { theirs = "yes", layout = "same", ours = "", keep = "false", lock = "false" } = {},
    ) => {
        const run = runBash(`${ground}${remoteText("seed-offer/method.sh")}
METHOD=${method} KEEP_BACKUP=${keep} LOCK_ALL_TABLES=${lock} PEER_FACTS='server=x clone=no files=${theirs.replaceAll(" ", "~")} layout=${layout}'
is_mariadb() { :; }
clones_beside_ddl() { false; }
read_files_obstacle() { echo '${ours}'; }
read_files_layout() { echo same; }
choose_method
echo "$CHOSEN"
`);
        return [run.stdout.toString().trim(), run.stderr.trim()];
    };

    it("is mariabackup, where both hosts can", () => {
        expect(choose("auto")).toEqual([
            "mariabackup",
            "a: seed.method auto takes mariabackup, the fastest that both can do",
        ]);
        expect(choose("mariabackup")).toEqual(["mariabackup", ""]);
    });

    it.each([
        [
            "it is missing on the peer",
            { theirs: "it has no mariadb-backup (install the package)" },
            "on the peer, it has no mariadb-backup (install the package)",
        ],
        ["nothing is known of the peer", { theirs: "" }, "on the peer, nothing is known of mariadb-backup"],
        ["it is missing here", { ours: "it has no mariadb-backup" }, "it has no mariadb-backup"],
        [
            "the files of one are not those of the other",
            { layout: "other" },
            "its files are same, the peer takes other",
        ],
    ])("is stream where %s, with a warning; and no other where mariabackup is asked for", (_, facts, why) => {
        expect(choose("auto", facts)).toEqual([
            "stream",
            `warning MM_SEED_SLOWER: a: seed.method auto takes stream; not mariabackup: ${why}`,
        ]);
        const [chosen, words] = choose("mariabackup", facts);
        expect(chosen).toBe("");
        expect(words).toContain(
            `error MM_SEED_METHOD: seed.method is mariabackup, and that cannot be done from a: ${why}. No seed was begun\n`,
        );
    });

    it("is dump, and that is no news, where the backup is to be kept or all tables to be locked", () => {
        expect(choose("auto", { keep: "true" })).toEqual([
            "dump",
            "a: seed.method auto takes dump; not mariabackup: seed.keepBackup asks for the file; not stream: seed.keepBackup asks for the file",
        ]);
        expect(choose("auto", { lock: "true" })[0]).toBe("dump");
    });
});

describe("what the peer tells of itself", () => {
    const told = (why: string) =>
        runBash(`${ground}${remoteText("lib/mariabackup.sh")}
is_mariadb() { :; }
read_files_obstacle() { echo '${why}'; }
read_files_layout() { echo 'version=101106 machine=x86_64 page=16384'; }
printf 'seed wanted%s\n' "$(tell_files)"`).stdout.toString();

    it("is one word each", () => {
        expect(told("")).toBe("seed wanted files=yes layout=version=101106~machine=x86_64~page=16384\n");
        expect(told("it has no mbstream, no room")).toBe(
            "seed wanted files=it~has~no~mbstream,~no~room layout=version=101106~machine=x86_64~page=16384\n",
        );
    });
});

describe("the receiver", () => {
    /** mbstream stands in as a program that takes all, or ends in the middle. */
    const receive = (input: string, mbstream: string, before = "") =>
        withFolder((folder) => {
            mkdirSync(join(folder, "data/mysql"), { recursive: true });
            mkdirSync(join(folder, "bin"));
            writeFileSync(join(folder, "bin/mbstream"), `#!/bin/bash\n${mbstream}\n`, { mode: 0o755 });
            const text =
                runBash(`${ground}${remoteText("lib/data-folder.sh")}${remoteText("seed-admit/receive-files.sh")}
STATE=${folder} PATH=${folder}/bin:$PATH
receive_files_script ${folder}/data`).stdout.toString();
            writeFileSync(join(folder, "script"), text);
            const run = runBash(
                `${before.replaceAll("FOLDER", folder)}\nprintf '%s' '${input}' | bash ${folder}/script`,
            );
            const kept = join(folder, "data/mysql/.mm-seed/received");
            return {
                exitCode: run.exitCode,
                stdout: run.stdout.toString(),
                stderr: run.stderr,
                kept: existsSync(kept) ? readFileSync(kept, "utf8") : "",
                left: existsSync(join(folder, "data/mysql/.mm-seed")),
            };
        });
    const takes = 'cat >"$3/all"; echo info >"$3/xtrabackup_info"';

    it("tells the bytes and a receipt, and keeps both, when the last file has come", () => {
        const run = receive("twelve bytes", takes);
        expect([run.exitCode, run.stderr]).toEqual([0, ""]);
        expect(run.stdout).toMatch(/^bytes=12 receipt=[0-9a-f]{16}\n$/);
        expect(run.kept).toBe(run.stdout);
    });

    it("reads what dd tells, in whatever language the host speaks", () => {
        const german =
            'case "$LC_ALL" in C) exec /bin/dd "$@" ;; esac; /bin/dd "$@" 2>/dev/null; echo "12 Bytes kopiert" >&2';
        const run = receive(
            "twelve bytes",
            takes,
            `printf '#!/bin/bash\\n%s\\n' '${german}' >FOLDER/bin/dd; chmod +x FOLDER/bin/dd; export LANG=de_DE.UTF-8`,
        );
        expect([run.exitCode, run.stdout]).toEqual([0, expect.stringMatching(/^bytes=12 receipt=/)]);
    });

    it.each([
        ["a stream that is torn", "exit 1"],
        ["one without its last files", "cat >/dev/null"],
    ])("keeps nothing of %s", (_, mbstream) => {
        const run = receive("twelve bytes", mbstream);
        expect([run.exitCode, run.stdout, run.stderr, run.left]).toEqual([1, "", "", false]);
    });

    it("begins nothing while a swap is under way", () => {
        const run = receive("twelve bytes", takes, "mkdir FOLDER/data/.mm-seed");
        expect([run.exitCode, run.stdout, run.left]).toEqual([1, "", false]);
        expect(run.stderr).toMatch(/\/data\/\.mm-seed is there, of a seed that was cut\n$/);
    });

    it("takes the place of one that hangs, which ends", () => {
        const hangs =
            "mkfifo FOLDER/never; sleep 60 >FOLDER/never & (bash FOLDER/script <FOLDER/never >/dev/null 2>&1; echo $? >FOLDER/first) & until [ -s FOLDER/receiver ]; do sleep 0.05; done";
        const run = receive("twelve bytes", takes, `trap 'kill %1' EXIT; ${hangs}`);
        expect([run.exitCode, run.stdout]).toEqual([0, expect.stringMatching(/^bytes=12 receipt=/)]);
    });
});

describe("the sending", () => {
    const stage = (words: string) => `echo "[00] 2026-11-27 15:04:33 ${words}" >&2`;
    const place = "MySQL binlog position: filename 'log.000003', position '42', GTID of the last change '0-10-7'";
    const whole = `printf 'twelve bytes'; ${stage(place)}; ${stage("completed OK!")}`;
    /** `tool` stands in for mariadb-backup, `peer` for what is at the other end of SSH; what is noted of it, the status, and the words. */
    const send = (tool: string, { peer = "echo bytes=$(wc -c) receipt=0a1b", body = "" } = {}) =>
        withFolder((folder) => {
            writeFileSync(join(folder, "tool"), `#!/bin/bash\n${tool}\n`, { mode: 0o755 });
            const run = runBash(`${ground}${libraryText("progress")}${remoteText("seed-dump/mariabackup.sh")}
STATE=${folder} COPY_HOST=b COPY_PORT=22 TIMEOUT_SECONDS=60 COMMIT_HOLD_SECONDS=0
require_backup_tool() { BACKUP_TOOL=${folder}/tool; }
find_backup_options() { BACKUP_OPTIONS=(--defaults-extra-file=x) BACKUP_WAY=(--host=localhost --protocol=socket --socket=/s); }
read_files_bytes() { echo 12; }
read_data_folder() { echo /data; }
ssh_to_peer() { ${peer}; }
sql_prepared() { echo prepared; }
sql_gtid_place() { echo "place $1 $2"; }
list_prepared() { cat "$SCRATCH/prepared"; }
read_names_digest() { echo abc; }
sql() { case "$1" in 'SELECT place log.000003 42') echo 0-10-9 ;; esac; }
sleep() { [ "$1" = 5 ] || command sleep "$1"; }
remember_dump() { echo "file=$DUMP_FILE position=$DUMP_POSITION gtid=$DUMP_GTID $*"; }
${body}
send_files`);
            return [run.exitCode, run.stdout.toString(), run.stderr.replace(/[\d.]+ s, [\d.]+ MB/, "T")] as const;
        });

    it("notes the place that mariadb-backup tells, its GTID as the server tells it, the bytes, and what the peer calls them", () => {
        const noted = "file=log.000003 position=42 gtid=0-10-9 bytes=12 receipt=0a1b names=";
        expect(send(whole)).toEqual([0, `${noted}abc\n`, "a: streamed to b: 0.0 MB in T/s\n"]);
        const [, changed, words] = send(whole, { body: "read_names_digest() { od -An -N4 -tx1 /dev/urandom; }" });
        expect([changed, words]).toEqual([`${noted}\n`, expect.stringContaining("definitions changed on a while")]);
    });

    it("goes to this very server, whatever an option file says", () => {
        const [, , words] = send(`echo "$*" >&2; exit 3`);
        expect(words).toContain(
            "server: --defaults-extra-file=x --host=localhost --protocol=socket --socket=/s --backup --stream=mbstream ",
        );
    });

    it.each([
        [
            "mariadb-backup fails",
            "echo oops >&2; exit 3",
            {},
            "MM_SEED_DUMP: mariadb-backup on a ended with status 3; a was only read",
        ],
        [
            "it does not say that it is whole",
            "printf 'twelve bytes'",
            {},
            "MM_SEED_DUMP: mariadb-backup on a ended with status 0",
        ],
        [
            "less arrives than was sent",
            whole,
            { peer: "cat >/dev/null; echo bytes=11 receipt=0a1b" },
            "MM_SEED_COPY: a's files did not arrive whole at b port 22 (it has got bytes=11 receipt=0a1b)",
        ],
        [
            "the peer takes nothing",
            "exec sleep 20",
            { peer: "echo no room >&2; exit 1" },
            "MM_SEED_COPY: a's files did not arrive whole at b port 22 (it has got nothing)",
        ],
        [
            "commits would be held up, three times",
            `${stage("Started BACKUP STAGE BLOCK_COMMIT")}; ${stage("Acquired locks for BACKUP STAGE BLOCK_COMMIT")}; exec sleep 20`,
            {},
            "MM_SEED_BUSY: mariadb-backup's lock on a was not to be had, or held for too long, three times (holds BLOCK_COMMIT). a was only read",
        ],
        [
            "an older mariadb-backup takes all its locks at once, and then names many files",
            `${stage("Acquiring BACKUP LOCKS...")}; yes '[01] 2026-11-27 15:04:33 Streaming ./mysql/x.frm' | head -n 3000 >&2; exec sleep 20`,
            {},
            "MM_SEED_BUSY: mariadb-backup's lock on a was not to be had, or held for too long, three times (holds BLOCK_COMMIT). a was only read",
        ],
        [
            "it has reached another server",
            `${stage("Warning: option 'datadir' has different values:")}; ${whole}`,
            {},
            "MM_SEED_DUMP: mariadb-backup on a has reached another server than the one on port 3306, whose data directory is not /data. What it sent is not used",
        ],
        [
            "a transaction is prepared",
            whole,
            { body: "sql() { echo x1; }" },
            "MM_SEED_PREPARED: XA transactions are prepared on a (x1)",
        ],
    ])("ends where %s", (_, tool, more, words) => {
        const [exitCode, noted, stderr] = send(tool, more);
        expect([exitCode, noted]).toEqual([1, ""]);
        expect(stderr).toContain(`error ${words}`);
        // bash's own, of what was ended
        expect(stderr).not.toContain("Killed");
    });
});

describe("files that are received", () => {
    it.each([
        ["xtrabackup_binlog_info", "log.000002\t9\t0-1-1\nlog.000003\t42\t0-10-7, 1-1-1\n"],
        ["mariadb_backup_binlog_info", "log.000003\t42\n"],
    ])("tell the last place of a's log, without GTIDs, in %s", (name, text) =>
        withFolder((folder) => {
            writeFileSync(join(folder, name), text);
            const run = runBash(`${ground}${remoteText("seed-load/files.sh")}\nread_received_place ${folder}`);
            expect([run.stdout.toString(), run.stderr]).toEqual(["log.000003 42\n", ""]);
        }),
    );

    const again = "receipt=0a1b method=mariabackup bytes=12 file=log.000001 position=4 gtid=0-10-1 names=abc";
    /** What is done with them, in its order; `body` stands in for more. */
    const take = (body = "", note = "") =>
        withFolder((folder) => {
            const names = [
                "prepare_received",
                "require_overwritable",
                "require_unused",
                "begin_overwriting",
                "begin_log_anew ",
                "note_first_log",
                "swap_data",
                "require_receipt",
                "require_untouched",
                "look_at_replication",
                "remember_seed",
                "end_seed",
            ];
            const run = runBash(`${ground}${remoteText("seed-load/files.sh")}
STATE=${folder} SOURCE_UUID=u DUMP='dump ${again}'
${names.map((name) => `${name}() { echo ${name} "$@"; }`).join("\n")}
is_read_only() { :; }
read_seed_state() { echo unfinished; }
read_followed() { :; }
sql_undumpable() { echo "undumpable $1"; }
sql_prepared() { echo prepared; }
read_names_digest() { echo abc; }
sql() { case "$1" in SET*) echo "$1" ;; esac; }
${note ? `remember received receipt=${note}` : ""}
${body}
take_over_files`);
            return [run.exitCode, run.stdout.toString().trim().split("\n"), run.stderr] as const;
        });
    const proven = [
        "require_receipt",
        "require_untouched",
        "look_at_replication",
        "SET GLOBAL gtid_slave_pos = ''",
        "begin_log_anew 0-10-1",
        "remember_seed done log.000001 4 0-10-1",
        "end_seed",
    ];

    it("are put in the place of data that may go, closed before, and are proven after", () => {
        expect(take()).toEqual([
            0,
            [
                ...[
                    "prepare_received",
                    "require_overwritable",
                    "require_unused",
                    "begin_overwriting",
                    "begin_log_anew ",
                ],
                ...["note_first_log method=mariabackup", "swap_data 0a1b", ...proven],
            ],
            "a: works on the data that was received\n",
        ]);
    });

    it("are not moved again when they are in their place already; others are", () => {
        expect(take("", "0a1b")[1]).toEqual(proven);
        expect(take("", "ffff")[1]).toContain("swap_data 0a1b");
    });

    it.each([
        ["what follows somebody", "read_followed() { echo x:3306; }", "MM_SEED_LOAD: a follows x:3306"],
        ["what is open", "is_read_only() { false; }; find_option_lines() { :; }", "MM_SEED_LOAD: a takes writes"],
        [
            "a table that does not hold still",
            'sql() { case "$1" in *unsafe) echo shop.log MyISAM ;; esac; }',
            "MM_SEED_ENGINE: tables of engines without transactions were made on the origin while its files were sent (shop.log MyISAM)",
        ],
        [
            "a prepared transaction",
            "sql() { case \"$1\" in prepared) printf '1\\t1\\t0\\tx\\n' ;; esac; }",
            "MM_SEED_PREPARED: XA transactions were prepared on the origin while its files were sent (1 x)",
        ],
        ["other names than the origin's", "read_names_digest() { echo abd; }", "MM_SEED_INCOMPLETE: a does not hold"],
    ])("are refused with %s", (_, body, words) => {
        const [exitCode, done, stderr] = take(body);
        expect([exitCode, done.some((line) => line.startsWith("remember_seed"))]).toEqual([1, false]);
        expect(stderr).toContain(`error ${words}`);
    });
});

describe("a host whose data was being swapped when that was killed", () => {
    const without = ["server ", "word ", "variable ", "account ", "size ", "disk data"];

    it("is not judged by its server, which may be down; the rest of it, and the other host, is", () => {
        const found = report({ b: { without, with: ["swap in"] } });
        expect([found.problems, found.warnings]).toEqual([[], []]);
        expect(found.notes).toEqual([
            "b: its data was being put in place (mariabackup) when that was cut; it goes on from there first",
        ]);
        expect(report({ b: { without: [...without, "bash "], with: ["swap in", "bash 3.2"] } }).problems).toMatchObject(
            [{ code: "MM_PREFLIGHT_BASH", node: "b" }],
        );
    });
});

describe("where mariadb-backup goes, and as whom", () => {
    const find = (server: string, login = "LOGIN_USER= LOGIN_PASSWORD=", socket = "") =>
        withFolder((folder) => {
            const run = runBash(`${ground}${libraryText("mysql", "backup-tool")}
${login} SOCKET=${socket.replace("F", folder)} folder=${folder}
python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' $folder/s
find_server() { SERVER_DEFAULTS=(${server}); }
read_variable() { echo s; }
read_data_folder() { echo $folder; }
my_print_defaults() { printf '%s\\n' --user=root --password=x --host=other --socket=/none; }
find_backup_options
printf '%s\\n' "\${BACKUP_OPTIONS[*]}" "\${BACKUP_WAY[*]}" "$(cat $SCRATCH/backup.cnf)" | sed "s|$SCRATCH|S|; s|$folder|F|"`);
            return run.stdout.toString().trim().split("\n");
        });

    it("is the socket of the server itself, and root's own login", () => {
        expect(find("--defaults-group-suffix=2")).toEqual([
            "--defaults-extra-file=S/backup.cnf --defaults-group-suffix=2",
            "--host=localhost --protocol=socket --socket=F/s",
            ...["[mariabackup]", 'user="root"', 'password="x"'],
        ]);
    });

    it("is the login that is set, whose password is in no argument, and the server's own file with it", () => {
        expect(find("--defaults-file=/etc/a.cnf", "LOGIN_USER=u LOGIN_PASSWORD=SECRET", "F/s")).toEqual([
            "--defaults-file=S/backup.cnf",
            "--host=localhost --protocol=socket --socket=F/s --user=u",
            ...["!include /etc/a.cnf", "[mariabackup]", 'user="u"', 'password="SECRET"'],
        ]);
    });
});
