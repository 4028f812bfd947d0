import { ended, Interrupted } from "./interrupted";
import { STEPS } from "./steps";

jest.setTimeout(1_200_000);

// The state may know the step by then, or not yet: both are moments at which an engine can die.
describe("kill -9 of the engine and its plugins when a step has just ended: the next up brings the pair to the end", () => {
    let pair: Interrupted;

    afterEach(() => pair.close());

    test.each(STEPS)("after %s", async (step) => {
        pair = await Interrupted.fresh();
        await pair.killAt(ended(step));
        expect(await pair.up("MM_HOST_LOCKED")).toEqual([]);
        await pair.expectWhole();
    });
});
