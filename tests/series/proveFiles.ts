import { a, b, checksums, freshHosts, type Host, resetHosts } from "../live/hosts";
import { Stack } from "../live/stack";
import { onServer } from "./prove";

/** A seed by mariabackup on one kind of MariaDB, left alone and killed in its worst moments; to be called by a test file of its own. */
export function proveFiles(kind: string): void {
    onServer(kind, `${kind}, mariabackup`, () => {
        let stack: Stack;

        beforeAll(async () => {
            freshHosts();
            // what it writes each minute would make the content another
            await a.sql("ALTER EVENT shop.beat DISABLE");
            stack = new Stack("series-files");
            await stack.init();
        });

        afterEach(async () => {
            await stack.mustDestroy();
            await forgetReplicas(a);
            resetHosts("b");
        });

        test("auto takes it, b is a's equal, and a second up changes nothing", async () => {
            const before = await contentOf(a);
            expect(await stack.mustUp()).toContain(
                "a: seed.method auto takes mariabackup, the fastest that both can do",
            );
            await expectPair(before);
            await stack.mustFindAllDone();
            await expectPair(before);
        });

        // at `in`, no server runs on b, and its data is in two places; at `start`, the new one is being started
        test("killed at each stage of the swap, it goes on from there", async () => {
            const before = await contentOf(a);
            for (const state of ["out", "in", "start"]) {
                const killed = killAt(state);
                expect((await stack.up()).exitCode).not.toBe(0);
                await killed;
                expect(await contentOf(a)).toEqual(before);
            }
            expect(await stack.mustUp()).toContain("b: a swap of its data was cut (start); it goes on from there");
            await expectPair(before);
        });

        test("killed in the swap, it leaves a server that runs to destroy, and nothing of its own", async () => {
            const killed = killAt("in");
            expect((await stack.up()).exitCode).not.toBe(0);
            await killed;
            await stack.mustDestroy();
            expect(await b.sql("SELECT @@read_only")).toBe("0");
            expect(await b.run("ls -d /var/lib/mysql/.mm-seed /var/lib/mysql/mysql/.mm-seed 2>/dev/null || true")).toBe(
                "",
            );
        });
    });
}

/** Kills the step on b as soon as it notes that state of the swap; a state lasts for some milliseconds. */
const killAt = (state: string) =>
    b.run(`bash -c 'cd /var/lib; until grep -qs seed-load mysql-master-master/3306/lock; do sleep 0.05; [ $SECONDS -lt 90 ] || exit; done
        cd mysql-master-master/3306; while [ $SECONDS -lt 120 ]; do line=; read -r line 2>/dev/null <swap
            case "$line" in state=${state}*) read -r _ pid _ <lock; kill -9 "\${pid%,}"; exit;; esac; done; exit 1' 2>/dev/null`);

/** Every table with its checksum, and every account but the pair's own. */
const contentOf = async (host: Host) => [
    await checksums(host),
    await host.sql(
        "SELECT user, host, authentication_string, plugin FROM mysql.user WHERE user <> 'replicator' ORDER BY 1, 2",
    ),
];

async function expectPair(content: string[]): Promise<void> {
    expect(await contentOf(b)).toEqual(content);
    expect(await contentOf(a)).toEqual(content);
    const running = "mysql -E -e 'SHOW SLAVE STATUS' | grep -cE 'Slave_(IO|SQL)_Running: Yes'";
    expect(await Promise.all([a, b].map((host) => host.run(running)))).toEqual(["2", "2"]);
    expect(await b.sql("SELECT @@read_only")).toBe("1");
}

/** Who has left is listed for up to a minute, and the next preflight would refuse it. */
const forgetReplicas = (host: Host) =>
    host.run(
        `for id in $(mysql -NBe "SELECT id FROM information_schema.processlist WHERE command LIKE 'Binlog Dump%'"); do mysql -e "KILL $id"; done; sleep 1`,
    );
