import type { Accept, PreflightRequest } from "../core/preflightRequest";
import type { Seen } from "./look";
import { count, type Findings, list } from "./problem";

/** Whether a can be dumped as it is, and b can take it. Asked as long as a seed is to come. */
export function judgeSource(request: PreflightRequest, a: Seen, b: Seen, found: Findings): void {
    if (!a.facts.has("size")) {
        return;
    }
    judgeTables(request, a, found);
    judgeBusy(a, found);
    judgeRetention(a, found);
    judgeRoom(a, b, found);
}

/** Of what a holds, what a dump would change, leave out or not hold still; `…` in `what` stands for its names. */
interface Undumpable {
    /** Of remote/lib/undumpable.sh and remote/preflight/data.sh. */
    fact: string;
    code: string;
    thing: string;
    what: string;
    next: string;
    /** Else refused for good. */
    accept?: keyof Accept;
    /** Of a fact's values; default: the first. */
    name?: (values: string[]) => string;
}

const undumpable: Undumpable[] = [
    {
        fact: "unsafe",
        code: "MM_PREFLIGHT_ENGINES",
        thing: "table",
        what: "without transactions (…), which a dump cannot hold still",
        next: "ALTER TABLE … ENGINE = InnoDB; or set accept.nonTransactionalTables: the dump then locks all of a's tables against writes as long as it takes",
        accept: "nonTransactionalTables",
    },
    {
        fact: "volatile",
        code: "MM_PREFLIGHT_MEMORY_TABLES",
        thing: "MEMORY table",
        what: "(…), which a restart of either server would empty on both: the one that finds it empty tells the other to empty it",
        next: "ALTER TABLE … ENGINE = InnoDB, or drop them",
    },
    {
        fact: "versioned",
        code: "MM_PREFLIGHT_VERSIONED",
        thing: "system-versioned table",
        what: "(…), of which a dump carries the rows of now alone, without their history",
        next: "ALTER TABLE … DROP SYSTEM VERSIONING, where the history may go, or seed by other means",
    },
    {
        fact: "float",
        code: "MM_PREFLIGHT_FLOAT",
        thing: "column",
        what: "of type FLOAT (…): a dump writes six digits of them, so that b's rows would differ",
        next: "make them DOUBLE or DECIMAL; or set accept.floatRounding",
        accept: "floatRounding",
    },
    {
        fact: "lost",
        code: "MM_PREFLIGHT_SYS_TABLES",
        thing: "table",
        what: "in the schema sys (…), which mysqldump leaves out",
        next: "move them to another schema (RENAME TABLE)",
    },
    {
        fact: "tablespace",
        code: "MM_PREFLIGHT_TABLESPACES",
        thing: "general tablespace",
        what: "(…), which mysqldump does not make",
        next: "ALTER TABLE … TABLESPACE = innodb_file_per_table for what is in them, then DROP TABLESPACE",
    },
    {
        fact: "prepared",
        code: "MM_SEED_PREPARED",
        thing: "prepared XA transaction",
        what: "(…), which no dump can carry",
        next: "XA COMMIT or XA ROLLBACK them, or let their transaction manager",
        name: ([format, , , xid]) => `format ${format} xid ${xid}`,
    },
];

const firstOf = ([first = ""]: string[]) => first;

function judgeTables({ accept }: PreflightRequest, { facts }: Seen, found: Findings): void {
    for (const { fact, code, thing, what, next, accept: acceptance, name = firstOf } of undumpable) {
        const names = facts.rows(fact).map(name);
        if (names.length > 0 && !(acceptance && accept[acceptance])) {
            const said = what.replace("…", () => list(names));
            found.refuse("a", code, `has ${count(names.length, thing)} ${said}`, next);
        }
    }
    const keyless = facts.all("keyless");
    if (keyless.length > 0) {
        found.warn(
            "a",
            "MM_PREFLIGHT_NO_KEY",
            `has ${count(keyless.length, "table")} without a primary key (${list(keyless)}), on which a replica falls behind`,
            "give them one when it suits",
        );
    }
}

const BUSY_SECONDS = 60;

/** The dump's moment of global read lock waits behind a long statement, and all of a behind it. */
function judgeBusy({ facts }: Seen, found: Findings): void {
    const texts = (rows: string[][]) =>
        list(
            rows.map(([id, who, seconds]) => `connection ${id} of ${who} since ${seconds} s`),
            5,
        );
    const statements = facts.rows("statement");
    const stuck = statements.filter(([, , seconds]) => Number(seconds) > BUSY_SECONDS);
    if (stuck.length > 0) {
        const what = `runs statements for more than ${BUSY_SECONDS} s (${texts(stuck)}), which would hold up the dump's lock, and a behind it`;
        found.refuse(
            "a",
            "MM_PREFLIGHT_BUSY",
            what,
            "wait until they have ended, or end them (SHOW PROCESSLIST, KILL)",
        );
    } else if (statements.length > 0) {
        const what = `runs statements for 10 s and more (${texts(statements)}), behind which the dump's lock has to wait`;
        found.warn("a", "MM_PREFLIGHT_BUSY", what, "a seed at a quieter time goes smoother");
    }
    const open = facts.rows("transaction").filter(([id]) => !statements.some(([each]) => each === id));
    if (open.length > 0) {
        const what = `has transactions that are open for 10 s and more (${list(
            open.map(([id, seconds]) => `connection ${id} since ${seconds} s`),
            5,
        )})`;
        found.warn("a", "MM_PREFLIGHT_BUSY", what, "see that they end: they hold up every change of a table");
    }
}

/** Slow disks and a slow line in between, all in all; plus a minute for the steps around it. */
const SEED_BYTES_PER_SECOND = 5_000_000;

function judgeRetention({ facts }: Seen, found: Findings): void {
    // by days in MySQL before 8.0 and MariaDB before 10.6
    const kept = Number(
        facts.variable("binlog_expire_logs_seconds") || Number(facts.variable("expire_logs_days")) * 86400,
    );
    if (kept === 0 || facts.variable("binlog_expire_logs_auto_purge") === "OFF") {
        return; // for good
    }
    const [, bytes = "0"] = facts.rows("size")[0] ?? [];
    const needed = Math.ceil(60 + Number(bytes) / SEED_BYTES_PER_SECOND);
    const what = `keeps its binary logs for ${kept} s, and seeding ${bytes} bytes may take ${needed} s (at ${SEED_BYTES_PER_SECOND / 1e6} MB/s)`;
    const wanted = facts.variable("binlog_expire_logs_seconds")
        ? `binlog_expire_logs_seconds = ${4 * needed}`
        : `expire_logs_days = ${Math.ceil((4 * needed) / 86400)}`;
    const next = `SET GLOBAL ${wanted} on a, and in its option files`;
    if (kept < needed) {
        found.refuse("a", "MM_PREFLIGHT_RETENTION", `${what}: b would find them gone`, next);
    } else if (kept < 4 * needed) {
        found.warn("a", "MM_PREFLIGHT_RETENTION", what, next);
    }
}

/** The backup's text takes up to twice the rows' bytes; what is imported, the rows' and the indexes'. */
function judgeRoom(a: Seen, b: Seen, found: Findings): void {
    for (const { facts, node } of [a, b]) {
        for (const file of facts.all("backup-file")) {
            const what = `${file} is there, and not from this program`;
            found.refuse(node.label, "MM_SEED_BACKUP_EXISTS", what, "move it away, or set seed.backupFile");
        }
    }
    const [rows = 0, all = 0] = (a.facts.rows("size")[0] ?? []).map(Number);
    for (const [seen, dataBytes] of [
        [a, 0],
        [b, all],
    ] as const) {
        const { label } = seen.node;
        const diskOf = (name: string) => seen.facts.rows("disk").find(([each]) => each === name) ?? [];
        const [, free = "", system, folder = ""] = diskOf("backup");
        const [, dataFree = "", dataSystem, dataFolder = ""] = diskOf("data");
        if (free === "none") {
            const what = `has no folder ${folder} for the backup`;
            found.refuse(label, "MM_PREFLIGHT_DISK", what, "make it, or set seed.backupFile to another place");
            continue;
        }
        const isOne = system === dataSystem;
        const needs: [string, string, number][] = isOne
            ? [[folder, free, 2 * rows + dataBytes]]
            : [
                  [folder, free, 2 * rows],
                  [dataFolder, dataFree, dataBytes],
              ];
        for (const [where, bytes, needed] of needs) {
            if (bytes !== "" && Number(bytes) < needed) {
                const what = `has ${bytes} bytes free in ${where}, and a's data may need ${needed} there`;
                const next = "make room, or set seed.backupFile to a larger file system";
                found.refuse(label, "MM_PREFLIGHT_DISK", what, next);
            }
        }
    }
}
