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
echo old | tee $data/ibdata1 $data/mysql/db.frm $data/mysql-bin.000001 $data/mysql-bin.index $data/cert.pem >$data/mysql-master-master-id
echo new | tee $data/mysql/.mm-seed/new/ibdata1 $data/mysql/.mm-seed/new/mysql/db.frm >$data/mysql/.mm-seed/new/shop/db.opt
${body}
swap_data 0a1b
list`;
        const done = [runBash(lines + first)];
        if (then) done.push(runBash(`${lines}${then}\nlist`));
        return done.map(({ exitCode, stdout, stderr }) => ({ exitCode, stdout: stdout.toString(), stderr }));
    });

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
        expect(after?.stdout).toBe(`receipt=0a1b\nreceived\n${swapped}`);
    });

    it("is gone on with before the server is asked for anything, and after that by no means where there is none", () => {
        const open = "open_state() { echo state; }; require_server() { echo server; }; open_node";
        const kill = `change_swap() { [ "$1" != in ] || kill -KILL $$; }`;
        const [, run] = swap(kill, `${open}; ${open}`);
        expect(run?.stdout).toBe(`state\nserver\nserver\nstate\n${swapped}`);
    });

    it("brings the old data back when the server does not come up on the new, and says why", () => {
        const fails = `restart_service() { grep -q old $data/ibdata1; }`;
        const [run, after] = swap(fails, "finish_cut_swap");
        expect([run?.exitCode, after?.stdout]).toEqual([1, before]);
        expect(run?.stderr).toContain(
            "error MM_SEED_NO_START: b's server did not come up with the data that was received; its old data is back",
        );
        expect(run?.stderr).toContain("  server: no such tablespace");
    });

    it("does so, too, when something of it cannot be moved", () => {
        const [run, after] = swap("mkdir $data/shop", "finish_cut_swap");
        expect([run?.exitCode, after?.stdout]).toEqual([1, before]);
        expect(run?.stderr).toContain("error MM_SEED_LOAD: the received data could not be moved into its place on b");
    });
});

describe("read_stage", () => {
    const readStage = (words: string) =>
        runBash(`${remoteText("seed-dump/mariabackup.sh")}\nread_stage <<'WORDS'\n${words}\nWORDS`).stdout.toString();
    const at = "[00] 2026-11-27 15:04:33";

    it.each([
        [`${at} Starting BACKUP STAGE START\n${at} Acquiring BACKUP LOCKS...`, "waits START\n"],
        [`${at} Started BACKUP STAGE BLOCK_DDL\n${at} Acquired locks for BACKUP STAGE BLOCK_DDL`, "holds BLOCK_DDL\n"],
        [`${at} Acquired locks for BACKUP STAGE BLOCK_COMMIT\n${at} All tables unlocked`, "done\n"],
        [`${at} Streaming ./Starting BACKUP STAGE START.ibd`, ""],
    ])("reads %j", (words, stage) => expect(readStage(words)).toBe(stage));
});
