import type { z } from "zod";
import { defaults } from "./defaults";
import { findRoleProblem } from "./roles";
import { findMethodProblem } from "./seedMethods";
import { describeIssue } from "./settingsReport";
import { mysqlSchema, nodeSchema, stackSchema } from "./settingsSchema";
import { resolveSsh, type SshSettings, sshSchema } from "./sshSettings";
import { resolveTls, type TlsSettings, tlsSchema } from "./tlsSettings";

/** All problems of a stack's settings at once. `message` is the whole report, a line a problem: `path: what; remedy`. */
export class SettingsError extends Error {
    constructor(public readonly problems: string[]) {
        const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
        super(
            [`MM_SETTINGS_INVALID: ${count} in the stack's settings`, ...problems.map((text) => `  ${text}`)].join(
                "\n",
            ),
        );
    }
}

type Stack = z.infer<typeof stackSchema>;

/** One node's settings, with the shared ones worked in, and of the defaults those of the connection; the components know the rest. */
export interface NodeSettings extends Omit<Stack["a"], "ssh"> {
    ssh: SshSettings;
}

/** A stack's settings, checked; `a` and `b` carry what `ssh` and `mysql` say for both. */
export type Settings = Omit<Stack, "a" | "b" | "ssh" | "mysql" | "tls"> & {
    a: NodeSettings;
    b: NodeSettings;
    tls?: TlsSettings;
};

/**
 * Checks the whole config of a stack. `config` is key to text, as `pulumi.runtime.allConfig()` gives it (objects as JSON);
 * keys of other projects are left alone. `readFile` reads key and known_hosts files. Throws SettingsError with all problems.
 */
export function parseSettings(config: Record<string, string>, readFile: (path: string) => string): Settings {
    const prefix = "mysql-master-master:";
    const own = Object.entries(config).filter(([key]) => key.startsWith(prefix));
    const raw: Record<string, unknown> = Object.fromEntries(
        own.map(([key, text]) => [key.slice(prefix.length), parseValue(text)]),
    );
    const shape = stackSchema.safeParse(raw);
    const problems = shape.success ? [] : shape.error.issues.flatMap(describeIssue);

    // what has the right shape is looked at for its sense, too, whatever is wrong with the rest
    const ssh = sshSchema.optional().safeParse(raw.ssh);
    const mysql = mysqlSchema.optional().safeParse(raw.mysql);
    const resolve = (label: "a" | "b"): NodeSettings | undefined => {
        const node = nodeSchema.safeParse(raw[label]).data;
        if (!node) {
            return undefined;
        }
        const server = { ...mysql.data, ...node.mysql, options: { ...mysql.data?.options, ...node.mysql?.options } };
        if (mysql.success) {
            problems.push(...findManagedOptions(`${label}.mysql`, server));
        }
        const none: SshSettings = { host: node.host, ...defaults.ssh };
        const hop = ssh.success ? resolveSsh(label, node.host, ssh.data, node.ssh, readFile, problems) : none;
        return { ...node, ssh: hop, mysql: server };
    };
    const [a, b] = [resolve("a"), resolve("b")];
    if (a && b && mysql.success) {
        problems.push(...findContradictions(a, b));
    }
    const tls = tlsSchema.optional().safeParse(raw.tls);
    const link = tls.data && resolveTls(tls.data, readFile, problems);
    const roles = stackSchema.pick({ active: true, gone: true }).safeParse({ active: raw.active, gone: raw.gone });
    const role = findRoleProblem(roles.data ?? {});
    if (role !== undefined) {
        problems.push(`active: ${role}`);
    }
    const seed = stackSchema.shape.seed.safeParse(raw.seed).data;
    const method = findMethodProblem(seed?.method ?? defaults.seed.method, seed?.keepBackup ?? false);
    if (method !== undefined) {
        problems.push(`seed.method: ${method}`);
    }
    if (!shape.success || !a || !b || problems.length > 0) {
        throw new SettingsError(problems);
    }
    const { ssh: _ssh, mysql: _mysql, tls: _tls, ...rest } = shape.data;
    return { ...rest, ...(link && { tls: link }), a, b };
}

/** What is right in each place, and wrong together. */
function findContradictions(a: NodeSettings, b: NodeSettings): string[] {
    const problems: string[] = [];
    if ((a.mysql?.serverId ?? defaults.serverId.a) === (b.mysql?.serverId ?? defaults.serverId.b)) {
        problems.push(
            `b.mysql.serverId: is ${b.mysql?.serverId ?? defaults.serverId.b}, the same as a's; give each node its own`,
        );
    }
    if (a.host === b.host && (a.mysql?.port ?? defaults.mysql.port) === (b.mysql?.port ?? defaults.mysql.port)) {
        problems.push(`b.host: is ${b.host}, the same server as a; name the other host`);
    }
    return problems;
}

/** Options that the program writes itself, and options that are given twice (`a-b` is `a_b`, `loose_` changes nothing). */
function findManagedOptions(path: string, mysql: z.infer<typeof mysqlSchema> = {}): string[] {
    const managed = new Set([
        "server_id",
        "log_bin",
        "relay_log",
        "log_slave_updates",
        "log_replica_updates",
        "bind_address",
    ]);
    for (const name of ["read_only", "super_read_only", "event_scheduler"]) {
        managed.add(name);
    }
    if (mysql.rowFormat ?? true) {
        managed.add("binlog_format");
    }
    if (mysql.staggerAutoIncrement ?? true) {
        managed.add("auto_increment_increment").add("auto_increment_offset");
    }
    const seen = new Set<string>();
    return Object.keys(mysql.options ?? {}).flatMap((key) => {
        const name = key.replaceAll("-", "_").replace(/^loose_/, "");
        const twice = seen.has(name);
        seen.add(name);
        if (managed.has(name)) {
            return [
                `${path}.options.${key}: is written by the program; use its own setting (or active, for the roles)`,
            ];
        }
        return twice ? [`${path}.options.${key}: is given twice; - and _ are the same in an option's name`] : [];
    });
}

/** Objects arrive as JSON; anything else is text. */
function parseValue(text: string): unknown {
    if (!/^\s*[[{]/.test(text) && text !== "false" && text !== "true") {
        return text;
    }
    try {
        return JSON.parse(text);
    } catch {
        return text;
    }
}
