import { a, b, type Host, waitFor } from "../hosts";
import { at, Interrupted } from "./interrupted";

jest.setTimeout(1_200_000);

let pair: Interrupted;

afterEach(() => pair.close());

const stateOf = () => b.sql("SELECT state FROM performance_schema.clone_status");

/** A pair whose clone takes minutes. */
async function begin(): Promise<void> {
    pair = await Interrupted.fresh({ big: true, method: "clone" });
    const slow = (host: Host) =>
        host.run(
            "printf '[mysqld]\\nloose-clone_max_data_bandwidth=1\\n' >/etc/mysql/mysql.conf.d/slow.cnf; systemctl restart mysql",
        );
    await Promise.all([a, b].map(slow));
    await pair.killAt(at.clone);
}

/** Nobody is left on b who could end it. */
async function orphan(): Promise<void> {
    await b.run("pkill -9 -f '^bash -s'; pkill -9 -x mysql; rm -rf /tmp/mysql-master-master-3306.*; true");
    await new Promise((wake) => setTimeout(wake, 10_000));
    expect(await stateOf()).toBe("In Progress");
}

describe("a slow clone whose run was killed", () => {
    test("is ended by its script, which nobody hears any more", async () => {
        await begin();
        await waitFor("the end of the clone", 30, stateOf, (state) => state === "Failed");
        expect(await pair.destroy()).toEqual([]);
        await pair.expectApart();
    });

    test("goes on in b's server where the script was killed as well; destroy ends it, and nothing comes later", async () => {
        await begin();
        await orphan();
        const server = await b.serverProcess();
        expect(await pair.destroy()).toEqual([]);
        await pair.expectApart();
        const looks = [
            "SHOW DATABASES LIKE 'ledger'",
            "SELECT name FROM mysql.plugin",
            "SELECT user FROM mysql.user WHERE user = 'clerk'",
            "SELECT 1 FROM information_schema.processlist WHERE info LIKE 'CLONE%'",
        ];
        expect(await b.sql(looks.join("; "))).toBe("");
        expect(await a.sql("SELECT name FROM mysql.plugin")).toBe("");
        // not even b's server has been another one meanwhile
        await new Promise((wake) => setTimeout(wake, 20_000));
        expect([await b.serverProcess(), await b.sql("SHOW DATABASES LIKE 'ledger'")]).toEqual([server, ""]);
    });

    test("gives way to the next up, by another method", async () => {
        await begin();
        await orphan();
        pair.stack.settings.seed = { method: "stream" };
        expect(await pair.up()).toEqual([]);
        await pair.expectWhole();
    });
});
