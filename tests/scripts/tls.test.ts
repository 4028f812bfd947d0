import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { changes, cleanUpHosts, makeHost } from "./fakeHost";
import { refused } from "./fakeServer";

cleanUpHosts();

const attach = "attach-replica.sh";
const up = { SOURCE_FILE: "x", SOURCE_POSITION: 4, GATE: "no", RETRY_SECONDS: "", RETRY_COUNT: "" };
const ca = "-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----";
const caName = `mysql-master-master-ca-${createHash("sha256").update(ca).digest("hex").slice(0, 12)}.pem`;
const clear = { on: "SHOW SESSION STATUS LIKE 'Ssl_cipher'", answer: { stdout: "Ssl_cipher\t" } };
const login = "SOURCE_PASSWORD = 'SECRETaccount'";
const noTls = refused(2026, "SSL connection error: SSL is required but the server doesn't support it");
const noTrust = refused(2026, "SSL connection error: error:0A000086:SSL routines::certificate verify failed");
const optionsOf = (host: ReturnType<typeof makeHost>) =>
    new Set(host.calls.filter(({ options }) => options.includes("host=")).map(({ options }) => options));

describe("a link", () => {
    it("is verified with the stack's CA, which the server alone can read", async () => {
        const host = makeHost();
        host.write("/var/lib/mysql/ibdata1", "");
        const run = await host.run(attach, { ...up, TLS_CA: ca, TLS_VERIFY_HOST: "true" });
        const path = host.path(`/var/lib/mysql/${caName}`);
        expect(changes(run.statements)[2]).toMatch(
            new RegExp(`SOURCE_SSL = 1, SOURCE_SSL_CA = '${path}', SOURCE_SSL_VERIFY_SERVER_CERT = 1, GET_SOURCE`),
        );
        expect(host.read(`/var/lib/mysql/${caName}`)).toBe(`${ca}\n`);
        expect(statSync(path).mode & 0o777).toBe(0o400);
        expect([...optionsOf(host)].join()).toMatch(/ssl-ca="[^"]+\/ca\.pem"\nssl-mode="VERIFY_IDENTITY"/);
        expect(run.exitCode).toBe(0);
    });

    it("with a CA is left alone by the second run; another CA, and none, move it in place and leave no file behind", async () => {
        const host = makeHost();
        host.write("/var/lib/mysql/ibdata1", "");
        await host.run(attach, { ...up, TLS_CA: ca });
        expect(changes((await host.run(attach, { ...up, TLS_CA: ca })).statements)).toEqual([]);
        const other = ca.replace("QUJD", "REVG");
        const run = await host.run(attach, { ...up, TLS_CA: other });
        const path = /SOURCE_SSL_CA = '([^']+)'/.exec(run.statements.join())?.[1] ?? "";
        expect(changes(run.statements)).toEqual([
            "STOP REPLICA IO_THREAD",
            `CHANGE REPLICATION SOURCE TO ${login}, SOURCE_SSL = 1, SOURCE_SSL_CA = '${path}', SOURCE_SSL_VERIFY_SERVER_CERT = 0`,
            "START REPLICA",
        ]);
        expect(host.read(`/var/lib/mysql/${caName}`)).toBeUndefined();
        expect(path.replace(host.root, "")).toMatch(/^\/var\/lib\/mysql\/mysql-master-master-ca-[0-9a-f]{12}\.pem$/);
        const none = await host.run(attach, up);
        expect(changes(none.statements)[1]).toBe(
            `CHANGE REPLICATION SOURCE TO ${login}, SOURCE_SSL = 1, SOURCE_SSL_CA = '', SOURCE_SSL_VERIFY_SERVER_CERT = 0`,
        );
        expect(host.read(path.replace(host.root, ""))).toBeUndefined();
    });

    it("takes its CA's file along at destroy", async () => {
        const host = makeHost();
        host.write("/var/lib/mysql/ibdata1", "");
        await host.run(attach, { ...up, TLS_CA: ca });
        await host.run(attach, { ...up, TLS_CA: ca }, "down");
        expect(host.read(`/var/lib/mysql/${caName}`)).toBeUndefined();
        expect(host.read("/var/lib/mysql/ibdata1")).toBe("");
    });

    it("in clear is encrypted in place once the source has TLS, and its coordinates stay", async () => {
        const host = makeHost();
        host.peer.rules.push(clear);
        await host.run(attach, up);
        host.peer.rules.pop();
        const run = await host.run(attach, up);
        expect(changes(run.statements)).toEqual([
            "STOP REPLICA IO_THREAD",
            `CHANGE REPLICATION SOURCE TO ${login}, SOURCE_SSL = 1`,
            "START REPLICA",
        ]);
        expect(run.exitCode).toBe(0);
    });

    it("that was encrypted is not given up when the source offers no TLS any more, unless the stack says so", async () => {
        const host = makeHost();
        await host.run(attach, up);
        host.peer.rules.push(clear);
        const run = await host.run(attach, up);
        expect(changes(run.statements)).toEqual([]);
        expect(run).toMatchObject({
            exitCode: 1,
            stderr:
                "error MM_TLS_MISSING: b followed a.example.com:3306 encrypted, and now that server offers no TLS. Nothing was changed\n" +
                "  next: give it its TLS back (tls_version, ssl_cert and ssl_key there), or set tls.require to false where rows may travel in clear; then run up again\n",
        });
        const allowed = await host.run(attach, { ...up, TLS_REQUIRE: "false" });
        expect(changes(allowed.statements)[1]).toBe(`CHANGE REPLICATION SOURCE TO ${login}, SOURCE_SSL = 0`);
        expect(allowed.stderr).toContain("warning MM_LINK_IN_CLEAR: b: ");
    });

    it("is never made in clear because a question stayed without an answer", async () => {
        const host = makeHost();
        host.peer.rules.push({ on: clear.on, answer: refused(2013, "Lost connection") });
        const run = await host.run(attach, up);
        expect(changes(run.statements)).toEqual([]);
        expect(run.stderr).toContain("error MM_PEER_UNREADABLE: ");
    });

    it.each([
        ["MM_TLS_MISSING", noTls, { TLS_REQUIRE: "true" }],
        ["MM_TLS_CA", noTrust, { TLS_CA: ca }],
    ])("stops at once with %s when the source is not as it must be", async (code, answer, tls) => {
        const host = makeHost();
        host.peer.rules.push({ on: "SELECT 1", answer });
        const run = await host.run(attach, { ...up, ...tls });
        expect(run.exitCode).toBe(1);
        expect(run.stderr).toContain(`error ${code}: `);
        expect(run.stderr).toContain(`  server: ${answer.stderr?.trim()}`);
        expect(changes(run.statements)).toEqual([]);
        expect(run.peer).toEqual(["SELECT 1"]);
    });

    it("goes without a word about TLS where the stack says nothing", async () => {
        const host = makeHost();
        await host.run(attach, up);
        expect([...optionsOf(host)].join()).not.toContain("ssl");
    });
});

describe("the account", () => {
    const script = "make-account.sh";
    const given = { MADE_ELSEWHERE: "no" };
    const who = "'replicator'@'%'";

    it("is made for TLS alone, if the stack says so", async () => {
        const host = makeHost();
        const run = await host.run(script, { ...given, TLS_REQUIRE: "true" });
        expect(changes(run.statements)[0]).toBe(`CREATE USER ${who} IDENTIFIED BY 'SECRETaccount' REQUIRE SSL`);
    });

    it.each([
        ["true", "", `ALTER USER ${who} REQUIRE SSL`],
        ["true", "ANY", undefined],
        ["false", "ANY", `ALTER USER ${who} REQUIRE NONE`],
        ["false", "", undefined],
        ["", "ANY", undefined],
        ["", "", undefined],
    ])("with tls.require %p, and %p asked of it now, gets %p", async (wanted, now, statement) => {
        const host = makeHost();
        await host.run(script, given);
        host.local.sslType = now;
        const run = await host.run(script, { ...given, TLS_REQUIRE: wanted });
        expect(changes(run.statements)).toEqual(statement === undefined ? [] : [statement]);
        expect(run.exitCode).toBe(0);
    });
});

describe("a node's own server", () => {
    it.each([
        ["MM_TLS_MISSING", noTls, { TLS_REQUIRE: "true" }, ["--ssl-mode=REQUIRED"]],
        ["MM_TLS_CA", noTrust, { TLS_CA: ca }, ["--ssl-mode=VERIFY_CA", "--ssl-ca="]],
    ])("is refused with %s before its option file is touched", async (code, answer, tls, words) => {
        const host = makeHost();
        host.local.rules.push({ on: "SELECT 1", answer });
        const node = {
            ...{ SERVER_ID: 20, LOG_BIN: "x", RELAY_LOG: "y", BIND_ADDRESS: "keep", HOST: "b", SERVICE: "mysql" },
            ...{ START_TIMEOUT_SECONDS: 5, SETTINGS: "" },
        };
        const run = await host.run("configure-node.sh", { ...node, ...tls });
        expect(run.exitCode).toBe(1);
        expect(run.stderr).toMatch(new RegExp(`^error ${code}: .*b's server`));
        expect(host.read("/etc/my.cnf")).toBe("[mysqld]\n");
        const asked = host.calls.filter(({ argv }) => argv.some((word) => word.startsWith("--ssl")));
        expect(asked.map(({ argv }) => argv.filter((word) => word.startsWith("--ssl")))).toEqual([
            words.map((word) => expect.stringContaining(word)),
        ]);
    });

    it("is refused where its client cannot prove that a connection is encrypted, and not asked", async () => {
        const host = makeHost({}, {}, "5.6.14");
        host.clientHelp = "  --ssl               Enable SSL for connection.\n";
        const node = { SERVER_ID: 20, LOG_BIN: "x", RELAY_LOG: "y", BIND_ADDRESS: "keep", HOST: "b", SETTINGS: "" };
        const run = await host.run("configure-node.sh", { ...node, TLS_REQUIRE: "true" });
        expect([run.exitCode, host.read("/etc/my.cnf")]).toEqual([1, "[mysqld]\n"]);
        expect(run.stderr).toBe(
            "error MM_TLS_MISSING: the stack asks for an encrypted link (tls), and the client of b's series (5.6.14) has no --ssl-mode, without which nothing is proven\n" +
                "  next: take tls out of the stack: then the link is encrypted where both servers can; or use MySQL 5.7 or later; then run up again\n",
        );
    });
});
