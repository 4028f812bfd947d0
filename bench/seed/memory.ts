import { readdirSync, readFileSync } from "node:fs";
import type { Lab } from "../lab";

/** The most memory that was seen in use at one moment, in bytes; pages that several processes share count in each. */
export interface Memory {
    /** By all that came over SSH on both hosts, this benchmark's steady client among it; the servers have their own. */
    hosts: number;
    /** By the engine, its plugins and the program. */
    pulumi: number;
}

/** A process as /proc tells it. */
export interface Process {
    pid: number;
    parent: number;
    name: string;
    /** Of the control group. */
    group: string;
    bytes: number;
}

const PAGE_BYTES = 4096;
const LOOK_EVERY_MS = 200;

/** Looks every 0.2 s, from its making until `stop`. */
export class MemoryWatch {
    readonly most: Memory = { hosts: 0, pulumi: 0 };
    private readonly timer: NodeJS.Timeout;

    constructor(lab: Lab) {
        this.timer = setInterval(() => {
            const now = sumUp(readProcesses(), lab.subnet);
            this.most.hosts = Math.max(this.most.hosts, now.hosts);
            this.most.pulumi = Math.max(this.most.pulumi, now.pulumi);
        }, LOOK_EVERY_MS);
    }

    stop(): void {
        clearInterval(this.timer);
    }
}

/** A lab's host is a control group that is named after its address; what comes over SSH is below its sshd. */
export function sumUp(processes: Process[], subnet: string): Memory {
    const digits = subnet.split(".").map((part) => Number(part).toString(16).padStart(2, "0"));
    const ofSsh = new RegExp(`/mm${digits.join("")}-[a-z]/payload/.*(/ssh\\.service|/session-)`);
    const engines = new Set<number>();
    // until none is added: a child may come before its parent
    for (let before = -1; before !== engines.size; ) {
        before = engines.size;
        for (const { pid, parent, name } of processes) {
            if (name === "pulumi" || engines.has(parent)) {
                engines.add(pid);
            }
        }
    }
    const sum = (isIn: (process: Process) => boolean) =>
        processes.filter(isIn).reduce((bytes, process) => bytes + process.bytes, 0);
    return { hosts: sum(({ group }) => ofSsh.test(group)), pulumi: sum(({ pid }) => engines.has(pid)) };
}

function readProcesses(): Process[] {
    return readdirSync("/proc")
        .filter((name) => /^\d+$/.test(name))
        .flatMap((pid) => {
            try {
                const [, name = "", parent = ""] =
                    /^\d+ \((.*)\) \S (\d+) /s.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
                const pages = readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1];
                const group = readFileSync(`/proc/${pid}/cgroup`, "utf8");
                return [{ pid: Number(pid), parent: Number(parent), name, group, bytes: Number(pages) * PAGE_BYTES }];
            } catch {
                return []; // it has ended meanwhile
            }
        });
}
