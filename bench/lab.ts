import path from "node:path";
import { CHECKOUT, passSignalsOn, type Run, type RunOptions, run } from "./run";

/** A benchmark's own hosts, backend and stacks, apart from those of `make up`. */
export class Lab {
    public readonly folder: string;
    private readonly env: NodeJS.ProcessEnv;

    /** `name` is that of its folder in the checkout, `subnet` the first three numbers of its addresses. */
    constructor(
        name: string,
        public readonly subnet: string,
        env: NodeJS.ProcessEnv = {},
    ) {
        this.folder = path.resolve(CHECKOUT, name);
        this.env = {
            ...process.env,
            MM_LAB_DIR: this.folder,
            MM_LAB_SUBNET: subnet,
            PULUMI_BACKEND_URL: `file://${this.folder}/state`,
            ...env,
        };
        delete this.env.PULUMI_OPTION_CONFIG_FILE; // the dev stack's, where `make env` sets it
    }

    /** Runs a command for this lab. */
    run(command: string[], options?: RunOptions): Promise<Run> {
        return run(command, this.env, options);
    }

    /** Hosts as new: all that an earlier round left on them is gone. */
    async reset(...hosts: string[]): Promise<void> {
        await this.run(["lab/hosts.sh", "reset", ...hosts]);
    }

    async readServerVersion(): Promise<string> {
        return (await this.run(["lab/hosts.sh", "ssh", "a", "mysql -N -e 'SELECT VERSION()'"])).stdout.trim();
    }

    /** Takes it away, what a killed run left of it as well. */
    async remove(): Promise<void> {
        await this.run(["lab/hosts.sh", "down"]);
        await this.run(["rm", "-rf", "--one-file-system", this.folder]); // a host of another subnet may be mounted in it
    }
}

/** Runs a benchmark; its lab goes at the end, however that comes. */
export async function endWithLab(lab: Lab, bench: () => Promise<void>): Promise<void> {
    passSignalsOn();
    try {
        await bench();
    } catch (error) {
        report(error); // now: removing the lab may fail, too, and say something else
    }
    await lab.remove();
}

/** Says on stderr why a benchmark has failed; its exit code is 1 then. */
export function report(error: unknown): void {
    process.stderr.write(`error: ${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
}
