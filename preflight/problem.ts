/** One thing that was found. */
export interface Finding {
    /** Stable, a heading of docs/errors.md. */
    code: string;
    /** `a`, `b`, or `pair`. */
    node: string;
    /** What was seen, with its values. */
    what: string;
    /** What a person can do now. */
    next: string;
    /** Another program's own words. */
    words?: string;
}

/** What a look at both hosts has come to. */
export interface Report {
    /** Each of them forbids the pair. */
    problems: Finding[];
    /** They do not, and stay to be known. */
    warnings: Finding[];
    /** Said once, to whoever asks. */
    notes: string[];
    /** One line, the same from run to run; empty where there are problems. */
    fingerprint: string;
}

/** Collects what is found. */
export class Findings {
    readonly problems: Finding[] = [];
    readonly warnings: Finding[] = [];
    readonly notes: string[] = [];

    refuse(node: string, code: string, what: string, next: string, words?: string): void {
        this.problems.push({ code, node, what, next, ...(words && { words }) });
    }

    warn(node: string, code: string, what: string, next: string): void {
        this.warnings.push({ code, node, what, next });
    }

    note(text: string): void {
        this.notes.push(text);
    }
}

/** All problems in one report; empty when there are none. */
export function problemText({ problems }: Report): string {
    if (problems.length === 0) {
        return "";
    }
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    const lines = problems.flatMap(({ code, node, what, next, words }) => [
        `  ${code} ${node}: ${what}`,
        `    next: ${next}`,
        ...(words
            ? [
                  `    its words: ${words
                      .trim()
                      .replace(/\s*\n\s*/g, " | ")
                      .slice(0, 2000)}`,
              ]
            : []),
    ]);
    return `${[`error MM_PREFLIGHT_REFUSED: ${count}, nothing was changed`, ...lines].join("\n")}\n`;
}

/** One line a warning, in the form of remote/lib/say.sh. */
export function warningText({ warnings }: Report): string {
    return warnings.map(({ code, node, what, next }) => `warning ${code}: ${node}: ${what}; ${next}\n`).join("");
}

/** What a look without problems has come to. */
export function verdict(gone: string | undefined): string {
    return gone === undefined
        ? "Both hosts can become this pair. Nothing was changed."
        : `${gone === "a" ? "b" : "a"} was looked at, ${gone} is gone. Nothing was changed.`;
}

/** `a, b and 3 more`: at most `most` of them. */
export function list(names: string[], most = 20): string {
    const shown = names.slice(0, most).join(", ");
    return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}

/** `1 schema`, `2 schemas`. */
export const count = (number: number, what: string) => `${number} ${what}${number === 1 ? "" : "s"}`;
