// How long the pair's `up`, its unchanged `up` and its `destroy` take on fresh small hosts, beside an empty program.
// in:  MM_BENCH_RUNS (3), MM_BENCH_SUBNET (10.231.201); the variables of `make env`
// out: the table on stdout, progress on stderr; exit code 1, with the command's own words, when a run fails
import { loadavg } from "node:os";
import { endWithLab, Lab, report } from "./lab";
import { describeConditions, formatTable } from "./report";
import { requireNotStopped } from "./run";
import { initFloor, initPair, measureRound, type Phase } from "./stacks";

const runs = Number(process.env.MM_BENCH_RUNS || 3);
const lab = new Lab(".lab-bench", process.env.MM_BENCH_SUBNET || "10.231.201", { MM_LAB_SMALL: "1" });

/** The pair and the floor take turns, so that a busy minute of the machine falls on both. */
async function bench(): Promise<string> {
    await lab.remove();
    const stacks = { pair: await initPair(lab), floor: await initFloor(lab) };
    const pair: Record<Phase, number>[] = [];
    const floor: Record<Phase, number>[] = [];
    const loads: number[] = [];
    for (let round = 1; round <= runs; round++) {
        requireNotStopped();
        loads.push(loadavg()[0] ?? Number.NaN);
        process.stderr.write(`bench: round ${round} of ${runs}, load ${loads.at(-1)}\n`);
        await lab.reset("a", "b");
        await lab.run(["lab/load-data.sh"]);
        floor.push(await measureRound(stacks.floor));
        pair.push(await measureRound(stacks.pair));
    }
    const conditions = await describeConditions(lab, loads);
    return `${conditions.join("\n")}\n\n${formatTable(pair, floor)}`;
}

async function main(): Promise<void> {
    if (!Number.isInteger(runs) || runs < 1) {
        throw new Error(`MM_BENCH_RUNS is '${process.env.MM_BENCH_RUNS}'; give a whole number, 1 or more`);
    }
    if (!process.env.PULUMI_HOME) {
        throw new Error("PULUMI_HOME is not set; run this as `make bench`");
    }
    await endWithLab(lab, async () => {
        process.stdout.write(await bench());
    });
}

main().catch(report);
