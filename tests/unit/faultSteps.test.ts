import { STEPS } from "../live/faults/steps";
import { buildPair, plainArgs } from "./pair";

test("the faults' tests know every step of a pair: a new one goes into tests/live/faults/steps.ts", async () => {
    const { resources } = await buildPair(plainArgs());
    const commands = resources.filter(({ type }) => type.startsWith("command:"));
    expect([...STEPS].sort()).toEqual(commands.map(({ name }) => name).sort());
});
