import { checksums, type Host } from "../hosts";
import type { Written } from "./load";

/** What a server holds: the load's rows, `N TOKEN` each, the load's counter, and `TABLE<tab>CHECKSUM` of every table. */
export interface Holding {
    entries: string[];
    counter: number;
    sums: string[];
}

export async function readHolding(host: Host): Promise<Holding> {
    const entries = await host.sql("SELECT n, token FROM ledger.entries");
    return {
        entries: entries === "" ? [] : entries.split("\n").map((line) => line.replace("\t", " ")),
        counter: Number(await host.sql("SELECT value FROM ledger.counter")),
        sums: (await checksums(host)).split("\n"),
    };
}

/** Everything that is wrong on one server, a line a row: lost, doubled, changed, nobody's, or a counter that fits no rows. */
export function findDamage(name: string, written: Written, held: Holding): string[] {
    const damage: string[] = [];
    const times = new Map<number, number>();
    for (const entry of held.entries) {
        const n = Number(entry.split(" ")[0]);
        const token = entry.slice(entry.indexOf(" ") + 1);
        times.set(n, (times.get(n) ?? 0) + 1);
        const sent = written.acknowledged.get(n) ?? written.unanswered.get(n);
        if (sent !== token) {
            damage.push(`${name}: row ${n} (${token}) is nobody's`);
        }
    }
    for (const [n, count] of times) {
        if (count > 1) {
            damage.push(`${name}: row ${n} is there ${count} times`);
        }
    }
    for (const n of written.acknowledged.keys()) {
        if (!times.has(n)) {
            damage.push(`${name}: row ${n} was acknowledged, and is lost`);
        }
    }
    if (held.counter !== held.entries.length) {
        damage.push(`${name}: the counter says ${held.counter}, and there are ${held.entries.length} rows`);
    }
    return damage;
}

/** Tables that are not the same on both, each with what it is on either. */
export function findDifferences(a: Holding, b: Holding): string[] {
    const [onA, onB] = [a, b].map(({ sums }) => new Map(sums.map((line) => line.split("\t") as [string, string])));
    const tables = [...new Set([...(onA?.keys() ?? []), ...(onB?.keys() ?? [])])].sort();
    return tables
        .filter((table) => onA?.get(table) !== onB?.get(table))
        .map((table) => `${table}: a ${onA?.get(table) ?? "lacks it"}, b ${onB?.get(table) ?? "lacks it"}`);
}
