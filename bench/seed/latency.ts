/** From one moment to another, in microseconds since 1970. */
export interface Span {
    begin: number;
    end: number;
}

/** How long commits took, in milliseconds. */
export interface Latency {
    commits: number;
    median: number;
    /** 99 of 100 took no longer. */
    percentile99: number;
    longest: number;
}

/** What steady-load.sh has written: a line a commit, `BEGIN MICROSECONDS`. */
export function parseCommits(text: string): Span[] {
    return text
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => {
            const [begin = Number.NaN, duration = Number.NaN] = line.split(" ").map(Number);
            return { begin, end: begin + duration };
        });
}

/** Of the commits that were under way at any moment of the span: one that began before it may be the one that it has held up. */
export function latencyWithin(commits: Span[], span: Span): Latency {
    const during = commits.filter(({ begin, end }) => begin <= span.end && end >= span.begin);
    const milliseconds = during.map(({ begin, end }) => (end - begin) / 1000).sort((left, right) => left - right);
    return {
        commits: milliseconds.length,
        median: percentile(milliseconds, 50),
        percentile99: percentile(milliseconds, 99),
        longest: percentile(milliseconds, 100),
    };
}

/** The least value that so many percent of all do not exceed (nearest rank); NaN where there is none. */
export function percentile(sorted: number[], percent: number): number {
    return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
}
