import { setTimeout as sleep } from "node:timers/promises";
import type { Lab } from "../lab";
import { runScript } from "./hosts";
import { parseCommits, type Span } from "./latency";

/** The client that commits on a while all is measured. */
export class SteadyLoad {
    private failure: unknown;
    private readonly ended: Promise<void>;

    private constructor(private readonly lab: Lab) {
        this.ended = runScript(lab, "a", "steady-load.sh").then(
            () => {},
            (error) => {
                this.failure = error;
            },
        );
    }

    /** Returns when it commits. */
    static async start(lab: Lab): Promise<SteadyLoad> {
        const load = new SteadyLoad(lab);
        for (let look = 0; look < 100 && load.failure === undefined; look++) {
            const size = await lab.run(["lab/hosts.sh", "ssh", "a", "stat -c %s /run/bench-load.samples 2>&1 || true"]);
            if (Number(size.stdout) > 0) {
                return load;
            }
            await sleep(100);
        }
        throw load.failure ?? new Error("the steady load does not begin after 10 s");
    }

    /** Every commit that it has made. Throws where it has ended before. */
    async stop(): Promise<Span[]> {
        await this.lab.run(["lab/hosts.sh", "ssh", "a", "rm -f /run/bench-load"]);
        await this.ended;
        if (this.failure !== undefined) {
            throw this.failure;
        }
        const samples = await this.lab.run(["lab/hosts.sh", "ssh", "a", "cat /run/bench-load.samples"]);
        return parseCommits(samples.stdout);
    }
}
