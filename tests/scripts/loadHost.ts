import { type FakeHost, makeHost } from "./fakeHost";
import type { Answer } from "./fakeServer";
import { begin, end, passive } from "./managedBlock";

export const inventory =
    "-- inventory: account app@%\n-- inventory: schema shop\n-- inventory: table shop.stuff\t1\n-- Dump completed, with an inventory of 3 lines";
export const backup = `-- MySQL dump\nINSERT INTO stuff VALUES (1);\n-- Dump completed on 2026-11-23\n${inventory}\n`;
export const configured = `[mysqld]\n${begin}\nserver_id=20\n${end}\n`;
export const closed = `[mysqld]\n${begin}\nserver_id=20\n${passive}\n${end}\n`;
export const line =
    "seed source_file=bin.7 source_position=700 source_gtid=uuid-a:1-9 file=mysql-bin.000003 position=157\n";
export const done = `state=done source=uuid-a own=uuid-b source_log=1600000000 ${line.replace("seed ", "")}`;

/** What an import brings: the set of the backup, its schema with a row, its account in place of all that were there. */
export function bringBackup({ local }: FakeHost): Answer {
    local.variables.set("gtid_executed", "uuid-a:1-9");
    local.schemas = ["shop"];
    local.rows.set("shop.stuff", 1);
    local.accounts.clear();
    local.accounts.set("app@%", "");
    return {};
}

/** A host to which the backup has been sent, and the step's parameters for it. */
export function readyToLoad(size = backup.length) {
    const host = makeHost({}, { gtid_executed: "uuid-a:1-9" });
    // a restart of the host would clear /tmp
    const file = "/var/lib/mysql-master-master/3306/received-backup";
    host.write(file, backup);
    host.write("/etc/my.cnf", configured);
    host.remember("backup", `${host.path("/tmp/master_backup.sql")}\n`);
    host.local.accounts.set("root@localhost", "");
    host.write(
        "/root/.ssh/authorized_keys",
        "ssh-ed25519 MINE me\nssh-ed25519 THROWAWAY mysql-master-master-seed-3306\n",
    );
    host.local.rules.push({
        on: /^INSERT|MySQL dump/,
        answer: () => bringBackup(host),
    });
    host.local.rules.push({
        on: /^DROP DATABASE/,
        answer: () => {
            host.local.schemas = [];
            return {};
        },
    });
    host.local.rules.push({ on: /^-- Dump completed/, answer: {} });
    const parameters = {
        SEED: "wanted",
        DUMP: `dump method=dump file=bin.7 position=700 gtid=uuid-a:1-9 bytes=${size}`,
        SOURCE_UUID: "uuid-a",
        BACKUP_FILE: host.path("/tmp/master_backup.sql"),
        KEEP_BACKUP: false,
        TIMEOUT_SECONDS: 60,
    };
    return { host, parameters, file };
}
