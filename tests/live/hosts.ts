import { execFile, execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export const checkout = resolve(__dirname, "../..");
takeOwnLab();
/** `make live` sets both: the tests have hosts of their own, beside those of `make up`. */
export const labFolder = process.env.MM_LAB_DIR ?? "";
export const subnet = process.env.MM_LAB_SUBNET ?? "";

/**
 * Jest's workers run side by side: the first has the lab that .ci/checks.sh names, each other one a lab beside it. What a test
 * starts is told so by process.env, which has to be handed on: Node's default is the environment from before.
 */
function takeOwnLab(): void {
    const worker = Number(process.env.JEST_WORKER_ID ?? 1);
    if (worker > 1) {
        const own = process.env.MM_TEST_SUBNET?.split(" ")[worker - 1];
        if (own === undefined) {
            throw new Error(`jest's worker ${worker} has no lab: MM_TEST_SUBNET is '${process.env.MM_TEST_SUBNET}'`);
        }
        process.env.MM_LAB_SUBNET = own;
        process.env.MM_LAB_DIR = `${process.env.MM_LAB_DIR}-${worker}`;
        process.env.PULUMI_BACKEND_URL = `file://${process.env.MM_LAB_DIR}/state`;
    }
}

/** A host of the lab, entered by the test's own SSH: what the program did is never checked by the program's scripts. */
export class Host {
    constructor(
        public readonly name: string,
        public readonly address: string,
    ) {}

    /** Runs a command as root and gives its stdout. Throws with its stderr when it fails. */
    async run(command: string): Promise<string> {
        const { stdout } = await run("ssh", [...sshOptions, `root@${this.address}`, command], { maxBuffer: 1 << 26 });
        return stdout.trimEnd();
    }

    /** Copies a file of this machine there, as root. */
    async put(file: string, path: string): Promise<void> {
        const text = readFileSync(file).toString("base64");
        await this.run(`echo ${text} | base64 -d >${quote(path)}`);
    }

    /** Rows of a statement, columns separated by tabs. */
    sql(statement: string): Promise<string> {
        return this.run(`mysql --default-character-set=utf8mb4 -NBe ${quote(statement)}`);
    }

    /** One value of SHOW REPLICA STATUS. */
    async replica(field: string): Promise<string> {
        const text = await this.run(`mysql -E -e 'SHOW REPLICA STATUS'`);
        return new RegExp(`^ *${field}: ?(.*)$`, "m").exec(text)?.[1] ?? "";
    }

    variable(name: string): Promise<string> {
        return this.sql(`SELECT @@global.${name}`);
    }

    /** Where its binary log ends, and up to where it has applied its source's: `FILE POSITION`. */
    async written(): Promise<string> {
        return (await this.sql("SHOW BINARY LOG STATUS")).split("\t").slice(0, 2).join(" ");
    }

    async applied(): Promise<string> {
        return `${await this.replica("Relay_Source_Log_File")} ${await this.replica("Exec_Source_Log_Pos")}`;
    }

    serverProcess(): Promise<string> {
        return this.run("systemctl show -p MainPID --value mysql");
    }
}

export const sshOptions = [
    ...["-i", join(labFolder, "ssh/id_ed25519"), "-o", `UserKnownHostsFile=${join(labFolder, "ssh/known_hosts")}`],
    ...["-o", "StrictHostKeyChecking=yes", "-o", "BatchMode=yes", "-o", "LogLevel=ERROR", "-o", "ConnectTimeout=5"],
    // one connection for all: a look takes milliseconds, and the tests' own logins stay out of the hosts' logs
    ...["-o", "ControlMaster=auto", "-o", `ControlPath=/tmp/mm-live-%C`, "-o", "ControlPersist=60"],
];

export const a = new Host("a", `${subnet}.11`);
export const b = new Host("b", `${subnet}.12`);

/** Fresh hosts, with the sample data on a. */
export function freshHosts({ big = false } = {}): void {
    resetHosts("a", "b");
    lab("load-data.sh", [], big ? {} : { MM_LAB_SMALL: "1" });
}

export function resetHosts(...names: string[]): void {
    lab("hosts.sh", ["reset", ...names]);
}

/** Runs a script of the lab. */
export function lab(script: string, args: string[], env: Record<string, string> = {}): void {
    execFileSync(join(checkout, "lab", script), args, {
        env: { ...process.env, ...env },
        stdio: ["ignore", "ignore", "inherit"],
    });
}

export const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** An idle source notices only at its next heartbeat that its replica has left, and a preflight refuses a replica that it cannot place: told here. */
export async function untilNobodyFollows(source: Host): Promise<void> {
    const threads =
        "SELECT CONCAT('KILL ', id, ';') FROM information_schema.processlist WHERE command LIKE 'Binlog Dump%'";
    await source.run(`mysql -NBe "${threads}" | mysql --force || true`);
    await waitFor(
        `${source.name} without replicas`,
        90,
        () => source.sql("SHOW REPLICAS"),
        (rows) => rows === "",
    );
}

/** Waits until `look` gives what is wanted; throws with what it gave last when the time is over. */
export async function waitFor<T>(
    what: string,
    seconds: number,
    look: () => Promise<T>,
    isWanted: (seen: T) => boolean,
): Promise<T> {
    const deadline = Date.now() + seconds * 1000;
    for (;;) {
        const seen = await look();
        if (isWanted(seen)) {
            return seen;
        }
        if (Date.now() > deadline) {
            throw new Error(`${what}: not within ${seconds} s; seen: ${JSON.stringify(seen)}`);
        }
        await new Promise((wake) => setTimeout(wake, 20));
    }
}

/** Checksum and row count of every table that is somebody's data, one line a table. */
export async function checksums(host: Host): Promise<string> {
    const tables = await host.sql(
        "SELECT CONCAT('`', REPLACE(table_schema, '`', '``'), '`.`', REPLACE(table_name, '`', '``'), '`') FROM information_schema.tables " +
            "WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('mysql', 'sys', 'performance_schema', 'information_schema') ORDER BY 1",
    );
    return host.sql(`CHECKSUM TABLE ${tables.split("\n").join(", ")}`);
}

/** Everything on a host that an up could change: option files, accounts, schemas, replication, the program's own folder. */
export async function fingerprintOf(host: Host): Promise<string> {
    const files = await host.run(
        "find /etc/mysql /etc/my.cnf /root/.ssh /home/deploy/.ssh /var/lib/mysql-master-master /tmp -maxdepth 3 -type f 2>/dev/null | sort | xargs -r sha256sum",
    );
    const server = await host.sql(
        "SELECT user, host, authentication_string FROM mysql.user ORDER BY 1, 2; SHOW DATABASES; SELECT @@global.gtid_executed, @@server_id, @@read_only",
    );
    return [files, server, await host.serverProcess(), await host.replica("Source_Host")].join("\n");
}
