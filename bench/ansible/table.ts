import { formatMarkdown, formatSeconds, judgeRatio, median } from "../figures";

/** The seconds of each run with one size of data. */
export interface Beside {
    megabytes: number;
    pair: { first: number[]; unchanged: number[] };
    playbook: { first: number[]; unchanged: number[] };
}

/** What `up` may take of the playbook's time: less where there is more to copy. */
const goalAt = (megabytes: number) => (megabytes < 100 ? 0.6 : 0.35);

export function formatBeside(sizes: Beside[]): string {
    const rows = sizes.flatMap(({ megabytes, pair, playbook }) =>
        (["first", "unchanged"] as const).map((run) => [
            `${megabytes} MB, ${run}`,
            formatSeconds(pair[run]),
            formatSeconds(playbook[run]),
            (median(pair[run]) / median(playbook[run])).toFixed(2),
        ]),
    );
    return formatMarkdown([["", "`pulumi up`", "playbook", "ratio"], ...rows]);
}

export function judgeBeside(sizes: Beside[]): string {
    return sizes
        .map(({ megabytes, pair, playbook }) =>
            judgeRatio(
                `the first up at ${megabytes} MB takes, of the playbook's,`,
                pair.first,
                playbook.first,
                goalAt(megabytes),
            ),
        )
        .join("");
}
