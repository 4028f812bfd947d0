import { loadavg } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { Lab } from "../lab";
import { describeRuns } from "../report";
import { requireNotStopped } from "../run";
import { initPair, measure, runEngine, type Stack, writeSettings } from "../stacks";
import { type Change, compareRows, formatChanges, judgeChanges, longestPause } from "./rows";
import { Writer } from "./writer";

const QUIET_SECONDS = 5;
const ACCOUNT = { user: "writer", password: "Wm3kX8tR5vZ2", database: "bench_role" };

/** Moves the writes to b and back by `up`, while a client writes; then looks for each of its rows on both servers. */
export async function measureRole(lab: Lab, times: number): Promise<string> {
    const stack = await initPair(lab);
    await lab.reset("a", "b");
    await lab.run(["lab/load-data.sh"]);
    await measure(stack, "up", "created");
    await runSql(lab, "a", [
        `CREATE DATABASE ${ACCOUNT.database}`,
        `CREATE TABLE ${ACCOUNT.database}.written (id BIGINT AUTO_INCREMENT PRIMARY KEY, token BIGINT NOT NULL)`,
        `CREATE USER '${ACCOUNT.user}'@'%' IDENTIFIED BY '${ACCOUNT.password}'`,
        `GRANT INSERT ON ${ACCOUNT.database}.* TO '${ACCOUNT.user}'@'%'`,
    ]);
    await requireSame(lab);
    const writer = new Writer([11, 12].map((last) => ({ host: `${lab.subnet}.${last}`, ...ACCOUNT })));
    const loads: number[] = [];
    const changes: Change[] = [];
    let quiet: number;
    try {
        const from = performance.now() + 1000; // when it has connected
        await sleep(1000 * QUIET_SECONDS);
        quiet = longestPause(writer.acknowledged, from, performance.now());
        for (let change = 0; change < 2 * times; change++) {
            requireNotStopped();
            loads.push(loadavg()[0] ?? Number.NaN);
            changes.push(await changeRoles(stack, writer, change % 2 === 0 ? "b" : "a"));
        }
    } finally {
        await writer.stop();
    }
    await requireSame(lab);
    const held = await Promise.all(
        ["a", "b"].map(async (server) => compareRows(server, writer.acknowledged, await readTokens(lab, server))),
    );
    return `### a change of roles while a client writes

${describeRuns(loads)}

${formatChanges(changes, quiet)}
${judgeChanges(changes, writer.acknowledged.length, held)}`;
}

async function changeRoles(stack: Stack, writer: Writer, to: "a" | "b"): Promise<Change> {
    writeSettings(stack, { active: to });
    const begin = performance.now();
    const { seconds } = await runEngine(stack, "up");
    await sleep(1000); // the client's next row
    const pause = longestPause(writer.acknowledged, begin, performance.now());
    const server = writer.acknowledged.at(-1)?.server;
    if (server !== (to === "a" ? 0 : 1)) {
        throw new Error(
            `the writes are to be on ${to}, and the client's last row was taken by ${server === 0 ? "a" : "b"}`,
        );
    }
    process.stderr.write(
        `bench: writes moved to ${to} in ${seconds.toFixed(2)} s, ${pause.toFixed(0)} ms without any\n`,
    );
    return { to, seconds, pause };
}

async function runSql(lab: Lab, host: string, statements: string[]): Promise<string> {
    return (await lab.run(["lab/hosts.sh", "ssh", host, "mysql -N"], { stdin: `${statements.join(";\n")};\n` })).stdout;
}

const readTokens = (lab: Lab, host: string) => runSql(lab, host, [`SELECT token FROM ${ACCOUNT.database}.written`]);

/** Each server has the other's transactions. */
async function requireSame(lab: Lab): Promise<void> {
    for (let look = 0; look < 100; look++) {
        const [a, b] = await Promise.all(["a", "b"].map((host) => runSql(lab, host, ["SELECT @@gtid_executed"])));
        if (a === b) {
            return;
        }
        await sleep(100);
    }
    throw new Error("the servers do not hold the same transactions 10 s after the last one");
}
