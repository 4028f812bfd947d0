/** Of each run the value, of which the median, the least and the most are told. */
export function formatSeconds(seconds: number[]): string {
    const [least, most] = [Math.min(...seconds), Math.max(...seconds)];
    return `${median(seconds).toFixed(2)} s (${least.toFixed(2)}–${most.toFixed(2)})`;
}

export function median(values: number[]): number {
    const sorted = [...values].sort((left, right) => left - right);
    const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
    const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
    return (lower + upper) / 2;
}

/** A Markdown table; the first row has the headings, and all columns but the first hold figures. */
export function formatMarkdown(rows: string[][]): string {
    const [headings = [], ...rest] = rows;
    const table = [headings, headings.map((_, index) => (index === 0 ? "---" : "---:")), ...rest];
    return table.map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}

/** A line that says of a goal whether what was found meets it. */
export function judge(isMet: boolean, goal: string, found: string): string {
    return `- ${isMet ? "met" : "**missed**"}: ${goal}: ${found}\n`;
}

/** A goal for the ratio of two medians. */
export function judgeRatio(goal: string, ours: number[], theirs: number[], most: number): string {
    const ratio = median(ours) / median(theirs);
    return judge(ratio <= most, `${goal} at most ${most} times`, `${ratio.toFixed(2)} times`);
}
