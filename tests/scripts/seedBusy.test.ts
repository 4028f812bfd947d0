import { readdirSync } from "node:fs";
import { cleanUpHosts, makeHost } from "./fakeHost";

cleanUpHosts();

const script = "seed-dump.sh";
const dump = [
    "CHANGE REPLICATION SOURCE TO SOURCE_LOG_FILE='mysql-bin.000007', SOURCE_LOG_POS=1234;",
    "-- Dump completed on 2026-11-23",
    "",
].join("\n");
const line = `dump file=mysql-bin.000007 position=1234 gtid= bytes=${dump.length}\n`;
const statements = /^SELECT CONCAT\('connection '/;
const busy = (what: string) =>
    `error MM_SEED_BUSY: long statements on a (${what}) would hold up the dump's moment of read lock, and all of a behind it. a was only read\n` +
    "  next: wait until they have ended (SHOW PROCESSLIST), then run up again\n";

/** Node a, whose dump program gives up the first `times` times, for its lock does not come. */
function ready(times = 0) {
    const host = makeHost();
    let dumps = 0;
    host.answers.mysqldump = ({ argv }) => {
        if (argv.includes("--help")) {
            return { stdout: "  --init-command=name\n" };
        }
        dumps += 1;
        return dumps <= times
            ? { status: 2, stderr: "mysqldump: Couldn't execute 'FLUSH TABLES': Lock wait timeout exceeded (1205)\n" }
            : { stdout: dump };
    };
    host.answers.ssh = ({ stdin }) => ({ stdout: `${Buffer.byteLength(stdin)}\n` });
    const parameters = {
        NODE: "a",
        SEED: "wanted",
        ADMIT: "admit yes",
        BACKUP_FILE: host.path("/tmp/master_backup.sql"),
        KEEP_BACKUP: false,
        TIMEOUT_SECONDS: 60,
        COPY_HOST: "b.example.com",
        COPY_PORT: 22,
        COPY_USER: "root",
        COPY_HOST_KEY: "ssh-ed25519 KEY",
        PEER_UUID: "uuid-b",
    };
    return { host, parameters, dumps: () => dumps };
}
const tries = (stderr: string) => stderr.match(/try \d: .*/g) ?? [];
const held = "a statement on a holds up the dump's lock; a goes on meanwhile";

describe("a dump on a busy origin", () => {
    it("is not begun while statements run that its lock would wait for: it waits, then names them", async () => {
        const { host, parameters, dumps } = ready();
        host.local.rules.push({
            on: statements,
            answer: { stdout: "connection 7 since 900 s\nconnection 9 since 30 s" },
        });
        const run = await host.run(script, parameters);
        expect([run.exitCode, run.stdout, dumps()]).toEqual([1, "", 0]);
        expect(run.stderr.slice(run.stderr.indexOf("error "))).toBe(
            busy("connection 7 since 900 s;connection 9 since 30 s;"),
        );
        expect(readdirSync(host.path("/tmp"))).toEqual([]);
    });

    it("is begun once they have ended", async () => {
        const { host, parameters, dumps } = ready();
        let asked = 0;
        host.local.rules.push({
            on: statements,
            answer: () => {
                asked += 1;
                return { stdout: asked < 3 ? "connection 7 since 900 s" : "" };
            },
        });
        const run = await host.run(script, parameters);
        expect([run.exitCode, run.stdout, dumps(), asked]).toEqual([0, line, 1, 3]);
    });

    it("asks for its lock again when that does not come in time, up to three times", async () => {
        const { host, parameters, dumps } = ready(2);
        const run = await host.run(script, parameters);
        expect([run.exitCode, run.stdout, dumps()]).toEqual([0, line, 3]);
        expect(tries(run.stderr)).toEqual([`try 1: ${held}`, `try 2: ${held}`]);
    });

    it("gives up after the third time, and leaves no file", async () => {
        const { host, parameters, dumps } = ready(3);
        const run = await host.run(script, parameters);
        expect([run.exitCode, run.stdout, dumps(), tries(run.stderr).length]).toEqual([1, "", 3, 3]);
        expect(run.stderr.slice(run.stderr.indexOf("error "))).toBe(busy(""));
        expect(readdirSync(host.path("/tmp"))).toEqual([]);
    });
});
