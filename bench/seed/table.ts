import type { Latency } from "./latency";
import type { Memory } from "./memory";
import type { Part } from "./parts";

/** One way to bring the data over, measured once. */
export interface Figure {
    name: string;
    kind: "document" | "copy" | "method";
    seconds: number;
    /** What has been brought over: the data set, or for a copy the whole data directory. */
    bytes: number;
    latency: Latency;
    parts: Part[];
    /** Of a method. */
    memory?: Memory;
}

/** All that was measured with one data set. */
export interface Size {
    /** As asked for, in 10^6 bytes. */
    megabytes: number;
    bytes: number;
    rows: number;
    /** The machine's load while it was measured, once a figure. */
    loads: number[];
    /** A's commits while nothing is seeded. */
    idle: Latency;
    figures: Figure[];
}

/** Names of the figures that others are compared with. */
export const DOCUMENT = "document, by hand";
export const SSH_COPY = "data directory, through SSH";
export const DISK_COPY = "data directory, `cp`";

const HEADINGS = [
    "",
    "seconds",
    "MB",
    "MB/s",
    "document / this",
    "MB/s of the SSH copy's",
    "a's commits: median",
    "99th",
    "longest",
];

/** Markdown: what the data set is, the table, and below it the seconds of each part and the memory. */
export function formatSize(size: Size): string {
    const rows = [
        ["no seeding", "", "", "", "", "", ...formatLatency(size.idle)],
        ...size.figures.map((figure) => formatFigure(figure, size)),
    ];
    const lines = [HEADINGS, ["---", ...HEADINGS.slice(1).map(() => "---:")], ...rows];
    const title = `${size.megabytes} MB asked for, ${(size.bytes / 1e6).toFixed(1)} MB in ${size.rows} rows; load ${size.loads.map((load) => load.toFixed(1)).join(", ")}`;
    return [
        `### ${title}\n`,
        ...lines.map((cells) => `| ${cells.join(" | ")} |`),
        "",
        ...size.figures.filter(({ parts }) => parts.length > 1).map(formatParts),
        ...formatMemory(size.figures),
        "",
    ].join("\n");
}

function formatFigure(figure: Figure, size: Size): string[] {
    const document = find(size, DOCUMENT);
    const copy = find(size, SSH_COPY);
    return [
        figure.name,
        figure.seconds.toFixed(2),
        (figure.bytes / 1e6).toFixed(0),
        rateOf(figure).toFixed(1),
        document ? (document.seconds / figure.seconds).toFixed(2) : "",
        copy ? `${((100 * rateOf(figure)) / rateOf(copy)).toFixed(0)} %` : "",
        ...formatLatency(figure.latency),
    ];
}

function formatLatency({ median, percentile99, longest }: Latency): string[] {
    return [median, percentile99, longest].map((milliseconds) => `${milliseconds.toFixed(1)} ms`);
}

function formatParts({ name, parts }: Figure): string {
    const each = parts.map((part) => `${part.name} ${((part.end - part.begin) / 1e6).toFixed(2)} s`);
    return `- ${name}: ${each.join(", ")}`;
}

function formatMemory(figures: Figure[]): string[] {
    const inMegabytes = (bytes: number) => (bytes / 1e6).toFixed(0);
    const each = figures.flatMap(({ name, memory }) =>
        memory ? [`${name} ${inMegabytes(memory.hosts)} and ${inMegabytes(memory.pulumi)}`] : [],
    );
    return each.length > 0
        ? [`- MB of memory at most, on both hosts beside the servers, and where Pulumi runs: ${each.join("; ")}`]
        : [];
}

const find = (size: Size, name: string) => size.figures.find((figure) => figure.name === name);

/** MB in a second. */
const rateOf = ({ bytes, seconds }: Figure) => bytes / 1e6 / seconds;

/** A line a goal, with what was found: only those whose figures were measured. */
export function judgeGoals(sizes: Size[], server: string): string[] {
    return sizes.flatMap((size) => {
        const at = `at ${size.megabytes} MB`;
        const [auto, stream, dump] = ["`auto`", "`stream`", "`dump`"].map((name) => find(size, name));
        const document = find(size, DOCUMENT);
        const copy = find(size, SSH_COPY);
        const goals: string[] = [];
        if (auto && document && size.megabytes === 1200) {
            const times = server.startsWith("mariadb") ? 7 : 10;
            const found = document.seconds / auto.seconds;
            goals.push(
                say(found >= times, `auto ${at} is ${times} times faster than the document: ${found.toFixed(1)} times`),
            );
        }
        if (auto && copy && size.megabytes === 1200) {
            const percent = (100 * rateOf(auto)) / rateOf(copy);
            goals.push(say(percent >= 80, `auto ${at} has 80 % of the SSH copy's rate: ${percent.toFixed(0)} %`));
        }
        if (auto && document && size.megabytes === 10) {
            const both = `${auto.seconds.toFixed(2)} s and ${document.seconds.toFixed(2)} s`;
            goals.push(say(auto.seconds <= document.seconds, `auto ${at} is no slower than the document: ${both}`));
        }
        if (stream && dump) {
            const both = `${stream.seconds.toFixed(2)} s and ${dump.seconds.toFixed(2)} s`;
            goals.push(say(stream.seconds < dump.seconds, `stream ${at} is faster than dump: ${both}`));
        }
        if (auto) {
            const { longest } = auto.latency;
            const both = `${longest.toFixed(1)} ms (without seeding ${size.idle.longest.toFixed(1)} ms)`;
            goals.push(say(longest < 50, `a's longest pause with auto ${at} is below 50 ms: ${both}`));
        }
        return goals;
    });
}

const say = (isMet: boolean, goal: string) => `- ${isMet ? "met" : "**missed**"}: ${goal}`;
