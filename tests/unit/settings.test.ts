import fc from "fast-check";
import { parseSettings, SettingsError } from "../../core/settings";
import { configOf, ed25519, filesOf, read, shortest } from "./stack";

const node = (label: "a" | "b", more: object = {}) => ({ host: `${label}.example.com`, ...more });
const ssh = (host: string, more: object = {}) => ({
    host,
    port: 22,
    user: "root",
    privateKey: "KEY",
    hostKey: ed25519,
    dialAttempts: 10,
    ...more,
});

describe("parseSettings gives", () => {
    it("the shortest stack with every default", () => {
        expect(read({})).toEqual({
            a: node("a", { ssh: ssh("a.example.com"), mysql: { options: {} } }),
            b: node("b", { ssh: ssh("b.example.com"), mysql: { options: {} } }),
        });
    });

    it("each node what is set for both, and the node's own value first", () => {
        const { a, b } = read({
            a: node("a", {
                ssh: { host: "10.0.0.1", port: 2222 },
                mysql: { port: 3307, options: { max_connections: "9" } },
            }),
            mysql: { port: 3306, relayLog: "relay", options: { max_connections: "1", sync_binlog: "1" } },
            ssh: { user: "admin", privateKey: "KEY", hostKey: ed25519, dialAttempts: 5 },
        });
        expect(a).toEqual(
            node("a", {
                ssh: ssh("10.0.0.1", { port: 2222, user: "admin", dialAttempts: 5 }),
                mysql: { port: 3307, relayLog: "relay", options: { max_connections: "9", sync_binlog: "1" } },
            }),
        );
        expect(b).toEqual(
            node("b", {
                ssh: ssh("b.example.com", { user: "admin", dialAttempts: 5 }),
                mysql: { port: 3306, relayLog: "relay", options: { max_connections: "1", sync_binlog: "1" } },
            }),
        );
    });

    it("text settings as text, also where they look like numbers", () => {
        const { converge, active, gone } = read({ converge: "2024", active: "b", gone: "a" });
        expect({ converge, active, gone }).toEqual({ converge: "2024", active: "b", gone: "a" });
    });

    it("nothing of another project's keys", () => {
        const config = { ...configOf(shortest), "aws:region": "eu", "mysql:endpoint": "x" };
        expect(parseSettings(config, filesOf({}))).toEqual(read({}));
    });

    it.each([{}, { manage: false }, { manage: true, seconds: 5, count: 7 }, { seconds: 1, count: 4294967295 }])(
        "retry as it is written: %j",
        (retry) => {
            expect(read({ retry }).retry).toEqual(retry);
        },
    );

    // Pulumi hands a number at the top over as text
    it.each([1, 3600, 604800])("%d seconds to catch up as a number", (catchUpSeconds) => {
        expect(read({ catchUpSeconds: `${catchUpSeconds}` }).catchUpSeconds).toBe(catchUpSeconds);
    });
});

describe("whatever a stack holds", () => {
    const key = fc.constantFrom(
        ...Object.keys(shortest),
        "mysql",
        "account",
        "seed",
        "retry",
        "active",
        "__proto__",
        "x",
    );
    const leaf = fc.oneof(
        fc.jsonValue(),
        fc.constantFrom({ host: "a" }, { host: "b", ssh: { bastion: {} } }, { options: {} }),
    );
    const text = fc.oneof(
        leaf.map((value) => JSON.stringify(value)),
        fc.string(),
    );

    it("parseSettings gives settings or a SettingsError, and throws nothing else", () => {
        fc.assert(
            fc.property(fc.array(fc.tuple(key, text)), (pairs) => {
                const config = Object.fromEntries(pairs.map(([name, value]) => [`mysql-master-master:${name}`, value]));
                try {
                    parseSettings(config, filesOf({}));
                } catch (error) {
                    expect(error).toBeInstanceOf(SettingsError);
                    expect((error as SettingsError).problems.length).toBeGreaterThan(0);
                }
            }),
            { numRuns: 2000 },
        );
    });
});
