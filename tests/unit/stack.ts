import { parseSettings, SettingsError } from "../../core/settings";

export const ed25519 = `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${"b".repeat(43)}`;
export const ecdsa = `ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTY${"c".repeat(40)}`;
export const rsa = `ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ${"d".repeat(300)}`;

type Values = Record<string, unknown>;

/** The shortest good stack. */
export const shortest: Values = {
    a: { host: "a.example.com" },
    b: { host: "b.example.com" },
    ssh: { privateKey: "KEY", hostKey: ed25519 },
};

/** A stack's config as Pulumi hands it over: objects as JSON, the rest as text. `undefined` leaves a key out. */
export function configOf(values: Values): Record<string, string> {
    const given = Object.entries(values).filter(([, value]) => value !== undefined);
    return Object.fromEntries(
        given.map(([key, value]) => [
            `mysql-master-master:${key}`,
            typeof value === "string" ? value : JSON.stringify(value),
        ]),
    );
}

/** Files by path; any other one is missing, as for a real read. */
export const filesOf = (files: Record<string, string>) => (path: string) => {
    const text = files[path];
    if (text === undefined) {
        throw Object.assign(new Error(`ENOENT: no such file or directory, open '${path}'`), { code: "ENOENT" });
    }
    return text;
};

/** Reads the shortest stack with `changes`. */
export const read = (changes: Values, files: Record<string, string> = {}) =>
    parseSettings(configOf({ ...shortest, ...changes }), filesOf(files));

/** The problems of that stack; empty when it is good. Sees that the message is a heading and a line for each. */
export function problemsOf(changes: Values, files: Record<string, string> = {}): string[] {
    try {
        read(changes, files);
        return [];
    } catch (error) {
        if (!(error instanceof SettingsError)) {
            throw error;
        }
        const { problems, message } = error;
        const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
        const heading = `MM_SETTINGS_INVALID: ${count} in the stack's settings`;
        expect(message).toBe([heading, ...problems.map((text) => `  ${text}`)].join("\n"));
        return problems;
    }
}
