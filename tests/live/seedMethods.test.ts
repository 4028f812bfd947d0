import { a, b, checksums, freshHosts, type Host, lab, untilNobodyFollows, waitFor } from "./hosts";
import { Stack } from "./stack";

jest.setTimeout(300_000);

const stack = new Stack("methods");
const plugin = (host: Host) =>
    host.sql("SELECT plugin_status FROM information_schema.plugins WHERE plugin_name = 'clone'");
const settings = "SELECT @@global.max_allowed_packet, @@global.innodb_flush_log_at_trx_commit";
/** The sample data has an event that writes once a minute. */
const dataOf = async (host: Host) =>
    (await checksums(host))
        .split("\n")
        .filter((line) => !line.includes("heartbeat"))
        .join("\n");

/** What a method may leave on a host: files of the backup, keys, the receiver, rights of the account, words in a's log. */
async function leftovers(host: Host): Promise<string> {
    const look = `ls -d /tmp/master_backup.sql* 2>/dev/null
        find /var/lib/mysql-master-master ! -type d \\( -name '*key*' -o -name 'receive*' -o -name donor -o -name import-settings \\)
        cat /root/.ssh/authorized_keys /home/deploy/.ssh/authorized_keys | grep mysql-master-master
        mysql -NBe "SHOW GRANTS FOR replicator" | grep -v 'GRANT \\(REPLICATION SLAVE, REPLICATION CLIENT ON\\|SELECT ON .mysql_master_master.\\)'
        mysqlbinlog /var/lib/mysql/mysql-bin.0* | grep -iE 'BACKUP_ADMIN|PLUGIN|clone'; true`;
    return host.run(look);
}

async function expectWhole(before: string): Promise<void> {
    expect([await dataOf(a), await dataOf(b)]).toEqual([before, before]);
    for (const host of [a, b]) {
        expect([host.name, await leftovers(host)]).toEqual([host.name, ""]);
        expect(await host.replica("Replica_SQL_Running")).toBe("Yes");
    }
}

/** The pair goes, and a fresh b comes. */
async function withFreshB(): Promise<void> {
    await stack.mustDestroy();
    await untilNobodyFollows(a);
    lab("hosts.sh", ["reset", "b"]);
    await b.run("systemctl is-active mysql");
}

beforeAll(async () => {
    freshHosts({ big: true });
    await stack.init();
});

test("auto clones where both servers can: the plugin and the right that it needed are gone again, and an up after it changes nothing", async () => {
    const before = await dataOf(a);
    const text = await stack.mustUp();
    expect(text).toContain("a: seed.method auto takes clone, the fastest that both can do");
    expect(text).toMatch(/b: cloned: \d+\.\d MB in \d+\.\d s, \d+\.\d MB\/s/);
    expect(text).not.toContain("MM_SEED_SLOWER");
    await expectWhole(before);
    expect([await plugin(a), await plugin(b)]).toEqual(["", ""]);
    const gtidSets = () => Promise.all([a, b].map((host) => host.variable("gtid_executed")));
    await waitFor("one GTID set on both", 20, gtidSets, ([ofA, ofB]) => ofA === ofB);
    await stack.mustFindAllDone();
});

test("a plugin that was there before stays, on a", async () => {
    await withFreshB();
    await a.sql("INSTALL PLUGIN clone SONAME 'mysql_clone.so'");
    const before = await dataOf(a);
    stack.settings.seed = { method: "clone" };
    expect(await stack.mustUp()).toMatch(/b: cloned: /);
    await expectWhole(before);
    expect(await plugin(a)).toBe("ACTIVE");
    await a.sql("UNINSTALL PLUGIN clone");
});

describe("the clone plugin that comes from the option files of one of the two", () => {
    const option = "/etc/mysql/mysql.conf.d/clone.cnf";
    const load = (host: Host, more = "") =>
        host.run(`printf '[mysqld]\\nplugin-load-add=mysql_clone.so\\n${more}' >${option}; systemctl restart mysql`);
    const row = (host: Host) => host.sql("SELECT name FROM mysql.plugin WHERE name = 'clone'");

    test("of a: its copy tells how it went all the same, and has no plugin after that", async () => {
        await withFreshB();
        await load(a);
        const before = await dataOf(a);
        stack.settings.seed = { method: "clone" };
        expect(await stack.mustUp()).toMatch(/b: cloned: /);
        await expectWhole(before);
        expect([await plugin(a), await row(a), await plugin(b), await row(b)]).toEqual(["ACTIVE", "", "", ""]);
    });

    test("of b, for good: it stays, without the row that came from a; and destroy ends whole", async () => {
        await withFreshB();
        await a.run(`rm ${option}; systemctl restart mysql`);
        await load(b, "clone=FORCE_PLUS_PERMANENT\\n");
        const before = await dataOf(a);
        expect(await stack.mustUp()).toMatch(/b: cloned: /);
        await expectWhole(before);
        expect([await plugin(a), await row(a), await plugin(b), await row(b)]).toEqual(["", "", "ACTIVE", ""]);
        await stack.mustDestroy();
        expect(await plugin(b)).toBe("ACTIVE");
    });
});

test("a set method that cannot be is refused, and auto says why it takes a slower one: a stream, with no file on either side", async () => {
    await withFreshB();
    await b.run("mv /usr/lib/mysql/plugin/mysql_clone.so /root/");
    const before = await dataOf(a);
    const was = await b.sql(settings);
    const { exitCode, text } = await stack.up();
    expect(exitCode).not.toBe(0);
    expect(text).toContain(
        "error MM_SEED_METHOD: seed.method is clone, and that cannot be done from a: on the peer there is no clone plugin among the server's files. No seed was begun",
    );
    expect([await leftovers(a), await plugin(a), await b.sql("SHOW DATABASES LIKE 'shop'")]).toEqual(["", "", ""]);
    stack.settings.seed = { compress: true };
    const watched = [a, b].map((host) =>
        host.run(
            "for i in $(seq 1200); do ls /tmp/master_backup.sql* /var/lib/mysql-master-master/3306/received-backup* 2>/dev/null; [ -e /run/seen ] && break; sleep 0.05; done | sort -u",
        ),
    );
    const said = await stack.mustUp();
    await Promise.all([a, b].map((host) => host.run("touch /run/seen")));
    expect(await Promise.all(watched)).toEqual(["", ""]);
    expect(said).toContain(
        "MM_SEED_SLOWER: a: seed.method auto takes stream; not clone: on the peer there is no clone plugin among the server's files",
    );
    expect(said).toContain("a: what is sent goes compressed");
    expect(said).toMatch(/a: streamed into b\.example\.com: \d+\.\d MB in \d+\.\d s, \d+\.\d MB\/s/);
    await expectWhole(before);
    expect(await b.sql(settings)).toBe(was);
});
