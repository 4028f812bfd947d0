import { readFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Lab } from "./lab";
import { CHECKOUT } from "./run";
import { PHASES, type Phase } from "./stacks";

const PLUGINS = ["command", "mysql", "random"];

/** What the figures depend on, a line each. */
export async function describeConditions(lab: Lab, loads: number[]): Promise<string[]> {
    const [machine = "", ...programs] = await describeMachine(lab);
    return [
        machine,
        `load:     ${loads.map((load) => load.toFixed(1)).join(", ")} in the minute before each run`,
        ...programs,
        `runs:     ${loads.length}; each figure is the median, with the least and the most`,
    ];
}

/** Machine, versions and plugins, a line each; host a has to run. */
export async function describeMachine(lab: Lab): Promise<string[]> {
    const engine = (await lab.run(["pulumi", "version"])).stdout.trim();
    const manifest = JSON.parse(readFileSync(path.join(CHECKOUT, "package.json"), "utf8"));
    const packages = ["@pulumi/pulumi", "ts-node", "typescript"].map(
        (name) => `${name} ${manifest.dependencies[name]}`,
    );
    const gibibytes = (os.totalmem() / 2 ** 30).toFixed(1);
    const standIns = PLUGINS.filter((name) => isStandIn(name, manifest.dependencies[`@pulumi/${name}`]));
    return [
        `machine:  ${os.cpus().length} cores (${os.cpus()[0]?.model.trim()}), ${gibibytes} GiB`,
        `versions: engine ${engine}, node ${process.version}, server ${await lab.readServerVersion()}, ${packages.join(", ")}`,
        `plugins:  ${standIns.length > 0 ? `the lab's stand-ins, not the official ones: ${standIns.join(", ")}` : "official"}`,
    ];
}

/** Stand-ins say so in their second line. */
function isStandIn(name: string, version: string): boolean {
    const file = path.join(
        process.env.PULUMI_HOME ?? "",
        `plugins/resource-${name}-v${version}/pulumi-resource-${name}`,
    );
    return readFileSync(file).subarray(0, 200).toString("latin1").includes("stand-in");
}

/** A Markdown table, a line a phase; the ratio is that of the medians. */
export function formatTable(pair: Record<Phase, number>[], floor: Record<Phase, number>[]): string {
    const rows = PHASES.map((phase) => {
        const [ours, least] = [pair, floor].map((rounds) => rounds.map((round) => round[phase]));
        return [phase, format(ours ?? []), format(least ?? []), (median(ours ?? []) / median(least ?? [])).toFixed(2)];
    });
    const table = [["", "pair", "empty program", "ratio"], ["---", "---:", "---:", "---:"], ...rows];
    return table.map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}

function format(seconds: number[]): string {
    const [least, most] = [Math.min(...seconds), Math.max(...seconds)];
    return `${median(seconds).toFixed(2)} s (${least.toFixed(2)}–${most.toFixed(2)})`;
}

function median(values: number[]): number {
    const sorted = [...values].sort((left, right) => left - right);
    const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
    const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
    return (lower + upper) / 2;
}
