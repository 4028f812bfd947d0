import { cleanUpHosts, type FakeHost, makeHost } from "./fakeHost";

cleanUpHosts();

const script = "lock-host.sh";
const mine = { IDENTITY: "uuid-mine", STACK: "mysql-master-master/mine", ACCEPT_OTHER_STACK: false };
const now = () => Math.floor(Date.now() / 1000);
const note = (whose: string, secondsAgo: number, started = secondsAgo) =>
    `identity=uuid-${whose} stack=mysql-master-master/${whose} step=seed-load at=${now() - secondsAgo} since=${now() - started} from=10.0.0.8\n`;
const shown = (seconds: number) => `${new Date(seconds * 1000).toISOString().replace("T", " ").slice(0, 19)} UTC`;

/** The words of a note; `at` and `since` as seconds from now, within what a busy machine takes. */
function read(host: FakeHost): Record<string, string | number> {
    const words = (host.memory("owner") ?? "").trim().split(" ");
    const facts = Object.fromEntries(words.map((word) => word.split("=") as [string, string]));
    const ago = (at: string | undefined) => Math.round((now() - Number(at)) / 20) * 20;
    return { ...facts, at: ago(facts.at), since: ago(facts.since) };
}
const owned = (step: string, since = 0) => ({
    identity: "uuid-mine",
    stack: "mysql-master-master/mine",
    step,
    at: 0,
    since,
    from: "10.0.0.9",
});

describe("lock-host.sh takes a host", () => {
    it("that is nobody's: the note says whose it is, and from where; the server is not asked", async () => {
        const host = makeHost();
        const run = await host.run(script, mine);
        expect(run).toMatchObject({ exitCode: 0, stdout: "lock b\n", stderr: "", statements: [] });
        expect(read(host)).toEqual(owned("lock-host"));
    });

    it.each([
        ["going on in a run", 100, 200, 200],
        ["as a new run, when the last step is old", 2200, 2300, 0],
    ])("that is this stack's already, %s", async (_, ago, started, since) => {
        const host = makeHost();
        host.remember("owner", note("mine", ago, started));
        expect(await host.run(script, mine)).toMatchObject({ exitCode: 0, stdout: "lock b\n", stderr: "" });
        expect(read(host)).toEqual(owned("lock-host", since));
    });

    it.each([
        ["that is alive by its last step", 2090],
        ["whose clock is ahead", -200],
    ])("not from a stack %s, and says who it is since when", async (_, ago) => {
        const host = makeHost();
        const before = note("other", ago, 2200);
        host.remember("owner", before);
        const run = await host.run(script, { ...mine, ACCEPT_OTHER_STACK: true });
        const [, at = "", since = ""] = /at=(\d+) since=(\d+)/.exec(before) ?? [];
        expect(run).toMatchObject({
            exitCode: 1,
            stdout: "",
            stderr:
                `error MM_HOST_LOCKED: b was worked on by stack mysql-master-master/other (from 10.0.0.8, last step seed-load at ${shown(Number(at))}), from ${shown(Number(since))} until ${shown(Number(at))}; it may still run. Nothing was changed\n` +
                "  next: wait until that has ended, then run up again; a run that was killed counts as ended 2100 s after its last step\n",
        });
        expect([host.memory("owner"), host.memory("lock")]).toEqual([before, ""]);
    });

    const live: [string, string, string][] = [
        ["follows another node", "link", "source=a.example.com:3306 uuid=uuid-a\n"],
        ["was seeded", "seed", "state=done source=uuid-a own=uuid-b\n"],
        ["was seeded, but for the proof", "seed", "state=imported source=uuid-a own=uuid-b\n"],
        ["is being imported into, or was cut in that", "seed", "state=unfinished source=uuid-a own=uuid-b\n"],
        ["is to receive a backup, or is making one", "backup", "/tmp/master_backup.sql\n"],
        ["has sent its backup, and hears no more of the import", "dump", "for=uuid-b/x file=bin.7 position=4\n"],
    ];
    it.each(live)(
        "not from a stack whose pair's node it is, however lately that was here: it %s",
        async (_, name, marker) => {
            const host = makeHost();
            const before = note("other", 10);
            host.remember("owner", before);
            host.remember(name, marker);
            const run = await host.run(script, mine);
            const [, at = ""] = /at=(\d+)/.exec(before) ?? [];
            expect(run).toMatchObject({
                exitCode: 1,
                stdout: "",
                stderr:
                    `error MM_HOST_OTHER_STACK: b is half of a pair that belongs to stack mysql-master-master/other (from 10.0.0.8, last step seed-load at ${shown(Number(at))}). Nothing was changed\n` +
                    "  next: go on in that stack, or pulumi destroy it there (all data stays). Only where its state is lost for good: pulumi config set --path mysql-master-master:accept.otherStack true, then run up again\n",
            });
            expect(host.memory("owner")).toBe(before);
        },
    );

    it.each([
        ["whose state is said to be lost", "link", "source=x uuid=y\n", true],
        ["that left nothing but its note", "account", "account=x@%\n", false],
        ["that left nothing that runs: destroy has parted it", "seed", "state=parted own=uuid-b\n", false],
    ])("from a stack %s, with a warning", async (_, name, marker, accept) => {
        const host = makeHost();
        const before = note("other", 2110);
        host.remember("owner", before);
        host.remember(name, marker);
        const run = await host.run(script, { ...mine, ACCEPT_OTHER_STACK: accept });
        const [, at = ""] = /at=(\d+)/.exec(before) ?? [];
        expect(run).toMatchObject({
            exitCode: 0,
            stdout: "lock b\n",
            stderr: `warning MM_HOST_TAKEN_OVER: b: was taken over from stack mysql-master-master/other (from 10.0.0.8, last step seed-load at ${shown(Number(at))})\n`,
        });
        expect(read(host)).toEqual(owned("lock-host"));
    });
});

describe("any step that changes something", () => {
    const attach = { SOURCE_FILE: "f", SOURCE_POSITION: 4, GATE: "no", RETRY_SECONDS: "", RETRY_COUNT: "" };

    it("renews the note, and does not touch the server of another stack's host", async () => {
        const host = makeHost();
        host.remember("owner", note("mine", 100));
        expect((await host.run("attach-replica.sh", { ...mine, ...attach })).exitCode).toBe(0);
        expect(read(host)).toEqual(owned("attach-replica", 100));
        const other = makeHost();
        other.remember("owner", note("other", 10));
        const run = await other.run("attach-replica.sh", { ...mine, ...attach });
        expect([run.exitCode, run.statements, other.local.channel]).toEqual([
            1,
            ["SELECT @@port, @@version, @@version_comment"],
            undefined,
        ]);
        expect(run.stderr).toMatch(/^error MM_HOST_LOCKED: b was worked on by stack mysql-master-master\/other /);
    });

    it("without an identity keeps no note, and heeds none", async () => {
        const host = makeHost();
        const before = note("other", 10);
        host.remember("owner", before);
        expect((await host.run("attach-replica.sh", attach)).exitCode).toBe(0);
        expect(host.memory("owner")).toBe(before);
    });
});

describe("destroy (what it undoes of this stack's own is in sweep.test.ts)", () => {
    it.each([10, 310])("undoes nothing where the host is another stack's since, seen %s s ago", async (ago) => {
        const host = makeHost();
        const before = note("other", ago);
        host.remember("owner", before);
        host.remember("link", "source=a.example.com:3306 uuid=uuid-a\n");
        host.local.channel = new Map([
            ["Source_Host", "a.example.com"],
            ["Source_Port", "3306"],
        ]);
        for (const step of ["attach-replica.sh", script]) {
            const run = await host.run(step, mine, "down");
            expect([run.exitCode, run.stdout, run.stderr]).toEqual([
                0,
                "",
                expect.stringMatching(/^b: belongs to stack mysql-master-master\/other .*: left alone\n$/),
            ]);
        }
        expect([host.memory("owner"), host.local.channel.get("Source_Host")]).toEqual([before, "a.example.com"]);
    });
});
