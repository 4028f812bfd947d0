import { problemsOf, read } from "./stack";

type Changes = Record<string, unknown>;

const node = (label: "a" | "b", more: object = {}) => ({ host: `${label}.example.com`, ...more });
const unknown = "is not a setting; see the table of settings in README.md";
const managed = "is written by the program; use its own setting (or active, for the roles)";
const isGone = (active: string, gone: string) => [
    `active: is ${active}, but ${gone} is gone; set active to the other node`,
];

/** Who takes the writes, and who is gone. */
const roles: [string, Changes, string[]][] = [
    ["node a gone, which is active by default", { gone: "a" }, isGone("a", "a")],
    ["the active node gone", { gone: "b", active: "b" }, isGone("b", "b")],
    ["node b gone, where both are active", { gone: "b", active: "both" }, isGone("both", "b")],
    ["node a gone, where both are active", { gone: "a", active: "both" }, isGone("both", "a")],
];

const noKey = "gives no key; give one of privateKeyFile, privateKey (a secret) or agentSocket";
const noHostKey =
    "hostKey: is missing; give hostKey, knownHosts or knownHostsFile (hostKeyCheck: false leaves the check out: anyone between could then read and change everything)";
const unreachable = ["a", "b"].flatMap((label) => [`${label}.ssh: ${noKey}`, `${label}.ssh.${noHostKey}`]);

const noFile = (method: string) => [
    `seed.method: is ${method}, which leaves no backup for seed.keepBackup; set it to dump, or take keepBackup out`,
];

/** A backup is kept of a method that makes one. */
const methods: [string, Changes, string[]][] = [
    ["a stream, of which a backup is to be kept", { seed: { method: "stream", keepBackup: true } }, noFile("stream")],
    ["a clone, of which a backup is to be kept", { seed: { method: "clone", keepBackup: true } }, noFile("clone")],
    [
        "the same beside an unknown key and a role that cannot be",
        { colour: "red", gone: "a", seed: { method: "clone", keepBackup: true } },
        [`colour: ${unknown}`, ...isGone("a", "a"), ...noFile("clone")],
    ],
    [
        "a method that is none, and nothing of a backup",
        { seed: { method: "copy", keepBackup: true } },
        ["seed.method: expected one of auto, dump, stream, clone, mariabackup"],
    ],
];

/** What is wrong in its shape hides nothing that is wrong in its sense elsewhere, and the other way round. */
const atOnce: [string, Changes, string[]][] = [
    [
        "an unknown key beside a role that cannot be",
        { colour: "red", gone: "a" },
        [`colour: ${unknown}`, ...isGone("a", "a")],
    ],
    [
        "a node without a host beside the other one's managed option and a role",
        { a: {}, b: node("b", { mysql: { options: { server_id: "1" } } }), gone: "a" },
        ["a.host: is missing; expected string", `b.mysql.options.server_id: ${managed}`, ...isGone("a", "a")],
    ],
    [
        "a wrong port beside connections that nobody can make",
        { mysql: { port: "x" }, ssh: {} },
        ["mysql.port: expected number, found string", ...unreachable],
    ],
    [
        "an unknown key beside equal server ids and connections that nobody can make",
        { colour: "red", mysql: { serverId: 7 }, ssh: {} },
        [`colour: ${unknown}`, ...unreachable, "b.mysql.serverId: is 7, the same as a's; give each node its own"],
    ],
    [
        "a wrong ssh beside a managed option",
        { ssh: { hots: "x" }, mysql: { options: { log_bin: "x" } } },
        [`ssh.hots: ${unknown}`, `a.mysql.options.log_bin: ${managed}`, `b.mysql.options.log_bin: ${managed}`],
    ],
    [
        "one node's unknown key beside the other one's missing ways",
        { a: node("a", { ssh: { hots: "x" } }), ssh: {} },
        [`a.ssh.hots: ${unknown}`, `b.ssh: ${noKey}`, `b.ssh.${noHostKey}`],
    ],
    [
        "a wrong mysql, and nothing that only follows from it",
        { mysql: { serverId: 30, typo: 1 }, a: node("a", { mysql: { serverId: 20 } }) },
        [`mysql.typo: ${unknown}`],
    ],
];

describe("parseSettings says at once, and only what is so,", () => {
    it.each([...roles, ...methods, ...atOnce])("%s", (_, changes, problems) => {
        expect(problemsOf(changes)).toEqual(problems);
    });

    it.each([
        { method: "dump", keepBackup: true },
        { method: "auto", keepBackup: true },
        { keepBackup: true },
        { method: "stream", keepBackup: false },
        { method: "clone", compress: true },
    ])("and nothing of a method that can be: %j", (seed) => {
        expect([problemsOf({ seed }), read({ seed }).seed]).toEqual([[], seed]);
    });

    it("and nothing of a role that can be", () => {
        expect(problemsOf({ gone: "b" })).toEqual([]);
        expect(problemsOf({ gone: "a", active: "b" })).toEqual([]);
        expect(problemsOf({ gone: "b", active: "a" })).toEqual([]);
    });
});
