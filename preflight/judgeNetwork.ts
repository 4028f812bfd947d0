import type { PreflightRequest } from "../core/preflightRequest";
import type { Seen } from "./look";
import type { Findings } from "./problem";

/** How each node looks from the other one: its name, its server's port, and b's sshd for the copy. */
export function judgeNetwork(request: PreflightRequest, a: Seen, b: Seen, found: Findings): void {
    for (const [from, to] of [
        [a, b],
        [b, a],
    ] as const) {
        if (isLookedFrom(from)) {
            judgeName(from, to, found);
        }
        // nothing answers under a name that means nothing
        if (!isNameUnknown(from)) {
            judgePort(from, to, found);
        }
    }
    judgeOwnAddress(a, found);
    judgeOwnAddress(b, found);
    const [, state, words] = a.facts.rows("tcp").find(([name]) => name === "sshd") ?? [];
    const { host, port } = request.b.copy;
    if (state === "closed" && !(host === request.b.host && isNameUnknown(a))) {
        found.refuse(
            "a",
            "MM_PREFLIGHT_SSHD",
            `does not reach b's sshd at ${host}:${port} (${words}), over which the backup travels`,
            "open that port on b for a, or set b.copy.host and b.copy.port to where a reaches it",
        );
    }
}

/** Whether the host got as far as to look at its peer: the port's fact comes after those of the name. */
const isLookedFrom = ({ facts }: Seen) => facts.has("tcp");
const isNameUnknown = (from: Seen) => isLookedFrom(from) && !from.facts.has("resolved");

const isLoopback = (address: string) => /^(127\.|::1$|localhost$)/.test(address);

/** A name that means something else on the peer is found before a server of somebody else's is followed. */
function judgeName(from: Seen, to: Seen, found: Findings): void {
    const [label, { host }] = [from.node.label, to.node];
    const meant = from.facts.all("resolved");
    const [own, theirs] = [from.facts.all("address"), to.facts.all("address")];
    const next = `mend the name on ${label} (/etc/hosts, DNS), or set ${to.node.label}.host to a name or address that ${label} knows`;
    if (isNameUnknown(from)) {
        found.refuse(
            label,
            "MM_PREFLIGHT_NAME",
            `does not know the name ${host}, by which it is to reach its peer`,
            next,
        );
        return;
    }
    const isMachineShared = own.some((address) => theirs.includes(address));
    if (isMachineShared || meant.some((address) => theirs.includes(address))) {
        return;
    }
    if (meant.every((address) => isLoopback(address) || own.includes(address))) {
        const what = `takes ${host}, its peer's name, for itself (${meant.join(", ")})`;
        found.refuse(label, "MM_PREFLIGHT_NAME", what, next);
    } else if (theirs.length > 0) {
        const what = `knows ${host} as ${meant.join(", ")}, which is none of its peer's own addresses (${theirs.join(", ")})`;
        found.warn(label, "MM_PREFLIGHT_NAME", what, `fine behind NAT; else ${next}`);
    }
}

/** Where only loopback is listened on, the address to be added must be one of the host's own. */
function judgeOwnAddress({ facts, node }: Seen, found: Findings): void {
    const { label, host, bindAddress } = node;
    const own = facts.all("address");
    const candidates = [...facts.all("self"), facts.one("reached")];
    if (
        bindAddress === "" &&
        isLocalOnly(facts.variable("bind_address")) &&
        !candidates.some((one) => own.includes(one))
    ) {
        const what = `listens on loopback only, and ${host} is no address of this host (${own.join(", ")})`;
        found.refuse(
            label,
            "MM_NODE_ADDRESS",
            what,
            `set mysql.bindAddress of node ${label} to the address that its peer can reach`,
        );
    }
}

const isLocalOnly = (listens: string) => listens !== "" && listens.split(",").every(isLoopback);

function judgePort(from: Seen, to: Seen, found: Findings): void {
    const { label, host, port, bindAddress } = to.node;
    const listens = to.facts.variable("bind_address");
    if (to.facts.variable("skip_networking") === "ON") {
        const what = "its server runs with skip_networking: its peer cannot reach it";
        found.refuse(
            label,
            "MM_PREFLIGHT_NO_NETWORK",
            what,
            "remove skip_networking from its option files, restart it",
        );
        return;
    }
    const [, state, greeting = ""] = from.facts.rows("tcp").find(([name]) => name === "server") ?? [];
    if (state === undefined || !to.facts.has("server")) {
        return; // where it listens is not known yet, nor whether its next step opens it
    }
    const version = to.facts.rows("server")[0]?.[1] ?? "";
    if (state === "open") {
        const words = greeting.replace(/^5\.5\.5-(?=1)/, ""); // MariaDB 10 greets so, for the sake of old replicas
        if (/^\d+\.\d/.test(words) && version !== "" && !version.startsWith(words) && !words.startsWith(version)) {
            found.refuse(
                from.node.label,
                "MM_PREFLIGHT_OTHER_SERVER",
                `finds a server ${words} at ${host}:${port}, while ${label}'s own is ${version}`,
                `set ${label}.host (and mysql.port) to where ${from.node.label} reaches ${label}'s own server`,
            );
        }
        return;
    }
    const isShut = isLocalOnly(listens);
    const willChange = bindAddress === "" ? isShut : bindAddress !== "keep" && bindAddress !== listens;
    if (willChange) {
        found.note(
            `${label} listens on ${listens} only; step pair-${label}-configure opens it by a restart, and the port is tried again after it`,
        );
        return;
    }
    const what = isShut
        ? `listens on ${listens} only, and mysql.bindAddress is keep: ${from.node.label} does not reach it at ${host}:${port}`
        : `its server does not answer ${from.node.label} at ${host}:${port} (${greeting})`;
    const next = isShut
        ? `set mysql.bindAddress of node ${label} to the address that its peer can reach`
        : `let ${from.node.label} reach port ${port} of ${host}: firewall, security group, address`;
    found.refuse(label, "MM_PREFLIGHT_PORT", what, next);
}
