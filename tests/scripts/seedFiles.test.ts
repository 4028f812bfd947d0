import { execFileSync } from "node:child_process";
import { chmodSync, statSync } from "node:fs";
import { changes, cleanUpHosts, type FakeHost, makeHost } from "./fakeHost";

/** The steps of a seed by mariabackup that need no real one; tests/unit/mariabackup has its pieces, tests/series/mariadb-10.11 the real one. */

cleanUpHosts();

const keys = "/root/.ssh/authorized_keys";
const mine = "ssh-ed25519 MINE me\n";
const machine = execFileSync("uname", ["-m"], { encoding: "utf8" }).trim();
const layout = `version=101119~machine=${machine}~page=16384~case=0~files=ibdata1:12M~undo=0`;
const parameters = {
    SEED: "wanted",
    METHOD: "auto",
    COMPRESS: false,
    PEER_FACTS: `server=MariaDB/10.11.19-MariaDB zstd=no clone=no files=yes layout=${layout}`,
    KEEP_BACKUP: false,
    LOCK_ALL_TABLES: false,
    BACKUP_FILE: "/none",
    PEER_UUID: "uuid-b",
    SOURCE_UUID: "uuid-a",
    OWN_HOST: "a.example.com",
    PEER_HOST: "b.example.com",
    OFFER: "offer method=mariabackup key=ssh-ed25519,KEY bytes=12000",
};

/** A node with MariaDB 10.11 that can give and take files. */
function ready(bytes = 12000): FakeHost {
    const host = makeHost({ log_bin: "1" }, {}, "10.11.19-MariaDB");
    for (const name of ["datadir", "innodb_data_home_dir", "innodb_log_group_home_dir", "aria_log_dir_path"]) {
        host.local.variables.set(name, host.path("/var/lib/mysql"));
    }
    for (const name of [
        "innodb_undo_directory",
        "innodb_encrypt_tables",
        "innodb_encrypt_log",
        "aria_encrypt_tables",
        "wsrep_on",
    ]) {
        host.local.variables.set(name, "");
    }
    host.write("/var/lib/mysql/mysql/db.frm", "");
    host.write(keys, mine);
    host.write("/var/lib/mysql/mysql-master-master-id", "uuid-b\n");
    host.write(
        "/bin/mariadb-backup",
        "#!/bin/bash\necho 'mariadb-backup based on MariaDB server 10.11.19-MariaDB Linux' >&2\n",
    );
    host.write("/bin/mbstream", "");
    host.write("/bin/my_print_defaults", "#!/bin/bash\necho --user=root\n");
    host.local.variables.set("socket", "/run/mysqld/mysqld.sock");
    for (const name of ["/bin/mariadb-backup", "/bin/mbstream", "/bin/my_print_defaults"]) {
        chmodSync(host.path(name), 0o755);
    }
    host.local.rules.push(
        { on: /^SELECT CONCAT\(' page='/, answer: { stdout: " page=16384 case=0 files=ibdata1:12M undo=0" } },
        { on: /FROM information_schema\.innodb_tablespaces_encryption/, answer: { stdout: "0" } },
        { on: /SUM\(file_size\)/, answer: { stdout: `${bytes}` } },
    );
    return host;
}

it("seed-look.sh tells of a host that can take files, twice, and changes nothing", async () => {
    const host = ready();
    for (let time = 0; time < 2; time++) {
        const run = await host.run("seed-look.sh", parameters);
        expect([run.stderr, run.stdout.slice(run.stdout.indexOf("files="))]).toEqual([
            "",
            `files=yes layout=${layout}\n`,
        ]);
        expect(changes(run.statements)).toEqual([]);
    }
});

it("seed-offer.sh offers files with a key and about how many bytes they are, twice the same", async () => {
    const host = ready();
    const run = await host.run("seed-offer.sh", { ...parameters, NODE: "a" });
    const key = (host.memory("copy-key.pub") ?? "").split(" ").slice(0, 2).join();
    expect(run).toMatchObject({
        exitCode: 0,
        stdout: `offer method=mariabackup key=${key} bytes=12000\n`,
        stderr: "a: seed.method auto takes mariabackup, the fastest that both can do\n",
    });
    expect(changes(run.statements)).toEqual([]);
    expect((await host.run("seed-offer.sh", { ...parameters, NODE: "a" })).stdout).toBe(run.stdout);
});

describe("seed-admit.sh, of files,", () => {
    it("has the key feed the receiver of files and do nothing else, twice the same, and takes it out at destroy", async () => {
        const host = ready();
        const place = "/var/lib/mysql-master-master/3306/receive-backup";
        const seen = async () => {
            const run = await host.run("seed-admit.sh", parameters);
            expect(run).toMatchObject({ exitCode: 0, stdout: "admit method=mariabackup\n", stderr: "" });
            expect(changes(run.statements)).toEqual([]);
            return [host.read(keys), host.memory("receive-backup"), statSync(host.path(place)).mode & 0o777];
        };
        const [admitted, receiver, mode] = await seen();
        const limits = "no-pty,no-port-forwarding,no-X11-forwarding,no-agent-forwarding";
        expect([admitted, mode]).toEqual([
            `${mine}command="bash ${host.path(place)}",${limits} ssh-ed25519 KEY mysql-master-master-seed-3306\n`,
            0o600,
        ]);
        expect(receiver).toContain(
            ` folder=${host.path("/var/lib/mysql/mysql/.mm-seed")} cut=${host.path("/var/lib/mysql/.mm-seed")} `,
        );
        expect(await seen()).toEqual([admitted, receiver, mode]);
        expect((await host.run("seed-admit.sh", parameters, "down")).exitCode).toBe(0);
        expect([host.read(keys), host.memory("receive-backup")]).toEqual([mine, undefined]);
    });

    it("keeps what was received before by this method; by another one, that goes", async () => {
        const host = ready();
        const received = "/var/lib/mysql/mysql/.mm-seed/received";
        host.write(received, "bytes=1 receipt=0a\n");
        await host.run("seed-admit.sh", parameters);
        expect(host.read(received)).toBe("bytes=1 receipt=0a\n");
        const OFFER = "offer method=stream key=ssh-ed25519,KEY";
        expect((await host.run("seed-admit.sh", { ...parameters, OFFER, RECEIVER: "main" })).exitCode).toBe(0);
        expect(host.read(received)).toBeUndefined();
    });

    it.each([
        [
            "there is no room for them",
            { OFFER: `${parameters.OFFER}${"0".repeat(12)}` },
            "MM_SEED_DISK: /var/lib/mysql on b has ",
        ],
        [
            "the node is the origin itself",
            { SOURCE_UUID: "server-id-20-uuid-b" },
            "MM_SEED_NODE_NOT_EMPTY: b is the origin itself.",
        ],
    ])("lets nobody in where %s", async (_, changed, words) => {
        const host = ready();
        const run = await host.run("seed-admit.sh", { ...parameters, ...changed });
        expect([run.exitCode, run.stdout, run.stderr.includes(`error ${words}`), host.read(keys)]).toEqual([
            1,
            "",
            true,
            mine,
        ]);
    });

    it("lets nobody in where the node holds schemas of its own", async () => {
        const host = ready();
        host.local.schemas = ["crm"];
        const run = await host.run("seed-admit.sh", parameters);
        expect(run.stderr).toContain("error MM_SEED_NODE_NOT_EMPTY: b holds schemas of its own (crm)");
        expect([run.exitCode, host.read(keys), host.memory("receive-backup")]).toEqual([1, mine, undefined]);
    });
});
