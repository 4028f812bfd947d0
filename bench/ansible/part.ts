import { loadavg } from "node:os";
import { Lab } from "../lab";
import { describeRuns } from "../report";
import { requireNotStopped } from "../run";
import { runScript } from "../seed/hosts";
import { initPair, measure, type Stack } from "../stacks";
import { Playbook } from "./playbook";
import { type Beside, formatBeside, judgeBeside } from "./table";

const SAMPLE_MEGABYTES = 7; // what lab/load-data.sh brings, and the server's own tables

/** The pair and the playbook for the same job take turns, on hosts made anew that have what Ansible needs there. */
export async function measureAnsible(bare: Lab, runs: number, sizes: number[]): Promise<string> {
    const lab = new Lab(bare.folder, bare.subnet, { MM_LAB_SMALL: "1", MM_LAB_SERVER: "mysql-9.7-python" });
    const stack = await initPair(lab);
    const playbook = await Playbook.prepare(lab);
    const measured: Beside[] = [];
    const loads: number[] = [];
    for (const megabytes of sizes) {
        const size: Beside = {
            megabytes,
            pair: { first: [], unchanged: [] },
            playbook: { first: [], unchanged: [] },
        };
        for (let round = 1; round <= runs; round++) {
            requireNotStopped();
            loads.push(loadavg()[0] ?? Number.NaN);
            process.stderr.write(`bench: ${megabytes} MB, round ${round} of ${runs}, load ${loads.at(-1)}\n`);
            await measurePair(lab, stack, size);
            await measurePlaybook(lab, playbook, size);
        }
        measured.push(size);
    }
    return `### from nothing to both directions verified, beside an Ansible playbook

${describeRuns(loads)}

${formatBeside(measured)}
${judgeBeside(measured)}`;
}

async function measurePair(lab: Lab, stack: Stack, { megabytes, pair }: Beside): Promise<void> {
    await makeHosts(lab, megabytes);
    pair.first.push(await measure(stack, "up", "created"));
    pair.unchanged.push(await measure(stack, "up", "unchanged"));
    await measure(stack, "destroy", "deleted");
}

async function measurePlaybook(lab: Lab, playbook: Playbook, { megabytes, playbook: seconds }: Beside): Promise<void> {
    await makeHosts(lab, megabytes);
    playbook.forgetConnections();
    seconds.first.push(await playbook.run("changed"));
    seconds.unchanged.push(await playbook.run("unchanged"));
    process.stderr.write(
        `bench: playbook: ${seconds.first.at(-1)?.toFixed(2)} s, ${seconds.unchanged.at(-1)?.toFixed(2)} s\n`,
    );
}

/** A fresh pair of hosts, with so much data on a; nothing of its making goes on. */
async function makeHosts(lab: Lab, megabytes: number): Promise<void> {
    await lab.reset("a", "b");
    await lab.run(["lab/load-data.sh"]);
    if (megabytes > SAMPLE_MEGABYTES) {
        await runScript(lab, "a", "fill-data.sh", { MEGABYTES: megabytes });
    }
    // the server writes out what it still holds in memory
    await lab.run(["lab/hosts.sh", "ssh", "a", "systemctl restart mysql"]);
    await lab.run(["sync", "-f", lab.folder]);
}
