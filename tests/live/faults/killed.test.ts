import { a, b } from "../hosts";
import { at, begun, Interrupted, type Moment, when } from "./interrupted";

jest.setTimeout(1_200_000);

describe("kill -9 of the engine and its plugins in the middle of a long step: the next up brings the pair to the end", () => {
    let pair: Interrupted;

    afterEach(() => pair.close());

    test.each<[string, Moment]>([
        ["while a is restarted", at.restartOfA],
        ["while a dumps", at.dump],
        ["while the backup is copied", at.copy],
        ["while b imports", at.import],
        ["while b is made to follow a", at.attachB],
        ["while a is made to follow b", at.attachA],
        ["while a row is tested", begun("pair-link-rows-b")],
        ["while b gets its role", begun("pair-role-b")],
        ["while a gets its role", begun("pair-role-a")],
    ])("%s", async (_when, moment) => {
        pair = await Interrupted.fresh({ big: true });
        await pair.killAt(moment);
        expect(await pair.up("MM_HOST_LOCKED")).toEqual([]);
        await pair.expectWhole();
    });

    test("twice in a row, while b imports", async () => {
        pair = await Interrupted.fresh({ big: true });
        await pair.killAt(at.import);
        await pair.killAt(at.import);
        expect(await pair.up("MM_HOST_LOCKED")).toEqual([]);
        await pair.expectWhole();
    });

    test("while the import is begun again, on a host that was restarted between", async () => {
        pair = await Interrupted.fresh({ big: true });
        await pair.killAt(at.import);
        await b.run("systemctl restart mysql");
        await pair.killAt(when(b, "pgrep -f 'mysql .*[b]inary-mode'"));
        await a.run("systemctl restart mysql");
        expect(await pair.up("MM_HOST_LOCKED")).toEqual([]);
        await pair.expectWhole();
    });
});
