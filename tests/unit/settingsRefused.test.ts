import { problemsOf } from "./stack";

type Changes = Record<string, unknown>;

const node = (label: "a" | "b", more: object = {}) => ({ host: `${label}.example.com`, ...more });
const unknown = "is not a setting; see the table of settings in README.md";
const hostName = "expected a host name or an address";
const absolute = "expected an absolute path without quotes, backslashes, $ or `";
const logName = "expected a file name without a folder, such as mysql-bin";
const managed = "is written by the program; use its own setting (or active, for the roles)";
const quoted = "expected string, found number; put it in quotes";

/** What the stack changes in the shortest one, and the whole report. */
const shape: [string, Changes, string[]][] = [
    [
        "an empty stack",
        { a: undefined, b: undefined, ssh: undefined },
        ["a: is missing; expected object", "b: is missing; expected object"],
    ],
    ["a node without a host", { b: {} }, ["b.host: is missing; expected string"]],
    ["text for an object", { b: "b.example.com" }, ["b: expected object, found string"]],
    ["a list for an object", { a: [] }, ["a: expected object, found array"]],
    ["a number for a name", { a: { host: 5 } }, [`a.host: ${quoted}`]],
    [
        "a login's password that YAML took for a number",
        { mysql: { login: { user: "root", password: 12345678 } } },
        [`mysql.login.password: ${quoted}`],
    ],
    [
        "an admin's password that YAML took for a number",
        { mysql: { admin: { user: "root", password: 12345678 } } },
        [`mysql.admin.password: ${quoted}`],
    ],
    [
        "an account's password that YAML took for a number",
        { account: { password: 12345678 } },
        [`account.password: ${quoted}`],
    ],
    ["text for a number", { mysql: { port: "3306" } }, ["mysql.port: expected number, found string"]],
    [
        "unknown keys, above and below",
        { colour: "red", a: node("a", { ssh: { hots: "x" }, mysql: { prot: 1 } }) },
        [`a.ssh.hots: ${unknown}`, `a.mysql.prot: ${unknown}`, `colour: ${unknown}`],
    ],
    [
        "keys that every object has",
        { ["__proto__"]: "1", constructor: "1" },
        [`__proto__: ${unknown}`, `constructor: ${unknown}`],
    ],
    [
        "words that are none of the choices",
        { active: "c", gone: "both" },
        ["active: expected one of a, b, both", "gone: expected one of a, b"],
    ],
    ["a retry that is true", { retry: true }, ["retry: expected object, found boolean"]],
    ["a retry that is false, which manage says now", { retry: false }, ["retry: expected object, found boolean"]],
    ["a manage of retry that is a text", { retry: { manage: "no" } }, ["retry.manage: expected boolean, found string"]],
    ["an unknown key of retry", { retry: { bogus: 1 } }, [`retry.bogus: ${unknown}`]],
    [
        "numbers out of their range",
        { mysql: { serverId: 0, port: 65536 } },
        ["mysql.port: Too big: expected number to be <=65535", "mysql.serverId: Too small: expected number to be >=1"],
    ],
    [
        "seconds to catch up that are none",
        { catchUpSeconds: "soon" },
        ["catchUpSeconds: expected number, found string"],
    ],
    ["no time at all to catch up", { catchUpSeconds: "0" }, ["catchUpSeconds: Too small: expected number to be >=1"]],
    [
        "more than a week to catch up",
        { catchUpSeconds: "604801" },
        ["catchUpSeconds: Too big: expected number to be <=604800"],
    ],
    [
        "several kinds of problems at once",
        { a: { host: 1 }, b: node("b", { mysql: { serverId: "x" } }), active: "x", typo: "1" },
        [
            `a.host: ${quoted}`,
            "b.mysql.serverId: expected number, found string",
            "active: expected one of a, b, both",
            `typo: ${unknown}`,
        ],
    ],
];

const together: [string, Changes, string[]][] = [
    [
        "equal server ids",
        { mysql: { serverId: 7 } },
        ["b.mysql.serverId: is 7, the same as a's; give each node its own"],
    ],
    [
        "a server id that is the other's default",
        { a: node("a", { mysql: { serverId: 20 } }) },
        ["b.mysql.serverId: is 20, the same as a's; give each node its own"],
    ],
    [
        "one server as both nodes",
        { b: node("a") },
        ["b.host: is a.example.com, the same server as a; name the other host"],
    ],
    [
        "managed options, spelt either way",
        { b: node("b", { mysql: { options: { "server-id": "5", read_only: "1" } } }) },
        [`b.mysql.options.server-id: ${managed}`, `b.mysql.options.read_only: ${managed}`],
    ],
    [
        "a managed option for both nodes",
        { mysql: { options: { "log-bin": "x" } } },
        [`a.mysql.options.log-bin: ${managed}`, `b.mysql.options.log-bin: ${managed}`],
    ],
];

const text: [string, Changes, string[]][] = [
    [
        "an option name that is none",
        { mysql: { options: { "a b": "1" } } },
        ["mysql.options.a b: expected an option name, such as max_connections"],
    ],
    [
        "an option value that is empty",
        { mysql: { options: { skip_name_resolve: "" } } },
        ["mysql.options.skip_name_resolve: is empty; give a value, ON for a flag"],
    ],
    [
        "an option value with a comment",
        { mysql: { options: { init_connect: "x # y" } } },
        ["mysql.options.init_connect: expected a value without # and without spaces around it"],
    ],
    [
        "an option value of two lines",
        { mysql: { options: { init_connect: "x\n!include /y" } } },
        ["mysql.options.init_connect: expected a value on one line, without control characters"],
    ],
    [
        "names with quotes",
        { a: { host: "a'b" }, account: { name: "o'x", hostPattern: "'%'" } },
        [
            `a.host: ${hostName}`,
            "account.name: expected letters, digits and _, 32 at most",
            "account.hostPattern: expected a MySQL host pattern, such as % or 10.0.0.%",
        ],
    ],
    [
        "names with backslashes",
        { a: { host: "a\\b" }, mysql: { socket: "/run/\\x", logBin: "a\\b" } },
        [`a.host: ${hostName}`, `mysql.socket: ${absolute}`, `mysql.logBin: ${logName}`],
    ],
    [
        "names with a newline, also at their end",
        { a: { host: "a\nb" }, b: { host: "b\n" }, mysql: { logBin: "x\n" } },
        [`a.host: ${hostName}`, `b.host: ${hostName}`, `mysql.logBin: ${logName}`],
    ],
    [
        "names with a leading dash",
        { a: { host: "-a" }, mysql: { service: "-x", logBin: "-x", optionFile: "-x" } },
        [
            `a.host: ${hostName}`,
            `mysql.logBin: ${logName}`,
            `mysql.optionFile: ${absolute}`,
            "mysql.service: expected a service name, such as mysqld",
        ],
    ],
    [
        "a login name that ssh takes for an option",
        { a: node("a", { ssh: { user: "-oProxyCommand=x" } }) },
        ["a.ssh.user: expected a login name"],
    ],
    ["a path that bash would expand", { seed: { backupFile: "/tmp/$(id)" } }, [`seed.backupFile: ${absolute}`]],
    [
        "a password beyond replication's limit",
        { account: { password: "x".repeat(33) } },
        ["account.password: expected 8 to 32 letters and digits (32 is replication's limit)"],
    ],
    [
        "a password that SQL would have to quote",
        { account: { password: "it's-secret" } },
        ["account.password: expected 8 to 32 letters and digits (32 is replication's limit)"],
    ],
    [
        "a converge of two lines",
        { converge: "x\ny" },
        ["converge: expected any text on one line, without control characters"],
    ],
];

describe("parseSettings refuses, with the whole report,", () => {
    it.each([...shape, ...together, ...text])("%s", (_, changes, problems) => {
        expect(problemsOf(changes)).toEqual(problems);
    });

    it.each([
        ["another name of a managed option", { log_replica_updates: "0" }, [`log_replica_updates: ${managed}`]],
        ["a managed option with loose_ before it", { "loose-read-only": "1" }, [`loose-read-only: ${managed}`]],
        [
            "an option with a setting of its own",
            { auto_increment_increment: "4" },
            [`auto_increment_increment: ${managed}`],
        ],
        [
            "one option spelt twice",
            { max_connections: "4", "max-connections": "5" },
            ["max-connections: is given twice; - and _ are the same in an option's name"],
        ],
    ])("%s", (_, options, problems) => {
        const found = problemsOf({ b: node("b", { mysql: { options } }) });
        expect(found).toEqual(problems.map((text) => `b.mysql.options.${text}`));
    });

    it("not the options of a setting that was turned off", () => {
        const mysql = { rowFormat: false, staggerAutoIncrement: false };
        const options = { binlog_format: "MIXED", auto_increment_increment: "4" };
        expect(problemsOf({ mysql: { ...mysql, options } })).toEqual([]);
    });

    it("a name with control characters, on one line of the report", () => {
        expect(problemsOf({ mysql: { options: { "x\n  a.host": "1" } } })).toEqual([
            "mysql.options.x?  a.host: expected an option name, such as max_connections",
        ]);
    });

    it("an unknown key of retry beside another problem", () => {
        expect(problemsOf({ retry: { seconds: "x", bogus: 1 } })).toEqual([
            "retry.seconds: expected number, found string",
            `retry.bogus: ${unknown}`,
        ]);
    });

    it("and nothing of the same stacks once they are mended", () => {
        expect(
            problemsOf({ a: node("a", { mysql: { serverId: 20 } }), b: node("b", { mysql: { serverId: 10 } }) }),
        ).toEqual([]);
        expect(problemsOf({ b: node("a", { mysql: { port: 3307 } }) })).toEqual([]);
        expect(problemsOf({ mysql: { options: { max_connections: "5", init_connect: "SET @x = 'y z'" } } })).toEqual(
            [],
        );
        expect(
            problemsOf({ account: { name: "replicator_2", hostPattern: "10.0.0.%", password: "x".repeat(32) } }),
        ).toEqual([]);
    });
});
