import { codesIn, Interrupted, keepEventsOff } from "../live/faults/interrupted";
import { b } from "../live/hosts";
import { Dice } from "./dice";
import { FAULTS, pause } from "./faults";
import { Figures } from "./figures";

// Runs that are interrupted at random moments, by random faults; run by hand: make soak RUNS=100. SEED=… makes the same ones
// again, as far as the machine's speed lets it.

const runs = Number(process.env.RUNS || 20);
const seed = Number(process.env.SEED || Math.floor(Math.random() * 1e9));
const dice = new Dice(seed);
const figures = new Figures();

/** How long they take here, about, as the last ones have shown: moments are drawn from it. */
const usualMs = { up: 14_000, destroy: 5_000 };

test(
    `${runs} runs are interrupted at random moments; every pair can be taken apart, and ends whole`,
    async () => {
        say(`soak: ${runs} runs; the same ones again: make soak RUNS=${runs} SEED=${seed}`);
        while (figures.runs < runs) {
            const pair = await Interrupted.fresh({ big: dice.next() < 0.5 });
            const story: string[] = [];
            try {
                await soak(pair, story);
            } catch (error) {
                figures.countWrong(story, `${error}`);
                say(`WRONG after\n${figures.wrong.at(-1)}`);
            } finally {
                await pair.close();
            }
            figures.pairs++;
            figures.rows += pair.load.acknowledged.size;
        }
        say(`soak: seed ${seed}: ${figures}`);
        expect(figures.wrong).toEqual([]);
    },
    600_000 + runs * 120_000,
);

/** Some interrupted runs of one pair, then plain ones until it is whole; half of the pairs meet destroys, too. */
async function soak(pair: Interrupted, story: string[]): Promise<void> {
    const withDestroys = dice.next() < 0.5;
    if (withDestroys) {
        await keepEventsOff(b);
    }
    const runsHere = Math.min(dice.between(2, 6), runs - figures.runs);
    for (let here = 0; here < runsHere; here++) {
        // at first there is nothing to destroy
        const verb = withDestroys && here > 0 && dice.next() < 0.4 ? "destroy" : "up";
        story.push(await interrupt(pair, verb));
        say(`run ${figures.runs}: ${story.at(-1)}`);
    }
    if (withDestroys && dice.next() < 0.5) {
        await finish("destroy", () => pair.destroy("MM_HOST_LOCKED", "SSH"));
        await pair.expectApart();
    }
    // what was cut off may go on for a while, a host still boot, and a busy machine be late with a row
    const harmless = ["MM_HOST_LOCKED", "SSH", "MM_LINK_ROW_LATE"];
    await finish("up", async () => {
        try {
            return await pair.up(...harmless);
        } catch (error) {
            if (!wasLogRenamed(`${error}`)) {
                throw error;
            }
            await pair.emptyB();
            return ["MM_PREFLIGHT_REFUSED", ...(await pair.up(...harmless))];
        }
    });
    await pair.expectWhole();
}

/** A destroy, then a restart of a: its log has its old name back, b cannot go on, and an up says so. */
const wasLogRenamed = (words: string) =>
    codesIn(words).join() === "MM_PREFLIGHT_REFUSED" &&
    /1 problem, nothing was changed\s+MM_PREFLIGHT_PARTED .*, for a's log is called binlog now,/.test(words);

/** One run, with one fault in it, if that comes in time. */
async function interrupt(pair: Interrupted, verb: "up" | "destroy"): Promise<string> {
    figures.runs++;
    const [what, breakIt] = dice.pick(FAULTS);
    const after = dice.between(0, usualMs[verb]);
    const started = Date.now();
    const run = pair.stack.start(verb);
    const early = await Promise.race([run.ended, pause(after)]);
    if (early === undefined) {
        figures.interrupted[verb]++;
        await breakIt(run);
    }
    const { exitCode, text } = await run.ended;
    const codes = exitCode === 0 ? [] : codesIn(text);
    figures.countStops(codes);
    if (exitCode === 0) {
        usualMs[verb] = Math.round((usualMs[verb] + Date.now() - started) / 2);
        // else the next up has nothing to do, and nothing to be interrupted in
        pair.stack.settings.converge = `after run ${figures.runs}`;
    }
    const outcome = exitCode === 0 ? "whole" : codes.join(" ") || "stopped";
    return `${verb}, ${what} after ${after} ms: ${early ? "too late, " : ""}${outcome}`;
}

async function finish(verb: "up" | "destroy", run: () => Promise<string[]>): Promise<void> {
    const stops = await run();
    figures.countStops(stops);
    figures.plain[verb] += stops.length + 1;
}

function say(line: string): void {
    process.stderr.write(`${line}\n`);
}
