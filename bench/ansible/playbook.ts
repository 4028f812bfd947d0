import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Lab } from "../lab";

/** The playbook, ready to be run on the lab's hosts a and b. */
export class Playbook {
    private constructor(
        private readonly lab: Lab,
        private readonly program: string,
        private readonly folder: string,
    ) {}

    /** Gets Ansible where it is missing. */
    static async prepare(lab: Lab): Promise<Playbook> {
        const program = (await lab.run(["bench/ansible/install.sh"])).stdout.trim();
        const folder = path.join(lab.folder, "ansible");
        mkdirSync(folder, { recursive: true });
        const playbook = new Playbook(lab, program, folder);
        writeFileSync(path.join(folder, "inventory.json"), JSON.stringify(playbook.inventory()));
        return playbook;
    }

    /** For hosts that were made anew: kept connections are those of the old ones. */
    forgetConnections(): void {
        rmSync(path.join(this.folder, "connections"), { recursive: true, force: true });
    }

    /** The seconds of a run that has changed something, or nothing. Throws where it did not as `wanted`. */
    async run(wanted: "changed" | "unchanged"): Promise<number> {
        const { folder } = this.lab;
        const settings = [
            "ANSIBLE_CONFIG=bench/ansible/ansible.cfg",
            `ANSIBLE_SSH_CONTROL_PATH_DIR=${this.folder}/connections`,
            `ANSIBLE_SSH_EXTRA_ARGS=-o UserKnownHostsFile=${folder}/ssh/known_hosts`,
        ];
        const run = `ssh-add -q ${folder}/ssh/id_ed25519 && ${this.program} -i ${this.folder}/inventory.json bench/ansible/pair.yml`;
        const { seconds, stdout } = await this.lab.run(["env", ...settings, "ssh-agent", "bash", "-c", run]);
        const changes = countChanges(stdout);
        if ((wanted === "changed") !== changes > 0) {
            throw new Error(`the playbook: expected ${wanted}, and ${changes} tasks have changed something\n${stdout}`);
        }
        return seconds;
    }

    private inventory() {
        const host = (last: number, peer: string, server_id: number, offset: number) => ({
            ansible_host: `${this.lab.subnet}.${last}`,
            ...{ peer, server_id, offset },
        });
        return {
            pair: {
                hosts: { a: host(11, "b", 10, 1), b: host(12, "a", 20, 2) },
                vars: { ansible_user: "root", account: "replicator", password: "Kx9vT2mQ7rB4nW8s" },
            },
        };
    }
}

/** What the recap's lines say of all hosts together; NaN where there is none. */
export function countChanges(stdout: string): number {
    const counts = [...stdout.matchAll(/\bchanged=(\d+) /g)].map((match) => Number(match[1]));
    return counts.length === 0 ? Number.NaN : counts.reduce((sum, count) => sum + count, 0);
}
