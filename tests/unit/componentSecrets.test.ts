import type { MasterMasterPairArgs } from "../../components/masterMasterPair";
import { type Built, buildPair, plainArgs, plainTexts, scriptIn, secretOf, secrets, sshOf } from "./pair";

/** A pair that uses every kind of secret there is. */
function secretArgs(): MasterMasterPairArgs {
    const ssh = (host: string) => ({
        ...sshOf(host),
        user: "admin",
        privateKeyPassphrase: secrets.passphrase,
        bastion: { host: "jump", user: "gate", port: 2222, privateKey: secrets.hopKey, hostKey: "ssh-ed25519 HOP" },
    });
    const login = { user: "root", password: secrets.login };
    return {
        a: { host: "a", ssh: ssh("10.0.0.1"), mysql: { login, admin: { user: "pulumi", password: secrets.admin } } },
        b: { host: "b", ssh: ssh("10.0.0.2"), mysql: { login } },
        account: { password: secrets.account },
    };
}

/** Resources that hold a secret in clear, each with the texts. */
const leaks = ({ resources }: Built) =>
    resources
        .map(({ name, inputs }) => ({ name, texts: plainTexts(inputs).filter((text) => text.includes("SECRET")) }))
        .filter(({ texts }) => texts.length > 0);

describe("a secret", () => {
    it("is in no property that is in clear: not in create, not in delete, nowhere", async () => {
        expect(leaks(await buildPair(secretArgs()))).toEqual([]);
    });

    it("is found by this search where one is in clear", async () => {
        const args = secretArgs();
        args.a.host = "SECRET-host";
        expect(leaks(await buildPair(args)).map(({ name }) => name)).toContain("pair-a-configure");
    });

    it("reaches the scripts on stdin, which is secret as a whole", async () => {
        const { commands } = await buildPair(secretArgs());
        const holders = (secret: string) =>
            commands.filter(({ inputs }) => scriptIn(inputs.stdin).includes(`'${secret}'`)).map(({ name }) => name);
        expect(commands.filter(({ inputs }) => typeof secretOf(inputs.stdin) !== "string")).toEqual([]);
        expect(holders(secrets.login).sort()).toEqual(commands.map(({ name }) => name).sort());
        expect(holders(secrets.account).sort()).toEqual([
            "pair-link-attach-a",
            "pair-link-attach-b",
            "pair-link-rows-a",
            "pair-link-rows-b",
            "pair-link-seed-admit",
            "pair-link-seed-load",
            "pair-replicator-account",
            "pair-replicator-login",
            "pair-role-a",
            "pair-role-b",
        ]);
        expect([secrets.key, secrets.passphrase, secrets.hopKey, secrets.admin].map(holders)).toEqual([[], [], [], []]);
    });

    it("of the provider and of the user is secret there, too", async () => {
        const { get } = await buildPair(secretArgs());
        expect(secretOf(get("pair-replicator-user").inputs.plaintextPassword)).toBe(secrets.account);
        expect(get("pair-replicator-provider").inputs).toEqual({
            endpoint: "10.0.0.1:3306",
            username: "pulumi",
            password: expect.objectContaining({ value: secrets.admin }),
            tls: "false",
        });
    });
});

describe("a connection", () => {
    it("checks the host key and dials 10 times, unless told", async () => {
        const { get } = await buildPair(plainArgs());
        expect(secretOf(get("pair-a-configure").inputs.connection)).toEqual({
            host: "10.0.0.1",
            port: 22,
            user: "root",
            privateKey: secrets.key,
            hostKey: "ssh-ed25519 KEY-OF-10.0.0.1",
            dialErrorLimit: 10,
            perDialTimeout: 15,
        });
    });

    it("goes through the bastion, with its key, port, user and host key", async () => {
        const { get } = await buildPair(secretArgs());
        expect(secretOf(get("pair-b-configure").inputs.connection)).toEqual({
            host: "10.0.0.2",
            port: 22,
            user: "admin",
            privateKey: secrets.key,
            privateKeyPassword: secrets.passphrase,
            hostKey: "ssh-ed25519 KEY-OF-10.0.0.2",
            dialErrorLimit: 10,
            perDialTimeout: 15,
            proxy: {
                host: "jump",
                port: 2222,
                user: "gate",
                privateKey: secrets.hopKey,
                hostKey: "ssh-ed25519 HOP",
                dialErrorLimit: 10,
                perDialTimeout: 15,
            },
        });
    });

    it("of each step leads to that step's host", async () => {
        const { commands } = await buildPair(plainArgs());
        const onA = commands.filter(
            ({ inputs }) => (secretOf(inputs.connection) as { host: string }).host === "10.0.0.1",
        );
        expect(onA.map(({ name }) => name).sort()).toEqual([
            "pair-a-configure",
            "pair-link-attach-a",
            "pair-link-rows-a",
            "pair-link-seed-dump",
            "pair-link-seed-offer",
            "pair-lock-a",
            "pair-reach-a",
            "pair-replicator-account",
            "pair-role-a",
        ]);
    });

    it.each([
        ["root", 'bash -s -- up "$SSH_CONNECTION"'],
        ["admin", 'sudo -n -H bash -s -- up "$SSH_CONNECTION"'],
    ])("as %s runs %s", async (user, last) => {
        const args = plainArgs();
        args.a.ssh = { ...args.a.ssh, user };
        const { create } = (await buildPair(args)).get("pair-a-configure").inputs;
        expect(String(create).split("\n").at(-1)).toBe(last);
    });

    it("without a host key is made with a warning, and with one without", async () => {
        const args = plainArgs();
        args.b.ssh = { host: "10.0.0.2", privateKey: secrets.key };
        const text = "the SSH host key of node b (or of its bastion) is not checked";
        expect((await buildPair(args)).warnings).toEqual([text]);
        expect((await buildPair(plainArgs())).warnings).toEqual([]);
    });
});
