import type { MasterMasterPairArgs } from "../../components/masterMasterPair";
import { runBash } from "./bash";
import { buildPair, scriptIn } from "./pair";
import { problemsOf, read, shortest } from "./stack";

/** Texts of which a shell, SQL, an option file or sed would make something, if they came to them bare. */
const nasty: Record<string, string> = {
    quote: "it's",
    double: 'a"b',
    backslash: "a\\b",
    dollar: "a$(echo escaped)",
    backtick: "a`echo escaped`",
    space: "a b",
    semicolon: "a;echo escaped;",
    newline: "a\necho escaped",
    dash: "-rf",
    percent: "%s%n",
};
const every = Object.keys(nasty);
const allBut = (...kinds: string[]) => every.filter((kind) => !kinds.includes(kind));

type Values = Record<string, unknown>;

/** A stack with settings at these paths, beside what they need. */
function stackWith(settings: Record<string, string>): Values {
    const values: Values = structuredClone(shortest);
    const put = (path: string, value: string, wins: boolean) => {
        const keys = path.split(".");
        const last = keys.pop() ?? "";
        const at = keys.reduce((below, key) => {
            below[key] ??= {};
            return below[key] as Values;
        }, values);
        if (wins || at[last] === undefined) {
            at[last] = value;
        }
    };
    for (const [path, value] of Object.entries(settings)) {
        put(path, value, true);
        const [, login] = /^(mysql\.(?:login|admin))\./.exec(path) ?? [];
        for (const name of login === undefined ? [] : ["user", "password"]) {
            put(`${login}.${name}`, "x", false);
        }
    }
    return values;
}

/** Absolute paths are asked for; a leading dash cannot be in one. */
const isPath = (path: string) => /backupFile|socket|optionFile/.test(path);
const valueFor = (path: string, kind: string) => `${isPath(path) && kind !== "dash" ? "/" : ""}${nasty[kind]}`;

/** For each setting that is a text: the kinds that are refused. The rest is taken as it is, and must harm nobody. */
const refused: Record<string, string[]> = {
    "a.host": every,
    "a.copy.host": every,
    "ssh.host": every,
    "ssh.user": every,
    "ssh.bastion.host": every,
    "ssh.bastion.user": every,
    "ssh.hostKey": every,
    "ssh.privateKeyPassphrase": [],
    "mysql.socket": ["quote", "double", "backslash", "dollar", "backtick", "newline", "dash"],
    "mysql.optionFile": ["quote", "double", "backslash", "dollar", "backtick", "newline", "dash"],
    "mysql.logBin": every,
    "mysql.relayLog": every,
    "mysql.service": every,
    "mysql.bindAddress": every,
    "mysql.options.init_connect": ["newline"],
    "mysql.login.user": ["newline"],
    "mysql.login.password": ["newline"],
    "mysql.admin.user": ["newline"],
    "mysql.admin.password": ["newline"],
    "mysql.admin.endpoint": every,
    "account.name": every,
    "account.hostPattern": allBut("percent", "dash"),
    "account.password": every,
    "tls.ca": every,
    "seed.backupFile": ["quote", "double", "backslash", "dollar", "backtick", "newline", "dash"],
    active: every,
    gone: every,
    converge: ["newline"],
};

describe.each(Object.entries(refused))("%s", (path, kinds) => {
    it.each(every)("with %s is refused with its path, or taken as it is", (kind) => {
        const problems = problemsOf(stackWith({ [path]: valueFor(path, kind) }));
        expect([kind, problems.length > 0]).toEqual([kind, kinds.includes(kind)]);
        const names = problems.map((problem) => problem.slice(0, problem.indexOf(":")));
        // what both nodes inherit from ssh is named where it came to be wrong
        expect(names.filter((name) => name !== path && !/^[ab]\.ssh\b/.test(name))).toEqual([]);
    });
});

it("an option's name is one", () => {
    const problems = every.map((kind) => problemsOf({ mysql: { options: { [nasty[kind] ?? ""]: "1" } } }));
    expect(problems.filter((found) => found.length === 0)).toEqual([]);
});

describe("what is taken", () => {
    const accepted = (kind: string) => Object.keys(refused).filter((path) => !refused[path]?.includes(kind));

    it.each(every)("with %s, in all places at once, runs nothing on a host but the step", async (kind) => {
        const settings = read(
            stackWith(Object.fromEntries(accepted(kind).map((path) => [path, valueFor(path, kind)]))),
        );
        const { commands } = await buildPair({ account: { password: "x" }, ...settings } as MasterMasterPairArgs);
        const steps = commands.map(({ inputs }) => `${inputs.create}\n${inputs.delete ?? ""}`);
        const run = runBash(`bash() { echo "runs $*"; }\n${steps.join("\n")}`);
        const said = new Set(
            run.stdout
                .toString()
                .split("\n")
                .map((line) => line.trim()),
        );
        expect([...said].filter(Boolean).sort()).toEqual(["runs -s -- down", "runs -s -- up"]);
        // the parameters of a script stand before its first function; one of them may hold a script
        const scripts = commands.map(({ inputs }) => scriptIn(inputs.stdin));
        const parameters = scripts.map((text) => text.slice(0, text.lastIndexOf("\nredact() {")));
        const shown = runBash(`${parameters.join("\n")}\n`);
        expect([shown.stdout.toString(), shown.stderr, shown.exitCode]).toEqual(["", "", 0]);
    });

    it("is more than a few", () => {
        expect(every.flatMap(accepted).length).toBeGreaterThan(50);
    });
});
