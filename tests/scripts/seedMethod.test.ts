import { execFileSync } from "node:child_process";
import { changes, cleanUpHosts, type FakeHost, makeHost } from "./fakeHost";
import { processList, refused } from "./fakeServer";

cleanUpHosts();

const script = "seed-offer.sh";
const machine = execFileSync("uname", ["-m"], { encoding: "utf8" }).trim();
const facts = {
    server: "MySQL/9.7.4",
    zstd: "no",
    clone: "yes",
    machine,
    page: "16384",
    names: "0",
    system: "ibdata1:12M:autoextend",
    packet: "67108864",
    plugins: "audit,validate",
};
const factsOf = (changed: Partial<typeof facts> = {}) =>
    Object.entries({ ...facts, ...changed })
        .map(([key, value]) => `${key}=${value}`)
        .join(" ");
const parameters = {
    NODE: "a",
    SEED: "wanted",
    METHOD: "auto",
    COMPRESS: false,
    PEER_FACTS: factsOf(),
    KEEP_BACKUP: false,
    LOCK_ALL_TABLES: false,
    BACKUP_FILE: "/none",
    PEER_UUID: "uuid-b",
    OWN_HOST: "a.example.com",
    PEER_HOST: "b.example.com",
};
const grant = ["SET SESSION sql_log_bin = 0", "GRANT BACKUP_ADMIN ON *.* TO 'replicator'@'%'"];
const install = "INSTALL PLUGIN clone SONAME 'mysql_clone.so'";
const revoke = ["SET SESSION sql_log_bin = 0", "REVOKE BACKUP_ADMIN ON *.* FROM 'replicator'@'%'"];
const uninstall = "UNINSTALL PLUGIN clone";

/** Node a, which can do all methods. */
function ready(version = "9.7.4"): FakeHost {
    const host = makeHost({}, {}, version);
    host.local.variables.set("plugin_dir", host.path("/plugins/"));
    host.write("/plugins/mysql_clone.so", "");
    host.local.plugins.add("audit").add("validate");
    host.local.accounts.set("replicator@%", "x");
    return host;
}
const hasKey = (host: FakeHost) =>
    [host.memory("copy-key"), host.memory("copy-key.pub")].map((key) => key !== undefined);
/** What seed-offer.sh leaves behind of any kind. */
const tracesOf = (host: FakeHost) => [...hasKey(host), host.memory("donor"), host.local.plugins.has("clone")];
const methodOf = (stdout: string) => /^offer method=(\w+) /.exec(stdout)?.[1];

describe("seed.method auto", () => {
    it("takes a clone where both servers know it, and makes what that needs, unlogged; a second time the same", async () => {
        const host = ready();
        const run = await host.run(script, parameters);
        expect(run).toMatchObject({
            exitCode: 0,
            stdout: expect.stringMatching(/^offer method=clone plugin=ours names=[0-9a-f]{16}\n$/),
            stderr: "a: seed.method auto takes clone, the fastest that both can do\n",
        });
        expect(changes(run.statements).slice(0, 3)).toEqual([...grant, install]);
        expect(tracesOf(host)).toEqual([false, false, "plugin=ours\n", true]);
        const again = await host.run(script, parameters);
        expect([again.exitCode, again.stdout, host.memory("donor")]).toEqual([0, run.stdout, "plugin=ours\n"]);
        expect(again.statements).not.toContain(install);
    });

    it("knows a clone plugin that was there before for the user's own", async () => {
        const host = ready();
        host.local.plugins.add("clone");
        const run = await host.run(script, parameters);
        expect(run.stdout).toMatch(/^offer method=clone plugin=theirs names=/);
        expect([host.memory("donor"), run.statements.includes(install)]).toEqual(["plugin=theirs\n", false]);
    });

    it.each([
        ["8.0.27", "clone"],
        // a clone would hold the origin's DDL up
        ["8.0.26", "stream"],
        ["5.7.22", "stream"],
    ])("of a series before MySQL 8.0.27 asks for no clone, and warns of none: %s takes %s", async (version, method) => {
        const host = ready(version);
        const run = await host.run(script, { ...parameters, PEER_FACTS: factsOf({ server: `MySQL/${version}` }) });
        expect([run.exitCode, methodOf(run.stdout), run.stderr]).toEqual([
            0,
            method,
            `a: seed.method auto takes ${method}, the fastest that both can do\n`,
        ]);
    });

    it.each([
        [{ KEEP_BACKUP: true }, "seed.keepBackup asks for the file"],
        [
            { LOCK_ALL_TABLES: true },
            "with accept.nonTransactionalTables a takes no writes during the dump, and would take none during the import",
        ],
    ])("takes a dump where the stack asks for it, which is no warning: %j", async (asked, why) => {
        const host = ready();
        const run = await host.run(script, { ...parameters, ...asked });
        expect([run.exitCode, methodOf(run.stdout), run.stderr, changes(run.statements)]).toEqual([
            0,
            "dump",
            `a: seed.method auto takes dump; not clone: ${why}; not stream: ${why}\n`,
            [],
        ]);
    });

    it("falls back where the server refuses what a clone needs: it is closed again, and the server's words are said", async () => {
        const host = ready();
        host.local.rules.push({ on: install, answer: refused(1290, "running with --skip-x") });
        const run = await host.run(script, parameters);
        expect([run.exitCode, methodOf(run.stdout), run.stderr]).toEqual([
            0,
            "stream",
            "warning MM_SEED_SLOWER: a: seed.method auto takes stream; not clone: its server refuses what that needs " +
                "(ERROR 1290 (HY000) at line 1: running with --skip-x )\n",
        ]);
        expect(changes(run.statements)).toEqual([...grant, install, ...revoke]);
        expect(tracesOf(host)).toEqual([true, true, undefined, false]);
    });
});

describe("seed.compress", () => {
    it.each(["stream", "dump", "clone"])("has what goes by %s compressed", async (METHOD) => {
        const host = ready();
        host.addZstd();
        const run = await host.run(script, {
            ...parameters,
            METHOD,
            COMPRESS: true,
            PEER_FACTS: factsOf({ zstd: "yes" }),
        });
        expect([run.exitCode, run.stderr]).toEqual([0, "a: what is sent goes compressed\n"]);
        expect(run.stdout).toMatch(new RegExp(`^offer method=${METHOD} .* packed=yes\n$`));
    });

    it("is said to be in vain where the peer has no zstd; a clone needs none", async () => {
        const host = ready();
        host.addZstd();
        const asked = { ...parameters, COMPRESS: true, PEER_FACTS: factsOf({ zstd: "no" }) };
        const run = await host.run(script, { ...asked, METHOD: "stream" });
        expect([run.exitCode, run.stdout.includes("packed"), run.stderr]).toEqual([
            0,
            false,
            "warning MM_SEED_SLOWER: a: what is sent is not compressed, as seed.compress asks for: the peer has no zstd\n",
        ]);
        expect((await host.run(script, { ...asked, METHOD: "clone" })).stdout).toMatch(/ packed=yes\n$/);
    });
});

/** Why a clone cannot be: what is so of a (or of the step's parameters), and the words. */
const obstacles: [string, (host: FakeHost) => object, string][] = [
    [
        "another server's version",
        () => ({ PEER_FACTS: factsOf({ server: "MySQL/9.7.3" }) }),
        "its server is MySQL/9.7.4, the peer's is MySQL/9.7.3",
    ],
    [
        "another machine",
        () => ({ PEER_FACTS: factsOf({ machine: "s390x" }) }),
        `its machine is ${machine}, the peer's is s390x`,
    ],
    [
        "another page size",
        () => ({ PEER_FACTS: factsOf({ page: "4096" }) }),
        "its innodb_page_size is 16384, the peer's is 4096",
    ],
    [
        "other letters in names",
        () => ({ PEER_FACTS: factsOf({ names: "1" }) }),
        "its lower_case_table_names is 0, the peer's is 1",
    ],
    [
        "another system tablespace",
        () => ({ PEER_FACTS: factsOf({ system: "ibdata1:1G" }) }),
        "its innodb_data_file_path is ibdata1:12M:autoextend, the peer's is ibdata1:1G",
    ],
    [
        "packets that are too small",
        (host) => {
            host.local.variables.set("max_allowed_packet", "1048576");
            return {};
        },
        "its max_allowed_packet is 1048576, and a clone needs 2097152 (2 MB)",
    ],
    [
        "packets that are too small on the peer",
        () => ({ PEER_FACTS: factsOf({ packet: "2096128" }) }),
        "the peer's max_allowed_packet is 2096128, and a clone needs 2097152 (2 MB)",
    ],
    [
        "plugins that the peer has not",
        (host) => {
            host.local.plugins.add("rocks");
            return { PEER_FACTS: factsOf({ plugins: "audit" }) };
        },
        "the peer has not its plugins rocks, validate",
    ],
    [
        "no clone plugin here",
        (host) => {
            host.local.variables.set("plugin_dir", "/nowhere/");
            return {};
        },
        "there is no clone plugin among the server's files",
    ],
    [
        "none on the peer",
        () => ({ PEER_FACTS: factsOf({ clone: "there~is~no~clone~plugin~among~the~server's~files" }) }),
        "on the peer there is no clone plugin among the server's files",
    ],
    [
        "a peer of which nothing is known",
        () => ({ PEER_FACTS: "" }),
        "on the peer nothing is known of the clone plugin",
    ],
    [
        "tables of other engines",
        (host) => {
            host.local.rules.push({ on: /engine NOT IN \('InnoDB'/, answer: { stdout: "shop.log MyISAM" } });
            return {};
        },
        "a clone does not carry what is not in InnoDB's own tablespaces (shop.log MyISAM)",
    ],
    [
        "general tablespaces",
        (host) => {
            host.local.rules.push({ on: /space_type = 'General'/, answer: { stdout: "fast" } });
            return {};
        },
        "a clone does not carry what is not in InnoDB's own tablespaces (fast)",
    ],
    [
        "encrypted tablespaces",
        (host) => {
            host.local.rules.push({
                on: /innodb_tablespaces WHERE encryption = 'Y'/,
                answer: { stdout: "shop/cards" },
            });
            return {};
        },
        "it has encrypted tablespaces (shop/cards), of which the peer has not the key",
    ],
    [
        "tables elsewhere",
        (host) => {
            host.local.rules.push({
                on: "SELECT path FROM information_schema.innodb_datafiles WHERE path LIKE '/%'",
                answer: { stdout: "/fast/shop/x.ibd" },
            });
            return {};
        },
        "it has tables outside its data directory (/fast/shop/x.ibd)",
    ],
    [
        "a name to be proven",
        () => ({ TLS_VERIFY_HOST: true }),
        "a clone proves the certificate, and not the name in it (tls.verifyHost)",
    ],
    ["an address of IPv6 for this node", () => ({ OWN_HOST: "fd00::1" }), "a clone takes no IPv6 address"],
    [
        "a login that may not",
        (host) => {
            host.local.loginGrants = "GRANT SELECT, DELETE, BACKUP_ADMIN, SUPER ON *.* TO `pulumi`@`localhost`";
            return {};
        },
        "the login lacks CLONE_ADMIN",
    ],
    [
        "no TLS",
        (host) => {
            host.local.rules.push({ on: /Ssl_server_not_after/, answer: {} });
            return {};
        },
        "its server offers no TLS, and a clone goes by nothing else",
    ],
    [
        "several things, all named",
        (host) => {
            host.local.rules.push({ on: /space_type = 'General'/, answer: { stdout: "fast" } });
            return { TLS_VERIFY_HOST: true, PEER_FACTS: factsOf({ page: "4096", names: "1", plugins: "audit" }) };
        },
        "its innodb_page_size is 16384, the peer's is 4096; and its lower_case_table_names is 0, the peer's is 1; and " +
            "the peer has not its plugins validate; and a clone does not carry what is not in InnoDB's own tablespaces (fast); and " +
            "a clone proves the certificate, and not the name in it (tls.verifyHost)",
    ],
    ["a file to be kept", () => ({ KEEP_BACKUP: true }), "seed.keepBackup asks for the file"],
    [
        "tables to be locked",
        () => ({ LOCK_ALL_TABLES: true }),
        "with accept.nonTransactionalTables a takes no writes during the dump, and would take none during the import",
    ],
    [
        "a server that refuses it",
        (host) => {
            host.local.rules.push({ on: /^GRANT BACKUP_ADMIN/, answer: refused(1227, "Access denied") });
            return {};
        },
        "its server refuses what that needs (ERROR 1227 (HY000) at line 1: Access denied )",
    ],
];

describe("what keeps a from being cloned,", () => {
    it.each(obstacles)(
        "%s, refuses a clone that is set: nothing is changed, and no offer is made",
        async (_, make, why) => {
            const host = ready();
            const run = await host.run(script, { ...parameters, METHOD: "clone", ...make(host) });
            expect(run).toMatchObject({
                exitCode: 1,
                stdout: "",
                stderr:
                    `error MM_SEED_METHOD: seed.method is clone, and that cannot be done from a: ${why}. No seed was begun\n` +
                    "  next: mend that (what was mended on the peer is seen after pulumi config set mysql-master-master:converge with a new text), or set seed.method to auto or dump; then run up again\n",
            });
            // of a right that was refused there is nothing to take back
            expect(changes(run.statements).filter((text) => !grant.includes(text))).toEqual([]);
            expect(tracesOf(host)).toEqual([false, false, undefined, false]);
        },
    );

    it.each(obstacles.filter(([, , why]) => !/keepBackup|nonTransactional/.test(why)))(
        "%s, lets auto take a stream, with a warning",
        async (_, make, why) => {
            const host = ready();
            const run = await host.run(script, { ...parameters, ...make(host) });
            expect([run.exitCode, methodOf(run.stdout), run.stderr]).toEqual([
                0,
                "stream",
                `warning MM_SEED_SLOWER: a: seed.method auto takes stream; not clone: ${why}\n`,
            ]);
            expect(tracesOf(host)).toEqual([true, true, undefined, false]);
        },
    );

    it("is none of a clone that is set on 8.0.17, which auto does not take", async () => {
        const host = ready("8.0.17");
        const run = await host.run(script, {
            ...parameters,
            METHOD: "clone",
            PEER_FACTS: factsOf({ server: "MySQL/8.0.17" }),
        });
        expect([run.exitCode, methodOf(run.stdout), run.stderr]).toEqual([0, "clone", ""]);
    });

    it("is a series without the plugin", async () => {
        const host = ready("8.0.16");
        const run = await host.run(script, { ...parameters, METHOD: "clone" });
        expect([run.exitCode, run.stderr.split("\n")[0]]).toEqual([
            1,
            "error MM_SEED_METHOD: seed.method is clone, and that cannot be done from a: this series has no clone plugin. No seed was begun",
        ]);
    });
});

describe("a method that is set", () => {
    it.each(["dump", "stream"])("is taken, without a word: %s", async (METHOD) => {
        const host = ready();
        const run = await host.run(script, { ...parameters, METHOD });
        expect([run.exitCode, methodOf(run.stdout), run.stderr, changes(run.statements)]).toEqual([0, METHOD, "", []]);
        expect(tracesOf(host)).toEqual([true, true, undefined, false]);
    });
});

it("a clone that is set, and whose plugin the server refuses, takes back the right that it was given", async () => {
    const host = ready();
    host.local.rules.push({ on: install, answer: refused(1290, "running with --skip-x") });
    const run = await host.run(script, { ...parameters, METHOD: "clone" });
    expect([run.exitCode, changes(run.statements)]).toEqual([1, [...grant, install, ...revoke]]);
    expect(tracesOf(host)).toEqual([false, false, undefined, false]);
});

it("a key that was offered before goes when a clone is taken", async () => {
    const host = ready();
    await host.run(script, { ...parameters, METHOD: "stream" });
    expect(hasKey(host)).toEqual([true, true]);
    await host.run(script, parameters);
    expect(hasKey(host)).toEqual([false, false]);
});

describe("what a was given for a clone goes", () => {
    /** Node a, of which a clone has been offered. */
    async function offered(theirs = false): Promise<FakeHost> {
        const host = ready();
        if (theirs) {
            host.local.plugins.add("clone");
        }
        expect((await host.run(script, parameters)).exitCode).toBe(0);
        return host;
    }

    it.each([
        ["at destroy", {}, "down"],
        ["when another method is taken", { METHOD: "dump" }, "up"],
        ["when the seed is done", { SEED: "done" }, "up"],
    ])("%s, and a second time there is nothing to do", async (_, answer, verb) => {
        const host = await offered();
        const run = await host.run(script, { ...parameters, ...answer }, verb);
        expect([run.exitCode, changes(run.statements)]).toEqual([0, [...revoke, uninstall]]);
        expect([host.memory("donor"), host.local.plugins.has("clone"), host.local.grants.includes("BACKUP")]).toEqual([
            undefined,
            false,
            false,
        ]);
        const again = await host.run(script, { ...parameters, ...answer }, verb);
        expect([again.exitCode, changes(again.statements)]).toEqual([0, []]);
    });

    it("but for the plugin that was there before", async () => {
        const host = await offered(true);
        const run = await host.run(script, parameters, "down");
        expect([run.exitCode, changes(run.statements), host.local.plugins.has("clone")]).toEqual([0, revoke, true]);
    });

    /** Connections by which the account, and somebody else, clone this node; a killed one is gone, unless it stays. */
    function clonedBy(host: FakeHost, stays = false): void {
        const others: Parameters<typeof processList> = [
            [31, "replicator", "10.0.0.2:4711", "clone", 9, "NULL"],
            [32, "replicator", "10.0.0.2:4712", "clone", 9, "NULL"],
            [33, "backup", "10.0.0.7:4713", "clone", 9, "NULL"],
            [34, "replicator", "10.0.0.2:4714", "Sleep", 9, "NULL"],
        ];
        const killed = () => (stays ? [] : host.local.statements.map((text) => Number(/^KILL (\d+)$/.exec(text)?.[1])));
        host.local.rules.push({
            on: "SHOW PROCESSLIST",
            answer: () => ({ stdout: processList(...others.filter(([id]) => !killed().includes(id))) }),
        });
    }

    it.each([
        ["at destroy", {}, "down"],
        ["when another method is taken", { METHOD: "dump" }, "up"],
    ])(
        "%s, and before it the peer's connections that clone still: the plugin would stay for them",
        async (_, answer, verb) => {
            const host = await offered();
            clonedBy(host);
            const run = await host.run(script, { ...parameters, ...answer }, verb);
            expect([run.exitCode, changes(run.statements), host.memory("donor")]).toEqual([
                0,
                [...revoke, "KILL 31", "KILL 32", uninstall],
                undefined,
            ]);
            expect(run.stderr).toContain("a: ends a clone of a that a run which was killed has left\n");
        },
    );

    it("not where such a connection stays: it says so, and is noted still", async () => {
        const host = await offered();
        clonedBy(host, true);
        const run = await host.run(script, parameters, "down");
        expect([run.exitCode, run.statements.includes(uninstall), host.memory("donor")]).toEqual([
            1,
            false,
            "plugin=ours\n",
        ]);
        expect(run.stderr).toContain(
            "error MM_SEED_CLONE: a is still being cloned as 'replicator'@'%', though the right to that is taken away\n",
        );
    });

    it("but for the plugin that its option files have made permanent since, of which the row alone goes", async () => {
        const host = await offered();
        host.local.isClonePermanent = true;
        const run = await host.run(script, parameters, "down");
        expect([run.exitCode, changes(run.statements), host.local.plugins.has("clone"), host.memory("donor")]).toEqual([
            0,
            [...revoke, "SET SESSION sql_log_bin = 0", "DELETE FROM mysql.plugin WHERE name = 'clone'"],
            true,
            undefined,
        ]);
    });

    it("by seed-dump.sh, too, where it was offered anew and is not wanted any more", async () => {
        const host = await offered();
        const dump = { ...parameters, ADMIT: "admit no", OFFER: "offer method=clone plugin=ours names=x" };
        const run = await host.run("seed-dump.sh", dump);
        expect([run.stdout, changes(run.statements), host.memory("donor")]).toEqual([
            "dump none\n",
            [...revoke, uninstall],
            undefined,
        ]);
    });

    it("on a node that is closed, too, which it is again afterwards", async () => {
        const host = await offered();
        host.local.variables.set("read_only", "1").set("super_read_only", "1");
        const run = await host.run(script, parameters, "down");
        expect([run.exitCode, changes(run.statements)]).toEqual([
            0,
            [
                "SET GLOBAL super_read_only = 0, GLOBAL read_only = 1",
                ...revoke,
                uninstall,
                "SET GLOBAL super_read_only = 1",
            ],
        ]);
    });

    it("though the account is gone already", async () => {
        const host = await offered();
        host.local.accounts.clear();
        const run = await host.run(script, parameters, "down");
        expect([run.exitCode, changes(run.statements), host.memory("donor")]).toEqual([0, [uninstall], undefined]);
    });
});
