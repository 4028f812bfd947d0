// How long the pair's `up`, its unchanged `up` and its `destroy` take on fresh small hosts, beside an empty program.
// in:  MM_BENCH_RUNS (3), MM_BENCH_SUBNET (10.231.201); the variables of `make env`
// out: the table on stdout, progress on stderr; exit code 1, with the command's own words, when a run fails
import { bootFreshHosts, removeLab } from "./lab";
import { describeConditions, formatTable } from "./report";
import { passSignalsOn, requireNotStopped } from "./run";
import { initFloor, initPair, measureRound, type Phase } from "./stacks";

const runs = Number(process.env.MM_BENCH_RUNS || 3);

/** The pair and the floor take turns, so that a busy minute of the machine falls on both. */
async function bench(): Promise<string> {
    await removeLab();
    await bootFreshHosts();
    const conditions = await describeConditions(runs);
    const stacks = { pair: await initPair(), floor: await initFloor() };
    const pair: Record<Phase, number>[] = [];
    const floor: Record<Phase, number>[] = [];
    for (let round = 1; round <= runs; round++) {
        requireNotStopped();
        process.stderr.write(`bench: round ${round} of ${runs}\n`);
        if (round > 1) {
            await bootFreshHosts();
        }
        floor.push(await measureRound(stacks.floor));
        pair.push(await measureRound(stacks.pair));
    }
    return `${conditions.join("\n")}\n\n${formatTable(pair, floor)}`;
}

async function main(): Promise<void> {
    if (!Number.isInteger(runs) || runs < 1) {
        throw new Error(`MM_BENCH_RUNS is '${process.env.MM_BENCH_RUNS}'; give a whole number, 1 or more`);
    }
    if (!process.env.PULUMI_HOME) {
        throw new Error("PULUMI_HOME is not set; run this as `make bench`");
    }
    passSignalsOn();
    try {
        process.stdout.write(await bench());
    } finally {
        await removeLab();
    }
}

main().catch((error: unknown) => {
    process.stderr.write(`error: ${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
});
