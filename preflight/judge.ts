import type { PreflightRequest } from "../core/preflightRequest";
import { judgeAdmin } from "./judgeAdmin";
import { judgeDurability } from "./judgeDurability";
import { judgeHost, judgeRights } from "./judgeHost";
import { judgeNetwork } from "./judgeNetwork";
import { judgeOptions } from "./judgeOptions";
import { judgeOwner } from "./judgeOwner";
import { judgePair } from "./judgePair";
import { judgeReplication } from "./judgeReplication";
import { isSeedWanted, judgeSeed } from "./judgeSeed";
import type { Seen } from "./look";
import { Findings, type Report } from "./problem";

/** What the facts of both hosts, the settings, and what a said to mysql.admin come to. Pure. A host that is gone is undefined. */
export function judge(request: PreflightRequest, a: Seen | undefined, b: Seen | undefined, adminRefusal = ""): Report {
    const found = new Findings();
    for (const [seen, peer] of [
        [a, b],
        [b, a],
    ] as const) {
        if (seen !== undefined) {
            found.problems.push(...seen.problems);
            judgeOwner(request, seen, found);
            judgeHost(seen, found);
            judgeRights(seen, seen === b && isSeedWanted(a, b), found);
            judgeReplication(request, seen, peer, found);
            judgeOptions(seen, found);
            judgeDurability(seen, found);
        }
    }
    if (a !== undefined) {
        judgeAdmin(request, a, adminRefusal, found);
    }
    if (a !== undefined && b !== undefined) {
        judgePair(a, b, found);
        judgeNetwork(request, a, b, found);
        judgeSeed(request, a, b, found);
    }
    const { problems, warnings, notes } = found;
    const lines = [a, b].flatMap((seen) => (seen ? [fingerprintOf(seen)] : []));
    return { problems, warnings, notes, fingerprint: problems.length > 0 ? "" : `preflight ${lines.join(" ")}` };
}

/** The same from run to run; a new server, or a new release of it, is a reason for all steps to look again. */
function fingerprintOf({ node, facts }: Seen): string {
    const gtid = facts.variable("gtid_mode") || "OFF";
    return `${node.label}=${facts.variable("server_uuid")},${facts.server()},port=${node.port},gtid=${gtid}`;
}
