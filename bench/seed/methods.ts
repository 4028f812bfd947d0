import type { z } from "zod";
import { stackSchema } from "../../core/settingsSchema";

/** How a seed may be made before there is a setting for it. */
const ONLY_METHOD = "dump";

/** Methods that one flavour alone has; all others are any server's. */
const OWN_TO_FLAVOUR: Record<string, string> = { clone: "mysql", mariabackup: "mariadb" };

/** The words that `seed.method` takes, as the schema of the program's settings has them; nothing while it has no such setting. */
export function readKnownMethods(seed: z.ZodObject = stackSchema.shape.seed.unwrap()): string[] {
    let schema = seed.shape.method as z.core.$ZodType | undefined;
    for (;;) {
        const def = schema?._zod.def as { innerType?: z.core.$ZodType; entries?: Record<string, string> } | undefined;
        if (!def?.innerType) {
            return Object.values(def?.entries ?? {});
        }
        schema = def.innerType;
    }
}

/**
 * The methods to measure on a kind of server (`mysql-9.7`): the asked ones, by default all that the program knows and the flavour has.
 * Throws for one that the program does not know.
 */
export function chooseMethods(asked: string[], server: string, known = readKnownMethods()): string[] {
    const all = known.length > 0 ? known : [ONLY_METHOD];
    const foreign = asked.filter((method) => !all.includes(method));
    if (foreign.length > 0) {
        throw new Error(`MM_BENCH_METHODS names ${foreign.join(", ")}; this program has ${all.join(", ")}`);
    }
    const has = (method: string) => server.startsWith(OWN_TO_FLAVOUR[method] ?? "");
    return asked.length > 0 ? asked : all.filter(has);
}

/** What is set for a method in the stack. */
export function settingsOf(method: string, known = readKnownMethods()): Record<string, unknown> {
    return known.length > 0 ? { seed: { method } } : {};
}
