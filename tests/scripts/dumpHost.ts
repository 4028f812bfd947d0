import { type FakeHost, makeHost } from "./fakeHost";
import type { Answer } from "./fakeServer";

/** What mysqldump writes here. */
export const dump = [
    "-- MySQL dump 10.13",
    "SET @@GLOBAL.GTID_PURGED=/*!80000 '+'*/ 'uuid-a:1-9,",
    "uuid-c:1-2';",
    "CHANGE REPLICATION SOURCE TO SOURCE_LOG_FILE='mysql-bin.000007', SOURCE_LOG_POS=1234;",
    "INSERT INTO x VALUES ('CHANGE MASTER TO MASTER_LOG_FILE=''no'', MASTER_LOG_POS=1;');",
    "-- Dump completed on 2026-11-23",
    "",
].join("\n");
/** What the program adds: what the origin's snapshot held. */
export const inventory = [
    "-- inventory: account root@localhost",
    "-- inventory: schema shop",
    "-- inventory: table shop.orders\t3",
    "-- Dump completed, with an inventory of 3 lines",
    "",
].join("\n");
export const line = `dump method=dump file=mysql-bin.000007 position=1234 gtid=uuid-a:1-9,uuid-c:1-2 bytes=${dump.length + inventory.length}\n`;

/** Node a with a dump program, which answers `dumps` in turn (the last one again), and an ssh that says how much arrived. */
export function readyToDump(...dumps: (Answer | ((host: FakeHost) => Answer))[]) {
    const host = makeHost();
    host.local.coordinates = "mysql-bin.000007\t1234";
    host.local.schemas = ["shop"];
    host.local.rows.set("shop.orders", 3);
    host.local.accounts.set("root@localhost", "");
    let made = 0;
    host.answers.mysqldump = ({ argv }) => {
        if (argv.includes("--help")) {
            return { stdout: `  --init-command=name ${"x".repeat(9000)}\n` };
        }
        if (argv.includes("--print-defaults")) {
            return { stdout: "mysqldump would have been started with the following arguments:\n--quick \n" };
        }
        const answer = dumps[Math.min(made, dumps.length - 1)] ?? { stdout: dump };
        made += 1;
        return typeof answer === "function" ? answer(host) : answer;
    };
    host.answers.ssh = ({ stdin }) => ({ stdout: `${Buffer.byteLength(stdin)}\n` });
    const parameters = {
        NODE: "a",
        SEED: "wanted",
        ADMIT: "admit method=dump",
        OFFER: "offer method=dump key=ssh-ed25519,KEY",
        BACKUP_FILE: host.path("/tmp/master_backup.sql"),
        KEEP_BACKUP: false,
        LOCK_ALL_TABLES: false,
        ROUND_FLOATS: false,
        TIMEOUT_SECONDS: 60,
        COPY_HOST: "b.example.com",
        COPY_PORT: 2222,
        COPY_USER: "admin",
        COPY_HOST_KEY: "ssh-ed25519 KEY",
        PEER_UUID: "uuid-b",
        LOGIN_USER: "root",
        LOGIN_PASSWORD: "SECRETlogin",
    };
    /** Those that do something. */
    const callsOf = (name: string) =>
        host.calls.filter(
            (call) => call.name === name && !/--help|--print-defaults|-G mm-peer/.test(call.argv.join(" ")),
        );
    return { host, parameters, callsOf };
}

/** The last message of a step: what it stopped with. */
export const errorOf = (stderr: string) => stderr.slice(stderr.indexOf("error "));
