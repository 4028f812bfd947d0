import { buildPair, plainArgs, scriptIn } from "./pair";

/** A parameter of a step, as its script gets it. */
function parameter(stdin: unknown, name: string): string | undefined {
    return new RegExp(`^${name}='([^']*)'$`, "m").exec(scriptIn(stdin))?.[1];
}

describe("the roles", () => {
    it.each([
        ["a", ["pair-role-b", "passive", "active"], ["pair-role-a", "active", "passive"]],
        ["b", ["pair-role-a", "passive", "active"], ["pair-role-b", "active", "passive"]],
        ["both", ["pair-role-b", "active", "active"], ["pair-role-a", "active", "active"]],
    ])("for active: %s are set one after the other, %s before %s", async (active, first, second) => {
        const { get, outputs } = await buildPair({ ...plainArgs(), active });
        for (const [name = "", role, peer] of [first, second]) {
            const { stdin } = get(name).inputs;
            expect([name, parameter(stdin, "ROLE"), parameter(stdin, "PEER_ROLE")]).toEqual([name, role, peer]);
        }
        expect(get(second[0] ?? "").after).toContain(first[0]);
        expect(get(first[0] ?? "").after).not.toContain(second[0]);
        expect(get(first[0] ?? "").after).toContain("pair-link-rows-b");
        expect(outputs.active).toBe(active);
    });

    it.each([
        ["a", ["pair-role-a"]],
        ["b", ["pair-role-b"]],
        ["both", ["pair-role-a"]],
    ])(
        "for active: %s let scheduled events run on one node, which hears what the other has given up",
        async (active, runs) => {
            const { get } = await buildPair({ ...plainArgs(), active });
            const both = ["pair-role-a", "pair-role-b"];
            const given = (name: string, value: string) => parameter(get(name).inputs.stdin, value);
            expect(both.filter((name) => given(name, "EVENTS") === "yes")).toEqual(runs);
            for (const name of both) {
                const other = both.find((each) => each !== name);
                expect(given(name, "PEER_EVENTS")).toBe(runs.includes(name) ? `did ${other}` : "");
            }
        },
    );

    it("for active: both come with a warning, for one node with none", async () => {
        expect((await buildPair({ ...plainArgs(), active: "both" })).warnings).toEqual([
            "active: both lets two masters take writes at once; replication is asynchronous, so they can diverge silently. Keep one read-only until it is needed. Scheduled events run on a only",
        ]);
        expect((await buildPair({ ...plainArgs(), active: "b" })).warnings).toEqual([]);
    });

    it("have a UUID that is another for other roles, and the same else: setting back what was cut is a change", async () => {
        const keepersOf = async (roles: { active?: string; gone?: string }, converge = "") => {
            const { get } = await buildPair({ ...plainArgs(), ...roles, converge });
            for (const name of ["pair-role-a", "pair-role-b"]) {
                expect(get(name).after).toContain("pair-roles");
                expect(parameter(get(name).inputs.stdin, "AFTER")).toMatch(/^uuid-of-pair-roles /);
            }
            return get("pair-roles").inputs;
        };
        expect([
            await keepersOf({}),
            await keepersOf({ active: "a" }, "look again"),
            await keepersOf({ active: "both" }),
            await keepersOf({ active: "b" }),
            await keepersOf({ active: "b", gone: "a" }),
            await keepersOf({ gone: "b" }),
        ]).toEqual(
            [
                { active: "a", gone: "" },
                { active: "a", gone: "" },
                { active: "both", gone: "" },
                { active: "b", gone: "" },
                { active: "b", gone: "a" },
                { active: "a", gone: "b" },
            ].map((keepers) => ({ keepers })),
        );
    });

    it("for anything else are an error that says what is expected", async () => {
        await expect(buildPair({ ...plainArgs(), active: "c" })).rejects.toThrow(
            "MM_SETTINGS_INVALID: active is c; expected a, b or both",
        );
    });
});

describe("a host that is gone", () => {
    const onA = [
        "pair-a-configure",
        "pair-link-attach-a",
        "pair-link-rows-a",
        "pair-link-seed-dump",
        "pair-link-seed-offer",
        "pair-lock-a",
        "pair-reach-a",
        "pair-replicator-account",
        "pair-role-a",
    ];

    /** Those on b that ask nobody. */
    const onBAlone = ["pair-b-configure", "pair-lock-b", "pair-role-b"];

    it("is left alone by every step there, and asked by none: kept at delete, unchanged at update", async () => {
        const { commands } = await buildPair({ ...plainArgs(), active: "b", gone: "a" });
        const kept = commands.filter(({ retainOnDelete }) => retainOnDelete);
        expect(kept.map(({ name }) => name).sort()).toEqual(onA);
        for (const { name, ignoreChanges } of commands) {
            const wanted = onBAlone.includes(name) ? [] : ["connection", "create", "delete", "stdin", "logging"];
            expect([name, ignoreChanges]).toEqual([name, wanted]);
        }
    });

    it("b is left alone the same way, and the account on a stands for itself", async () => {
        const { commands } = await buildPair({ ...plainArgs(), gone: "b" });
        const free = commands.filter(({ ignoreChanges }) => ignoreChanges.length === 0).map(({ name }) => name);
        expect(free.sort()).toEqual(["pair-a-configure", "pair-lock-a", "pair-replicator-account", "pair-role-a"]);
    });

    it.each([
        ["a", "a"],
        ["both", "a"],
        ["b", "b"],
        ["both", "b"],
        [undefined, "a"],
    ])("takes no writes: active %s with %s gone is an error", async (active, gone) => {
        const args = { ...plainArgs(), gone, ...(active !== undefined && { active }) };
        await expect(buildPair(args)).rejects.toThrow(
            `MM_SETTINGS_INVALID: active is ${active ?? "a"}, but ${gone} is gone; set active to the other node`,
        );
    });

    it("leaves the writes to the other one, which is active by default where b is gone", async () => {
        expect((await buildPair({ ...plainArgs(), gone: "b" })).outputs.active).toBe("a");
        expect((await buildPair({ ...plainArgs(), gone: "a", active: "b" })).outputs.active).toBe("b");
    });

    it("is not waited for by the node that opens", async () => {
        const { get } = await buildPair({ ...plainArgs(), active: "b", gone: "a" });
        expect(parameter(get("pair-role-b").inputs.stdin, "PEER_ROLE")).toBe("gone");
    });
});

describe("a fingerprint", () => {
    it("of each step is a value of the steps that must run again when it changes", async () => {
        const { get } = await buildPair(plainArgs());
        const stdin = (name: string) => get(name).inputs.stdin;
        const seen = (uuid: string) => `${uuid},MySQL-9.7.4,port=3306,gtid=OFF`;
        const checked = `preflight a=${seen("uuid-a")} b=${seen("uuid-b")} did pair-lock-a`;
        expect(parameter(stdin("pair-a-configure"), "AFTER")).toBe(checked);
        expect(parameter(stdin("pair-b-configure"), "AFTER")).toBe(checked);
        expect(parameter(stdin("pair-link-seed-dump"), "PEER_UUID")).toBe("uuid-b");
        expect(parameter(stdin("pair-reach-a"), "PEER_LISTENS")).toBe("*");
        expect(parameter(stdin("pair-replicator-login"), "AFTER")).toContain("did pair-reach-a did pair-reach-b");
        expect(parameter(stdin("pair-link-attach-b"), "PEER_UUID")).toBe("uuid-a");
        expect(parameter(stdin("pair-link-attach-a"), "PEER_UUID")).toBe("uuid-b");
        expect(parameter(stdin("pair-link-seed-load"), "SOURCE_UUID")).toBe("uuid-a");
        const coordinates = (name: string) => [
            parameter(stdin(name), "SOURCE_FILE"),
            parameter(stdin(name), "SOURCE_POSITION"),
        ];
        expect(coordinates("pair-link-attach-b")).toEqual(["bin.1", "157"]);
        expect(coordinates("pair-link-attach-a")).toEqual(["bin.2", "4"]);
        expect(parameter(stdin("pair-link-attach-b"), "GATE")).toBe("no");
        expect(parameter(stdin("pair-link-attach-a"), "GATE")).toBe("yes");
        const logs = (step: string) => [parameter(stdin(step), "SOURCE_LOG"), parameter(stdin(step), "OWN_LOG")];
        expect([logs("pair-link-attach-b"), logs("pair-link-attach-a")]).toEqual([
            ["log-a", "log-b"],
            ["log-b", "log-a"],
        ]);
        expect(parameter(stdin("pair-link-seed-load"), "SOURCE_LOG")).toBe("log-a");
        expect(parameter(stdin("pair-link-seed-admit"), "SOURCE_LOG")).toBe("log-a");
        expect(parameter(stdin("pair-role-a"), "AFTER")).toBe(
            "uuid-of-pair-roles did pair-role-b did pair-link-attach-b\ndid pair-link-attach-a node port=3306 uuid=uuid-a server=MySQL-9.7.4 gtid=ON log_bin=mysql-bin log=log-a listens=*",
        );
    });

    it("of converge reaches every step", async () => {
        const { commands } = await buildPair({ ...plainArgs(), converge: "look again" });
        expect(
            commands
                .filter(({ inputs }) => parameter(inputs.stdin, "CONVERGE") !== "look again")
                .map(({ name }) => name),
        ).toEqual([]);
    });

    it("is the only thing that a step says on stdout, and its warnings are shown by every up", async () => {
        const stderr = "a: looked\nwarning MM_LINK_IN_CLEAR: a: no TLS\n";
        const { warnings, commands } = await buildPair(plainArgs(), { stderr });
        // the preflight is a local Command, and one more
        expect(warnings).toEqual([...commands, "pair-preflight"].map(() => "MM_LINK_IN_CLEAR: a: no TLS"));
    });
});

describe("the nodes of a pair", () => {
    it("get ids 10 and 20, offsets 1 and 2, and what else a pair needs", async () => {
        const { get } = await buildPair(plainArgs());
        const facts = (name: string) => {
            const text = scriptIn(get(name).inputs.stdin);
            return ["SERVER_ID", "LOG_BIN", "RELAY_LOG", "GTID", "GTID_DOMAIN_ID"]
                .map((key) => parameter(get(name).inputs.stdin, key))
                .concat(/^SETTINGS='([^']*)'$/m.exec(text)?.[1]);
        };
        const settings = (offset: number) =>
            `binlog_format=ROW\nauto_increment_increment=2\nauto_increment_offset=${offset}`;
        expect(facts("pair-a-configure")).toEqual(["10", "mysql-bin", "mysql-relay-bin", "", "", settings(1)]);
        expect(facts("pair-b-configure")).toEqual(["20", "mysql-bin", "mysql-relay-bin", "", "", settings(2)]);
    });

    it("get GTIDs where the settings want them, and b a domain of its own for MariaDB's; so do the links", async () => {
        const args = plainArgs();
        args.a.mysql = { ...args.a.mysql, gtid: true };
        args.b.mysql = { ...args.b.mysql, gtid: true };
        const { get } = await buildPair(args);
        const given = (name: string, key: string) => parameter(get(name).inputs.stdin, key);
        const configured = (label: string) =>
            ["GTID", "GTID_DOMAIN_ID"].map((key) => given(`pair-${label}-configure`, key));
        expect([configured("a"), configured("b")]).toEqual([
            ["yes", ""],
            ["yes", "20"],
        ]);
        expect(["a", "b"].map((label) => given(`pair-link-attach-${label}`, "GTID"))).toEqual(["yes", "yes"]);
    });

    it("get none of that where the settings leave it alone", async () => {
        const args = plainArgs();
        args.a.mysql = { rowFormat: false, staggerAutoIncrement: false, serverId: 5, options: { "sync-binlog": "1" } };
        const text = scriptIn((await buildPair(args)).get("pair-a-configure").inputs.stdin);
        expect(/^SETTINGS='([^']*)'$/m.exec(text)?.[1]).toBe("sync_binlog=1");
        expect(/^SERVER_ID='([^']*)'$/m.exec(text)?.[1]).toBe("5");
    });
});

describe("what the settings say of time", () => {
    const replicas = ["pair-link-attach-a", "pair-link-attach-b"];
    const waiting = [
        "pair-link-attach-a",
        "pair-link-attach-b",
        "pair-link-rows-a",
        "pair-link-rows-b",
        "pair-role-a",
        "pair-role-b",
    ];
    const retryOf = async (retry: { manage?: boolean; seconds?: number; count?: number } | undefined) => {
        const { get } = await buildPair({ ...plainArgs(), ...(retry && { retry }) });
        return replicas.map((name) =>
            ["RETRY_SECONDS", "RETRY_COUNT"].map((key) => parameter(get(name).inputs.stdin, key)),
        );
    };

    it.each([
        [undefined, ["10", "864000"]],
        [{}, ["10", "864000"]],
        [{ manage: true }, ["10", "864000"]],
        [{ seconds: 5 }, ["5", "864000"]],
        [{ manage: true, seconds: 5, count: 7 }, ["5", "7"]],
        [{ manage: false }, ["", ""]],
        [{ manage: false, seconds: 5, count: 7 }, ["", ""]],
    ])(
        "retry %j reaches both receivers, and leaves the server's own where it is not managed",
        async (retry, wanted) => {
            expect(await retryOf(retry)).toEqual([wanted, wanted]);
        },
    );

    it.each([
        [undefined, "3600"],
        [60, "60"],
    ])(
        "catchUpSeconds %s reaches the links, the rows and the roles, and nobody else",
        async (catchUpSeconds, wanted) => {
            const args = { ...plainArgs(), ...(catchUpSeconds !== undefined && { catchUpSeconds }) };
            const { commands } = await buildPair(args);
            const given = commands
                .map(({ name, inputs }) => [name, parameter(inputs.stdin, "CATCH_UP_SECONDS")])
                .filter(([, value]) => value !== undefined);
            expect(given.sort()).toEqual(waiting.map((name) => [name, wanted]));
        },
    );

    /** The steps that run again with these settings. */
    const changedBy = async (changes: object) => {
        const texts = async (args: object) =>
            (await buildPair({ ...plainArgs(), ...args })).commands.map(
                ({ name, inputs }) => [name, scriptIn(inputs.stdin)] as const,
            );
        const before = new Map(await texts({}));
        return (await texts(changes)).filter(([name, text]) => before.get(name) !== text).map(([name]) => name);
    };
    const seeding = ["pair-link-seed-offer", "pair-link-seed-admit", "pair-link-seed-dump", "pair-link-seed-load"];

    it("seed.timeoutSeconds reaches the dump, what takes it, and the import, and lets no other step run again but the offer", async () => {
        expect(await changedBy({ seed: { timeoutSeconds: 60 } })).toEqual(seeding);
    });

    it.each([{ service: "mysql@b" }, { startTimeoutSeconds: 60 }])(
        "what only b's part of the seed uses (%j) has a's part run again with it: what was offered is offered anew, and ended again",
        async (mysql) => {
            const { b } = plainArgs();
            const changed = await changedBy({ b: { ...b, mysql } });
            expect(changed.filter((name) => name.startsWith("pair-link-seed-"))).toEqual(seeding);
        },
    );

    it("the account's host pattern reaches the steps that make, prove, use and drop it", async () => {
        const { commands } = await buildPair({
            ...plainArgs(),
            account: { hostPattern: "10.%", password: "SECRETaccount" },
        });
        const given = commands.filter(({ inputs }) => parameter(inputs.stdin, "ACCOUNT_HOST") === "10.%");
        expect(given.map(({ name }) => name).sort()).toEqual([
            "pair-link-seed-admit",
            "pair-link-seed-dump",
            "pair-link-seed-load",
            "pair-link-seed-offer",
            "pair-lock-a",
            "pair-lock-b",
            "pair-replicator-account",
            "pair-replicator-login",
        ]);
    });
});
