import { createHmac } from "node:crypto";
import { findHostKey, parseHostKey } from "../../core/hostKeys";
import { ecdsa, ed25519, rsa } from "./stack";

/** A hashed name as ssh-keygen -H writes it. */
function hashed(name: string): string {
    const salt = Buffer.alloc(20, 7);
    return `|1|${salt.toString("base64")}|${createHmac("sha1", salt).update(name).digest("base64")}`;
}

const none = (host: string, port = 22) => ({
    problem: `has no key of ${port === 22 ? host : `[${host}]:${port}`}; add one (ssh-keyscan -t ed25519 -p ${port} ${host}, compared with the host's own console)`,
});

describe("findHostKey", () => {
    it.each([
        ["a plain name", `a.example.com ${ed25519}`, "a.example.com", 22, ed25519],
        ["a name among several", `x,a.example.com,10.0.0.1 ${ed25519} comment`, "a.example.com", 22, ed25519],
        ["an address", `x,10.0.0.1 ${ed25519}`, "10.0.0.1", 22, ed25519],
        ["a name in other case", `A.Example.com ${ed25519}`, "a.example.com", 22, ed25519],
        ["a port of its own", `[a.example.com]:2222 ${ed25519}`, "a.example.com", 2222, ed25519],
        ["a hashed name", `${hashed("a.example.com")} ${ed25519}`, "a.example.com", 22, ed25519],
        ["a hashed name with a port", `${hashed("[a.example.com]:2222")} ${ed25519}`, "a.example.com", 2222, ed25519],
        ["an ecdsa key alone", `a.example.com ${ecdsa}`, "a.example.com", 22, ecdsa],
        ["ed25519 before ecdsa, in either order", `a ${ecdsa}\na ${ed25519}`, "a", 22, ed25519],
        ["ecdsa beside ssh-rsa", `a ${rsa}\na ${ecdsa}`, "a", 22, ecdsa],
        ["lines with CRLF, blank ones and comments", `# hi\r\n\r\n  a ${ed25519}\r\n`, "a", 22, ed25519],
    ])("finds %s", (_, text, host, port, hostKey) => {
        expect(findHostKey(text, host, port)).toEqual({ hostKey });
    });

    it.each([
        ["another host", `b ${ed25519}`, "a", 22],
        ["another port", `[a]:2222 ${ed25519}`, "a", 22],
        ["the default port where another is asked for", `a ${ed25519}`, "a", 2222],
        ["another hashed host", `${hashed("b")} ${ed25519}`, "a", 22],
        ["a commented line", `# a ${ed25519}`, "a", 22],
        ["a revoked key", `@revoked a ${ed25519}`, "a", 22],
        ["an authority", `@cert-authority a ${ed25519}`, "a", 22],
        ["half a line", "a ssh-ed25519", "a", 22],
        ["a longer name", `a.example.com ${ed25519}`, "a", 22],
        ["an empty file", "", "a", 22],
    ])("does not take %s", (_, text, host, port) => {
        expect(findHostKey(text, host, port)).toEqual(none(host, port));
    });

    it("refuses a host that is known by ssh-rsa alone, with the reason", () => {
        expect(findHostKey(`[a]:23 ${rsa}`, "a", 23)).toEqual({
            problem:
                "knows [a]:23 by an ssh-rsa key only, which the connection cannot use (SHA-1, refused by OpenSSH 8.8 and later); add its ed25519 or ecdsa key",
        });
    });

    it("does not take a key that another line revokes", () => {
        expect(findHostKey(`a ${ed25519}\n@revoked a ${ed25519}`, "a", 22)).toEqual(none("a"));
    });
});

describe("parseHostKey", () => {
    it.each([ed25519, ecdsa])("takes %s, with or without a comment", (key) => {
        expect(parseHostKey(` ${key} root@a\n`)).toEqual({ hostKey: key });
        expect(parseHostKey(key)).toEqual({ hostKey: key });
    });

    it("refuses ssh-rsa, with the reason", () => {
        expect(parseHostKey(rsa)).toEqual({
            problem: "is an ssh-rsa key, which the connection cannot use (SHA-1); give the ed25519 or ecdsa key",
        });
    });

    it.each([
        "",
        "ssh-ed25519",
        "ssh-ed25519 short",
        `ssh-dss ${ed25519.slice(12)}`,
        ed25519.replace("b", "$"),
        `a ${ed25519}`,
    ])("refuses %j, and says what is expected", (text) => {
        expect(parseHostKey(text)).toEqual({
            problem: "expected the line of the host's ssh_host_ed25519_key.pub: ssh-ed25519 AAAA…",
        });
    });
});
