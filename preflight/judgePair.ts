import type { Seen } from "./look";
import type { Findings } from "./problem";

/** What both must have in common, and what they must not. */
export function judgePair(a: Seen, b: Seen, found: Findings): void {
    judgeClocks(a, b, found);
    if (!a.facts.has("server") || !b.facts.has("server")) {
        return;
    }
    const [ours, theirs] = [a.facts.rows("server")[0] ?? [], b.facts.rows("server")[0] ?? []];
    const [said, wanted] = [`${theirs[0]} ${theirs[1]}`, `${ours[0]} ${ours[1]}`];
    const seriesOf = (text = "") => text.split(".").slice(0, 2).join(".");
    if (ours[0] !== theirs[0]) {
        const what = `b runs ${said} and a ${wanted}; the two flavours read neither each other's accounts nor dumps`;
        found.refuse("pair", "MM_PREFLIGHT_FLAVOUR", what, "install the same flavour and series on both");
    } else if (seriesOf(ours[1]) !== seriesOf(theirs[1])) {
        const what = `b runs ${said} and a ${wanted}; accounts travel in the mysql schema, so both need the same series`;
        found.refuse("pair", "MM_PREFLIGHT_SERIES", what, `install ${ours[0]} ${seriesOf(ours[1])} on b`);
    } else if (ours[2] !== theirs[2]) {
        const what = `b runs ${said} and a ${wanted}`;
        found.warn("pair", "MM_PREFLIGHT_PATCH", what, "bring both to the same release when it suits");
    }
    const uuid = a.facts.variable("server_uuid");
    if (uuid !== "" && uuid === b.facts.variable("server_uuid")) {
        found.refuse(
            "pair",
            "MM_PREFLIGHT_SAME_SERVER",
            `both nodes are the server ${uuid}: either both addresses lead to one host, or the data directory was copied`,
            "correct the addresses; or move auto.cnf away on b and restart it",
        );
    }
    requireEqual(a, b, found, "gtid_mode", "MM_PREFLIGHT_GTID_MODE", "make both the same");
    if ([a, b].some(({ facts }) => facts.variable("gtid_strict_mode") === "ON")) {
        const domain = comingDomain(a);
        if (domain === comingDomain(b)) {
            const what = `gtid_strict_mode is on, and both write into gtid_domain_id ${domain}: what one writes stops the other (1950)`;
            const next =
                "set mysql.gtid, or mysql.options.gtid_domain_id of node b to another number; or switch gtid_strict_mode off";
            found.refuse("pair", "MM_PREFLIGHT_GTID_STRICT", what, next);
        }
    }
    const anew = "it is fixed when a server is initialised: initialise b anew with a's value";
    requireEqual(a, b, found, "lower_case_table_names", "MM_PREFLIGHT_NAMES_CASE", anew);
    requireEqual(a, b, found, "innodb_page_size", "MM_PREFLIGHT_PAGE_SIZE", anew);
    const told = (name: string) => [a, b].every(({ facts }) => facts.rows("variable").some(([each]) => each === name));
    const apart = SHAPING.filter((name) => told(name) && a.facts.variable(name) !== b.facts.variable(name)).map(
        (name) => `${name} (a: ${a.facts.variable(name) || "none"}, b: ${b.facts.variable(name) || "none"})`,
    );
    if (apart.length > 0) {
        const what = `the two differ in ${apart.join(", ")}: what is created from now on, or who may do what, may differ, too`;
        found.warn("pair", "MM_PREFLIGHT_VARIABLES", what, "make them the same on both, in the option files too");
    }
}

/** The domain of a MariaDB node's GTIDs, once it is configured: as choose_gtid_domain of remote/configure-node.sh has it. */
function comingDomain({ facts, node }: Seen): string {
    const set = node.wanted.find((line) => line.startsWith("gtid_domain_id="))?.split("=")[1];
    const running = facts.variable("gtid_domain_id");
    const isNew = facts.rows("channel").length === 0 && facts.mark("link", "source") === "";
    const getsOwn = node.gtid && node.label === "b" && isNew && running === "0";
    return set ?? (getsOwn ? String(node.serverId) : running);
}

/** What a statement that is replicated as text leaves to the server, and what gives or takes rights beside the accounts' own. */
const SHAPING = [
    ...["default_storage_engine", "explicit_defaults_for_timestamp", "innodb_default_row_format"],
    ...["innodb_native_foreign_keys", "partial_revokes", "mandatory_roles"],
];

function requireEqual(a: Seen, b: Seen, found: Findings, name: string, code: string, next: string): void {
    const [ours, theirs] = [a.facts.variable(name), b.facts.variable(name)];
    if (ours !== "" && theirs !== "" && ours !== theirs) {
        found.refuse("pair", code, `b runs with ${name} ${theirs} and a with ${ours}`, next);
    }
}

const CLOCK_WARN_SECONDS = 1;
const CLOCK_REFUSE_SECONDS = 60;

/** What an answer over a slow line leaves in doubt counts for nothing. */
function judgeClocks(a: Seen, b: Seen, found: Findings): void {
    if (a.clock === undefined || b.clock === undefined) {
        return;
    }
    const apart = Math.abs(a.clock.aheadSeconds - b.clock.aheadSeconds);
    const sure = apart - a.clock.doubtSeconds - b.clock.doubtSeconds;
    const behind = a.clock.aheadSeconds > b.clock.aheadSeconds ? "b" : "a";
    const what = `the clocks are ${apart.toFixed(1)} s apart, ${behind}'s is behind`;
    if (sure > CLOCK_REFUSE_SECONDS) {
        found.refuse("pair", "MM_PREFLIGHT_CLOCKS", what, "set both by NTP: NOW() and certificates depend on them");
    } else if (sure > CLOCK_WARN_SECONDS) {
        found.warn("pair", "MM_PREFLIGHT_CLOCKS", what, "set both by NTP");
    }
}
