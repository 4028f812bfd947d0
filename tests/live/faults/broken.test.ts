import { a, b, type Host } from "../hosts";
import { cutPower, cutSsh, killServer, reboot } from "./breaking";
import { at, codesIn, Interrupted, type Moment, when } from "./interrupted";

jest.setTimeout(1_200_000);

/** When a process has been killed whose command line fits; found and killed at once, for it may be short. The pattern must not fit itself. */
const killed = (host: Host, pattern: string) => when(host, `pkill -9 -f '${pattern}'`);
const nothingElse = () => undefined;

describe("something breaks in the middle of an up: it stops with a code, and the next up brings the pair to the end", () => {
    let pair: Interrupted;

    afterEach(() => pair.close());

    test.each<[string, Moment, () => unknown, string[]]>([
        ["the SSH connection to a is cut while it dumps", at.dump, () => cutSsh(a), ["SSH"]],
        ["the SSH connection to b is cut while it imports", at.import, () => cutSsh(b), ["SSH"]],
        ["mysqldump is killed", killed(a, "mysqldump .*[s]ource-data"), nothingElse, ["MM_SEED_DUMP"]],
        ["the copy is killed", killed(a, "receiv[e]$"), nothingElse, ["MM_SEED_COPY"]],
        ["b's server is killed while it imports", at.import, () => killServer(b), ["MM_SEED_LOAD", "MM_SQL_REFUSED"]],
        ["a's server is killed while it dumps", at.dump, () => killServer(a), ["MM_SEED_DUMP", "MM_SQL_REFUSED"]],
        ["a's server is killed while b imports", at.import, () => killServer(a), ["whole"]],
        ["b is rebooted while a dumps", at.dump, () => reboot(b), ["MM_SEED_COPY"]],
        ["b is rebooted while it imports", at.import, () => reboot(b), ["MM_SEED_LOAD", "MM_SQL_REFUSED", "SSH"]],
        ["a is rebooted while it dumps", at.dump, () => reboot(a), ["MM_SEED_DUMP", "MM_SQL_REFUSED", "SSH"]],
        ["a is rebooted while b imports", at.import, () => reboot(a), ["whole"]],
        ["b is rebooted when it follows a", at.attachB, () => reboot(b), ["SSH", "whole"]],
        ["the power of b is cut while it imports", at.import, () => cutPower(b), ["SSH"]],
        ["the power of a is cut while it dumps", at.dump, () => cutPower(a), ["SSH"]],
        ["the power of a is cut when b follows it", at.attachB, () => cutPower(a), ["SSH", "whole"]],
    ])("%s", async (_what, moment, breakIt, codes) => {
        pair = await Interrupted.fresh({ big: true });
        const run = await pair.reach(moment);
        await breakIt();
        const { exitCode, text } = await run.ended;
        // whole where the step in question was over by then, and the next one found the host back
        expect(codes).toContain(exitCode === 0 ? "whole" : codesIn(text).join(" "));
        // what was cut off on a host may go on for a while
        expect(await pair.up("MM_HOST_LOCKED")).toEqual([]);
        await pair.expectWhole();
    });
});
