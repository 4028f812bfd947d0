import path from "node:path";
import { CHECKOUT, run } from "./run";

/** The benchmark's own hosts, backend and stacks, apart from those of `make up`. */
export const LAB = path.resolve(CHECKOUT, ".lab-bench");
export const SUBNET = process.env.MM_BENCH_SUBNET || "10.231.201";

const ENV: NodeJS.ProcessEnv = {
    ...process.env,
    MM_LAB_DIR: LAB,
    MM_LAB_SUBNET: SUBNET,
    MM_LAB_SMALL: "1",
    PULUMI_BACKEND_URL: `file://${LAB}/state`,
};
delete ENV.PULUMI_OPTION_CONFIG_FILE; // the dev stack's, where `make env` sets it

/** Runs a command for the benchmark's lab. */
export const inLab = (command: string[], cwd?: string) => run(command, ENV, cwd);

/** Two hosts as new: all that an earlier round left on them is gone. */
export async function bootFreshHosts(): Promise<void> {
    await inLab(["lab/hosts.sh", "reset", "a", "b"]);
    await inLab(["lab/load-data.sh"]);
}

export async function readServerVersion(): Promise<string> {
    return (await inLab(["lab/hosts.sh", "ssh", "a", "mysql -N -e 'SELECT VERSION()'"])).stdout.trim();
}

/** Takes the lab away, what a killed run left of it as well. */
export async function removeLab(): Promise<void> {
    await inLab(["lab/hosts.sh", "down"]);
    await inLab(["rm", "-rf", "--one-file-system", LAB]); // a host of another subnet may be mounted in it
}
