import type { PreflightRequest } from "../core/preflightRequest";
import { canProviderMakeAccounts } from "../core/providerWords";
import type { Seen } from "./look";
import { type Findings, list } from "./problem";

/** Replication that is there already: it is this pair's own (its steps leave a note on the host), or it forbids the pair. */
export function judgeReplication(request: PreflightRequest, seen: Seen, peer: Seen | undefined, found: Findings): void {
    const { facts, node } = seen;
    const { label } = node;
    const filters = [...new Set(facts.all("filter"))].sort();
    if (filters.length > 0) {
        found.refuse(
            label,
            "MM_PREFLIGHT_FILTERS",
            `has replication or binary log filters (${list(filters)}), with which rows would go missing silently`,
            "remove them from its option files and channels",
        );
    }
    judgeChannels(seen, found);
    judgeAccount(request, seen, found);
    judgeReplicas(request, seen, peer, found);
}

function judgeChannels({ facts, node }: Seen, found: Findings): void {
    const { label } = node;
    const channels = facts.rows("channel");
    const [, host, port] = channels[0] ?? [];
    if (channels.length > 1) {
        const names = channels.map(([name, source, at]) => `'${name}' from ${source}:${at}`);
        found.refuse(
            label,
            "MM_PREFLIGHT_CHANNELS",
            `has ${channels.length} replication channels (${list(names)}); a pair takes one, without a name`,
            `end those that nobody needs: ${facts.word("end-channel")}`,
        );
    } else if (host !== undefined && facts.mark("link", "source") === "") {
        found.refuse(
            label,
            "MM_PREFLIGHT_FOLLOWS",
            `already replicates from ${host}:${port}, and not by this program's doing`,
            `if that is no longer wanted: STOP ${facts.word("replica")}; ${facts.word("forget-source")}`,
        );
    }
    const running = facts.variable("server_id");
    if (channels.length > 0 && running !== String(node.serverId)) {
        found.refuse(
            label,
            "MM_PREFLIGHT_SERVER_ID",
            `replicates as server_id ${running}, wanted is ${node.serverId}: its rows would go round and round`,
            `set mysql.serverId of node ${label} to ${running}; to change it for good, pulumi destroy (all data stays), then up`,
        );
    }
}

/** An account of that name is this program's own, or somebody's. Where @pulumi/mysql makes it, its state knows whether it has. */
function judgeAccount({ account, admin }: PreflightRequest, { facts, node }: Seen, found: Findings): void {
    if (admin !== undefined && canProviderMakeAccounts(facts.server())) {
        return;
    }
    if (node.label === "a" && facts.all("account").includes(account) && facts.mark("account", "account") !== account) {
        const what = `already has an account ${account} that this program did not make`;
        const next = "name another one in account.name, or drop it on a if nobody needs it";
        found.refuse("a", "MM_ACCOUNT_EXISTS", what, next);
    }
}

function judgeReplicas(
    request: PreflightRequest,
    { facts, node }: Seen,
    peer: Seen | undefined,
    found: Findings,
): void {
    const { label } = node;
    const ours = [peer?.facts.variable("server_uuid"), facts.mark("link", "uuid")];
    // servers without an uuid are known by their number; what the link's note has behind it tells their data directories apart
    const isOurs = (uuid = "") =>
        ours.some((each) => each === uuid || each?.replace(/^(server-id-\d+)-.*/, "$1") === uuid);
    const theirs = facts.rows("replica").filter(([, , , , uuid]) => !isOurs(uuid));
    const names = theirs.map(
        ([id, host, port]) => `server_id ${id} ${host ? `at ${host}:${port}` : "(tells no host)"}`,
    );
    if (theirs.length > 0 && !(label === "a" && request.accept.replicas)) {
        const next =
            label === "a"
                ? "see that they can go on after a restart of it, then set accept.replicas; or detach them (one that has just left is listed for up to a minute)"
                : "detach them, or name a fresh host as b: what they have does not come from a";
        found.refuse(label, "MM_PREFLIGHT_REPLICAS", `has replicas that are not of this pair (${list(names)})`, next);
    }
    const wanted = [request.a.serverId, request.b.serverId];
    for (const [id = "", host] of theirs.filter(([each]) => wanted.includes(Number(each)))) {
        const setting = Number(id) === request.a.serverId ? "a.mysql.serverId" : "b.mysql.serverId";
        const what = `its replica ${host || "without a name"} has server_id ${id}, which the stack gives to a node of the pair`;
        found.refuse(label, "MM_PREFLIGHT_SERVER_ID", what, `give ${setting} a number of its own`);
    }
}
