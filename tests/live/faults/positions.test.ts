import { a, b, type Host, waitFor } from "../hosts";
import { cutPower, killServer } from "./breaking";
import { Interrupted } from "./interrupted";

jest.setTimeout(1_200_000);

// A receiver notes its place now and then only. Where GTIDs do not say what is there already, one that begins at an old place gets
// rows a second time: those of a table with a key stop the applier (1062), those of a table without one are there twice.
test("without GTIDs a replica that dies under load, again and again, applies each row once", async () => {
    const pair = await Interrupted.fresh({ gtids: false });
    try {
        expect(await pair.up()).toEqual([]);
        for (const die of [
            () => killServer(b),
            () => cutPower(b),
            () => b.run("systemctl restart mysql"),
            () => killServer(b),
        ]) {
            await new Promise((wake) => setTimeout(wake, 3000));
            await die();
            await waitFor(
                "both directions",
                60,
                async () => [await threads(a), await threads(b)].join(),
                (all) => all === "Yes Yes,Yes Yes",
            );
        }
        await pair.expectWhole();
    } finally {
        await pair.close();
    }
});

/** A host that is down has none. */
const threads = async (host: Host) =>
    [
        await host.replica("Replica_IO_Running").catch(() => ""),
        await host.replica("Replica_SQL_Running").catch(() => ""),
    ].join(" ");
