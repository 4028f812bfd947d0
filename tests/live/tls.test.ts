import { certify, makeCa } from "./certificates";
import { a, b, fingerprintOf, freshHosts, type Host, waitFor } from "./hosts";
import { Stack } from "./stack";

jest.setTimeout(300_000);

const password = "Kx9vT2mQ7rB4nW8s";
const both = [
    [a, b],
    [b, a],
] as const;

async function freshStack(): Promise<Stack> {
    freshHosts();
    const stack = new Stack("tls");
    stack.settings.account = { password };
    await stack.init();
    return stack;
}

/** The cipher of the session in which a node sends its log to the other; empty when it goes in clear. */
const streamOf = (source: Host) =>
    source.sql(
        "SELECT s.VARIABLE_VALUE FROM performance_schema.status_by_thread s JOIN performance_schema.threads t USING (THREAD_ID) " +
            "WHERE s.VARIABLE_NAME = 'Ssl_cipher' AND t.PROCESSLIST_COMMAND LIKE 'Binlog Dump%' AND t.PROCESSLIST_USER = 'replicator'",
    );

const channelOf = async (replica: Host) => {
    const fields = ["Source_SSL_Allowed", "Source_SSL_Verify_Server_Cert", "Source_SSL_CA_File", "Replica_IO_Running"];
    return Promise.all(fields.map((field) => replica.replica(field)));
};

const receives = (host: Host) =>
    waitFor(
        `${host.name}'s receiver`,
        30,
        () => host.replica("Replica_IO_Running"),
        (seen) => seen === "Yes",
    );

/** Logs in to `to` from the other host, as a client that has never been there. */
const logIn = (from: Host, to: Host, ...flags: string[]) =>
    from.run(
        `MYSQL_PWD=${password} mysql -h ${to.name}.example.com -u replicator ${flags.join(" ")} -NBe "SHOW STATUS LIKE 'Ssl_cipher'" 2>&1 || true`,
    );

const setTls = async (host: Host, on: boolean) => {
    const file = "/etc/mysql/conf.d/no-tls.cnf";
    await host.run(`${on ? `rm -f ${file}` : `printf '[mysqld]\\ntls_version=\\n' >${file}`}; systemctl restart mysql`);
};

describe("with a CA, and TLS required", () => {
    const [right, wrong] = [makeCa("right"), makeCa("wrong")];
    let stack: Stack;

    beforeAll(async () => {
        stack = await freshStack();
        for (const host of [a, b]) {
            await certify(host, right);
        }
    });

    test("another CA than the servers' is refused before anything has changed", async () => {
        stack.settings.tls = { require: true, caFile: wrong.file };
        const before = [await a.variable("server_id"), await fingerprintOf(b)];
        const { exitCode, text } = await stack.up();
        expect(text).toContain("MM_TLS_CA a: the certificate of a's server is not one that tls.ca and tls.verifyHost");
        expect(text).toContain("certificate verify failed");
        expect(exitCode).not.toBe(0);
        expect(await a.run("ls /etc/mysql/mysql.conf.d")).toBe("mysql.cnf\nmysqld.cnf");
        expect([await a.variable("server_id"), await fingerprintOf(b)]).toEqual(before);
    });

    test("up builds the pair, and both streams are encrypted and verified", async () => {
        stack.settings.tls = { require: true, caFile: right.file, verifyHost: true };
        expect(await stack.mustUp()).not.toContain("MM_LINK_IN_CLEAR");
        for (const [source, replica] of both) {
            expect(await streamOf(source)).toMatch(/^TLS_/);
            const [allowed, verified, file = "", running] = await channelOf(replica);
            expect([allowed, verified, running]).toEqual(["Yes", "Yes", "Yes"]);
            expect(await replica.run(`stat -c '%a %U %G' ${file}; cat ${file}`)).toBe(
                `400 mysql mysql\n${await source.run("cat /var/lib/mysql/ca.pem")}`,
            );
        }
    });

    test("the account is let in over TLS alone, on both nodes", async () => {
        for (const [to, from] of both) {
            expect(await logIn(from, to)).toMatch(/^Ssl_cipher\tTLS_/);
            expect(await logIn(from, to, "--ssl-mode=DISABLED", "--get-server-public-key")).toMatch(/^ERROR 1045 /);
        }
    });

    test("a server that cannot prove its name is not followed any more, and the refusal says why", async () => {
        const { host: _, ...rest } = stack.settings.a as { host: string };
        stack.settings.a = { host: `${(rest as { ssh: { host: string } }).ssh.host}`, ...rest };
        const { text } = await stack.up();
        expect(text).toMatch(/error MM_TLS_CA: the certificate of [\d.]+:3306 is not one/);
        expect(await b.replica("Source_Host")).toBe("a.example.com");
        stack.settings.a = { ...rest, host: "a.example.com" };
        await stack.mustUp();
    });

    test("destroy takes the CA's file along", async () => {
        await stack.mustDestroy();
        for (const host of [a, b]) {
            expect(await host.run("ls /var/lib/mysql | grep master-master || true")).toBe("");
        }
    });
});

describe("where a server has no TLS", () => {
    let stack: Stack;

    beforeAll(async () => {
        stack = await freshStack();
        for (const host of [a, b]) {
            await setTls(host, false);
        }
    });

    test("tls.require refuses before anything has changed", async () => {
        stack.settings.tls = { require: true };
        expect((await stack.up()).text).toContain(
            "MM_TLS_MISSING a: the stack asks for an encrypted link (tls), and a's server offers no TLS",
        );
        expect(await a.run("ls /etc/mysql/mysql.conf.d")).toBe("mysql.cnf\nmysqld.cnf");
        stack.settings.tls = {};
    });

    test("the pair is built with a warning, and logs in with the other's public key also when no login is cached", async () => {
        const text = await stack.mustUp();
        for (const [source, replica] of both) {
            expect(text).toContain(`MM_LINK_IN_CLEAR: ${replica.name}: ${source.name}.example.com offers no TLS`);
        }
        for (const host of [a, b]) {
            await host.run("systemctl restart mysql");
        }
        for (const [source, replica] of both) {
            await replica.sql("STOP REPLICA IO_THREAD; START REPLICA IO_THREAD");
            await receives(replica);
            expect((await channelOf(replica))[0]).toBe("No");
            expect(await streamOf(source)).toBe("");
        }
    });

    test("once they have TLS, a new converge encrypts the link in place", async () => {
        for (const host of [a, b]) {
            await setTls(host, true);
        }
        await a.sql("INSERT INTO important.stuff (details) VALUES ('on the way')");
        stack.settings.converge = "they have TLS now";
        expect(await stack.mustUp()).not.toContain("MM_LINK_IN_CLEAR: a: b.example.com offers");
        for (const [source, replica] of both) {
            await receives(replica);
            expect((await channelOf(replica))[0]).toBe("Yes");
            expect(await streamOf(source)).toMatch(/^TLS_/);
        }
        expect(await b.sql("SELECT COUNT(*) FROM important.stuff WHERE details = 'on the way'")).toBe("1");
    });

    test("it is not taken back silently: only where the stack says so", async () => {
        await setTls(a, false);
        stack.settings.converge = "a has lost it again";
        expect((await stack.up()).text).toContain(
            "error MM_TLS_MISSING: b followed a.example.com:3306 encrypted, and now that server offers no TLS",
        );
        expect((await channelOf(b))[0]).toBe("Yes");
        stack.settings.tls = { require: false };
        expect(await stack.mustUp()).toContain("MM_LINK_IN_CLEAR: b: a.example.com offers no TLS");
        await receives(b);
        expect((await channelOf(b))[0]).toBe("No");
    });
});
