import { cutPower, cutSsh, kill, killServer, reboot } from "../live/faults/breaking";
import { a, b, lab } from "../live/hosts";
import type { Running } from "../live/stack";

export type Fault = [name: string, breakIt: (run: Running) => unknown];

export const pause = (milliseconds: number) =>
    new Promise<undefined>((wake) => setTimeout(() => wake(undefined), milliseconds));

const WEIGHTED: [weight: number, ...Fault][] = [
    [8, "engine killed", (run) => run.kill()],
    [1, "SSH of a cut", () => cutSsh(a)],
    [1, "SSH of b cut", () => cutSsh(b)],
    [1, "server of a killed", () => killServer(a)],
    [1, "server of b killed", () => killServer(b)],
    [
        2,
        "dump, copy or import killed",
        () => Promise.all([kill(a, "[m]ysqldump|receiv[e]$"), kill(b, "[b]inary-mode")]),
    ],
    [1, "a rebooted", () => reboot(a)],
    [1, "b rebooted", () => reboot(b)],
    [1, "power of a cut", () => cutPower(a)],
    [1, "power of b cut", () => cutPower(b)],
    [
        1,
        "b off the network for 4 s",
        async () => {
            lab("hosts.sh", ["cut", "b"]);
            await pause(4000);
            lab("hosts.sh", ["mend", "b"]);
        },
    ],
];

/** Each as often as it shall come up: to be picked from. */
export const FAULTS: Fault[] = WEIGHTED.flatMap(([weight, ...fault]) => Array.from({ length: weight }, () => fault));
