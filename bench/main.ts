// How long the pair's `up` takes beside an empty program and beside a playbook, how long a change of roles keeps writes away, and
// what several pairs in one program take: all on fresh small hosts.
// in:  MM_BENCH_PARTS ("up ansible role pairs": which parts, in that order), MM_BENCH_RUNS (3; of up and ansible),
//      MM_BENCH_SIZES ("7 290", MB of data; of ansible), MM_BENCH_CHANGES (3 each way; of role), MM_BENCH_PAIRS ("1 2 4 8"; of pairs),
//      MM_BENCH_SUBNET (10.231.201); the variables of `make env`
// out: a table and judged goals for each part on stdout, progress on stderr; exit code 1, with the command's own words, when a run fails
import { measureAnsible } from "./ansible/part";
import { endWithLab, Lab, report } from "./lab";
import { measurePairs } from "./pairs/part";
import { describeMachine } from "./report";
import { measureRole } from "./role/part";
import { readCount, readList } from "./settings";
import { measureUp } from "./up";

const PARTS: Record<string, (lab: Lab) => Promise<string>> = {
    up: (lab) => measureUp(lab, readCount("MM_BENCH_RUNS", 3)),
    ansible: (lab) => measureAnsible(lab, readCount("MM_BENCH_RUNS", 3), readList("MM_BENCH_SIZES", "7 290")),
    role: (lab) => measureRole(lab, readCount("MM_BENCH_CHANGES", 3)),
    pairs: (lab) => measurePairs(lab, readList("MM_BENCH_PAIRS", "1 2 4 8")),
};

const lab = new Lab(".lab-bench", process.env.MM_BENCH_SUBNET || "10.231.201", { MM_LAB_SMALL: "1" });

async function bench(parts: string[]): Promise<void> {
    for (const [index, part] of parts.entries()) {
        await lab.remove();
        const told = await PARTS[part]?.(lab);
        if (index === 0) {
            process.stdout.write(`${(await describeMachine(lab)).join("\n")}\n\n`);
        }
        process.stdout.write(`${told}\n`); // at once: a later part may fail
    }
}

async function main(): Promise<void> {
    const parts = (process.env.MM_BENCH_PARTS || Object.keys(PARTS).join(" ")).trim().split(/[\s,]+/);
    const unknown = parts.filter((part) => !(part in PARTS));
    if (unknown.length > 0) {
        throw new Error(`MM_BENCH_PARTS names ${unknown.join(", ")}; there are ${Object.keys(PARTS).join(", ")}`);
    }
    if (!process.env.PULUMI_HOME) {
        throw new Error("PULUMI_HOME is not set; run this as `make bench`");
    }
    await endWithLab(lab, () => bench(parts));
}

main().catch(report);
