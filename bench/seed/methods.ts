import { SEED_METHODS } from "../../core/seedMethods";

/** Methods that one flavour alone has; all others are any server's. */
const OWN_TO_FLAVOUR: Record<string, string> = { clone: "mysql", mariabackup: "mariadb" };

/**
 * The methods to measure on a kind of server (`mysql-9.7`): the asked ones, by default all that the program knows and the flavour has.
 * Throws for one that the program does not know.
 */
export function chooseMethods(asked: string[], server: string): string[] {
    const known: readonly string[] = SEED_METHODS;
    const foreign = asked.filter((method) => !known.includes(method));
    if (foreign.length > 0) {
        throw new Error(`MM_BENCH_METHODS names ${foreign.join(", ")}; this program has ${known.join(", ")}`);
    }
    const has = (method: string) => server.startsWith(OWN_TO_FLAVOUR[method] ?? "");
    return asked.length > 0 ? asked : known.filter(has);
}
