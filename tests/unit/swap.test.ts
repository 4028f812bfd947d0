import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { libraryText, remoteText, runBash, withFolder } from "./bash";

const library = libraryText("say", "host", "mysql", "service", "service-stop", "data-folder", "swap");

/** Swaps a made-up data directory; `body` stands in for the server, or kills the run. What is printed: each file with its text. */
const swap = (body: string, then = "") =>
    withFolder((folder) => {
        const lines = `set -- up
NODE=b PORT=3306 STEP=test SERVICE=mysql START_TIMEOUT_SECONDS=1 LOGIN_USER= LOGIN_PASSWORD= SOCKET=
${library}
STATE=${folder}/state data=${folder}/data
chown() { :; }
stop_service() { :; }
restart_service() { :; }
require_client() { :; }
read_data_folder() { echo "$data"; }
find_service() { :; }
read_data_names() { echo ibdata1,mysql-bin; }
read_error_log() { :; }
last_server_words() { echo 'no such tablespace'; }
list() { cd "$data" && find . -type f ! -name '.mm*' -exec grep -H . {} + | sort; }
`;
        const first = `mkdir -p $STATE $data/mysql/.mm-seed/new/mysql $data/mysql/.mm-seed/new/shop
echo 'state=unfinished source=server-id-10-ab own=server-id-20-old method=mariabackup' >$STATE/seed
echo old | tee $data/ibdata1 $data/mysql/db.frm $data/mysql-bin.000001 $data/mysql-bin.index $data/cert.pem >$data/mysql-master-master-id
echo new | tee $data/mysql/.mm-seed/new/ibdata1 $data/mysql/.mm-seed/new/mysql/db.frm >$data/mysql/.mm-seed/new/shop/db.opt
${body}
swap_data 0a1b
list`;
        const done = [runBash(lines + first)];
        if (then) done.push(runBash(`${lines}${then}\nlist`));
        return done.map(({ exitCode, stdout, stderr }) => ({
            exitCode,
            stdout: stdout.toString(),
            stderr: stderr.replaceAll(folder, "F"),
        }));
    });

/** What and the server's words of a run's error. */
const errorOf = (run: { stderr: string } | undefined) => [
    /^error .*$/m.exec(run?.stderr ?? "")?.[0],
    /^ {2}server: (.*?)\|?$/m.exec(run?.stderr ?? "")?.[1] ?? "",
];

const swapped = "./cert.pem:old\n./ibdata1:new\n./mysql-master-master-id:old\n./mysql/db.frm:new\n./shop/db.opt:new\n";
const before =
    "./cert.pem:old\n./ibdata1:old\n./mysql-bin.000001:old\n./mysql-bin.index:old\n./mysql-master-master-id:old\n./mysql/db.frm:old\n";

describe("swap.sh", () => {
    it("puts the new data into the old one's place, begins no old log, and keeps what is this node's own", () => {
        const [run] = swap("");
        expect([run?.exitCode, run?.stdout]).toEqual([0, swapped]);
    });

    it.each([1, 2, 4, 5, 6, 7])("goes on where it was killed, at move %d", (move) => {
        const kill = `eval "real_$(declare -f move_entry)"; moves=0
move_entry() { moves=$((moves + 1)); [ "$moves" != ${move} ] || kill -KILL $$; real_move_entry "$@"; }`;
        const [cut, run] = swap(kill, "finish_cut_swap");
        expect([cut?.exitCode, run?.exitCode, run?.stdout]).toEqual([null, 0, swapped]);
    });

    it("notes the receipt of what is in its place now, and no swap any more; not before", () => {
        const tell = "restart_service() { cat $STATE/received 2>/dev/null || echo none; }";
        const [run] = swap(tell, "cat $STATE/received; ls $STATE");
        expect(run?.stdout).toBe(`none\n${swapped}`);
        const [, after] = swap("", "cat $STATE/received; ls $STATE");
        expect(after?.stdout).toBe(`receipt=0a1b\nreceived\nseed\n${swapped}`);
    });

    it("is gone on with before the server is asked for anything, and after that by no means where there is none", () => {
        const open = "open_state() { echo state; }; require_server() { echo server; }; open_node";
        const kill = `change_swap() { [ "$1" != in ] || kill -KILL $$; }`;
        const [, run] = swap(kill, `${open}; ${open}`);
        expect(run?.stdout).toBe(`state\nserver\nserver\nstate\n${swapped}`);
    });

    it.each(["in", "start", "done", "back", "return"])(
        "touches nothing where other data was put there since it was cut: at %s",
        (state) => {
            const backs = "restart_service() { grep -q old $data/ibdata1; }";
            const kill = `eval "real_$(declare -f change_swap)"
change_swap() { real_change_swap "$@"; [ "$1" != ${state} ] || kill -KILL $$; }`;
            const restore = `rm -rf $data/*; echo restored | tee $data/ibdata1 >$data/precious.ibd
find $data | sort >$STATE/then; at_exit "find $data | sort | cmp - $STATE/then && cd $data && grep -H . ibdata1 precious.ibd"; finish_cut_swap`;
            const [cut, run] = swap(["back", "return"].includes(state) ? `${backs}\n${kill}` : kill, restore);
            expect([cut?.exitCode, run?.exitCode]).toEqual([null, 1]);
            expect(run?.stdout).toBe("ibdata1:restored\nprecious.ibd:restored\n");
            expect(run?.stderr).toContain(
                "error MM_SEED_OTHER_DATA: a swap of b's data was cut, and F/data is no longer the data directory in which it began: nothing in it was touched\n" +
                    "  next: see to it that the server works on the data that is to stay, remove F/data/.mm-seed and F/state/swap, then run up again\n",
            );
        },
    );

    /** Where, by what, the words and the server's, and the state that is noted for a later run. */
    it.each([
        [
            "the server does not come up on the new data",
            "restart_service() { grep -q old $data/ibdata1; }",
            "MM_SEED_NO_START: b's server did not come up with the data that was received; its old data is back",
            "no such tablespace",
            "",
        ],
        [
            "it lets nobody in with the origin's accounts",
            "restart_service() { grep -q old $data/ibdata1 || { echo 'ERROR 1045 (28000): Access denied' >$SCRATCH/words; false; }; }",
            "MM_SEED_LOGIN_LOST: with the origin's accounts b no longer lets the program in over its socket; its old data is back",
            "ERROR 1045 (28000): Access denied",
            "",
        ],
        [
            "something cannot be moved",
            "mkdir $data/shop",
            "MM_SEED_LOAD: the received data could not be moved into its place on b; its old data is back",
            "F/data/shop is there already",
            "",
        ],
        [
            "it does not come up on the old data, either",
            "restart_service() { false; }",
            "MM_SEED_NO_START: b's old data is back in its place, and its server does not come up with it, either",
            "no such tablespace",
            "return\n",
        ],
        [
            "the server does not stop: it goes on as it was",
            "stop_service() { false; }\nfind_server_in() { echo 'process 9 (/usr/sbin/mariadbd)'; }",
            "MM_SEED_NO_START: b's server did not stop within 1 s: process 9 (/usr/sbin/mariadbd); it works on its own data again, of which nothing was moved",
            "",
            "",
        ],
        [
            "the server does not stop, nor answer",
            "stop_service() { false; }\nrestart_service() { false; }",
            "MM_SEED_NO_START: b's server did not stop within 1 s; it is asked to start again on its own data, of which nothing was moved",
            "",
            "",
        ],
    ])("has the old data in its place, and says why, where %s", (_, body, what, words, noted) => {
        const [run, after] = swap(
            body,
            'rm -rf $data/.mm-seed/failed $data/mysql/.mm-seed; value_of state "$(recall swap)" >&2',
        );
        expect([run?.exitCode, after?.stdout]).toEqual([1, before]);
        expect([...errorOf(run), after?.stderr]).toEqual([`error ${what}`, words, noted]);
    });

    it("moves nothing, and stays as it was, where the server does not stop on the new data", () => {
        const body = `restart_service() { false; }; eval "real_$(declare -f change_swap)"
change_swap() { real_change_swap "$@"; if [ "$1" = back ]; then stop_service() { false; }; fi; }`;
        const [run, after] = swap(body, 'value_of state "$(recall swap)"; rm -rf $data/.mm-seed');
        expect([run?.exitCode, after?.stdout]).toEqual([1, `back\n${swapped}`]);
        expect(errorOf(run)).toEqual([
            "error MM_SEED_NO_START: b's server did not stop within 1 s; nothing of its data was moved since",
            "",
        ]);
    });

    it("says where the data is when it cannot be put together again, and goes on when that is mended", () => {
        const body = `restart_service() { [ -e $data/.mm-seed/old ] || return 0; mkdir -p $data/.mm-seed/failed; : >$data/.mm-seed/failed/ibdata1; false; }`;
        const [run, after] = swap(body, "rm $data/.mm-seed/failed/ibdata1; at_exit list; finish_cut_swap");
        expect([run?.exitCode, after?.exitCode, after?.stdout]).toEqual([1, 1, before]);
        expect(errorOf(run)).toEqual([
            "error MM_SEED_NO_START: b's data is in two places, F/data and F/data/.mm-seed/old, and could not be put together again; its server is stopped",
            "F/data/.mm-seed/failed/ibdata1 is there already",
        ]);
        expect(errorOf(after)).toEqual([
            "error MM_SEED_NO_START: b's server did not come up with the data that was received; its old data is back",
            "no such tablespace",
        ]);
    });
});

describe("is_folder_left", () => {
    /** With a process that stands in the data directory: how it is begun there. */
    const isLeft = (begin: string) =>
        withFolder((folder) => {
            const { stdout } = runBash(`NODE=b PORT=3306 STEP=test
${library}
data="$(readlink -f ${folder})"
: >$data/ibdata1; : >$data/error.log
cp "$(command -v sleep)" $data/mariadbd; cp $data/mariadbd $data/mysqldump
(cd $data; exec ${begin}) &
at_exit "kill $!"
until [ "$(readlink /proc/$!/cwd)" = "$data" ] && [ "$(readlink /proc/$!/exe)" != "$(readlink /proc/$$/exe)" ]; do sleep 0.01; done
if is_folder_left "$data"; then echo left; else find_server_in "$data" | sed "s/$!/N/; s|$data|F|"; fi`);
            return stdout.toString().trim();
        });

    it.each([
        ["its server by name", "./mariadbd 60", "process N (F/mariadbd)"],
        ["what has the engine's files open", "sleep 60 3<ibdata1", expect.stringMatching(/^process N \(.*sleep\)$/)],
        ["somebody's shell, and what it runs there", "sleep 60 3<error.log", "left"],
        ["a client", "./mysqldump 60", "left"],
    ])("is so but for a server: %s", (_, begin, answer) => expect(isLeft(begin)).toEqual(answer));
});

/** Of what lies in a data directory, by the names of 10.11; `a/b` is a file b in a folder a, `a/` an empty folder. */
describe("is_data", () => {
    const isData = (entry: string) =>
        withFolder((folder) => {
            const path = join(folder, entry);
            mkdirSync(entry.endsWith("/") ? path : dirname(path), { recursive: true });
            if (!entry.endsWith("/")) {
                writeFileSync(path, "");
            }
            const { stdout, stderr } = runBash(`NODE=b PORT=3306 STEP=test
${library}
recall() { echo names=own1,space2,mysql-bin,relay-bin,place; }
if is_data ${folder}/${entry.split("/")[0]}; then echo data; else echo "not data"; fi`);
            expect(stderr).toBe("");
            return stdout.toString().trim();
        });

    it.each([
        ...["ibdata1", "ib_logfile0", "ib_buffer_pool", "ib_lru_dump", "ibtmp1", "undo001", "own1", "space2"],
        ...["aria_log.00000001", "aria_log_control", "ddl_recovery.log", "ddl_recovery-backup.log", "tc.log"],
        ...["mysql-bin.000001", "mysql-bin.index", "mysql-bin.state", "relay-bin.000001", "relay-bin.index"],
        ...["relay-bin-shop.000001", "relay-bin-shop.index", "place", "t.TRG", "t.trg"],
        ...["multi-master.info", "master.info", "master-shop.info", "relay-log.info", "relay-log-shop.info"],
        ...["mysql/", "performance_schema/", "sys/", "shop/db.opt", "shop/t.frm", "shop/t.ibd"],
    ])("%s is", (entry) => expect(isData(entry)).toBe("data"));

    it.each([
        ...["cert.pem", "auto.cnf", "mysql-master-master-id", "error.log", "host.pid", "mysql_upgrade_info"],
        ...[
            "debian-10.11.flag",
            "undo_me",
            "mysql-bin.bak",
            "mysql-bin2.000001",
            "my.info",
            "tc.log.1",
            "shop/",
            "keys/a.pem",
        ],
    ])("%s is not", (entry) => expect(isData(entry)).toBe("not data"));
});

describe("read_stage", () => {
    const readStage = (words: string, known = "") =>
        runBash(
            `${remoteText("seed-dump/mariabackup.sh")}\nread_stage '${known}' <<'WORDS'\n${words}\nWORDS`,
        ).stdout.toString();
    const at = "[00] 2026-11-27 15:04:33";

    it.each([
        [`${at} Starting BACKUP STAGE START\n${at} Acquiring BACKUP LOCKS...`, "waits START\n"],
        [`${at} Started BACKUP STAGE BLOCK_DDL\n${at} Acquired locks for BACKUP STAGE BLOCK_DDL`, "holds BLOCK_DDL\n"],
        [`${at} Acquired locks for BACKUP STAGE BLOCK_COMMIT\n${at} All tables unlocked`, "done\n"],
        [`${at} Streaming ./Starting BACKUP STAGE START.ibd`, ""],
        // of a release before 10.11.8
        [`${at} Acquiring BACKUP LOCKS...\n${at} Streaming ./mysql/user.frm`, "holds BLOCK_COMMIT\n"],
        [`${at} Acquiring BACKUP LOCKS...\n${at} Executing BACKUP STAGE END\n${at} All tables unlocked`, "done\n"],
    ])("reads %j", (words, stage) => expect(readStage(words)).toBe(stage));

    it("takes no stage for the older releases' lock where it knows one already", () => {
        expect(readStage(`${at} Acquiring BACKUP LOCKS...`, "waits START")).toBe("");
    });
});
