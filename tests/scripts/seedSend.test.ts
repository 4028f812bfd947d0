import { readdirSync } from "node:fs";
import { dump, errorOf, inventory, readyToDump } from "./dumpHost";
import { cleanUpHosts } from "./fakeHost";

cleanUpHosts();

const script = "seed-dump.sh";
const expects = "expects 2\nschema shop\naccount root@localhost\n";
const whole = expects + dump + inventory;
const line = `dump method=stream file=mysql-bin.000007 position=1234 gtid=uuid-a:1-9,uuid-c:1-2 bytes=${dump.length} receipt=0123456789abcdef\n`;

/** Node a, whose peer takes a stream, and says so. */
function ready(...dumps: Parameters<typeof readyToDump>) {
    const made = readyToDump(...dumps);
    made.host.answers.ssh = () => ({ stdout: "received receipt=0123456789abcdef\n" });
    return {
        ...made,
        parameters: {
            ...made.parameters,
            ADMIT: "admit method=stream",
            OFFER: "offer method=stream key=ssh-ed25519,KEY",
        },
    };
}

describe("seed-dump.sh, by stream,", () => {
    it("sends what the peer may find of it, the dump and its inventory through one connection, and makes no file", async () => {
        const { host, parameters, callsOf } = ready();
        const run = await host.run(script, parameters);
        expect(run).toMatchObject({ exitCode: 0, stdout: line });
        expect(callsOf("ssh").map(({ stdin }) => stdin)).toEqual([whole]);
        expect(callsOf("ssh")[0]?.argv.slice(-2)).toEqual(["admin@b.example.com", "receive"]);
        expect([readdirSync(host.path("/tmp")), host.memory("backup")]).toEqual([[], undefined]);
        expect(run.stderr.split("\n")[0]).toBe("a: dumping all databases into b.example.com");
    });

    it("packs it where the offer says so; the bytes told are those of the dump", async () => {
        const { host, parameters, callsOf } = ready();
        host.addZstd();
        const run = await host.run(script, { ...parameters, OFFER: `${parameters.OFFER} packed=yes` });
        expect(run).toMatchObject({ exitCode: 0, stdout: line });
        expect(callsOf("ssh").map(({ stdin }) => Buffer.from(stdin, "base64").toString())).toEqual([whole]);
    });

    it("makes no second dump for the same peer; another method makes one", async () => {
        const { host, parameters, callsOf } = ready();
        await host.run(script, parameters);
        const again = await host.run(script, parameters);
        expect([again.stdout, callsOf("mysqldump").length, callsOf("ssh").length]).toEqual([line, 1, 1]);
        host.answers.ssh = ({ stdin }) => ({ stdout: `${Buffer.byteLength(stdin)}\n` });
        const other = await host.run(script, { ...parameters, ADMIT: "admit method=dump" });
        expect([other.exitCode, other.stdout.startsWith("dump method=dump "), callsOf("mysqldump").length]).toEqual([
            0,
            true,
            2,
        ]);
    });

    it.each([
        ["says nothing", {}],
        ["refuses it", { status: 1, stderr: "error MM_SEED_NODE_IN_USE: b is in use by app@x\n" }],
    ])("stops where the peer %s: a was only read, and the next up dumps again", async (_, answer) => {
        const { host, parameters, callsOf } = ready();
        host.answers.ssh = () => answer;
        const run = await host.run(script, parameters);
        expect([run.exitCode, run.stdout, host.memory("dump")]).toEqual([1, "", undefined]);
        expect(errorOf(run.stderr.slice(run.stderr.indexOf("error MM_SEED_COPY")))).toBe(
            "error MM_SEED_COPY: the dump of a did not go into b.example.com port 2222; a was only read\n" +
                "  next: see what that host has said above; let a reach its sshd (copy.host, copy.port); then run up again\n",
        );
        host.answers.ssh = () => ({ stdout: "received receipt=0123456789abcdef\n" });
        expect((await host.run(script, parameters)).stdout).toBe(line);
        expect(callsOf("mysqldump").length).toBe(2);
    });

    it.each([
        ["truncated", { stdout: dump.slice(0, -40) }],
        ["given up by mysqldump", { stdout: dump, status: 2, stderr: "mysqldump: Error 2013: Lost connection\n" }],
    ])("adds no inventory to a dump that is %s, so that the peer does not take it", async (_, answer) => {
        const { host, parameters, callsOf } = ready(answer);
        const run = await host.run(script, parameters);
        expect([run.exitCode, run.stdout]).toEqual([1, ""]);
        expect(errorOf(run.stderr)).toMatch(/^error MM_SEED_DUMP: the dump on a ended with status /);
        expect(callsOf("ssh").filter(({ stdin }) => stdin.includes("Dump completed, with an inventory"))).toEqual([]);
    });

    it("drops a stream during which definitions changed, and sends another one", async () => {
        const { host, parameters, callsOf } = ready((origin) => {
            origin.local.definitions = "shop.orders\tanother\n";
            return { stdout: dump };
        });
        const run = await host.run(script, parameters);
        expect([run.exitCode, run.stdout, callsOf("mysqldump").length]).toEqual([0, line, 2]);
        expect(run.stderr).toContain(
            "a: try 1: definitions changed during the dump (shop.orders); it is thrown away\n",
        );
        expect(callsOf("ssh").filter(({ stdin }) => stdin === whole)).toHaveLength(1);
    });
});
