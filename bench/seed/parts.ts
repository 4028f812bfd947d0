import type { Span } from "./latency";

/** A part of what is measured: a step of the program, a command of the document. */
export interface Part extends Span {
    name: string;
    /** What a copy has copied. */
    bytes?: number;
}

/** What document.sh and copies.sh print: a line a part, `NAME BEGIN END [BYTES]`. */
export function parseParts(text: string): Part[] {
    return text
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => {
            const [name = "", begin = "", end = "", bytes] = line.split(" ");
            return { name, begin: Number(begin), end: Number(end), ...(bytes && { bytes: Number(bytes) }) };
        });
}

/** From the first part's begin to the last one's end. Throws where there is no part. */
export function wholeOf(parts: Part[]): Span {
    if (parts.length === 0) {
        throw new Error("there is nothing to measure: no part of it was seen");
    }
    return { begin: Math.min(...parts.map(({ begin }) => begin)), end: Math.max(...parts.map(({ end }) => end)) };
}

/**
 * Hears what `pulumi up` says, line by line as it comes, and notes when each seed step begins and ends: a resource that is named after
 * the seed (`link-seed-dump`), whatever its method calls it. A step that is never said to end counts for nothing.
 */
export class SeedSteps {
    public readonly parts: Part[] = [];
    private readonly begun = new Map<string, number>();

    hear(line: string, now: number): void {
        const [, name = "", state] = / \S*-seed-([a-z-]+) (creating|created)\b/.exec(line) ?? [];
        if (state === "creating" && !this.begun.has(name)) {
            this.begun.set(name, now); // it says so again while it goes on
        } else if (state === "created") {
            this.parts.push({ name, begin: this.begun.get(name) ?? now, end: now });
        }
    }
}
