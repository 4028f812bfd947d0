/** What remote/preflight.sh has told of one host: lines of NAME and values, separated by tabs. */
export class Facts {
    private readonly lines: string[][];

    constructor(text: string) {
        this.lines = text
            .split("\n")
            .filter((line) => line !== "")
            .map((line) => line.split("\t"));
    }

    has(name: string): boolean {
        return this.lines.some(([first]) => first === name);
    }

    /** All lines of that name, their values. */
    rows(name: string): string[][] {
        return this.lines.filter(([first]) => first === name).map(([, ...values]) => values);
    }

    /** The first values of all lines of that name. */
    all(name: string): string[] {
        return this.rows(name).map(([value = ""]) => value);
    }

    /** The first value of the first line of that name, or an empty text. */
    one(name: string): string {
        return this.all(name)[0] ?? "";
    }

    /** A server's variable; empty where it has none of that name. */
    variable(name: string): string {
        return this.rows("variable").find(([each]) => each === name)?.[1] ?? "";
    }

    /** What the server's series calls it: `replica` (SLAVE), `forget-source`, `end-channel` or `reset-logs`; remote/lib/statements.sh knows. */
    word(name: "replica" | "forget-source" | "end-channel" | "reset-logs"): string {
        return this.rows("word").find(([each]) => each === name)?.[1] ?? "";
    }

    /** FLAVOUR-VERSION, as in fingerprints: without what a packager has put behind it. */
    server(): string {
        const [flavour = "", version = ""] = this.rows("server")[0] ?? [];
        return `${flavour}-${version.replace(/-.*/, "")}`;
    }

    /** A word KEY=VALUE of a note that an earlier run has left on the host. */
    mark(note: string, key: string): string {
        return new RegExp(`(?:^| )${key}=(\\S*)`).exec(this.note(note))?.[1] ?? "";
    }

    /** A note that an earlier run has left on the host; empty where there is none. */
    note(name: string): string {
        return this.rows("mark").find(([each]) => each === name)?.[1] ?? "";
    }
}
