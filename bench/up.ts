import { loadavg } from "node:os";
import type { Lab } from "./lab";
import { describeRuns, formatTable, judgeUnchanged } from "./report";
import { requireNotStopped } from "./run";
import { initFloor, initPair, measureRound, type Phase } from "./stacks";

/** The pair and the empty program take turns, so that a busy minute of the machine falls on both. */
export async function measureUp(lab: Lab, runs: number): Promise<string> {
    const stacks = { pair: await initPair(lab), floor: await initFloor(lab) };
    const pair: Record<Phase, number>[] = [];
    const floor: Record<Phase, number>[] = [];
    const loads: number[] = [];
    for (let round = 1; round <= runs; round++) {
        requireNotStopped();
        loads.push(loadavg()[0] ?? Number.NaN);
        process.stderr.write(`bench: up, round ${round} of ${runs}, load ${loads.at(-1)}\n`);
        await lab.reset("a", "b");
        await lab.run(["lab/load-data.sh"]);
        floor.push(await measureRound(stacks.floor));
        pair.push(await measureRound(stacks.pair));
    }
    return `### up, unchanged up and destroy, beside an empty program

${describeRuns(loads)}

${formatTable(pair, floor)}
${judgeUnchanged(pair, floor)}`;
}
