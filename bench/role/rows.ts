import { formatMarkdown, formatSeconds, judge } from "../figures";

/** A row that a server has said it holds: when, in milliseconds, and which server. */
export interface Acknowledged {
    token: number;
    at: number;
    server: number;
}

/** One change of roles. */
export interface Change {
    to: string;
    seconds: number;
    /** In milliseconds. */
    pause: number;
}

/** What a server holds at the end: how often each token is there. */
export interface Held {
    server: string;
    lost: number[];
    doubled: number[];
}

/** The longest time between one acknowledged row and the next that ended between two moments, in milliseconds: all that writes can have stood still. */
export function longestPause(acknowledged: Acknowledged[], from: number, to: number): number {
    let longest = 0;
    for (const [index, { at }] of acknowledged.entries()) {
        const before = acknowledged[index - 1];
        if (before && at >= from && at <= to) {
            longest = Math.max(longest, at - before.at);
        }
    }
    return longest;
}

/** Compares what was acknowledged with a server's tokens, a line each, as often as they are there. */
export function compareRows(server: string, acknowledged: Acknowledged[], text: string): Held {
    const counts = new Map<number, number>();
    for (const token of text.split("\n").filter((line) => line !== "")) {
        counts.set(Number(token), (counts.get(Number(token)) ?? 0) + 1);
    }
    const lost = acknowledged.map(({ token }) => token).filter((token) => !counts.has(token));
    const doubled = [...counts].filter(([, count]) => count > 1).map(([token]) => token);
    return { server, lost, doubled };
}

export function formatChanges(changes: Change[], quiet: number): string {
    const rows = ["b", "a"].map((node) => {
        const those = changes.filter(({ to }) => to === node);
        const pauses = those.map(({ pause }) => pause / 1000);
        return [`writes move to ${node}`, formatSeconds(those.map(({ seconds }) => seconds)), formatSeconds(pauses)];
    });
    const none = ["no change of roles", "", `${(quiet / 1000).toFixed(2)} s`];
    return formatMarkdown([["", "`pulumi up`", "no server takes writes"], none, ...rows]);
}

export function judgeChanges(changes: Change[], rows: number, held: Held[]): string {
    const longest = Math.max(...changes.map(({ pause }) => pause));
    const found = held.map(
        ({ server, lost, doubled }) => `${server} lacks ${lost.length}, has ${doubled.length} twice`,
    );
    const isWhole = held.every(({ lost, doubled }) => lost.length + doubled.length === 0);
    return (
        judge(
            longest < 1000,
            "in a change of roles no server takes writes for less than one second",
            `${longest.toFixed(0)} ms at most`,
        ) + judge(isWhole, `of ${rows} acknowledged rows none is lost or doubled, on both servers`, found.join("; "))
    );
}
