import { ed25519, problemsOf } from "./stack";

const openssh = (start: string) =>
    `-----BEGIN OPENSSH PRIVATE KEY-----\n${start}\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n`;
const sealed = openssh("b3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAGYmNyeXB0AAAAGAAAABCzTy");
const plain = openssh("b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2");
const pem =
    "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n";
const isPublic = "is a public key; give the private one, which is beside it without .pub";
const isSealed = "has a passphrase; give it as privateKeyPassphrase (a secret)";

describe("a private key", () => {
    it.each([
        ["a .pub file", `${ed25519} me@here\n`, isPublic],
        ["an RSA .pub file", "ssh-rsa AAAAB3NzaC1yc2E me", isPublic],
        ["a sealed key without its passphrase", sealed, isSealed],
        ["a sealed key of the old format", pem, isSealed],
    ])("that is %s is refused for what it is", (_, text, problem) => {
        const files = { "/key": text };
        expect(problemsOf({ ssh: { privateKeyFile: "/key", hostKey: ed25519 } }, files)).toEqual([
            `a.ssh.privateKeyFile: ${problem}`,
            `b.ssh.privateKeyFile: ${problem}`,
        ]);
        expect(problemsOf({ ssh: { privateKey: text, hostKey: ed25519 } })).toContain(`a.ssh.privateKey: ${problem}`);
    });

    it.each([
        ["open", plain, {}],
        ["sealed, with a passphrase", sealed, { privateKeyPassphrase: "x" }],
        ["sealed in the old format, with one", pem, { privateKeyPassphrase: "x" }],
    ])("that is %s is taken", (_, privateKey, more) => {
        expect(problemsOf({ ssh: { privateKey, hostKey: ed25519, ...more } })).toEqual([]);
    });
});
