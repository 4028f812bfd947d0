import { ecdsa, ed25519, problemsOf, read, rsa } from "./stack";

const missingKey =
    "hostKey: is missing; give hostKey, knownHosts or knownHostsFile (hostKeyCheck: false leaves the check out: anyone between could then read and change everything)";
const ways = "give one of privateKeyFile, privateKey (a secret) or agentSocket";
const files = { "/key": "KEY", "/known": `a.example.com ${ed25519}\nb.example.com ${ecdsa}\njump ${ed25519}\n` };
/** The same problem of both nodes, for `ssh` is set for both. */
const ofBoth = (...lines: string[]) => ["a", "b"].flatMap((label) => lines.map((line) => `${label}.ssh${line}`));

describe("a connection's settings give", () => {
    it("the key's text and each host's key, from files", () => {
        const { a, b } = read({ ssh: { privateKeyFile: "/key", knownHostsFile: "/known" } }, files);
        const common = { port: 22, user: "root", privateKey: "KEY", dialAttempts: 10 };
        expect(a.ssh).toEqual({ ...common, host: "a.example.com", hostKey: ed25519 });
        expect(b.ssh).toEqual({ ...common, host: "b.example.com", hostKey: ecdsa });
    });

    it("an agent in place of a key", () => {
        expect(read({ ssh: { agentSocket: "/run/agent", hostKey: ed25519 } }).a.ssh).toEqual({
            host: "a.example.com",
            port: 22,
            user: "root",
            agentSocket: "/run/agent",
            hostKey: ed25519,
            dialAttempts: 10,
        });
    });

    it("a bastion the nodes' own user, key and known hosts, unless it says otherwise", () => {
        const hop = { user: "admin", privateKeyFile: "/key", privateKeyPassphrase: "pass", knownHostsFile: "/known" };
        const plain = read({ ssh: { ...hop, bastion: { host: "jump" } } }, files).a.ssh.bastion;
        const shared = { host: "jump", port: 22, user: "admin", hostKey: ed25519 };
        expect(plain).toEqual({ ...shared, privateKey: "KEY", privateKeyPassphrase: "pass" });
        const own = read({ ssh: { ...hop, bastion: { host: "jump", user: "gate", privateKey: "OWN" } } }, files);
        expect(own.a.ssh.bastion).toEqual({ ...shared, user: "gate", privateKey: "OWN" });
    });

    it("no host key only where the check is left out explicitly", () => {
        const { ssh } = read({ ssh: { privateKey: "KEY", hostKeyCheck: false } }).a;
        expect(ssh).toEqual({ host: "a.example.com", port: 22, user: "root", privateKey: "KEY", dialAttempts: 10 });
    });
});

describe("a node's own way", () => {
    const shared = { privateKey: "SHARED", privateKeyPassphrase: "pass", knownHostsFile: "/known" };
    const common = { host: "a.example.com", port: 22, user: "root", dialAttempts: 10 };
    const ownOf = (own: object, more: object = {}) =>
        read({ ssh: { ...shared, ...more }, a: { host: "a.example.com", ssh: own } }, { ...files, "/own": "OWN" });

    it.each([
        ["a key", { privateKey: "OWN" }, { privateKey: "OWN" }],
        ["a key's file", { privateKeyFile: "/own" }, { privateKey: "OWN" }],
        ["an agent", { agentSocket: "/s" }, { agentSocket: "/s" }],
        [
            "a key with a passphrase",
            { privateKey: "OWN", privateKeyPassphrase: "own" },
            { privateKey: "OWN", privateKeyPassphrase: "own" },
        ],
    ])("to log in, %s, takes the place of the shared one and of its passphrase, for that node alone", (_, own, way) => {
        const { a, b } = ownOf(own);
        expect(a.ssh).toEqual({ ...common, ...way, hostKey: ed25519 });
        expect(b.ssh).toEqual({
            ...common,
            host: "b.example.com",
            privateKey: "SHARED",
            privateKeyPassphrase: "pass",
            hostKey: ecdsa,
        });
    });

    it("to log in still is one alone: two of a node's own are refused", () => {
        const own = { privateKey: "OWN", agentSocket: "/s" };
        expect(problemsOf({ ssh: shared, a: { host: "a.example.com", ssh: own } }, files)).toEqual([
            `a.ssh: gives more than one way to log in; ${ways}`,
        ]);
    });

    const other = `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${"z".repeat(43)}`;
    it.each([
        ["a key", { hostKey: other }, { knownHostsFile: "/known" }],
        ["known hosts", { knownHosts: `a.example.com ${other}` }, { knownHostsFile: "/known" }],
        ["known hosts, where a key is shared", { knownHosts: `a.example.com ${other}` }, { hostKey: ed25519 }],
        ["a file, where a key is shared", { knownHostsFile: "/other" }, { hostKey: ed25519 }],
        ["a key, where the check is left out for both", { hostKey: other }, { hostKeyCheck: false }],
    ])("to know its host, %s, takes the place of the shared one", (_, own, known) => {
        const ssh = { privateKey: "K", ...known };
        const { a } = read(
            { ssh, a: { host: "a.example.com", ssh: own } },
            { ...files, "/other": `a.example.com ${other}` },
        );
        expect(a.ssh).toEqual({ ...common, privateKey: "K", hostKey: other });
    });

    it("to leave the check out holds for that node alone", () => {
        const { a, b } = ownOf({ hostKeyCheck: false });
        expect([a.ssh.hostKey, b.ssh.hostKey]).toEqual([undefined, ecdsa]);
    });

    it("leaves the other ways alone: an own key keeps the shared known hosts, an own host key the shared key", () => {
        expect(ownOf({ agentSocket: "/s" }).a.ssh.hostKey).toBe(ed25519);
        expect(ownOf({ hostKey: other }).a.ssh).toEqual({
            ...common,
            privateKey: "SHARED",
            privateKeyPassphrase: "pass",
            hostKey: other,
        });
    });

    it("to know its host does not make the shared bastion a stranger", () => {
        const { a, b } = ownOf({ hostKey: other }, { bastion: { host: "jump" } });
        expect([a.ssh.hostKey, b.ssh.hostKey]).toEqual([other, ecdsa]);
        const bastion = { host: "jump", port: 22, user: "root", hostKey: ed25519 };
        const key = { privateKey: "SHARED", privateKeyPassphrase: "pass" };
        expect([a.ssh.bastion, b.ssh.bastion]).toEqual([
            { ...bastion, ...key },
            { ...bastion, ...key },
        ]);
    });
});

describe("a connection's settings are refused", () => {
    it.each([
        ["without a key to log in", { hostKey: ed25519 }, ofBoth(`: gives no key; ${ways}`)],
        [
            "with two ways to log in",
            { privateKey: "K", agentSocket: "/s", hostKey: ed25519 },
            ofBoth(`: gives more than one way to log in; ${ways}`),
        ],
        ["without a host key", { privateKey: "K" }, ofBoth(`.${missingKey}`)],
        ["with hostKeyCheck: true and no host key", { privateKey: "K", hostKeyCheck: true }, ofBoth(`.${missingKey}`)],
        [
            "with an ssh-rsa host key",
            { privateKey: "K", hostKey: rsa },
            ofBoth(
                ".hostKey: is an ssh-rsa key, which the connection cannot use (SHA-1); give the ed25519 or ecdsa key",
            ),
        ],
        [
            "with files that cannot be read",
            { privateKeyFile: "/no", knownHostsFile: "/none" },
            ofBoth(".privateKeyFile: cannot read /no (ENOENT)", ".knownHostsFile: cannot read /none (ENOENT)"),
        ],
        [
            "with paths that a shell would expand",
            { privateKeyFile: "~/key", knownHostsFile: "~me/known" },
            ofBoth(
                ".privateKeyFile: cannot read ~/key (ENOENT); `~` is not expanded; write the whole path",
                ".knownHostsFile: cannot read ~me/known (ENOENT); `~` is not expanded; write the whole path",
            ),
        ],
        [
            "with a file that cannot be read beside a host key that is none, each for itself",
            { privateKey: "K", knownHostsFile: "/none", hostKey: rsa },
            ofBoth(
                ".knownHostsFile: cannot read /none (ENOENT)",
                ".hostKey: is an ssh-rsa key, which the connection cannot use (SHA-1); give the ed25519 or ecdsa key",
            ),
        ],
        [
            "with a bastion without host and host key",
            { privateKey: "K", hostKey: ed25519, bastion: {} },
            ofBoth(".bastion.host: is missing; expected a host name or an address", `.bastion.${missingKey}`),
        ],
        [
            "with a bastion that nobody knows",
            { privateKey: "K", knownHostsFile: "/known", bastion: { host: "other", port: 2222 } },
            ofBoth(
                ".bastion.knownHostsFile: has no key of [other]:2222; add one (ssh-keyscan -t ed25519 -p 2222 other, compared with the host's own console)",
            ),
        ],
        [
            "with an unknown key of a bastion",
            { privateKey: "K", hostKey: ed25519, bastion: { host: "jump", bastion: {} } },
            ["ssh.bastion.bastion: is not a setting; see the table of settings in README.md"],
        ],
    ])("%s", (_, ssh, problems) => {
        expect(problemsOf({ ssh }, files)).toEqual(problems);
    });

    it("with a passphrase that YAML took for a number", () => {
        expect(problemsOf({ ssh: { privateKey: "K", hostKey: ed25519, privateKeyPassphrase: 1234 } })).toEqual([
            "ssh.privateKeyPassphrase: expected string, found number; put it in quotes",
        ]);
    });

    it("for one node alone where only that one is unknown", () => {
        const known = { "/known": `a.example.com ${ed25519}\nb.example.com ${rsa}\n` };
        expect(problemsOf({ ssh: { privateKey: "K", knownHostsFile: "/known" } }, known)).toEqual([
            "b.ssh.knownHostsFile: knows b.example.com by an ssh-rsa key only, which the connection cannot use (SHA-1, refused by OpenSSH 8.8 and later); add its ed25519 or ecdsa key",
        ]);
    });
});
