import { a, b, lab } from "../hosts";
import { codesIn, ended, Interrupted } from "./interrupted";

jest.setTimeout(1_200_000);

let pair: Interrupted;

describe("what the preflight cannot know stops a later step, and the way out that it names leads on", () => {
    afterEach(async () => {
        lab("hosts.sh", ["open", "b", "3306"]);
        await pair.close();
    });

    test("a firewall on the way to the port that a restart has just opened", async () => {
        pair = await Interrupted.fresh();
        lab("hosts.sh", ["shut", "b", "3306"]);
        const text = await pair.expectStop("MM_PEER_UNREACHABLE");
        expect(text).toContain(
            `error MM_PEER_UNREACHABLE: from a, nothing answers at b.example.com port 3306 (there: ${b.address}); the server there listens on 127.0.0.1,${b.address}\n`,
        );
        expect(await a.sql("SELECT COUNT(*) FROM mysql.user WHERE user = 'replicator'")).toBe("0");
        expect(await b.sql("SHOW DATABASES LIKE 'shop'")).toBe("");
        lab("hosts.sh", ["open", "b", "3306"]);
        expect(await pair.up()).toEqual([]);
        await pair.expectWhole();
    });

    test("a line of an option file that is read later, and would win", async () => {
        pair = await Interrupted.fresh();
        await a.run("printf '[mysqld]\\nserver_id=77\\n' >/etc/mysql/mysql.conf.d/zzz.cnf");
        const look = () => a.run("cat /etc/mysql/my.cnf /etc/mysql/*/*.cnf; systemctl show -p MainPID --value mysql");
        const before = await look();
        expect(await pair.expectStop("MM_NODE_OPTION_OVERRIDDEN")).toContain("/etc/mysql/mysql.conf.d/zzz.cnf:2");
        expect(await look()).toBe(before);
        await a.run("rm /etc/mysql/mysql.conf.d/zzz.cnf");
        expect(await pair.up()).toEqual([]);
        await pair.expectWhole();
    });

    test("a has purged what b would ask for, before b follows it", async () => {
        pair = await Interrupted.fresh({ method: "dump" });
        await pair.killAt(ended("pair-link-seed-dump"));
        await a.sql("INSERT INTO important.stuff (details) VALUES ('after the backup'); FLUSH BINARY LOGS");
        const last = (await a.sql("SHOW BINARY LOGS")).split("\n").at(-1)?.split("\t")[0];
        await a.sql(`PURGE BINARY LOGS TO '${last}'`);
        expect(await pair.up("MM_HOST_LOCKED").catch(codesOf)).toEqual(["MM_LINK_LOG_PURGED"]);
        expect(await b.replica("Source_Host")).toBe("");
        await pair.emptyB();
        expect(await pair.up()).toEqual([]);
        await pair.expectWhole();
    });
});

const codesOf = (error: Error) => codesIn(error.message);
