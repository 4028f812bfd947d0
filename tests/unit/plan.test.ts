import { runBash } from "./bash";
import { buildPair, plainArgs, sshOf } from "./pair";

const createOf = async (name: string, args = plainArgs()) => String((await buildPair(args)).get(name).inputs.create);
const run = 'bash -s -- up "$SSH_CONNECTION"';

describe("what a preview says", () => {
    it("of a node: each line of its option file, and when it is restarted", async () => {
        expect(await createOf("pair-b-configure")).toBe(
            [
                "# b.example.com: configure node b: directly under [mysqld] of its option file, in one managed block:",
                "# b.example.com:   log_bin=mysql-bin server_id=20 log_slave_updates=1 relay_log=mysql-relay-bin",
                "# b.example.com:   binlog_format=ROW auto_increment_increment=2 auto_increment_offset=2",
                "# b.example.com:   where the server listens on loopback only: bind_address gets the node's own address too",
                "# b.example.com: restart the server only if a value differs that cannot change while it runs",
                run,
            ].join("\n"),
        );
    });

    it("of the copy: what goes from where to where", async () => {
        expect(await createOf("pair-link-seed-dump")).toBe(
            [
                "# a.example.com: unless b.example.com was seeded by an earlier up:",
                "# a.example.com:   take no writes for some milliseconds, while the dump's snapshot is made",
                "# a.example.com:   mysqldump --single-transaction --all-databases, with coordinates, into /tmp/master_backup.sql (by stream: into the peer's import)",
                "# a.example.com:   count the rows of the same snapshot, and add an inventory",
                "# a.example.com:   send it over SSH to root@b.example.com port 22, straight from host to host",
                "# a.example.com:   keep the file: false",
                "# a.example.com:   by mariabackup: none of this, but stream this server's files there; by clone: but end what that needed here",
                run,
            ].join("\n"),
        );
    });

    it.each([
        [undefined, "choose the fastest method that both servers can do: clone or mariabackup, stream or dump"],
        ["auto", "choose the fastest method that both servers can do: clone or mariabackup, stream or dump"],
        ["dump", "take the method dump, or stop where it cannot be"],
        ["stream", "take the method stream, or stop where it cannot be"],
        ["clone", "take the method clone, or stop where it cannot be"],
        ["mariabackup", "take the method mariabackup, or stop where it cannot be"],
    ])("of the method %s: what is chosen, and what each one needs", async (method, chosen) => {
        const { get } = await buildPair({ ...plainArgs(), seed: { ...(method !== undefined && { method }) } });
        expect(get("pair-link-seed-offer").inputs.create).toBe(
            [
                "# a.example.com: unless b.example.com was seeded by an earlier up:",
                `# a.example.com:   ${chosen}`,
                "# a.example.com:   make what the peer needs for that, removed after it: a throw-away SSH key; for a clone MySQL's plugin, and a right of the account",
                run,
            ].join("\n"),
        );
        expect(get("pair-link-seed-admit").inputs.create).toBe(
            [
                "# b.example.com: unless b.example.com was seeded by an earlier up:",
                "# b.example.com:   by dump, stream or mariabackup: let that key in, to deliver /tmp/master_backup.sql, the import's input or the origin's files, and for nothing else",
                "# b.example.com:   by clone: stop unless this node holds nothing of its own, and nobody else is connected; make it read-only; clone a.example.com:3306 over TLS, which restarts this server",
                run,
            ].join("\n"),
        );
    });

    it("of a copy that locks all tables, where the stack says so", async () => {
        const { get } = await buildPair({ ...plainArgs(), seed: { lockAllTables: true } });
        expect(`${get("pair-link-seed-dump").inputs.create}`.split("\n").slice(1, 3)).toEqual([
            "# a.example.com:   take no writes during the dump, for tables without transactions",
            "# a.example.com:   mysqldump --lock-all-tables --all-databases, with coordinates, into /tmp/master_backup.sql (by stream: into the peer's import)",
        ]);
    });

    it.each([
        [true, {}, true],
        [false, {}, false],
        [true, { lockAllTables: false }, false],
    ])(
        "of a copy where tables without transactions are accepted (%s) and seed is %j",
        async (accepted, seed, locks) => {
            const { get } = await buildPair({ ...plainArgs(), accept: { nonTransactionalTables: accepted }, seed });
            const dump = `${get("pair-link-seed-dump").inputs.create}`;
            expect([
                dump.includes("mysqldump --lock-all-tables "),
                dump.includes("mysqldump --single-transaction "),
            ]).toEqual([locks, !locks]);
        },
    );

    it("of a direction: who follows whom, and that only the way back has a gate", async () => {
        const follow = (source: string) =>
            `follow ${source}:3306 as replicator: by GTID where both servers have it on, else from its coordinates at the seed`;
        expect(await createOf("pair-link-attach-b")).toBe(
            [
                `# b.example.com: ${follow("a.example.com")}`,
                "# b.example.com:   leave a link alone that is already so",
                run,
            ].join("\n"),
        );
        expect((await createOf("pair-link-attach-a")).split("\n").slice(0, 2)).toEqual([
            "# a.example.com: stop unless the log of b.example.com:3306 holds nothing but what came from here",
            `# a.example.com: ${follow("b.example.com")}`,
        ]);
    });

    it.each([
        [
            "pair-link-attach-a",
            ["a.example.com: apply what b.example.com:3306 has written, stop following it, and forget it"],
        ],
        ["pair-link-seed-load", ["b.example.com: leave all data, and a note whose data it is"]],
        ["pair-replicator-login", ["b.example.com: drop the account replicator here, too"]],
        ["pair-replicator-account", ["a.example.com: drop the account replicator"]],
        [
            "pair-b-configure",
            ["b.example.com: take the managed block out of the option file; the server keeps running as it is"],
        ],
        [
            "pair-lock-b",
            [
                "b.example.com: undo what a run that was killed has left",
                "b.example.com: lift the fence to what it was before the first up",
                "b.example.com: give the host back",
            ],
        ],
    ])("of the delete of %s: what destroy does there", async (name, lines) => {
        expect((await buildPair(plainArgs())).get(name).inputs.delete).toBe(
            [...lines.map((line) => `# ${line}`), 'bash -s -- down "$SSH_CONNECTION"'].join("\n"),
        );
    });

    it("of the account's delete: the same, where @pulumi/mysql has made it", async () => {
        const args = plainArgs();
        args.a.mysql = { admin: { user: "pulumi", password: "SECRETadmin" } };
        expect((await buildPair(args)).get("pair-replicator-account").inputs.delete).toBe(
            '# a.example.com: drop the account replicator\nbash -s -- down "$SSH_CONNECTION"',
        );
    });
});

describe("a setting with a newline", () => {
    /** What bash runs of a command's text: the words of each command that is not a comment. */
    const runs = (text: string) => {
        const traced = runBash(`bash() { echo "runs $*"; }\n${text}`);
        return traced.stdout.toString().trimEnd().split("\n");
    };

    it("cannot leave the comment of the plan", async () => {
        const args = plainArgs();
        args.account = { name: "x\necho escaped", password: "password1" };
        args.a.mysql = { optionFile: "/x\r\necho escaped\n", options: { y: "1\necho escaped" } };
        for (const { inputs } of (await buildPair(args)).commands) {
            expect(runs(String(inputs.create))).toEqual(["runs -s -- up"]);
        }
    });

    it("as a host cannot leave it either", async () => {
        const args = plainArgs();
        args.a = { host: "a\necho escaped", ssh: sshOf("10.0.0.1") };
        expect(runs(await createOf("pair-a-configure", args))).toEqual(["runs -s -- up"]);
    });

    it("would be seen by this test if it did", () => {
        expect(runs(`# said\necho escaped\n${run}`)).toEqual(["escaped", "runs -s -- up"]);
    });
});
