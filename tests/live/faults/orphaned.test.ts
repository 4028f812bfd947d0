import { a, b, type Host, waitFor } from "../hosts";
import { killServer } from "./breaking";
import { at, Interrupted } from "./interrupted";

jest.setTimeout(1_200_000);

let pair: Interrupted;

afterEach(() => pair.close());

const data = "/var/lib/mysql";
const stateOf = () => b.sql("SELECT state FROM performance_schema.clone_status");
/** Folders in b's data directory that are none of the server's own. */
const foldersOnB = async () =>
    (await b.run(`cd ${data} && ls -d [a-z]*/`))
        .split(/\/(?:\n|$)/)
        .filter((name) => !/^(mysql|sys|performance_schema|)$/.test(name));

/** A pair whose clone takes minutes, and has begun to bring files. */
async function begin(): Promise<void> {
    pair = await Interrupted.fresh({ big: true, method: "clone" });
    const slow = (host: Host) =>
        host.run(
            "printf '[mysqld]\\nloose-clone_max_data_bandwidth=1\\n' >/etc/mysql/mysql.conf.d/slow.cnf; systemctl restart mysql",
        );
    await Promise.all([a, b].map(slow));
    // an administrator's own, empty too
    await b.run(`install -d -o mysql -g mysql ${data}/mine`);
    await pair.killAt(at.clone);
    await waitFor("a's folders on b", 60, foldersOnB, (found) => found.includes("shop"));
}

/** Nobody is left on b who could end it. */
async function orphan(): Promise<void> {
    await b.run("pkill -9 -f '^bash -s'; pkill -9 -x mysql; rm -rf /tmp/mysql-master-master-3306.*; true");
    await new Promise((wake) => setTimeout(wake, 10_000));
    expect(await stateOf()).toBe("In Progress");
}

/** b's server dies, and what comes up takes the clone for one that is at work. */
async function die(): Promise<void> {
    await killServer(b);
    await waitFor(
        "b's server",
        60,
        () => stateOf().catch(() => ""),
        (state) => state !== "",
    );
    expect(await stateOf()).toBe("In Progress");
}

describe("a slow clone whose run was killed", () => {
    test("is ended by its script, which nobody hears any more; destroy clears away what it has left", async () => {
        await begin();
        await waitFor("the end of the clone", 30, stateOf, (state) => state === "Failed");
        expect(await foldersOnB()).toContain("shop");
        expect(await pair.destroy()).toEqual([]);
        expect(await foldersOnB()).toEqual(["mine"]);
        await pair.expectApart();
    });

    test("goes on in b's server where the script was killed as well; destroy ends it, and nothing comes later", async () => {
        await begin();
        await orphan();
        const server = await b.serverProcess();
        expect(await pair.destroy()).toEqual([]);
        await pair.expectApart();
        expect(await foldersOnB()).toEqual(["mine"]);
        const looks = [
            "SHOW DATABASES LIKE 'ledger'",
            "SELECT name FROM mysql.plugin WHERE name = 'clone'",
            "SELECT user FROM mysql.user WHERE user = 'clerk'",
            "SELECT 1 FROM information_schema.processlist WHERE info LIKE 'CLONE%'",
        ];
        expect(await b.sql(looks.join("; "))).toBe("");
        expect(await a.sql("SELECT name FROM mysql.plugin WHERE name = 'clone'")).toBe("");
        // not even b's server has been another one meanwhile
        await new Promise((wake) => setTimeout(wake, 20_000));
        expect([await b.serverProcess(), await b.sql("SHOW DATABASES LIKE 'ledger'")]).toEqual([server, ""]);
    });

    test.each([
        ["stream", orphan],
        ["dump", orphan],
        ["stream, also where b's server has died in it", die],
        ["clone", orphan],
    ])("gives way to the next up, by %s", async (how, cut) => {
        await begin();
        await cut();
        const [method] = how.split(",");
        pair.stack.settings.seed = { method };
        expect(await pair.up("MM_HOST_LOCKED")).toEqual([]);
        await pair.expectWhole();
        expect(await foldersOnB()).toContain("mine");
    });
});
