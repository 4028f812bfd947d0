import { execFileSync } from "node:child_process";
import { chmodSync, statSync } from "node:fs";
import { cleanUpHosts, makeHost } from "./fakeHost";

cleanUpHosts();

const keys = "/root/.ssh/authorized_keys";
const mine = "ssh-ed25519 MINE me";
const limits = "no-pty,no-port-forwarding,no-X11-forwarding,no-agent-forwarding";

function ready() {
    const host = makeHost();
    host.write(keys, mine);
    const parameters = {
        BACKUP_FILE: "/tmp/master_backup.sql",
        KEEP_BACKUP: false,
        SEED: "wanted",
        METHOD: "dump",
        COMPRESS: false,
        PEER_FACTS: "",
        LOCK_ALL_TABLES: false,
        OFFER: "offer method=dump key=ssh-ed25519,KEY",
        PEER_UUID: "uuid-x",
        SOURCE_UUID: "uuid-a",
    };
    return { host, parameters };
}

describe("seed-offer.sh", () => {
    it("makes one throw-away key, keeps it until it is used, and prints its public half", async () => {
        const { host, parameters } = ready();
        const run = await host.run("seed-offer.sh", parameters);
        const [type, key] = (host.memory("copy-key.pub") ?? "").split(" ");
        expect(run).toMatchObject({ exitCode: 0, stdout: `offer method=dump key=${type},${key}\n`, stderr: "" });
        expect(statSync(host.path("/var/lib/mysql-master-master/3306/copy-key")).mode & 0o777).toBe(0o600);
        expect((await host.run("seed-offer.sh", parameters)).stdout).toBe(run.stdout);
    });

    it.each(["done", "parted"])("makes none where the seed is %s, and removes one that is left", async (SEED) => {
        const { host, parameters } = ready();
        await host.run("seed-offer.sh", parameters);
        const run = await host.run("seed-offer.sh", { ...parameters, SEED });
        expect([run.stdout, host.memory("copy-key"), host.memory("copy-key.pub")]).toEqual([
            "offer none\n",
            undefined,
            undefined,
        ]);
    });

    it("removes the key at destroy, and a backup only if it is its own", async () => {
        const { host, parameters } = ready();
        const own = { ...parameters, BACKUP_FILE: host.path("/tmp/backup") };
        host.write("/tmp/backup", "x");
        await host.run("seed-offer.sh", own);
        await host.run("seed-offer.sh", own, "down");
        expect([host.memory("copy-key"), host.read("/tmp/backup")]).toEqual([undefined, "x"]);
        host.remember("backup", own.BACKUP_FILE);
        await host.run("seed-offer.sh", { ...own, KEEP_BACKUP: true }, "down");
        expect([host.read("/tmp/backup"), host.memory("backup")]).toEqual(["x", own.BACKUP_FILE]);
        await host.run("seed-offer.sh", own, "down");
        expect([host.read("/tmp/backup"), host.memory("backup")]).toEqual([undefined, undefined]);
    });
});

describe("seed-admit.sh", () => {
    it.each([
        ["root", ""],
        ["admin", "sudo -n "],
    ])("lets the key of %s deliver the backup and do nothing else", async (SSH_USER, sudo) => {
        const { host, parameters } = ready();
        const run = await host.run("seed-admit.sh", { ...parameters, SSH_USER });
        expect(run).toMatchObject({ exitCode: 0, stdout: "admit method=dump\n", stderr: "" });
        const receiver = host.path("/var/lib/mysql-master-master/3306/receive-backup");
        const admitted = `command="${sudo}bash ${receiver}",${limits} ssh-ed25519 KEY mysql-master-master-seed-3306`;
        expect(host.read(keys)).toBe(`${mine}\n${admitted}\n`);
        await host.run("seed-admit.sh", { ...parameters, SSH_USER });
        expect(host.read(keys)).toBe(`${mine}\n${admitted}\n`);
    });

    it("writes a receiver that puts the file in place whole, for its owner only, and answers its size", async () => {
        const { host, parameters } = ready();
        const file = host.path("/tmp/backup");
        await host.run("seed-admit.sh", { ...parameters, BACKUP_FILE: file });
        const receiver = host.memory("receive-backup") ?? "";
        const run = await host.runText(`bash <(printf %s '${receiver.replaceAll("'", "'\\''")}') <<<'the dump'`);
        expect(run).toMatchObject({ exitCode: 0, stdout: "9\n", stderr: "" });
        const received = "/var/lib/mysql-master-master/3306/received-backup";
        expect([host.read(received), statSync(host.path(received)).mode & 0o777]).toEqual(["the dump\n", 0o600]);
        expect(host.read("/tmp/backup")).toBeUndefined();
    });

    it("writes a receiver that unpacks first, where the other end packs", async () => {
        const { host, parameters } = ready();
        host.addZstd();
        await host.run("seed-admit.sh", { ...parameters, OFFER: `${parameters.OFFER} packed=yes` });
        const receiver = host.memory("receive-backup") ?? "";
        const packed = Buffer.from("the dump\n").toString("base64");
        const run = await host.runText(`bash <(printf %s '${receiver.replaceAll("'", "'\\''")}') <<<'${packed}'`);
        expect(run).toMatchObject({ exitCode: 0, stdout: "9\n", stderr: "" });
        expect(host.read("/var/lib/mysql-master-master/3306/received-backup")).toBe("the dump\n");
    });

    it.each([
        ["tmpfs", "/srv/backup", "/var/lib/mysql-master-master/3306/received-backup"],
        ["ext2/ext3", "/srv/backup", "/srv/backup"],
        ["ext2/ext3", "/tmp/backup", "/var/lib/mysql-master-master/3306/received-backup"],
    ])(
        "has the file received where a restart of the host does not clear it away: on %s, %s",
        async (kind, file, place) => {
            const { host, parameters } = ready();
            host.write("/srv/x", "");
            host.write("/bin/stat", `#!/bin/bash\necho ${kind}\n`);
            chmodSync(host.path("/bin/stat"), 0o755);
            // the real /tmp, for a fake host's is below it
            const own = { ...parameters, BACKUP_FILE: file.startsWith("/tmp") ? file : `/srv${host.path(file)}` };
            await host.run("seed-admit.sh", own);
            const wanted = place === file ? own.BACKUP_FILE : host.path(place);
            expect(host.memory("receive-backup")).toContain(`\nfile=${wanted}\n`);
        },
    );

    it.each([{ SEED: "done" }, { SEED: "parted" }, { OFFER: "offer none" }])(
        "lets nothing in after %j, and takes out a key that is left",
        async (answer) => {
            const { host, parameters } = ready();
            await host.run("seed-admit.sh", parameters);
            const run = await host.run("seed-admit.sh", { ...parameters, ...answer });
            expect([run.stdout, host.read(keys), host.memory("receive-backup")]).toEqual([
                "admit no\n",
                `${mine}\n`,
                undefined,
            ]);
        },
    );

    it("of a stream has the key feed the import that the step carries, as up, from where the step was called; no file is claimed", async () => {
        const { host, parameters } = ready();
        const receiver = "echo 'it is \"$1\"'\nmain";
        host.write("/tmp/master_backup.sql", "somebody's");
        const run = await host.run("seed-admit.sh", {
            ...parameters,
            OFFER: "offer method=stream key=ssh-ed25519,KEY",
            RECEIVER: receiver,
            BACKUP_FILE: host.path("/tmp/master_backup.sql"),
        });
        expect(run).toMatchObject({ exitCode: 0, stdout: "admit method=stream\n", stderr: "" });
        const place = "/var/lib/mysql-master-master/3306/receive-backup";
        expect([host.memory("receive-backup"), statSync(host.path(place)).mode & 0o777]).toEqual([
            `set -- up 10.0.0.9\n${receiver}\n`,
            0o600,
        ]);
        expect(host.read(keys)).toBe(
            `${mine}\ncommand="bash ${host.path(place)}",${limits} ssh-ed25519 KEY mysql-master-master-seed-3306\n`,
        );
        expect([host.memory("backup"), host.read("/tmp/master_backup.sql")]).toEqual([undefined, "somebody's"]);
    });

    it("claims the file first: it delivers over none but its own, and lets nobody in where there is another", async () => {
        const { host, parameters } = ready();
        const own = { ...parameters, BACKUP_FILE: host.path("/tmp/backup") };
        host.write("/tmp/backup", "somebody's");
        const run = await host.run("seed-admit.sh", own);
        expect(run).toMatchObject({
            exitCode: 1,
            stdout: "",
            stderr:
                "error MM_SEED_BACKUP_EXISTS: /tmp/backup is there on b, and not from this program. Nothing was changed\n" +
                "  next: move it away, or set seed.backupFile; then run up again\n",
        });
        expect([host.read(keys), host.memory("backup"), host.read("/tmp/backup")]).toEqual([
            mine,
            undefined,
            "somebody's",
        ]);
        host.remember("backup", `${own.BACKUP_FILE}\n`);
        expect(await host.run("seed-admit.sh", own)).toMatchObject({ exitCode: 0, stdout: "admit method=dump\n" });
    });

    it.each([
        ["done", "uuid-b", "admit no\n"],
        ["imported", "uuid-b", "admit no\n"],
        ["unfinished", "uuid-b", "admit method=dump\n"],
        ["done", "the-server-before", "admit method=dump\n"],
    ])("after a seed that is %s, on %s, says %j", async (state, own, answer) => {
        const { host, parameters } = ready();
        host.remember("seed", `state=${state} source=uuid-a own=${own}\n`);
        const run = await host.run("seed-admit.sh", { ...parameters, BACKUP_FILE: host.path("/tmp/backup") });
        expect([run.exitCode, run.stdout]).toEqual([0, answer]);
    });

    it("takes the key out at destroy, and leaves all others", async () => {
        const { host, parameters } = ready();
        await host.run("seed-admit.sh", parameters);
        expect((await host.run("seed-admit.sh", parameters, "down")).exitCode).toBe(0);
        expect(host.read(keys)).toBe(`${mine}\n`);
    });
});

describe("seed-look.sh", () => {
    const facts = `server=MySQL/9.7.4 zstd=yes clone=there~is~no~clone~plugin~among~the~server's~files machine=${execFileSync("uname", ["-m"], { encoding: "utf8" }).trim()} page=16384 names=0 system=ibdata1:12M:autoextend packet=67108864 plugins=`;

    it.each([
        ["wanted", undefined],
        ["done", "state=done source=uuid-a own=uuid-b x=1\n"],
        ["parted", "state=parted source=uuid-a own=uuid-b x=1\n"],
        ["wanted", "state=unfinished source=uuid-a own=uuid-b\n"],
        ["wanted", "state=done source=uuid-a own=another\n"],
        ["wanted", "state=done source=another own=uuid-b\n"],
    ])("says seed %s after %j, twice, and changes nothing", async (state, memory) => {
        const { host, parameters } = ready();
        host.addZstd();
        if (memory !== undefined) {
            host.remember("seed", memory);
        }
        for (let time = 0; time < 2; time++) {
            expect(await host.run("seed-look.sh", parameters)).toMatchObject({
                exitCode: 0,
                stdout: state === "wanted" ? `seed wanted ${facts}\n` : `seed ${state}\n`,
                stderr: "",
            });
        }
        expect(host.memory("seed")).toBe(memory);
    });
});
