import { formatMarkdown, judge } from "../figures";

/** So many pairs in one program. */
export interface Several {
    count: number;
    load: number;
    seconds: number;
    unchanged: number;
}

export function formatPairs(measured: Several[]): string {
    const one = measured.find(({ count }) => count === 1);
    const rows = measured.map(({ count, load, seconds, unchanged }) => [
        String(count),
        `${seconds.toFixed(2)} s`,
        one ? (seconds / one.seconds).toFixed(2) : "",
        `${unchanged.toFixed(2)} s`,
        load.toFixed(1),
    ]);
    return formatMarkdown([["pairs", "first up", "of one pair's", "unchanged up", "load before"], ...rows]);
}

export function judgePairs(measured: Several[]): string {
    const [one, eight] = [1, 8].map((wanted) => measured.find(({ count }) => count === wanted));
    if (!one || !eight) {
        return "";
    }
    const times = eight.seconds / one.seconds;
    return judge(times < 4, "8 pairs take less than 4 times the time of one", `${times.toFixed(2)} times`);
}
