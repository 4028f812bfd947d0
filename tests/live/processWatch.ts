import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { subnet } from "./hosts";

/** The lab's hosts in this machine's cgroups: `mm` and the subnet in hexadecimal, then the letter (lab/lib.sh). */
function groupsOf(letters: string[]): string[] {
    const root = /^\S+ (\S+) cgroup2 /m.exec(readFileSync("/proc/mounts", "utf8"))?.[1] ?? "";
    const octets = subnet.split(".").map((octet) => Number(octet).toString(16).padStart(2, "0"));
    return letters.map((letter) => join(root, `mm${octets.join("")}-${letter}`));
}

function processesOf(group: string): string[] {
    try {
        const below = readdirSync(group, { withFileTypes: true }).filter((entry) => entry.isDirectory());
        const own = readFileSync(join(group, "cgroup.procs"), "utf8").split("\n").filter(Boolean);
        return [...own, ...below.flatMap(({ name }) => processesOf(join(group, name)))];
    } catch {
        return []; // a unit of the host that has just ended
    }
}

/**
 * Samples command line and environment of every process of the lab's hosts, from outside, as often as this machine can: that is
 * what `ps -ef` and /proc show to anybody there.
 */
export function watchProcesses(...letters: string[]) {
    const groups = groupsOf(letters);
    const seen = new Set<string>();
    let samples = 0;
    const look = () => {
        samples++;
        for (const pid of groups.flatMap(processesOf)) {
            for (const file of ["cmdline", "environ"]) {
                try {
                    seen.add(readFileSync(`/proc/${pid}/${file}`, "latin1").replaceAll("\0", "\n"));
                } catch {
                    // it has ended since
                }
            }
        }
    };
    const timer = setInterval(look, 4);
    return {
        /** All that was seen, and how often was looked. */
        stop() {
            clearInterval(timer);
            return { text: [...seen].join("\n"), samples };
        },
    };
}
