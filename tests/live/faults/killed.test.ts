import { a, b } from "../hosts";
import { at, begun, Interrupted, type Moment, when } from "./interrupted";

jest.setTimeout(1_200_000);

describe("kill -9 of the engine and its plugins in the middle of a long step: the next up brings the pair to the end", () => {
    let pair: Interrupted;

    afterEach(() => pair.close());

    test.each<[string, Moment, string]>([
        ["while a is restarted", at.restartOfA, "auto"],
        ["while a dumps", at.dump, "dump"],
        ["while the backup is copied", at.copy, "dump"],
        ["while b imports", at.import, "dump"],
        ["while a streams", at.stream, "stream"],
        ["while b clones", at.clone, "clone"],
        ["while b has cloned, and starts again", at.restartOfClone, "clone"],
        ["while b is made to follow a", at.attachB, "auto"],
        ["while a is made to follow b", at.attachA, "auto"],
        ["while a row is tested", begun("pair-link-rows-b"), "auto"],
        ["while b gets its role", begun("pair-role-b"), "auto"],
        ["while a gets its role", begun("pair-role-a"), "auto"],
    ])("%s", async (_when, moment, method) => {
        pair = await Interrupted.fresh({ big: true, method });
        await pair.killAt(moment);
        expect(await pair.up("MM_HOST_LOCKED")).toEqual([]);
        await pair.expectWhole();
    });

    test.each<[string, Moment, string]>([
        ["while b imports", at.import, "dump"],
        ["while a streams", at.stream, "stream"],
        ["while b clones", at.clone, "clone"],
    ])("twice in a row, %s", async (_when, moment, method) => {
        pair = await Interrupted.fresh({ big: true, method });
        await pair.killAt(moment);
        await pair.killAt(moment);
        expect(await pair.up("MM_HOST_LOCKED")).toEqual([]);
        await pair.expectWhole();
    });

    test("while the import is begun again, on a host that was restarted between", async () => {
        pair = await Interrupted.fresh({ big: true, method: "dump" });
        await pair.killAt(at.import);
        await b.run("systemctl restart mysql");
        await pair.killAt(when(b, "pgrep -f 'mysql .*[b]inary-mode'"));
        await a.run("systemctl restart mysql");
        expect(await pair.up("MM_HOST_LOCKED")).toEqual([]);
        await pair.expectWhole();
    });
});
