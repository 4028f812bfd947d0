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
            if (isCut(seen)) {
                found.note(
                    `${seen.node.label}: its data was being put in place (mariabackup) when that was cut; it goes on from there first`,
                );
                continue;
            }
            judgeRights(seen, seen === b && isSeedWanted(a, b), found);
            judgeReplication(request, seen, peer, found);
            judgeOptions(seen, found);
            judgeDurability(seen, found);
        }
    }
    if (a !== undefined && !isCut(a)) {
        judgeAdmin(request, a, adminRefusal, found);
    }
    if (a !== undefined && b !== undefined && ![a, b].some(isCut)) {
        judgePair(a, b, found);
        judgeNetwork(request, a, b, found);
        judgeSeed(request, a, b, found);
    }
    const { problems, warnings, notes } = found;
    const lines = [a, b].flatMap((seen) => (seen ? [fingerprintOf(seen)] : []));
    return { problems, warnings, notes, fingerprint: problems.length > 0 ? "" : `preflight ${lines.join(" ")}` };
}

/** A swap of its data was killed: its server may be down. Its step `lock` brings that to its end; all that is asked here was asked before. */
const isCut = ({ facts }: Seen) => facts.has("swap");

/** The same from run to run; a new server, or a new release of it, is a reason for all steps to look again. */
function fingerprintOf({ node, facts }: Seen): string {
    const gtid = facts.variable("gtid_mode") || "OFF";
    return `${node.label}=${facts.variable("server_uuid")},${facts.server()},port=${node.port},gtid=${gtid}`;
}
