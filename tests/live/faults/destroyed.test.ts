import { a, b, waitFor } from "../hosts";
import { at, begun, ended, Interrupted, keepEventsOff, type Moment } from "./interrupted";
import { STEPS } from "./steps";

jest.setTimeout(1_200_000);

let pair: Interrupted;

afterEach(() => pair.close());

describe("destroy after a run that was killed: a is whole, and nothing is left on either host", () => {
    test.each<[string, Moment, string]>([
        ["while a is restarted", at.restartOfA, "auto"],
        ["while a dumps", at.dump, "dump"],
        ["while the backup is copied", at.copy, "dump"],
        ["while b imports", at.import, "dump"],
        ["while a streams", at.stream, "stream"],
        ["while b clones", at.clone, "clone"],
        ["while b is made to follow a", at.attachB, "auto"],
        ["while a is made to follow b", at.attachA, "auto"],
        ["while a row is tested", begun("pair-link-rows-b"), "auto"],
        ["while b gets its role", begun("pair-role-b"), "auto"],
    ])("%s", async (_when, moment, method) => {
        pair = await Interrupted.fresh({ big: true, method });
        await pair.killAt(moment);
        expect(await pair.destroy("MM_HOST_LOCKED")).toEqual([]);
        await pair.expectApart();
    });

    test.each(STEPS)("after %s", async (step) => {
        pair = await Interrupted.fresh();
        await pair.killAt(ended(step));
        expect(await pair.destroy("MM_HOST_LOCKED")).toEqual([]);
        await pair.expectApart();
    });
});

describe("a destroy that is killed is finished by the next, and up makes a pair again", () => {
    test.each(["pair-role-a", "pair-link-attach-a", "pair-link-attach-b", "pair-link-seed-load", "pair-b-configure"])(
        "after %s is undone",
        async (step) => {
            pair = await Interrupted.fresh();
            await keepEventsOff(b);
            expect(await pair.up()).toEqual([]);
            await pair.killAt((run) => run.text().includes(` ${step} deleted`), "destroy");
            expect(await pair.destroy("MM_HOST_LOCKED")).toEqual([]);
            for (const host of [a, b]) {
                expect(await host.replica("Source_Host")).toBe("");
            }
            expect(await pair.up()).toEqual([]);
            // b's server was not restarted meanwhile, and would listen on loopback alone after that, were it not written again
            await b.run("systemctl restart mysql");
            expect(await b.variable("bind_address")).toBe(`127.0.0.1,${b.address}`);
            await waitFor(
                "a's receiver",
                60,
                () => a.replica("Replica_IO_Running"),
                (running) => running === "Yes",
            );
            await pair.expectWhole();
        },
    );
});
