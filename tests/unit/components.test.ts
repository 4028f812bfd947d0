import { type Built, build, buildPair, plainArgs, scriptIn, secretOf, secrets } from "./pair";

const command = "command:remote:Command";
const token = (name: string) => `mysql-master-master:index:${name}`;

/** TYPE NAME PARENT of everything in a pair, sorted: names, parents and types are public. */
const shapeOf = ({ resources }: Built) =>
    resources.map(({ type, name, parent }) => `${type} ${name} < ${parent}`).sort();

const steps = [
    ["pair-lock-b", "pair"],
    ["pair-lock-a", "pair"],
    ["pair-a-configure", "pair-a"],
    ["pair-b-configure", "pair-b"],
    ["pair-reach-a", "pair"],
    ["pair-reach-b", "pair"],
    ["pair-replicator-account", "pair-replicator"],
    ["pair-replicator-login", "pair-replicator"],
    ["pair-link-seed-look", "pair-link"],
    ["pair-link-seed-offer", "pair-link"],
    ["pair-link-seed-admit", "pair-link"],
    ["pair-link-seed-dump", "pair-link"],
    ["pair-link-seed-load", "pair-link"],
    ["pair-link-attach-b", "pair-link"],
    ["pair-link-attach-a", "pair-link"],
    ["pair-link-rows-a", "pair-link"],
    ["pair-link-rows-b", "pair-link"],
    ["pair-role-b", "pair"],
    ["pair-role-a", "pair"],
] as const;
const components = [
    `${token("MasterMasterPair")} pair < `,
    `${token("MasterNode")} pair-a < pair`,
    `${token("MasterNode")} pair-b < pair`,
    `${token("ReplicationAccount")} pair-replicator < pair`,
    `${token("ReplicationLink")} pair-link < pair`,
];
const preflight = "command:local:Command pair-preflight < pair";
const identity = "random:index/randomUuid:RandomUuid pair-identity < pair";
const roles = "random:index/randomUuid:RandomUuid pair-roles < pair";
const ordinary = [
    ...components,
    preflight,
    identity,
    roles,
    ...steps.map(([name, parent]) => `${command} ${name} < ${parent}`),
];

const throughProvider = [
    "pulumi:providers:mysql pair-replicator-provider < pair-replicator",
    "mysql:index/user:User pair-replicator-user < pair-replicator",
    "random:index/randomPassword:RandomPassword pair-replicator-first < pair-replicator",
    "mysql:index/grant:Grant pair-replicator-grant < pair-replicator",
];

const withAdmin = () => {
    const args = plainArgs();
    args.a.mysql = { admin: { user: "pulumi", password: secrets.admin } };
    return args;
};

/** The account on node a, of a program of one's own that builds no pair. */
const buildAccount = (server: string) =>
    build(
        async () => {
            const { MasterNode } = await import("../../components/masterNode");
            const { ReplicationAccount } = await import("../../components/replicationAccount");
            const { a, b } = withAdmin();
            const node = new MasterNode("pair-a", { ...a, label: "a" });
            const verifiedFrom = new MasterNode("pair-b", { ...b, label: "b" });
            const { fingerprint } = new ReplicationAccount("pair-replicator", { node, verifiedFrom });
            return { fingerprint };
        },
        { server },
    );

/** Whether `later` comes after `earlier`, directly or through others. */
function isAfter({ get }: Built, later: string, earlier: string): boolean {
    const seen = new Set<string>();
    const visit = (name: string): boolean => {
        if (seen.has(name)) {
            return false;
        }
        seen.add(name);
        const { after } = get(name);
        return after.includes(earlier) || after.some(visit);
    };
    return visit(later);
}

describe("a pair is made of", () => {
    it("its components and steps, and nothing else, where the account's password is given", async () => {
        expect(shapeOf(await buildPair(plainArgs()))).toEqual([...ordinary].sort());
    });

    it("a random password too, where none is given: 32 letters and digits", async () => {
        const built = await buildPair({ ...plainArgs(), account: {} });
        const type = "random:index/randomPassword:RandomPassword";
        const name = "pair-replicator-password";
        expect(shapeOf(built)).toEqual([...ordinary, `${type} ${name} < pair-replicator`].sort());
        expect(built.get(name).inputs).toEqual({ length: 32, special: false });
    });

    it("a provider, a user and its grant too, where node a has an admin account", async () => {
        const built = await buildPair(withAdmin());
        expect(shapeOf(built)).toEqual([...ordinary, ...throughProvider].sort());
        expect(built.infos).toEqual([]);
        expect(built.get("pair-replicator-grant").inputs).toEqual({
            user: "replicator",
            host: "%",
            database: "*",
            table: "*",
            privileges: ["REPLICATION SLAVE", "REPLICATION CLIENT"],
        });
        // a refresh puts a hash in the place of a password; what the engine ignored would then be that
        const { inputs, ignoreChanges, after } = built.get("pair-replicator-user");
        expect([ignoreChanges, secretOf(inputs.plaintextPassword), after]).toEqual([
            [],
            secrets.account,
            expect.arrayContaining(["pair-replicator-first"]),
        ]);
        const madeElsewhere = (name: string) =>
            /^MADE_ELSEWHERE='(.*)'$/m.exec(scriptIn(built.get(name).inputs.stdin))?.[1];
        expect(["pair-replicator-account", "pair-lock-a", "pair-lock-b"].map(madeElsewhere)).toEqual([
            "yes",
            "yes",
            "no",
        ]);
        // their end is make-account.sh's, which can drop an account on a read-only node
        const kept = built.resources.filter(({ retainOnDelete }) => retainOnDelete).map(({ name }) => name);
        expect(kept.sort()).toEqual(["pair-replicator-grant", "pair-replicator-user"]);
    });

    it("none of these on a MariaDB for which @pulumi/mysql has no words: as without an admin account, and one line says so", async () => {
        const server = "MariaDB-10.11.19";
        const built = await buildPair(withAdmin(), { server });
        const plain = await buildPair(plainArgs(), { server });
        const inputsOf = ({ commands }: Built) => Object.fromEntries(commands.map((each) => [each.name, each.inputs]));
        expect(shapeOf(built)).toEqual([...ordinary].sort());
        expect(inputsOf(built)).toEqual(inputsOf(plain));
        expect(built.infos).toEqual([
            "mysql.admin is not used: @pulumi/mysql cannot make accounts on MariaDB 10.11.19; the account is made over SSH",
        ]);
        expect(plain.infos).toEqual([]);
    });

    it("an account alone that asks its own node which server that is", async () => {
        const shape = async (server: string) => shapeOf(await buildAccount(server));
        const made = await shape("MariaDB-10.5.29");
        expect(made).toEqual(expect.arrayContaining(throughProvider));
        expect(await shape("MariaDB-11.8.9")).toEqual(made.filter((line) => !throughProvider.includes(line)));
    });
});

describe("the steps of a pair", () => {
    // the nodes are configured side by side, and look for each other's port; beside that the account is made, and beside its proof b says
    // whether it wants a seed; all else is one after the other
    const sideBySide = [
        "pair-b-configure after pair-a-configure",
        "pair-reach-b after pair-reach-a",
        "pair-replicator-account after pair-reach-b",
        "pair-link-seed-look after pair-replicator-login",
    ];

    it("come one after the other, in the procedure's order, when they are made", async () => {
        const built = await buildPair(plainArgs());
        const pairs = steps.slice(1).map(([later], at) => [later, steps[at]?.[0] ?? ""] as const);
        const loose = pairs.filter(([later, earlier]) => !isAfter(built, later, earlier));
        expect(loose.map((names) => names.join(" after "))).toEqual(sideBySide);
        // nothing at all is done on a host before both have been looked at
        const early = steps.filter(([name]) => !isAfter(built, name, "pair-preflight"));
        expect(early).toEqual([]);
        // and so destroy gives a back first, then b
        expect(isAfter(built, "pair-b-configure", "pair-lock-a")).toBe(true);
        expect(isAfter(built, "pair-replicator-account", "pair-a-configure")).toBe(true);
        expect(isAfter(built, "pair-link-seed-look", "pair-b-configure")).toBe(true);
    });

    it("come after the node that they run on is configured, so that destroy undoes that last: it lifts the fence", async () => {
        const built = await buildPair(plainArgs());
        const onB = [
            "pair-replicator-login",
            "pair-link-seed-load",
            "pair-link-attach-b",
            "pair-link-rows-b",
            "pair-role-b",
        ];
        const onA = [
            "pair-replicator-account",
            "pair-link-seed-offer",
            "pair-link-attach-a",
            "pair-link-rows-a",
            "pair-role-a",
        ];
        expect(onB.filter((name) => !isAfter(built, name, "pair-b-configure"))).toEqual([]);
        expect(onA.filter((name) => !isAfter(built, name, "pair-a-configure"))).toEqual([]);
    });

    it("never come before what they wait for", async () => {
        const built = await buildPair(plainArgs());
        const pairs = steps.slice(1).map(([later], at) => [later, steps[at]?.[0] ?? ""] as const);
        expect(pairs.filter(([later, earlier]) => isAfter(built, earlier, later))).toEqual([]);
    });

    it("make the account after the node, and prove it after the user and its grant", async () => {
        const built = await buildPair(withAdmin());
        expect(built.get("pair-replicator-provider").after).toEqual(["pair-a-configure"]);
        expect([...built.get("pair-replicator-user").after].sort()).toEqual([
            "pair-a-configure",
            "pair-replicator-first",
        ]);
        expect(built.get("pair-replicator-grant").after).toEqual(["pair-replicator-user"]);
        expect([...built.get("pair-replicator-account").after].sort()).toEqual([
            "pair-a-configure",
            "pair-identity",
            "pair-preflight",
            "pair-replicator-grant",
            "pair-replicator-user",
        ]);
    });
});

describe("every step", () => {
    it("is a Command that updates in place: no triggers, no environment, and deleted before a replacement", async () => {
        const { commands } = await buildPair(plainArgs());
        const allowed = ["addPreviousOutputInEnv", "connection", "create", "delete", "logging", "stdin"];
        for (const { name, inputs, deleteBeforeReplace, retainOnDelete, ignoreChanges } of commands) {
            expect([name, Object.keys(inputs).filter((key) => !allowed.includes(key))]).toEqual([name, []]);
            expect([name, inputs.addPreviousOutputInEnv, inputs.logging]).toEqual([name, false, "stderr"]);
            expect(scriptIn(inputs.stdin)).toMatch(/^NODE='[ab]'\nSTEP=/);
            expect([name, deleteBeforeReplace, retainOnDelete, ignoreChanges]).toEqual([name, true, false, []]);
        }
    });

    it("that changes something on a host has a delete; one that only looks has none", async () => {
        const { commands } = await buildPair(plainArgs());
        const without = commands.filter(({ inputs }) => inputs.delete === undefined).map(({ name }) => name);
        expect(without.sort()).toEqual([
            "pair-link-seed-dump",
            "pair-link-seed-look",
            "pair-reach-a",
            "pair-reach-b",
            "pair-role-a",
            "pair-role-b",
        ]);
    });
});

describe("a preview", () => {
    it("knows every resource and no fingerprint, and does not throw", async () => {
        const built = await buildPair(withAdmin(), { preview: true });
        const made = await buildPair(withAdmin());
        expect(shapeOf(built)).toEqual(shapeOf(made));
        const unknown = expect.objectContaining({ __pulumiUnknown: true });
        expect(built.outputs).toEqual({ active: unknown, link: unknown, coordinates: unknown });
        expect(made.outputs).toEqual({
            active: "a",
            link: "did pair-link-attach-b\ndid pair-link-attach-a",
            coordinates: "seed source_file=bin.1 source_position=157 source_gtid= file=bin.2 position=4",
        });
    });

    it.each([
        ["is not known yet: so that no User that is there is shown as deleted", undefined, throughProvider],
        ["is known", "MariaDB-10.11.19", []],
    ])("shows what @pulumi/mysql will make where the server %s", async (_, foreseen, more) => {
        const built = await buildPair(withAdmin(), { preview: true, ...(foreseen && { foreseen }) });
        expect(shapeOf(built)).toEqual([...ordinary, ...more].sort());
        expect(built.infos).toHaveLength(foreseen ? 1 : 0);
    });

    it.each([
        ["without an admin account", plainArgs()],
        ["with one", withAdmin()],
    ])("shows the same words as the up that follows: %s", async (_, args) => {
        const words = async (preview: boolean) =>
            (await buildPair(args, { preview })).commands
                .map(({ name, inputs }) => [name, inputs.create, inputs.delete])
                .sort();
        expect(await words(true)).toEqual(await words(false));
    });
});
