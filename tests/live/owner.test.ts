import { spawnSync } from "node:child_process";
import { a, b, checkout, fingerprintOf, freshHosts, waitFor } from "./hosts";
import { Stack } from "./stack";

jest.setTimeout(300_000);

const memory = "/var/lib/mysql-master-master/3306";
/** Makes a stack's last step on both hosts as old as that. */
const age = (seconds: number) =>
    Promise.all(
        [a, b].map((host) => host.run(`sed -i "s/ at=[0-9]*/ at=$(($(date +%s) - ${seconds}))/" ${memory}/owner`)),
    );

async function freshStack(name: string): Promise<Stack> {
    const stack = new Stack(name);
    stack.settings.account = { password: "Kx9vT2mQ7rB4nW8s" };
    await stack.init();
    return stack;
}

describe("two stacks on the same hosts", () => {
    let first: Stack;
    let second: Stack;

    beforeAll(async () => {
        freshHosts();
        first = await freshStack("first");
        second = await freshStack("second");
        await first.mustUp();
        // sample data has an event that writes: here every change counts
        await a.sql("SET GLOBAL event_scheduler = OFF");
    });

    async function expectRefusal(words: RegExp): Promise<void> {
        const before = [await fingerprintOf(a), await fingerprintOf(b)];
        const { exitCode, text } = await second.up();
        expect(text).toMatch(words);
        expect(exitCode).not.toBe(0);
        expect([await fingerprintOf(a), await fingerprintOf(b)]).toEqual(before);
    }

    test("the second is refused while the first may be at work, and hears who that is since when", async () => {
        await expectRefusal(
            /error MM_HOST_OTHER_STACK: b is half of a pair that belongs to stack mysql-master-master\/first /,
        );
        const words = ["-s", "check-hosts", `STACK=${second.name}`];
        const env = { ...process.env, ...second.place() };
        const looked = spawnSync("make", words, { cwd: checkout, encoding: "utf8", env });
        for (const name of ["a", "b"]) {
            expect(looked.stderr).toMatch(
                new RegExp(
                    `^ {2}MM_HOST_OTHER_STACK ${name}: is half of a pair that belongs to stack \\S+/first `,
                    "m",
                ),
            );
        }
        expect(looked.status).toBe(2);
        // that its state is lost is said too early: it has just been here
        second.settings.accept = { otherStack: true };
        await expectRefusal(
            /error MM_HOST_LOCKED: b was worked on by stack mysql-master-master\/first \(from [\d.]+, last step fence-node at 20[^)]* UTC\), from 20.* UTC until 20.* UTC; it may still run\. Nothing was changed/,
        );
        delete second.settings.accept;
    });

    test("and when the first has its pair there: until it is said that its state is lost; then the pair runs on under the second", async () => {
        await age(2110);
        await expectRefusal(
            /error MM_HOST_OTHER_STACK: b is half of a pair that belongs to stack mysql-master-master\/first /,
        );
        const follows = [await a.replica("Source_Host"), await b.replica("Source_Host")];
        second.settings.accept = { otherStack: true };
        expect(await second.mustUp()).toMatch(/MM_HOST_TAKEN_OVER: [ab]: was taken over from stack/);
        expect([await a.replica("Source_Host"), await b.replica("Source_Host")]).toEqual(follows);
        expect(await a.replica("Replica_SQL_Running")).toBe("Yes");
    });

    test("what the first then destroys is left alone; what the second destroys goes, its notes too", async () => {
        await first.mustDestroy();
        expect([await a.replica("Replica_SQL_Running"), await b.replica("Replica_SQL_Running")]).toEqual([
            "Yes",
            "Yes",
        ]);
        await second.mustDestroy();
        expect([await a.replica("Source_Host"), await b.replica("Source_Host")]).toEqual(["", ""]);
        for (const host of [a, b]) {
            expect(await host.run(`ls ${memory}`)).not.toMatch(/owner/);
        }
    });
});

test("destroy after a kill leaves nothing on either host, though the engine knows of no step that had begun last", async () => {
    freshHosts();
    const stack = await freshStack("killed");
    const run = stack.start();
    // a follows b; the step that made it so is not in the state
    await waitFor(
        "a to follow b",
        120,
        () => a.replica("Source_Host").catch(() => ""),
        (seen) => seen !== "",
    ).finally(run.kill);
    for (let tries = 0; (await stack.destroy()).exitCode !== 0; tries++) {
        expect(tries).toBeLessThan(3);
    }
    for (const host of [a, b]) {
        expect(await host.replica("Source_Host")).toBe("");
        expect(await host.sql("SELECT @@read_only, @@super_read_only, @@event_scheduler")).toBe("0\t0\tON");
        expect(await host.sql("SELECT COUNT(*) FROM mysql.user WHERE user = 'replicator'")).toBe("0");
        expect(await host.sql("SHOW DATABASES LIKE 'mysql\\_master\\_master'")).toBe("");
        expect(await host.run("grep -rl mysql-master-master /etc/mysql /etc/my.cnf /root/.ssh || true")).toBe("");
        expect(await host.run("ls -d /tmp/mysql-master-master* /tmp/master_backup* 2>/dev/null || true")).toBe("");
        // on b also what its import was, for a later up to tell whose data this is
        const stay = host === a ? /^(lock|log)$/ : /^(lock|log|seed|seed-names|seed-expects|events-parted)$/;
        expect((await host.run(`ls ${memory}`)).split("\n").filter((name) => !stay.test(name))).toEqual([]);
    }
});
