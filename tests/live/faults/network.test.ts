import { a, b, lab, waitFor } from "../hosts";
import { Interrupted } from "./interrupted";

jest.setTimeout(1_200_000);

let pair: Interrupted;

afterEach(async () => {
    lab("hosts.sh", ["mend", "b"]);
    await pair.close();
});

// One second between two attempts makes MySQL's own 10 attempts ten seconds; a connection that is dead is noticed after 2 s, and
// an attempt to connect gives up after as many.
const OUTAGE_SECONDS = 50;

async function outage(): Promise<void> {
    lab("hosts.sh", ["cut", "b"]);
    await new Promise((wake) => setTimeout(wake, OUTAGE_SECONDS * 1000));
    lab("hosts.sh", ["mend", "b"]);
}

async function noticeSoon(): Promise<void> {
    for (const host of [a, b]) {
        await host.sql("SET GLOBAL replica_net_timeout = 2; STOP REPLICA IO_THREAD; START REPLICA IO_THREAD");
    }
}

test("the network between a and b is down for longer than MySQL's own retries last: both receivers come back by themselves", async () => {
    pair = await Interrupted.fresh({ settings: { retry: { seconds: 1 } } });
    expect(await pair.up()).toEqual([]);
    await noticeSoon();
    await outage();
    for (const host of [a, b]) {
        await waitFor(
            "the receiver",
            20,
            () => host.replica("Replica_IO_Running"),
            (state) => state === "Yes",
        );
        expect(await host.replica("Source_Retry_Count")).toBe("864000");
    }
    await pair.expectWhole();
});

test("with the server's own ten retries it gives up (so the outage is long enough), and the next up mends it", async () => {
    pair = await Interrupted.fresh({ settings: { retry: { seconds: 1, count: 10 } } });
    expect(await pair.up()).toEqual([]);
    await noticeSoon();
    await outage();
    expect(await b.replica("Replica_IO_Running")).toBe("No");
    pair.stack.settings.retry = { seconds: 1 };
    expect(await pair.up()).toEqual([]);
    await pair.expectWhole();
});

test("b is cut off in the middle of an up: it stops, and the next up brings the pair to the end", async () => {
    pair = await Interrupted.fresh({ big: true, method: "dump" });
    const run = await pair.reach(({ text }) => text().includes("pair-link-seed-admit created"));
    lab("hosts.sh", ["cut", "b"]);
    const { exitCode, text } = await run.ended;
    expect(exitCode).not.toBe(0);
    expect(text).toMatch(/error MM_SEED_COPY: |failed attempts/);
    lab("hosts.sh", ["mend", "b"]);
    expect(await pair.up("MM_HOST_LOCKED")).toEqual([]);
    await pair.expectWhole();
});
