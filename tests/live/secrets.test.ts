import { execFileSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { packScript } from "../../core/script";
import { a, b, freshHosts, type Host, labFolder } from "./hosts";
import { findFilesWith, findLeaks } from "./leaks";
import { watchProcesses } from "./processWatch";
import { type Outcome, Stack } from "./stack";

jest.setTimeout(300_000);

const keyFile = join(labFolder, "ssh/id_secret");
const core = (name: string) => `${name}Vt7Kq2Zm9Xw4Lp`;
const secrets: Record<string, string> = {
    "replication password": core("Rp"),
    "new replication password": core("Rn"),
    "login password": core("Lo"),
    "admin password": core("Ad"),
    "key's passphrase": core("Kp"),
    "stack's passphrase": core("St"),
};
const stack = new Stack("secrets");

/** The files that have come to be on a host since the test began, server and logs aside, and the program's folders: mode, owner, path. */
async function newFiles(host: Host): Promise<string[]> {
    const found = await host.run(
        "find / -xdev \\( -path /var/log -o -path /var/lib/mysql -o -path /proc -o -path /run \\) -prune -o " +
            "-cnewer /run/before \\( ! -type d -o -path '*master*' \\) -printf '%m %u %p\\n' | sort -k 3",
    );
    return found.split("\n");
}

const memory = (...names: string[]) => [
    "644 root /etc/mysql/mysql.conf.d/zz-mysql-master-master.cnf",
    "700 root /var/lib/mysql-master-master",
    "700 root /var/lib/mysql-master-master/3306",
    ...names.map((name) => `600 root /var/lib/mysql-master-master/3306/${name}`),
];

/**
 * Where a server itself keeps what it logs in to its source with: mysql.slave_master_info and its way to the disk. Nothing else on
 * a host, and no other secret anywhere.
 */
const channelRepository =
    /^\/var\/lib\/mysql\/(mysql\.ibd|undo_00[12]|#innodb_redo\/#ib_redo\d+(_tmp)?|#ib_16384_\d+\.dblwr|ibdata1)$/;

async function filesWithSecrets(host: Host): Promise<string[]> {
    const found = await Promise.all(
        Object.entries(secrets).map(async ([name, secret]) =>
            (await findFilesWith(host, secret)).map((file) => `${name}: ${file}`),
        ),
    );
    return found.flat().filter((line) => {
        const [name = "", file = ""] = line.split(": ");
        return !(name.endsWith("replication password") && channelRepository.test(file));
    });
}

beforeAll(async () => {
    freshHosts();
    rmSync(keyFile, { force: true });
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", secrets["key's passphrase"] ?? "", "-f", keyFile]);
    const [, keyLine = ""] = readFileSync(keyFile, "utf8").split("\n").reverse().slice(1).reverse().slice(1);
    secrets["private key"] = keyLine;
    const password = `it's "${secrets["login password"]}" \\ $HOME \`id\``;
    for (const host of [a, b]) {
        await host.run(`echo '${readFileSync(`${keyFile}.pub`, "utf8").trim()}' >/home/deploy/.ssh/authorized_keys`);
        await host.sql(
            `SET SESSION sql_log_bin = 0; CREATE USER op@localhost IDENTIFIED BY '${password.replace(/[\\']/g, "\\$&")}'; GRANT ALL ON *.* TO op@localhost WITH GRANT OPTION`,
        );
    }
    await a.sql(`SET SESSION sql_log_bin = 0; ALTER USER pulumi IDENTIFIED BY '${secrets["admin password"]}'`);
    await a.run("touch /run/before");
    await b.run("touch /run/before");
    stack.passphrase = secrets["stack's passphrase"];
    stack.settings.ssh = { ...(stack.settings.ssh as object), privateKeyFile: keyFile };
    stack.settings.a = { ...(stack.settings.a as object), mysql: { admin: { user: "pulumi" } } };
    stack.settings.mysql = { login: { user: "op" } };
    // its receiver is a file on b, which holds passwords for as long as it is there
    stack.settings.seed = { method: "stream" };
    await stack.init();
    await stack.seal({
        "ssh.privateKeyPassphrase": secrets["key's passphrase"] ?? "",
        "mysql.login.password": password,
        "a.mysql.admin.password": secrets["admin password"] ?? "",
        "account.password": secrets["replication password"] ?? "",
    });
});

describe("no secret is shown", () => {
    let watch: ReturnType<typeof watchProcesses>;

    beforeAll(() => {
        watch = watchProcesses("a", "b");
    });

    test("in what the CLI says, at its most verbose short of -v=9, with which the engine shows all inputs of any program", async () => {
        const verbose = [
            "--diff",
            "--show-full-output",
            "--show-config",
            "--debug",
            "--logtostderr",
            "--logflow",
            "-v=8",
        ];
        const say = async ({ exitCode, text }: Outcome) => {
            expect(findLeaks(text, secrets)).toEqual([]);
            expect(exitCode).toBe(0);
            expect(text).toContain("pair-replicator-account");
        };
        await say(await stack.preview(...verbose));
        await say(await stack.up(...verbose));
        await stack.seal({ "account.password": secrets["new replication password"] ?? "" });
        await say(await stack.up(...verbose));
    });

    test("in the stack's state", async () => {
        const state = await stack.export();
        expect(state).toContain("pair-replicator-account");
        expect(findLeaks(state, secrets)).toEqual([]);
        expect(state).not.toContain("PRIVATE KEY");
    });

    test("in any file of the hosts, but for the servers' own channel repository", async () => {
        expect(await filesWithSecrets(a)).toEqual([]);
        expect(await filesWithSecrets(b)).toEqual([]);
        // the search itself finds what is there
        expect(await findFilesWith(b, secrets["new replication password"] ?? "")).toContain("/var/lib/mysql/mysql.ibd");
    });

    test("by the mode of a file: all that is new is for root alone, but for the option file, which the server and its clients read", async () => {
        const onBoth = ["bind-address", "link", "lock", "log", "option-file", "options", "owner", "peer-role"];
        expect(await newFiles(a)).toEqual(memory(...["account", "dump", ...onBoth].sort()));
        const [optionFile = "", ...onB] = memory(...["before-fence", "events", "seed", ...onBoth].sort());
        // the throw-away key's line has come and gone
        expect(await newFiles(b)).toEqual([optionFile, "600 deploy /home/deploy/.ssh/authorized_keys", ...onB]);
    });

    test("to any process of the hosts, from the first up to the end of destroy", async () => {
        await stack.mustDestroy();
        const { text, samples } = watch.stop();
        expect(samples).toBeGreaterThan(500);
        expect(text).toContain("--defaults-extra-file=");
        expect(text).toContain("SSH_CONNECTION=");
        expect(findLeaks(text, secrets)).toEqual([]);
        expect(await filesWithSecrets(a)).toEqual([]);
        expect(await filesWithSecrets(b)).toEqual([]);
    });
});

test("the search finds a secret in each of its forms", () => {
    const secret = { it: core("Zz") };
    const packed = packScript("check-port.sh", { LOGIN_PASSWORD: secret.it });
    const bytes = Buffer.from(secret.it);
    const wrapped = ["x", "xy", "xyz"].map((before) =>
        Buffer.concat([Buffer.from(before), bytes, Buffer.from("tail")]),
    );
    for (const text of [
        secret.it,
        JSON.stringify({ a: secret.it }),
        bytes.toString("hex"),
        ...wrapped.map((each) => each.toString("base64")),
        packed,
        packed.slice(0, -100),
    ]) {
        expect(findLeaks(`before ${text} after`, secret)).toEqual(["it"]);
    }
    expect(findLeaks("before after", secret)).toEqual([]);
});
