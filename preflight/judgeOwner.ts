import type { PreflightRequest } from "../core/preflightRequest";
import type { Seen } from "./look";
import type { Findings } from "./problem";

/** As in remote/lib/owner.sh: a stack that did something on a host within that time may still be at work on the other one. */
const OWNER_SECONDS = 2100;

/** What `pulumi stack export` gives, as far as it is read here. */
export interface State {
    deployment?: { resources?: { urn: string; outputs?: { result?: string } }[] };
}

/** By which a stack's steps know its hosts, of its state; empty where it has none yet. The roles have a UUID of their own. */
export function identityOf({ deployment }: State): string {
    const known = deployment?.resources?.find(({ urn }) => /:RandomUuid::[^:]+-identity$/.test(urn));
    return known?.outputs?.result ?? "";
}

/** Whether another stack works on this host, or has its pair there, as the steps `lock-a` and `lock-b` will ask before any change. */
export function judgeOwner({ identity, accept }: PreflightRequest, { node, facts }: Seen, found: Findings): void {
    const owner = facts.mark("owner", "identity");
    if (identity === undefined || owner === "" || owner === identity) {
        return;
    }
    const { label } = node;
    const word = (key: string) => facts.mark("owner", key);
    const [at, since] = [word("at"), word("since")];
    const who = `stack ${word("stack")} (from ${word("from")}, last step ${word("step")} at ${sayTime(at)})`;
    const isHalf =
        ["link", "dump", "backup"].some((name) => facts.note(name) !== "") ||
        ["unfinished", "imported", "done"].includes(facts.mark("seed", "state"));
    if (isHalf && !accept.otherStack) {
        const next =
            "go on in that stack, or pulumi destroy it there (all data stays); only where its state is lost for good, set accept.otherStack";
        found.refuse(label, "MM_HOST_OTHER_STACK", `is half of a pair that belongs to ${who}`, next);
    } else if (Math.abs(Number(facts.one("now")) - Number(at)) < OWNER_SECONDS) {
        const what = `was worked on by ${who}, from ${sayTime(since)} until ${sayTime(at)}; it may still run`;
        const next = `wait until that has ended; a run that was killed counts as ended ${OWNER_SECONDS} s after its last step`;
        found.refuse(label, "MM_HOST_LOCKED", what, next);
    }
}

const sayTime = (seconds: string) => {
    const date = new Date(Number(seconds) * 1000);
    return Number.isNaN(date.getTime()) ? "?" : `${date.toISOString().slice(0, 19).replace("T", " ")} UTC`;
};
