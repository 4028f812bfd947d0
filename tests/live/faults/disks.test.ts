import { a, b, type Host } from "../hosts";
import { at, Interrupted } from "./interrupted";

jest.setTimeout(1_200_000);

let pair: Interrupted;

afterEach(() => pair.close());

const backupFile = "/backup/master.sql";

/** A file system of a few MB of its own for the backup. */
const smallDisk = (host: Host, megabytes: number) =>
    host.run(`mkdir -p /backup && mount -t tmpfs -o size=${megabytes}m tmpfs /backup`);
const largerDisk = (host: Host, megabytes: number) => host.run(`mount -o remount,size=${megabytes}m /backup`);

test("the disk for a's backup is too small: refused before the dump; with a larger one the next up brings the pair to the end", async () => {
    pair = await Interrupted.fresh({ big: true, settings: { seed: { method: "dump", backupFile } } });
    await smallDisk(a, 4);
    await smallDisk(b, 500);
    const { exitCode, text } = await pair.stack.up();
    expect(exitCode).not.toBe(0);
    expect(text).toMatch(/error MM_(SEED_DISK|PREFLIGHT_REFUSED): /);
    expect(await a.run("ls -A /backup")).toBe("");
    await largerDisk(a, 500);
    expect(await pair.up()).toEqual([]);
    await pair.expectWhole();
});

test("a's disk fills up during the dump: MM_SEED_DUMP or MM_SEED_DISK, a goes on, and so does the next up", async () => {
    pair = await Interrupted.fresh({ big: true, settings: { seed: { method: "dump", backupFile } } });
    await smallDisk(a, 500);
    await smallDisk(b, 500);
    const run = await pair.reach(at.dump);
    // what is being written keeps its room; there is no more
    await largerDisk(a, 1).catch(() => a.run("head -c 500M /dev/zero >/backup/filler || true"));
    const before = pair.load.acknowledged.size;
    const { exitCode, text } = await run.ended;
    expect(exitCode).not.toBe(0);
    expect(text).toMatch(/error MM_SEED_(DUMP|DISK): /);
    expect(pair.load.acknowledged.size).toBeGreaterThan(before);
    await a.run("rm -f /backup/filler");
    await largerDisk(a, 500);
    expect(await pair.up()).toEqual([]);
    await pair.expectWhole();
});

test("b's disk is too small for the backup: MM_SEED_COPY, and with a larger one the next up brings the pair to the end", async () => {
    pair = await Interrupted.fresh({ big: true, settings: { seed: { method: "dump", backupFile } } });
    await smallDisk(a, 500);
    await smallDisk(b, 4);
    const { exitCode, text } = await pair.stack.up();
    expect(exitCode).not.toBe(0);
    expect(text).toMatch(/error MM_(SEED_COPY|SEED_DISK|PREFLIGHT_REFUSED): /);
    expect(await b.run("ls -A /backup")).toBe("");
    await largerDisk(b, 500);
    expect(await pair.up()).toEqual([]);
    await pair.expectWhole();
});

test("the disk of b's data fills up during the import: MM_SEED_LOAD, and with a larger one the next up brings the pair to the end", async () => {
    pair = await Interrupted.fresh({ big: true, method: "dump" });
    await b.run(
        "systemctl stop mysql && cp -a /var/lib/mysql /root/mysql && mount -t tmpfs -o size=400m tmpfs /var/lib/mysql && " +
            "chown mysql: /var/lib/mysql && chmod 700 /var/lib/mysql && cp -a /root/mysql/. /var/lib/mysql && systemctl start mysql",
    );
    const run = await pair.reach(at.import);
    await b.run(
        "head -c 400M /dev/zero >/var/lib/mysql-filler 2>/dev/null; head -c 400M /dev/zero >/var/lib/mysql/filler || true",
    );
    const { exitCode, text } = await run.ended;
    expect(exitCode).not.toBe(0);
    expect(text).toContain("error MM_SEED_LOAD: ");
    await b.run("rm -f /var/lib/mysql/filler /var/lib/mysql-filler; mount -o remount,size=1g /var/lib/mysql");
    expect(await pair.up("MM_SEED_LOAD")).toEqual([]);
    await pair.expectWhole();
});
