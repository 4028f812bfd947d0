/** What a soak has done, and what came of it. */
export class Figures {
    runs = 0;
    readonly interrupted = { up: 0, destroy: 0 };
    /** Runs that nobody interrupted, until one ended whole. */
    readonly plain = { up: 0, destroy: 0 };
    pairs = 0;
    rows = 0;
    lost = 0;
    doubled = 0;
    /** Stories of the pairs that did not end as they must. */
    readonly wrong: string[] = [];
    private readonly stops = new Map<string, number>();

    countStops(codes: string[]): void {
        for (const code of codes) {
            this.stops.set(code, (this.stops.get(code) ?? 0) + 1);
        }
    }

    countWrong(story: string[], words: string): void {
        this.lost += words.match(/acknowledged, and is lost/g)?.length ?? 0;
        this.doubled += words.match(/is there \d+ times/g)?.length ?? 0;
        this.wrong.push(`${story.join("\n")}\n${words.slice(-4000)}`);
    }

    toString(): string {
        const stops = [...this.stops].sort().map(([code, times]) => `${code} ${times}`);
        return (
            `${this.runs} runs, ${this.interrupted.up} ups and ${this.interrupted.destroy} destroys of them interrupted, ` +
            `${this.pairs} pairs brought to the end by ${this.plain.up} plain ups and ${this.plain.destroy} plain destroys; ` +
            `${this.rows} rows acknowledged, ${this.lost} lost, ${this.doubled} doubled; stops: ${stops.join(", ") || "none"}`
        );
    }
}
