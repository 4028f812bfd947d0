import { a, b, freshHosts, type Host, waitFor } from "../hosts";
import { type Outcome, type Running, Stack } from "../stack";
import { findDamage, findDifferences, readHolding } from "./check";
import { WriteLoad } from "./load";

/** A pair that is to be built over new hosts while a load writes on a. close() always. */
export class Interrupted {
    private constructor(
        readonly stack: Stack,
        readonly load: WriteLoad,
    ) {}

    static async fresh({
        big = false,
        gtids = true,
        method = "auto",
        settings = {} as Record<string, unknown>,
    } = {}): Promise<Interrupted> {
        freshHosts({ big });
        if (!gtids) {
            await Promise.all([a, b].map(switchGtidsOff));
        }
        const stack = new Stack("faults");
        Object.assign(stack.settings, { account: { password: "Kx9vT2mQ7rB4nW8s" }, seed: { method } }, settings);
        await stack.init();
        return new Interrupted(stack, await WriteLoad.start());
    }

    async close(): Promise<void> {
        await this.load.stop();
    }

    /** Starts an up (or destroy) and gives it as soon as the moment has come; fails when it ends before that. */
    async reach(moment: Moment, verb: "up" | "destroy" = "up"): Promise<Running> {
        const run = this.stack.start(verb);
        let ended: Outcome | undefined;
        void run.ended.then((outcome) => {
            ended = outcome;
        });
        try {
            await waitFor(
                "the moment",
                600,
                async () => (await moment(run)) || (ended?.text ?? false),
                (seen) => seen !== false,
            );
        } catch (error) {
            await run.kill();
            throw new Error(`${error}\n${run.text()}`);
        }
        if (ended !== undefined && !(await moment(run))) {
            throw new Error(`it ended before the moment came:\n${ended.text}`);
        }
        return run;
    }

    /** kill -9 of all that an up is on this side, at that moment. */
    async killAt(moment: Moment, verb: "up" | "destroy" = "up"): Promise<void> {
        await (await this.reach(moment, verb)).kill();
    }

    /** Plain `pulumi up` until it ends whole; gives the codes it stopped with before. Any other code than the allowed ones fails. */
    up(...allowed: string[]): Promise<string[]> {
        return repeat(() => this.stack.up(), allowed);
    }

    destroy(...allowed: string[]): Promise<string[]> {
        return repeat(() => this.stack.destroy(), allowed);
    }

    /** What a person does who is told to empty b, and to let it be seeded anew. */
    async emptyB(): Promise<void> {
        const schemas = await b.sql(
            "SELECT schema_name FROM information_schema.schemata WHERE schema_name NOT IN ('mysql', 'sys', 'information_schema', 'performance_schema')",
        );
        const drops = schemas.split("\n").map((name) => `DROP DATABASE \`${name}\``);
        await b.sql(["SET GLOBAL super_read_only = 0", ...drops, "RESET BINARY LOGS AND GTIDS"].join("; "));
        await b.run("cd /var/lib/mysql-master-master/3306 && rm -f seed link");
        Object.assign(this.stack.settings, { converge: "b is empty", accept: { replacedAccounts: true } });
    }

    /** An up that stops with this code, and no other; gives what it said. */
    async expectStop(code: string): Promise<string> {
        const { exitCode, text } = await this.stack.up();
        expect([exitCode === 0, codesIn(text)]).toEqual([false, [code]]);
        return text;
    }

    /** Both servers hold each acknowledged row once and all tables are equal; both directions run; nothing is left behind. */
    async expectWhole(): Promise<void> {
        await this.load.stop();
        expect(this.load.acknowledged.size).toBeGreaterThan(20);
        for (const host of [a, b]) {
            expect([await host.replica("Replica_IO_Running"), await host.replica("Replica_SQL_Running")]).toEqual([
                "Yes",
                "Yes",
            ]);
        }
        expect([await a.variable("super_read_only"), await b.variable("super_read_only")]).toEqual(["0", "1"]);
        // sample data has an event that writes; what it wrote is compared like the rest
        await a.sql("SET GLOBAL event_scheduler = OFF");
        await waitFor(
            "all of a on b",
            60,
            async () => [await a.written(), await b.applied()],
            ([on, off]) => on === off,
        );
        await waitFor(
            "all of b on a",
            60,
            async () => [await b.written(), await a.applied()],
            ([on, off]) => on === off,
        );
        const [onA, onB] = [await readHolding(a), await readHolding(b)];
        await a.sql("SET GLOBAL event_scheduler = ON");
        expect([...findDamage("a", this.load, onA), ...findDamage("b", this.load, onB)]).toEqual([]);
        expect(findDifferences(onA, onB)).toEqual([]);
        expect(await leftovers()).toEqual([]);
    }

    /** After destroy: a holds each acknowledged row once, nothing of the program is left on either host but data and notes. */
    async expectApart(): Promise<void> {
        await this.load.stop();
        expect(this.load.acknowledged.size).toBeGreaterThan(20);
        expect(findDamage("a", this.load, await readHolding(a))).toEqual([]);
        for (const host of [a, b]) {
            expect(await host.replica("Source_Host")).toBe("");
            expect(await host.sql("SELECT @@global.read_only, @@global.super_read_only")).toBe("0\t0");
            expect(await host.sql("SELECT COUNT(*) FROM mysql.user WHERE user = 'replicator'")).toBe("0");
            expect(await host.run("grep -rl 'mysql-master-master' /etc/mysql /etc/my.cnf 2>/dev/null || true")).toBe(
                "",
            );
            expect(await host.sql("SHOW DATABASES LIKE 'mysql\\_master\\_master'")).toBe("");
        }
        expect(await a.variable("event_scheduler")).toBe("ON");
        expect(await leftovers()).toEqual([]);
    }
}

/** For b, where a destroy comes before an up: between them it is on its own, and what its events wrote would be its own, too. */
export const keepEventsOff = (host: Host) =>
    host.run("printf '[mysqld]\\nevent_scheduler=OFF\\n' >/etc/mysql/mysql.conf.d/quiet.cnf; systemctl restart mysql");

export const switchGtidsOff = (host: Host) =>
    host.run(
        "printf '[mysqld]\\ngtid_mode=OFF\\nenforce_gtid_consistency=OFF\\n' >/etc/mysql/mysql.conf.d/own.cnf; systemctl restart mysql",
    );

/** Looks whether the moment has come; false as long as it has not. */
export type Moment = (run: Running) => Promise<unknown> | unknown;

/** When the engine says that it has begun a step, or ended it. */
export const begun = (step: string) => (run: Running) => run.text().includes(` ${step} creating`);
export const ended = (step: string) => (run: Running) => run.text().includes(` ${step} created`);
/** When a command on a host succeeds; asked there, for a moment may be over before the next question arrives. */
export const when = (host: Host, command: string) => async (): Promise<boolean> => {
    const ask = `for i in $(seq 50); do if ${command} >/dev/null 2>&1; then echo yes; exit; fi; sleep 0.02; done`;
    return (await host.run(ask).catch(() => "")) === "yes";
};

/** Marks of the long steps at work; each is true for as long as the step is. */
export const at = {
    restartOfA: when(a, "! systemctl is-active mysql"),
    // with an option that the step's plan does not name: the plan is in the command line of the shell that begins the step
    dump: when(a, "pgrep -f 'mysqldump .*[s]ource-data'"),
    copy: when(a, "pgrep -f 'receiv[e]$'"),
    // `binary-mode` is the import's alone
    import: when(b, "pgrep -f 'mysql .*[b]inary-mode'"),
    // the import of a stream has b's server at work, and not its client's start alone
    stream: when(b, "mysql -NBe 'SHOW DATABASES LIKE \"important\"' | grep important"),
    clone: when(b, "mysql -NBe \"SELECT 1 FROM performance_schema.clone_status WHERE state = 'In Progress'\" | grep 1"),
    restartOfClone: (run: Running) => run.text().includes("b: cloning ") && when(b, "! systemctl is-active mysql")(),
    attachB: when(b, "mysql -NBe 'SELECT 1 FROM performance_schema.replication_connection_configuration' | grep 1"),
    attachA: when(a, "mysql -NBe 'SELECT 1 FROM performance_schema.replication_connection_configuration' | grep 1"),
    role: begun("pair-role-b"),
};

/** What the SSH plugin says when a host is away or takes the connection down. */
const SSH =
    /failed attempts|remote command exited without exit status|from signal \w+|connection reset|broken pipe|EOF/;

async function repeat(run: () => Promise<Outcome>, allowed: string[]): Promise<string[]> {
    const seen: string[] = [];
    for (let tries = 0; tries < 8; tries++) {
        const { exitCode, text } = await run();
        if (exitCode === 0) {
            return seen;
        }
        const codes = codesIn(text);
        if (codes.length === 0 || codes.some((code) => !allowed.includes(code))) {
            throw new Error(
                `stopped with ${codes.join(", ") || "no code"}, allowed is ${allowed.join(", ")}:\n${text}`,
            );
        }
        seen.push(...codes);
        await new Promise((wake) => setTimeout(wake, 3000));
    }
    throw new Error(`eight runs, and none has ended whole: ${seen.join(", ")}`);
}

/** The codes that a run stopped with, each once; SSH for the plugin's own words. */
export function codesIn(text: string): string[] {
    const codes = [...text.matchAll(/error (MM_[A-Z_]+):/g)].map((match) => match[1] ?? "");
    return [...new Set(codes.length === 0 && SSH.test(text) ? ["SSH"] : codes)].sort();
}

/** Files, keys and processes of the program that have no business on a host once a run has ended whole. */
async function leftovers(): Promise<string[]> {
    const look = `ls -d /tmp/master_backup.sql* /tmp/tmp.* /tmp/mysql-master-master-* /backup/* 2>/dev/null
        find /var/lib/mysql-master-master ! -type d \\( -name '*key*' -o -name 'receive*' -o -name '*.new' \\) 2>/dev/null
        grep -h mysql-master-master /root/.ssh/authorized_keys /home/*/.ssh/authorized_keys
        pgrep -a 'mysqldump|mysqlbinlog'; pgrep -fa '^bash -s'; true`;
    const found = await Promise.all(
        [a, b].map(async (host) => (await host.run(look)).split("\n").map((line) => `${host.name}: ${line}`)),
    );
    return found.flat().filter((line) => !/^[ab]: $/.test(line));
}
