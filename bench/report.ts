import { readFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { formatMarkdown, formatSeconds, judgeRatio, median } from "./figures";
import type { Lab } from "./lab";
import { CHECKOUT } from "./run";
import { PHASES, type Phase } from "./stacks";

const PLUGINS = ["command", "mysql", "random"];

/** What a part's figures depend on, in a line below its title. */
export function describeRuns(loads: number[]): string {
    const each = loads.map((load) => load.toFixed(1)).join(", ");
    return `${loads.length} runs; each figure is the median, with the least and the most. Load in the minute before each: ${each}`;
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

/** A line a phase; the ratio is that of the medians. */
export function formatTable(pair: Record<Phase, number>[], floor: Record<Phase, number>[]): string {
    const rows = PHASES.map((phase) => {
        const [ours, least] = [secondsOf(pair, phase), secondsOf(floor, phase)];
        return [phase, formatSeconds(ours), formatSeconds(least), (median(ours) / median(least)).toFixed(2)];
    });
    return formatMarkdown([["", "pair", "empty program", "ratio"], ...rows]);
}

/** The goal for an `up` that has nothing to do. */
export function judgeUnchanged(pair: Record<Phase, number>[], floor: Record<Phase, number>[]): string {
    const [ours, least] = [secondsOf(pair, "unchanged up"), secondsOf(floor, "unchanged up")];
    return judgeRatio("the unchanged up takes, of the empty program's,", ours, least, 1.3);
}

const secondsOf = (rounds: Record<Phase, number>[], phase: Phase) => rounds.map((round) => round[phase]);
