import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { freemem, loadavg } from "node:os";
import path from "node:path";
import type { Lab } from "../lab";
import { CHECKOUT, requireNotStopped } from "../run";
import { copyProgram, initStack, measure, type Stack, sshOf, writeConfig } from "../stacks";
import { formatPairs, judgePairs, type Several } from "./table";

const HOSTS = "abcdefghijklmnopqrstuvwxyz"; // the lab names its hosts by a letter
const BOOTED_AT_ONCE = 4; // else the last ones are not there in time on two cores
const HOST_MEGABYTES = 700;

/** How long the first `up` takes with so many pairs in one program, each on two hosts of its own. */
export async function measurePairs(lab: Lab, counts: number[]): Promise<string> {
    const stack = await initPairs(lab);
    const measured: Several[] = [];
    for (const count of counts) {
        requireNotStopped();
        const hosts = HOSTS.slice(0, 2 * count).split("");
        await makeHosts(lab, hosts, 2 * count);
        setCount(stack, count);
        const load = loadavg()[0] ?? Number.NaN;
        const seconds = await measure(stack, "up", "created");
        const unchanged = await measure(stack, "up", "unchanged");
        measured.push({ count, load, seconds, unchanged });
        await measure(stack, "destroy", "deleted");
    }
    return `### several pairs in one program, each on two hosts of its own

One run each.

${formatPairs(measured)}
${judgePairs(measured)}`;
}

async function initPairs(lab: Lab): Promise<Stack> {
    const folder = path.join(lab.folder, "pairs");
    copyProgram(folder);
    mkdirSync(path.join(folder, "bench/pairs"), { recursive: true });
    copyFileSync(path.join(__dirname, "index.ts"), path.join(folder, "bench/pairs/index.ts"));
    // the SDK looks for the compiler's options beside the program alone
    copyFileSync(path.join(CHECKOUT, "tsconfig.json"), path.join(folder, "bench/pairs/tsconfig.json"));
    writeFileSync(
        path.join(folder, "Pulumi.yaml"),
        "name: pairs\nmain: bench/pairs/index.ts\nruntime: { name: nodejs, options: { packagemanager: npm } }\n",
    );
    await initStack(lab, folder);
    return { name: "pairs", lab, folder, configFile: path.join(folder, "Pulumi.bench.yaml") };
}

function setCount(stack: Stack, count: number): void {
    const { lab } = stack;
    writeConfig(stack, "pairs", { count: String(count), subnet: lab.subnet, ssh: JSON.stringify(sshOf(lab)) });
}

/** Fresh hosts, with the sample data on every first one of a pair. */
async function makeHosts(lab: Lab, hosts: string[], wanted: number): Promise<void> {
    if (hosts.length < wanted) {
        throw new Error(`MM_BENCH_PAIRS asks for ${wanted / 2} pairs; the lab has hosts for ${HOSTS.length / 2}`);
    }
    if (freemem() < hosts.length * HOST_MEGABYTES * 1e6) {
        throw new Error(`${hosts.length} hosts want ${hosts.length * HOST_MEGABYTES} MB of memory, and fewer are free`);
    }
    for (let first = 0; first < hosts.length; first += BOOTED_AT_ONCE) {
        await lab.reset(...hosts.slice(first, first + BOOTED_AT_ONCE));
    }
    for (const host of hosts.filter((_, index) => index % 2 === 0)) {
        await lab.run(["lab/load-data.sh", host]);
    }
}
