import { STEPS } from "../live/faults/steps";
import { buildPair, plainArgs } from "./pair";

test("the faults' tests know every step of a pair: a new one goes into tests/live/faults/steps.ts", async () => {
    const { commands } = await buildPair(plainArgs());
    expect([...STEPS].sort()).toEqual(commands.map(({ name }) => name).sort());
});
