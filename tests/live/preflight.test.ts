import { execFile } from "node:child_process";
import {
    a,
    b,
    checkout,
    fingerprintOf,
    freshHosts,
    type Host,
    lab,
    resetHosts,
    subnet,
    untilNobodyFollows,
    waitFor,
} from "./hosts";
import { problemsOf, refusedUp } from "./refusals";
import { type Outcome, Stack } from "./stack";

jest.setTimeout(300_000);

let stack: Stack;

beforeAll(async () => {
    freshHosts();
    // events of their own would change the hosts between two fingerprints, and b after destroy
    const quiet = "printf '[mysqld]\\nevent_scheduler=OFF\\n' >/etc/mysql/conf.d/events.cnf; systemctl restart mysql";
    await Promise.all([a.run(quiet), b.run(quiet)]);
    stack = new Stack("preflight");
    stack.settings.account = { password: "Kx9vT2mQ7rB4nW8s" };
    await stack.init();
});
afterAll(() => resetHosts("b"));

/** `make check-hosts` of a stack, with the settings that the last run of it wrote. */
function checkHosts(name = stack.name): Promise<Outcome> {
    return new Promise((resolve) => {
        const words = ["-s", "check-hosts", `STACK=${name}`];
        execFile(
            "make",
            words,
            { cwd: checkout, env: { ...process.env, ...stack.place() } },
            (error, stdout, stderr) => {
                resolve({ exitCode: error ? Number(error.code ?? 1) : 0, text: `${stdout}${stderr}` });
            },
        );
    });
}

async function option(host: Host, line: string): Promise<void> {
    await host.run(`printf '[mysqld]\\n${line}\\n' >/etc/mysql/conf.d/zz-test.cnf`);
}

/** Runs `look` with other settings; the ones of before come back whatever happens. */
async function withSettings<T>(changes: Record<string, unknown>, look: () => Promise<T>): Promise<T> {
    const before = stack.settings;
    stack.settings = { ...before, ...changes };
    try {
        return await look();
    } finally {
        stack.settings = before;
    }
}

const restart = (host: Host) => host.run("systemctl restart mysql");

const everything = [
    "ACCOUNTS b",
    "ENGINES a",
    "FILTERS a",
    "FILTERS b",
    "FLOAT a",
    "FOLLOWS a",
    "NAME b",
    "NOT_EMPTY b",
    "OPTIONS b",
    "PERSISTED b",
    "PORT b",
    "SERVER_ID a",
    "TRANSACTIONS b",
];

describe("all problems of both hosts", () => {
    beforeAll(async () => {
        await option(a, "binlog_ignore_db=crm\\nreplicate_do_db=crm");
        await option(b, "replicate_ignore_db=crm");
        await Promise.all([restart(a), restart(b)]);
        // found by the server's own check at the next start, while this one runs
        await option(b, "replicate_ignore_db=crm\\nexpire_logs_days=3");
        await a.sql(
            "CHANGE REPLICATION SOURCE TO SOURCE_HOST = '127.0.0.9', SOURCE_PORT = 3399; CREATE TABLE shop.real_x (id INT PRIMARY KEY, x FLOAT); CREATE TABLE shop.old (i INT) ENGINE = MyISAM",
        );
        const users = Array.from({ length: 11 }, (_, at) => `CREATE USER joe${at}@localhost`);
        await b.sql(["CREATE DATABASE crm", "SET PERSIST server_id = 99", ...users].join("; "));
        await b.run("sed -i 's/^.* a.example.com/127.0.1.1 a.example.com/' /etc/hosts");
        stack.settings.mysql = { bindAddress: "keep" };
    });

    test("come in one report of one up, which changes nothing", async () => {
        const text = await refusedUp(stack);
        expect(problemsOf(text)).toEqual(
            [...everything, "PORT a"].filter((each) => each !== "PORT a" || /PORT a/.test(text)).sort(),
        );
        expect(text).toContain(
            "  MM_PREFLIGHT_OPTIONS b: its server does not know the option expire_logs_days (/etc/mysql/conf.d/zz-test.cnf:3: expire_logs_days=3), and would not start again\n",
        );
        expect(text).toContain("  MM_PREFLIGHT_FLOAT a: has 1 column of type FLOAT (shop.real_x.x): ");
        expect(text).toContain(
            "  MM_PREFLIGHT_NOT_EMPTY b: holds 1 schema of its own (crm), which seeding would overwrite; is it really the fresh node?\n",
        );
        expect(text).toContain("warning MM_PREFLIGHT_NO_KEY: a: has 1 table without a primary key (shop.old), ");
    });

    test("come the same from make check-hosts, without the engine", async () => {
        const before = [await fingerprintOf(a), await fingerprintOf(b)];
        const { exitCode, text } = await checkHosts();
        expect([exitCode, problemsOf(text)]).toEqual([2, problemsOf(await refusedUp(stack))]);
        expect([await fingerprintOf(a), await fingerprintOf(b)]).toEqual(before);
        expect(await checkHosts("nowhere")).toMatchObject({
            exitCode: 2,
            text: expect.stringMatching(
                /^error MM_SETTINGS_INVALID: 1 problem in the stack's settings\n {2}\(stack nowhere\): .*no stack named 'nowhere' found.*\nmake(\[\d\])?: .*\n$/,
            ),
        });
    });

    test("are gone when they are mended, and check-hosts says so", async () => {
        await a.sql("RESET REPLICA ALL; DROP TABLE shop.real_x, shop.old");
        await b.sql("RESET PERSIST server_id; DROP DATABASE crm");
        await b.sql(
            `DROP USER ${Array.from({ length: 11 }, (_, at) => `joe${at}@localhost`).join(", ")}; RESET BINARY LOGS AND GTIDS`,
        );
        await Promise.all([a, b].map((host) => host.run("rm /etc/mysql/conf.d/zz-test.cnf")));
        await Promise.all([restart(a), restart(b)]);
        await b.run(`sed -i 's/^127.0.1.1 a.example.com/${subnet}.11 a.example.com/' /etc/hosts`);
        stack.settings.mysql = {};
        await stack.preview();
        const { exitCode, text } = await checkHosts();
        expect(text).toMatch(/^preflight a=\S+ b=\S+\nBoth hosts can become this pair\. Nothing was changed\.\nnote: /);
        expect(exitCode).toBe(0);
    });
});

describe("a stack that leads to the wrong place", () => {
    test("a and b are swapped: the node that would be overwritten holds the data", async () => {
        const { a: first, b: second } = stack.settings;
        const text = await withSettings({ a: second, b: first }, () => refusedUp(stack));
        expect(problemsOf(text)).toEqual(["ACCOUNTS b", "NOT_EMPTY b", "TRANSACTIONS b"]);
        expect(text).toContain("    next: a holds none: if a and b are swapped, swap them in the stack\n");
    });

    test("both addresses lead to one host", async () => {
        const second = { host: "b.example.com", ssh: { host: `${subnet}.11` } };
        expect(problemsOf(await withSettings({ b: second }, () => refusedUp(stack)))).toContain("SAME_SERVER pair");
    });

    test("another host answers than the one whose key is known, and the other node's problems are told, too", async () => {
        const key = (await a.run("cat /etc/ssh/ssh_host_ed25519_key.pub")).trim();
        await a.run("mv /usr/bin/flock /usr/bin/flock.away");
        const second = { host: "b.example.com", ssh: { host: `${subnet}.12`, hostKey: key } };
        const text = await withSettings({ b: second }, () => refusedUp(stack));
        await a.run("mv /usr/bin/flock.away /usr/bin/flock");
        expect(problemsOf(text)).toEqual(["SSH b", "TOOLS a"]);
        expect(text).toMatch(/MM_PREFLIGHT_SSH b: cannot be reached as \w+@\S+\.12 port 22\n/);
        expect(text).toContain("its words: host key mismatch: another host answers than the one whose key is known");
        expect(text).toContain("MM_PREFLIGHT_TOOLS a: has no program flock\n");
    });

    test("the SSH user may not run sudo, or is not known there", async () => {
        await a.run("mv /etc/sudoers.d/deploy /root/deploy.away");
        const text = await withSettings(
            {
                a: { host: "a.example.com", ssh: { host: `${subnet}.11`, user: "deploy" } },
                b: { host: "b.example.com", ssh: { host: `${subnet}.12`, user: "nobody-here" } },
            },
            () => refusedUp(stack),
        );
        await a.run("mv /root/deploy.away /etc/sudoers.d/deploy");
        expect(problemsOf(text)).toEqual(["SSH b", "SUDO a"]);
        expect(text).toContain("MM_PREFLIGHT_SUDO a: deploy may not run sudo without a password\n");
    });

    test("nothing answers at the port of sshd", async () => {
        const key = (await b.run("cat /etc/ssh/ssh_host_ed25519_key.pub")).trim();
        const second = {
            host: "b.example.com",
            ssh: { host: `${subnet}.12`, port: 2299, dialAttempts: 2, hostKey: key },
        };
        const text = await withSettings({ b: second }, () => refusedUp(stack));
        expect([problemsOf(text), /ECONNREFUSED .*after 2 attempts/.test(text)]).toEqual([["SSH b", "SSHD a"], true]);
    });
});

test("a long statement on a and a server that is down on b are named", async () => {
    const busy = a.sql("SELECT SLEEP(90) FROM shop.customers LIMIT 1").catch(() => "");
    const since = () =>
        a.sql("SELECT COALESCE(MAX(time), 0) FROM information_schema.processlist WHERE info LIKE 'SELECT SLEEP%'");
    await b.run("systemctl stop mysql");
    await waitFor("10 s", 30, since, (seconds) => Number(seconds) >= 10);
    const { text } = await stack.up();
    expect(text).toMatch(/^ +MM_SQL_LOGIN b: b's server does not let the program in over its socket$/m);
    await b.run("systemctl start mysql");
    await stack.preview();
    expect((await checkHosts()).text).toMatch(
        /^warning MM_PREFLIGHT_BUSY: a: runs statements for 10 s and more \(connection \d+ of root@localhost since \d\d s\)/m,
    );
    await a.sql("KILL (SELECT 1)").catch(() => "");
    const id = await a.sql("SELECT id FROM information_schema.processlist WHERE info LIKE 'SELECT SLEEP%'");
    await a.sql(`KILL ${id}`);
    await busy;
});

describe("a pair that stands", () => {
    test("passes at every look: after up, with converge, with b gone, and after destroy", async () => {
        await stack.mustUp();
        stack.settings.converge = "look again";
        expect(await stack.mustUp()).toMatch(/pair-preflight updated/);
        expect((await checkHosts()).exitCode).toBe(0);
        await stack.mustDestroy();
        expect((await checkHosts()).exitCode).toBe(0);
    });

    test("is refused when b was emptied by hand after destroy, or wrote something of its own", async () => {
        // as if it had been parted later: a's tables are younger than a minute
        await b.run("touch -d '+5 minutes' /var/lib/mysql-master-master/3306/seed");
        await b.sql("SET SESSION sql_log_bin = 0; DROP DATABASE shop");
        expect(await refusedUp(stack)).toContain(
            "MM_PREFLIGHT_PARTED b: lacks 1 schema of a's (shop) that were there when the two parted: it was emptied by hand\n",
        );
        await b.sql("CREATE DATABASE stray");
        expect(await refusedUp(stack)).toMatch(
            /MM_PREFLIGHT_PARTED b: holds what an earlier pair left: transactions that a lacks \([0-9a-f-]{36}:\d+\), and purged ones of a's that it missed \(none\); it has 1 schema that a lacks \(stray\)\n/,
        );
    });

    test("is refused when the logs of both were reset after destroy: the sets would fit, and rows be missing", async () => {
        for (const host of [a, b]) {
            await host.sql("RESET BINARY LOGS AND GTIDS");
        }
        expect(await refusedUp(stack)).toMatch(
            /MM_PREFLIGHT_PARTED b: holds what an earlier pair left, and nothing proves that it only lags behind: of what it had applied when the two parted \(\S+\), the logs of the two no longer know all \([^)]+\); it has 1 schema that a lacks \(stray\)\n/,
        );
    });
});

describe("two servers that do not fit", () => {
    /** What the preflight says of a b of that kind, beside which a is as it was. */
    async function refusedBeside(kind: string): Promise<string> {
        await untilNobodyFollows(a);
        lab("hosts.sh", ["reset", "b"], { MM_LAB_SERVER: kind });
        const files = () =>
            b.run(
                "find /etc/my.cnf /etc/mysql /var/lib/mysql-master-master /root/.ssh -type f 2>/dev/null | sort | xargs sha256sum",
            );
        const before = [await fingerprintOf(a), await files()];
        const { text } = await stack.up();
        expect([await fingerprintOf(a), await files()]).toEqual(before);
        return text;
    }

    test("MariaDB beside MySQL is refused by both names, and nothing is changed", async () => {
        const text = await refusedBeside("mariadb-10.11");
        expect(text).toMatch(
            /MM_PREFLIGHT_FLAVOUR pair: b runs MariaDB 10\.11\.\S+ and a MySQL 9\.7\.4\S*; the two flavours read neither each other's accounts nor dumps\n/,
        );
        expect(problemsOf(text)).toEqual(["FLAVOUR pair"]);
    });

    test("a b of another series is refused, and nothing is changed", async () => {
        const text = await refusedBeside("mysql-8.0");
        expect(text).toMatch(
            /MM_PREFLIGHT_SERIES pair: b runs MySQL 8\.0\.15 and a MySQL 9\.7\.4\S*; accounts travel in the mysql schema, so both need the same series\n/,
        );
        expect(problemsOf(text)).toEqual(["GTID_MODE pair", "SERIES pair"]);
    });
});
