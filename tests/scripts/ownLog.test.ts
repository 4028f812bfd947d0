import { attach, byPosition } from "./attached";
import { line, node, right, up } from "./configured";
import { changes, cleanUpHosts, type FakeHost, makeHost } from "./fakeHost";

cleanUpHosts();

/** What SHOW BINARY LOGS gives: the names, with their sizes. */
function showLogs(host: FakeHost, ...logs: [string, number][]): void {
    const stdout = logs.map(([name, size]) => `${name}\t${size}\tNo\n`).join("");
    host.local.rules.unshift({ on: "SHOW BINARY LOGS", answer: { stdout } });
}

/** A configured node whose newest log was mysql-bin.000003, begun at 1700000000, of 157 bytes. */
async function known(variables: Record<string, string> = {}): Promise<FakeHost> {
    const host = node({ ...right, ...variables });
    expect((await host.run("configure-node.sh", up)).stdout).toBe(withGtid(line, variables));
    return host;
}
const withGtid = (text: string, { gtid_mode: mode = "ON" }: Record<string, string>) =>
    text.replace("gtid=ON", `gtid=${mode}`);

describe("configure-node.sh, of a binary log that it knows,", () => {
    it.each([
        ["has grown", [["mysql-bin.000003", 9000]], {}],
        [
            "has a newer one behind it",
            [
                ["mysql-bin.000003", 157],
                ["mysql-bin.000004", 157],
            ],
            {},
        ],
        ["was purged, and all that is there is younger", [["mysql-bin.000004", 157]], {}],
        ["got another name, and GTIDs go on", [["other.000003", 157]], {}],
    ] as [string, [string, number][], Record<string, string>][])("gives the same id when it %s", async (_, logs) => {
        const host = await known();
        for (const [name] of logs.filter(([each]) => each !== "mysql-bin.000003")) {
            host.beginLog(name, 1800000000);
        }
        showLogs(host, ...logs);
        for (let time = 0; time < 2; time += 1) {
            expect((await host.run("configure-node.sh", up)).stdout).toBe(line);
        }
        const [last = "", size] = logs.at(-1) ?? [];
        const born = last === "mysql-bin.000003" ? 1700000000 : 1800000000;
        expect(host.memory("log")).toBe(`id=1700000000 file=${last} born=${born} size=${size}\n`);
    });

    it.each([
        ["was begun anew under the same name, and has passed the old length", [["mysql-bin.000003", 9000]], {}],
        ["was begun anew at a lower number", [["mysql-bin.000001", 9000]], {}],
        ["got another name without GTIDs", [["other.000003", 157]], byPosition],
    ] as [string, [string, number][], Record<string, string>][])(
        "gives another id when it %s, once",
        async (_, logs, variables) => {
            const host = await known(variables);
            for (const [name] of logs) {
                host.beginLog(name, 1800000000);
            }
            showLogs(host, ...logs);
            for (let time = 0; time < 2; time += 1) {
                const run = await host.run("configure-node.sh", up);
                expect(run.stdout).toBe(withGtid(line, variables).replace("1700000000", "1800000000"));
            }
        },
    );

    it("stops following its peer by a log that was begun anew: by GTID it would ask for all that it has", async () => {
        const host = await known();
        host.remember("link", "source=a.example.com:3306 uuid=uuid-a log=1600000000 password=d\n");
        host.beginLog("mysql-bin.000003", 1800000000);
        const run = await host.run("configure-node.sh", up);
        expect([run.exitCode, changes(run.statements)]).toEqual([0, ["STOP REPLICA"]]);
        expect(run.stderr).toBe(
            "b: its binary log was begun anew (RESET, or a restored copy): stopped following a.example.com:3306\n",
        );
        expect(changes((await host.run("configure-node.sh", up)).statements)).toEqual([]);
    });

    it("gives another id when it is shorter than it was: a restored copy", async () => {
        const host = await known();
        host.remember("log", "id=1600000000 file=mysql-bin.000003 born=1700000000 size=158\n");
        expect((await host.run("configure-node.sh", up)).stdout).toBe(line);
        host.remember("log", "id=1600000000 file=mysql-bin.000003 born=1700000000 size=157\n");
        expect((await host.run("configure-node.sh", up)).stdout).toBe(line.replace("1700000000", "1600000000"));
    });

    it("reads an encrypted one below its header, and keeps the note at destroy", async () => {
        const host = node(right);
        host.beginLog("mysql-bin.000003", 4000000000, true);
        expect((await host.run("configure-node.sh", up)).stdout).toBe(line.replace("1700000000", "4000000000"));
        await host.run("configure-node.sh", up, "down");
        expect(host.memory("log")).toBe("id=4000000000 file=mysql-bin.000003 born=4000000000 size=157\n");
    });
});

describe("attach-replica.sh, where a binary log was begun anew,", () => {
    const next =
        "  next: set converge to a new text, and compare the two nodes. Where REPLICA lacks nothing: attach it by hand where it is to go on, " +
        "remove /var/lib/mysql-master-master/3306/link there, then run up again. Else pulumi destroy, empty b, and up seeds it anew\n";
    const reset = (source: string, replica: string, done: string) =>
        `error MM_LINK_LOG_RESET: the binary log of ${source} was begun anew (RESET, or a restored copy): its names and numbers come again, ` +
        `and ${replica} may lack what was written since. ${done}\n${next.replace("REPLICA", replica)}`;

    it.each([
        ["by position", byPosition],
        ["by GTID", {}],
    ])("stops the link to a source whose log that is, and keeps it stopped, %s", async (_, variables) => {
        const host = makeHost(variables, variables);
        await host.run("attach-replica.sh", attach);
        const mark = host.memory("link");
        for (let time = 0; time < 2; time += 1) {
            const run = await host.run("attach-replica.sh", { ...attach, SOURCE_LOG: "1650000000" });
            expect([run.exitCode, run.stdout, changes(run.statements)]).toEqual([1, "", ["STOP REPLICA"]]);
            expect(run.stderr).toBe(reset("a.example.com", "b", "b was stopped from following a.example.com:3306"));
            expect(host.memory("link")).toBe(mark);
        }
    });

    it("does not attach again either, when the channel is gone; nor first, when b was seeded from the old log", async () => {
        const host = makeHost();
        const notes = {
            link: "source=a.example.com:3306 uuid=uuid-a log=1500000000 password=d\n",
            seed: "state=done source=uuid-a own=uuid-b source_log=1500000000 source_file=f source_position=4\n",
        };
        for (const [name, text] of Object.entries(notes)) {
            host.remember(name, text);
            const run = await host.run("attach-replica.sh", attach);
            expect([run.exitCode, run.stdout, changes(run.statements)]).toEqual([1, "", []]);
            expect(run.stderr).toBe(reset("a.example.com", "b", "b was not changed"));
            host.forget("link");
        }
    });

    it("goes on where somebody has attached it by hand, and removed the note", async () => {
        const host = makeHost();
        await host.run("attach-replica.sh", attach);
        host.remember(
            "seed",
            "state=done source=uuid-a own=uuid-b source_log=1500000000 source_file=f source_position=4\n",
        );
        host.forget("link");
        const run = await host.run("attach-replica.sh", { ...attach, SOURCE_LOG: "1650000000" });
        expect([run.exitCode, run.stdout]).toEqual([0, "link source=a.example.com:3306 uuid=uuid-a\n"]);
        expect(host.memory("link")).toContain(" log=1650000000 ");
    });

    it("changes nothing where it is this node's own log, of which its peer was seeded", async () => {
        const run = await makeHost().run("attach-replica.sh", { ...attach, OWN_LOG: "1500000000" });
        expect([run.exitCode, run.stdout, changes(run.statements)]).toEqual([1, "", []]);
        expect(run.stderr).toBe(reset("b", "a.example.com", "b was not changed"));
    });
});
