/**
 * How the origin's data comes to the peer. `auto`: the fastest that both servers and hosts can do. `dump`: mysqldump into a file, copied,
 * imported. `stream`: mysqldump piped into the peer's import, no file on either side. `clone`: MySQL's clone plugin, the engine's own pages.
 * `mariabackup`: MariaDB's files, streamed by mariadb-backup.
 */
export const SEED_METHODS = ["auto", "dump", "stream", "clone", "mariabackup"] as const;

/** Whether it is a method of MySQL's or of MariaDB's alone. */
export const isOfOneFlavour = (method: string | undefined): method is "clone" | "mariabackup" =>
    method === "clone" || method === "mariabackup";

/** Undefined, or what is wrong with this method beside the other settings, as words that follow `seed.method`. */
export function findMethodProblem(method: string, keepBackup: boolean): string | undefined {
    return keepBackup && method !== "auto" && method !== "dump"
        ? `is ${method}, which leaves no backup for seed.keepBackup; set it to dump, or take keepBackup out`
        : undefined;
}
