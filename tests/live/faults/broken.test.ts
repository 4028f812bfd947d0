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

    test.each<[string, string, Moment, () => unknown, string[]]>([
        ["the SSH connection to a is cut while it dumps", "dump", at.dump, () => cutSsh(a), ["SSH"]],
        ["the SSH connection to b is cut while it imports", "dump", at.import, () => cutSsh(b), ["SSH"]],
        ["mysqldump is killed", "dump", killed(a, "mysqldump .*[s]ource-data"), nothingElse, ["MM_SEED_DUMP"]],
        ["the copy is killed", "dump", killed(a, "receiv[e]$"), nothingElse, ["MM_SEED_COPY"]],
        [
            "b's server is killed while it imports",
            "dump",
            at.import,
            () => killServer(b),
            ["MM_SEED_LOAD", "MM_SQL_REFUSED"],
        ],
        [
            "a's server is killed while it dumps",
            "dump",
            at.dump,
            () => killServer(a),
            ["MM_SEED_DUMP", "MM_SQL_REFUSED"],
        ],
        ["a's server is killed while b imports", "dump", at.import, () => killServer(a), ["whole"]],
        // whole where b is back before a has dumped all and copies it
        ["b is rebooted while a dumps", "dump", at.dump, () => reboot(b), ["MM_SEED_COPY", "whole"]],
        [
            "b is rebooted while it imports",
            "dump",
            at.import,
            () => reboot(b),
            ["MM_SEED_LOAD", "MM_SQL_REFUSED", "SSH"],
        ],
        ["a is rebooted while it dumps", "dump", at.dump, () => reboot(a), ["MM_SEED_DUMP", "MM_SQL_REFUSED", "SSH"]],
        ["a is rebooted while b imports", "dump", at.import, () => reboot(a), ["whole"]],
        ["the SSH connection to a is cut while it streams", "stream", at.stream, () => cutSsh(a), ["SSH"]],
        [
            "the SSH connection from a to b is cut while it streams",
            "stream",
            at.stream,
            () => cutSsh(b, "^(/bin/)?bash .*/receive-backu[p]"),
            ["MM_SEED_COPY"],
        ],
        [
            "a's server is killed while it streams",
            "stream",
            at.stream,
            () => killServer(a),
            ["MM_SEED_COPY", "MM_SEED_DUMP", "MM_SQL_REFUSED"],
        ],
        [
            "b's server is killed while a streams",
            "stream",
            at.stream,
            () => killServer(b),
            ["MM_SEED_COPY", "MM_SEED_COPY MM_SEED_LOAD"],
        ],
        [
            "b is rebooted while a streams",
            "stream",
            at.stream,
            () => reboot(b),
            ["MM_SEED_COPY", "MM_SEED_COPY MM_SEED_LOAD"],
        ],
        ["the power of a is cut while it streams", "stream", at.stream, () => cutPower(a), ["SSH"]],
        ["the SSH connection to b is cut while it clones", "clone", at.clone, () => cutSsh(b), ["SSH"]],
        ["b's server is killed while it clones", "clone", at.clone, () => killServer(b), ["MM_SEED_CLONE"]],
        ["a's server is killed while b clones", "clone", at.clone, () => killServer(a), ["MM_SEED_CLONE"]],
        [
            "b's server is killed as it starts with the clone",
            "clone",
            at.restartOfClone,
            () => killServer(b),
            ["MM_SEED_CLONE", "whole"],
        ],
        ["b is rebooted while it clones", "clone", at.clone, () => reboot(b), ["MM_SEED_CLONE", "SSH"]],
        ["the power of b is cut while it clones", "clone", at.clone, () => cutPower(b), ["SSH"]],
        ["the power of a is cut while b clones", "clone", at.clone, () => cutPower(a), ["MM_SEED_CLONE"]],
        ["b is rebooted when it follows a", "auto", at.attachB, () => reboot(b), ["SSH", "whole"]],
        ["the power of b is cut while it imports", "dump", at.import, () => cutPower(b), ["SSH"]],
        ["the power of a is cut while it dumps", "dump", at.dump, () => cutPower(a), ["SSH"]],
        ["the power of a is cut when b follows it", "auto", at.attachB, () => cutPower(a), ["SSH", "whole"]],
    ])("%s", async (_what, method, moment, breakIt, codes) => {
        pair = await Interrupted.fresh({ big: true, method });
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
