import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { assembleScript } from "../../core/script";
import { libraryText } from "../unit/bash";
import { cleanUpHosts, makeHost } from "./fakeHost";
import { refused } from "./fakeServer";

cleanUpHosts();

const attach = { SOURCE_FILE: "f", SOURCE_POSITION: 4, GATE: "no", RETRY_SECONDS: "", RETRY_COUNT: "" };

/** What scripts have in common, with a main of its own. */
function withMain(body: string): string {
    const parameters = {
        NODE: "b",
        PORT: 3306,
        STEP: "test",
        SOCKET: "",
        LOGIN_USER: "u",
        LOGIN_PASSWORD: "SECRETlogin",
        ACCOUNT_PASSWORD: "SECRETaccount",
    };
    const given = Object.entries(parameters).map(([name, value]) => `${name}='${value}'`);
    const library = libraryText("say", "host", "mysql", "owner", "seed", "statements", "session");
    return `${given.join("\n")}\n${library}\nmain() {\n${body}\n}\nmain "$@" </dev/null`;
}

describe("the lock of a node", () => {
    it("held by another process ends the step, names the holder, and touches no server", async () => {
        const host = makeHost();
        host.remember("lock", "process 4711, seed-load, since 2026-11-23 10:00:00 UTC\n");
        const lock = host.path("/var/lib/mysql-master-master/3306/lock");
        const holder = spawn("flock", [lock, "sh", "-c", "echo held; sleep 30"], {
            stdio: ["ignore", "pipe", "ignore"],
            detached: true,
        });
        await new Promise((resolve) => holder.stdout.once("data", resolve));
        try {
            const run = await host.run("attach-replica.sh", { ...attach, LOCK_SECONDS: 0 });
            expect(run).toMatchObject({
                exitCode: 1,
                stdout: "",
                stderr:
                    "error MM_HOST_LOCKED: another run works on b (process 4711, seed-load, since 2026-11-23 10:00:00 UTC)\n" +
                    "  next: wait until it has ended, then run up again; if that process hangs, stop it on the host\n",
                statements: ["SELECT @@port, @@version, @@version_comment"],
            });
        } finally {
            process.kill(-(holder.pid ?? 0));
        }
    });

    it("held by a run that restarts the server lets the step wait for that, and none makes it stop at once", async () => {
        const host = makeHost();
        let asked = 0;
        const gone = { status: 1, stderr: "ERROR 2002 (HY000): Can't connect\n" };
        host.local.rules.push({
            on: /^SELECT @@port/,
            answer: () => (asked++ === 0 ? gone : { stdout: "3306\t9.7.4\ta fake" }),
        });
        host.remember("lock", "process 4711, configure-node, since 2026-11-23 10:00:00 UTC\n");
        expect((await host.run("attach-replica.sh", attach)).stderr).toContain("error MM_SQL_LOGIN");
        asked = 0;
        const lock = host.path("/var/lib/mysql-master-master/3306/lock");
        const holder = spawn("flock", [lock, "sh", "-c", "echo held; sleep 2"], {
            stdio: ["ignore", "pipe", "ignore"],
        });
        await new Promise((resolve) => holder.stdout.once("data", resolve));
        expect((await host.run("attach-replica.sh", attach)).exitCode).toBe(0);
    });

    /** A receiver that waits for an origin that is gone; `owner` is the note of whose the host is. */
    const lost = async (owner: string, step = "seed-receive") => {
        const host = makeHost();
        host.remember("owner", `${owner}\n`);
        const lock = host.path("/var/lib/mysql-master-master/3306/lock");
        const holder = spawn("bash", [
            "-c",
            `exec 9>>${lock}; flock 9; trap 'exit 143' TERM; echo "process $$, ${step}, since then" >${lock}; echo held; while :; do sleep 0.05; done`,
        ]);
        const ended = new Promise<number | null>((resolve) => holder.on("exit", resolve));
        await new Promise((resolve) => holder.stdout.once("data", resolve));
        const identity = { IDENTITY: "uuid-mine", STACK: "p/mine", ACCEPT_OTHER_STACK: false };
        const run = await host.run("lock-host.sh", { ...identity, LOCK_SECONDS: 0 });
        holder.kill("SIGKILL");
        return [run.exitCode, run.stderr.replace(/\d+, seed/, "N, seed"), await ended] as const;
    };
    const [mine, other] = ["mine", "other"].map(
        (name) => `identity=uuid-${name} stack=p/${name} step=seed-receive at=0 since=0 from=10.0.0.9`,
    );

    it("held by the receiver of a stream, whose run is over where another step of it begins, is given up", async () => {
        expect(await lost(mine ?? "")).toEqual([
            0,
            expect.stringContaining(
                "b: the receiver of a stream whose run is over still holds the lock (process N, seed-receive, since then); it is ended\n",
            ),
            143,
        ]);
    });

    it.each([
        ["another stack's receiver", other ?? "", "seed-receive"],
        ["any other step", mine ?? "", "seed-load"],
    ])("held by %s is not", async (_, owner, step) => {
        const [exitCode, words, ended] = await lost(owner, step);
        expect([exitCode, ended]).toEqual([1, null]);
        expect(words).toContain("error MM_HOST_LOCKED: another run works on b (process ");
    });

    it("of a run that was killed does not hold up the next one, which says so, and leaves an empty one", async () => {
        const host = makeHost();
        host.remember("lock", "process 4711, seed-load, since 2026-11-23 10:00:00 UTC\n");
        let held: string | undefined;
        host.local.rules.push({
            on: "START REPLICA",
            answer: () => {
                held = host.memory("lock");
                host.local.channel?.set("Replica_IO_Running", "Yes").set("Replica_SQL_Running", "Yes");
                return {};
            },
        });
        const killed =
            "b: the run before was killed (process 4711, seed-load, since 2026-11-23 10:00:00 UTC); its lock is free\n";
        const run = await host.run("attach-replica.sh", { ...attach, LOCK_SECONDS: 0 });
        expect([run.exitCode, run.stderr.startsWith(killed)]).toEqual([0, true]);
        expect(held).toMatch(/^process \d+, attach-replica, since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\n$/);
        expect(host.memory("lock")).toBe("");
        expect((await host.run("attach-replica.sh", attach)).stderr).not.toContain("killed");
    });
});

describe("what is to be done at the end of a script", () => {
    const body = (last: string) =>
        `at_exit 'echo first >>"\${STATE%/*}/order"'\nat_exit 'false'\nat_exit 'echo last >>"\${STATE%/*}/order"; test -d "$SCRATCH"'\n${last}`;
    const order = "/var/lib/mysql-master-master/order";

    it.each([
        ["it comes to its end", ":", 0],
        ["it fails", "fail MM_X what next", 1],
        ["it fails within a substitution", 'if [ -n "$(fail MM_X what next)" ]; then :; fi', 1],
        ["it is ended", "kill -s TERM $$", 143],
    ])("is done in turn, the last one first, when %s", async (_, last, exitCode) => {
        const host = makeHost();
        host.write(order, "");
        const text = withMain(body(last)).replaceAll("/var/lib/", host.path("/var/lib/"));
        const run = await host.runText(text);
        expect([run.exitCode, host.read(order), readdirSync(host.path("/tmp"))]).toEqual([
            exitCode,
            "last\nfirst\n",
            [],
        ]);
    });
});

describe("the client", () => {
    it("speaks utf8mb4 for every statement, so that a name comes and goes as it is", async () => {
        const host = makeHost();
        await host.run("attach-replica.sh", attach);
        const local = host.calls.filter(({ name, options }) => name === "mysql" && !options.includes("host="));
        expect(local.length).toBeGreaterThan(0);
        expect(local.filter(({ argv }) => !argv.includes("--default-character-set=utf8mb4"))).toEqual([]);
    });
});

describe("the scratch folder", () => {
    /** The largest file that a program may write, in KiB; beyond it a write fails, as on a full disk. */
    const limited = (kilobytes: number, text: string) => `trap '' XFSZ\nulimit -f ${kilobytes}\n${text}`;
    const text = assembleScript("seed-look.sh", {
        NODE: "b",
        PORT: 3306,
        STEP: "seed-look",
        SOCKET: "",
        LOGIN_USER: "",
        SOURCE_UUID: "uuid-a",
    }).replaceAll("/var/lib/mysql-master-master", "/nowhere");

    it("without room for a megabyte ends the step before the server is asked for anything", async () => {
        const host = makeHost();
        const run = await host.runText(limited(1023, text));
        expect(run).toMatchObject({
            exitCode: 1,
            stdout: "",
            stderr:
                "error MM_HOST_DISK: b has less than 1 MB free in /tmp. Nothing was changed\n" +
                "  next: make room there, then run up again\n",
            statements: [],
        });
        expect(readdirSync(host.path("/tmp"))).toEqual([]);
    });

    it("with room for it lets the step through, and is left empty", async () => {
        const host = makeHost();
        expect(await host.runText(limited(1024, text))).toMatchObject({
            exitCode: 0,
            stdout: expect.stringMatching(
                /^seed wanted server=MySQL\/9\.7\.4 zstd=\w+ clone=\S+ machine=\S+ page=16384 .*\n$/,
            ),
            stderr: "",
        });
        expect(readdirSync(host.path("/tmp"))).toEqual([]);
    });
});

describe("nothing ends in silence:", () => {
    const broken = (command: string, line: string) =>
        new RegExp(
            `^error MM_STEP_BROKEN: step test broke on b in main at: ${command} \\(line ${line}\\)\n  next: run up again; if it breaks there again, report it with this message\n$`,
        );

    it.each([
        ["a command that fails", "false", "false"],
        [
            "one in a substitution",
            'local x; x="$(cat /no/such/file 2>/dev/null)"',
            ".*cat /no/such/file 2> ?/dev/null.*",
        ],
        ["one in a pipeline", "false | cat", "cat"],
    ])("%s is named, and the step ends there", async (_, body, command) => {
        const run = await makeHost().runText(withMain(`${body}\necho went on`));
        expect([run.exitCode, run.stdout]).toEqual([1, ""]);
        expect(run.stderr).toMatch(broken(command, "\\d+"));
    });

    it("a refusal is said once, wherever it happens: in a substitution, in a condition, in a loop", async () => {
        for (const body of [
            'local x; x="$(sql BOOM)"',
            'if [ -n "$(sql BOOM)" ]; then :; fi',
            "sql BOOM | while read -r x; do :; done",
            "sql BOOM || true",
        ]) {
            const host = makeHost();
            host.local.rules.push({ on: "BOOM", answer: refused(1064, "near SECRETaccount or SECRETlogin") });
            const run = await host.runText(withMain(`require_client\n${body}\necho went on`));
            expect([body, run.exitCode, run.stdout]).toEqual([body, 1, ""]);
            expect(run.stderr).toBe(
                "error MM_SQL_REFUSED: b's server refused a statement of step test\n" +
                    "  next: read the server's words; grant the login what README.md lists, or start the server, then run up again\n" +
                    "  server: ERROR 1064 (HY000) at line 1: near *** or ***\n",
            );
        }
    });

    it("a step that goes well says nothing of its own, and leaves no file behind", async () => {
        const host = makeHost();
        const run = await host.runText(withMain("require_client\ntry_sql 'SELECT 1'"));
        expect(run).toMatchObject({ exitCode: 0, stdout: "1\n", stderr: "" });
        expect(readdirSync(host.path("/tmp"))).toEqual([]);
    });

    it("neither does one that fails", async () => {
        const host = makeHost();
        await host.runText(withMain("require_client\nfalse"));
        expect(readdirSync(host.path("/tmp"))).toEqual([]);
    });
});

describe("what no statement changes", () => {
    const twice = '"$(read_fixed datadir)" "$(read_fixed datadir)"';
    it.each([
        [
            "once, in whatever subshell, and anew after a restart",
            `printf "%s " ${twice} "$(ask_anew; read_fixed datadir)"`,
            "/data/ /data/ /data/ ",
        ],
        [
            "each time where the disk has no room for it",
            `mkdir "$SCRATCH/once-datadir.new"\nprintf "%s " ${twice}`,
            "/data/ /data/ ",
        ],
    ])("is asked %s", async (_, body, told) => {
        const host = makeHost();
        host.local.variables.set("datadir", "/data/");
        const run = await host.runText(withMain(`require_client\n${body}`));
        expect([run.exitCode, run.stdout, run.stderr]).toEqual([0, told, ""]);
        expect(host.local.statements).toEqual(["SELECT @@global.datadir", "SELECT @@global.datadir"]);
    });
});

describe("what a step says", () => {
    it("holds no password, in a note, a warning or a message", async () => {
        const run = await makeHost().runText(
            withMain(
                'note "n SECRETlogin"\nwarn MM_X "w SECRETaccount"\nfail MM_Y "f SECRETlogin" "SECRETaccount" "s SECRETlogin\nt"',
            ),
        );
        expect(run.stderr).toBe(
            "b: n ***\nwarning MM_X: b: w ***\nerror MM_Y: f ***\n  next: ***\n  server: s ***|t\n",
        );
    });
});

describe("the node's memory", () => {
    it("is the owner's alone, and gives back what was remembered until it is forgotten", async () => {
        const host = makeHost();
        const text = withMain(
            'open_state\nremember x "a b=c"\nrecall x\nvalue_of b "$(recall x)"\nforget x\nrecall x\nstat -c "%a %n" "$STATE" "$STATE/lock" | sed "s#/.*/##"',
        );
        const run = await host.runText(
            text.replaceAll("/var/lib/mysql-master-master", host.path("/var/lib/mysql-master-master")),
        );
        expect(run).toMatchObject({ exitCode: 0, stdout: "a b=c\nc\n700 3306\n600 lock\n", stderr: "" });
    });
});
