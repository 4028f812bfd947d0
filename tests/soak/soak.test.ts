import { cutPower, cutSsh, kill, killServer, reboot } from "../live/faults/breaking";
import { codesIn, Interrupted, keepEventsOff } from "../live/faults/interrupted";
import { a, b, lab } from "../live/hosts";
import type { Running } from "../live/stack";
import { Dice } from "./dice";

// Runs that are interrupted at random moments, by random faults; run by hand: make soak RUNS=100. SEED=… makes the same ones
// again, as far as the machine's speed lets it.

const runs = Number(process.env.RUNS || 20);
const seed = Number(process.env.SEED || Math.floor(Math.random() * 1e9));

/** How long they take here, about, as the last ones have shown: moments are drawn from it. */
const usualMs = { up: 14_000, destroy: 5_000 };

const pause = (milliseconds: number) => new Promise((wake) => setTimeout(wake, milliseconds));

type Fault = [name: string, weight: number, breakIt: (run: Running) => unknown];

const FAULTS: Fault[] = [
    ["engine killed", 8, (run) => run.kill()],
    ["SSH of a cut", 1, () => cutSsh(a)],
    ["SSH of b cut", 1, () => cutSsh(b)],
    ["server of a killed", 1, () => killServer(a)],
    ["server of b killed", 1, () => killServer(b)],
    [
        "dump, copy or import killed",
        2,
        () => Promise.all([kill(a, "[m]ysqldump|receiv[e]$"), kill(b, "[b]inary-mode")]),
    ],
    ["a rebooted", 1, () => reboot(a)],
    ["b rebooted", 1, () => reboot(b)],
    ["power of a cut", 1, () => cutPower(a)],
    ["power of b cut", 1, () => cutPower(b)],
    [
        "b off the network for 4 s",
        1,
        async () => {
            lab("hosts.sh", ["cut", "b"]);
            await pause(4000);
            lab("hosts.sh", ["mend", "b"]);
        },
    ],
];
const deck = FAULTS.flatMap((fault) => Array.from({ length: fault[1] }, () => fault));

test(
    `${runs} runs are interrupted at random moments; every pair can be taken apart, and ends whole`,
    async () => {
        const dice = new Dice(seed);
        const figures = {
            runs: 0,
            interrupted: { up: 0, destroy: 0 },
            pairs: 0,
            rows: 0,
            lost: 0,
            doubled: 0,
            ups: 0,
            destroys: 0,
        };
        const stops = new Map<string, number>();
        const wrong: string[] = [];
        const count = (codes: string[]) => {
            for (const code of codes) {
                stops.set(code, (stops.get(code) ?? 0) + 1);
            }
        };
        say(`soak: ${runs} runs; the same ones again: make soak RUNS=${runs} SEED=${seed}`);
        while (figures.runs < runs) {
            const pair = await Interrupted.fresh({ big: dice.next() < 0.5 });
            const withDestroys = dice.next() < 0.5;
            const story: string[] = [];
            try {
                if (withDestroys) {
                    await keepEventsOff(b);
                }
                const runsHere = Math.min(dice.between(2, 6), runs - figures.runs);
                for (let here = 0; here < runsHere; here++) {
                    figures.runs++;
                    // at first there is nothing to destroy
                    const verb = withDestroys && here > 0 && dice.next() < 0.4 ? "destroy" : "up";
                    const [what, , breakIt] = dice.pick(deck);
                    const after = dice.between(0, usualMs[verb]);
                    const started = Date.now();
                    const run = pair.stack.start(verb);
                    const ended = await Promise.race([run.ended, pause(after)]);
                    if (ended === undefined) {
                        figures.interrupted[verb]++;
                        await breakIt(run);
                    }
                    const { exitCode, text } = await run.ended;
                    const codes = exitCode === 0 ? ["whole"] : codesIn(text);
                    story.push(
                        `${verb}, ${what} after ${after} ms: ${ended ? "too late, " : ""}${codes.join(" ") || "stopped"}`,
                    );
                    count(codes.filter((code) => code !== "whole"));
                    if (exitCode === 0) {
                        usualMs[verb] = Math.round((usualMs[verb] + Date.now() - started) / 2);
                        // else the next up has nothing to do, and nothing to be interrupted in
                        pair.stack.settings.converge = `after run ${figures.runs}`;
                    }
                    say(`run ${figures.runs}: ${story.at(-1)}`);
                }
                // what was cut off may go on for a while, a host still boot, and a busy machine be late with a row
                if (withDestroys && dice.next() < 0.5) {
                    const seen = await pair.destroy("MM_HOST_LOCKED", "SSH");
                    count(seen);
                    figures.destroys += seen.length + 1;
                    await pair.expectApart();
                }
                const seen = await pair.up("MM_HOST_LOCKED", "SSH", "MM_LINK_ROW_LATE");
                count(seen);
                figures.ups += seen.length + 1;
                await pair.expectWhole();
            } catch (error) {
                const text = `${error}`;
                figures.lost += text.match(/acknowledged, and is lost/g)?.length ?? 0;
                figures.doubled += text.match(/is there \d+ times/g)?.length ?? 0;
                wrong.push(`${story.join("\n")}\n${text.slice(-4000)}`);
                say(`WRONG after\n${wrong.at(-1)}`);
            } finally {
                await pair.close();
            }
            figures.pairs++;
            figures.rows += pair.load.acknowledged.size;
        }
        const codes = [...stops].sort().map(([code, times]) => `${code} ${times}`);
        say(
            `soak: seed ${seed}: ${figures.runs} runs, ${figures.interrupted.up} ups and ${figures.interrupted.destroy} destroys of them interrupted, ` +
                `${figures.pairs} pairs brought to the end by ${figures.ups} plain ups and ${figures.destroys} plain destroys; ` +
                `${figures.rows} rows acknowledged, ${figures.lost} lost, ${figures.doubled} doubled; stops: ${codes.join(", ") || "none"}`,
        );
        expect(wrong).toEqual([]);
    },
    600_000 + runs * 120_000,
);

function say(line: string): void {
    process.stderr.write(`${line}\n`);
}
