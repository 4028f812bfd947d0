/** GTID sets as MySQL writes them: `UUID[:TAG]:1-5:7,UUID:…`; by UUID and tag, the intervals in order. */
type GtidSet = Map<string, [number, number][]>;

function parseGtidSet(text: string): GtidSet {
    const set: GtidSet = new Map();
    for (const part of text
        .replace(/\\n|\s/g, "")
        .split(",")
        .filter(Boolean)) {
        const [uuid = "", ...words] = part.toLowerCase().split(":");
        let name = uuid;
        for (const word of words) {
            const [, first, last] = /^(\d+)(?:-(\d+))?$/.exec(word) ?? [];
            if (first === undefined) {
                name = `${uuid}:${word}`; // a tag, of 8.3 and later
                continue;
            }
            set.set(name, [...(set.get(name) ?? []), [Number(first), Number(last ?? first)]]);
        }
    }
    return set;
}

/** What of `one` is not in `other`; empty when there is nothing. */
export function subtractGtids(one: string, other: string): string {
    const without = parseGtidSet(other);
    return [...parseGtidSet(one)]
        .map(([name, intervals]) => {
            let left = intervals;
            for (const [from, to] of without.get(name) ?? []) {
                left = left.flatMap(([first, last]): [number, number][] => [
                    ...(first < from ? [[first, Math.min(last, from - 1)] as [number, number]] : []),
                    ...(last > to ? [[Math.max(first, to + 1), last] as [number, number]] : []),
                ]);
            }
            return [name, ...left.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`))];
        })
        .filter((words) => words.length > 1)
        .map((words) => words.join(":"))
        .join(",");
}

/** How many transactions a set holds. */
export function countGtids(text: string): number {
    return [...parseGtidSet(text).values()].flat().reduce((sum, [first, last]) => sum + last - first + 1, 0);
}
