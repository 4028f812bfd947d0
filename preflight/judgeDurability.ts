import type { Seen } from "./look";
import type { Findings } from "./problem";

/** Whether a keeps what it has committed and sent when its host loses power. */
export function judgeDurability({ node, facts }: Seen, found: Findings): void {
    const loose = ["sync_binlog", "innodb_flush_log_at_trx_commit"].filter(
        (name) => !["", "1"].includes(facts.variable(name)),
    );
    if (node.label === "a" && loose.length > 0) {
        const seen = loose.map((name) => `${name} = ${facts.variable(name)}`).join(" and ");
        found.warn(
            "a",
            "MM_PREFLIGHT_DURABILITY",
            `runs with ${seen}: after a crash it may lack transactions that b has already, and the two differ from then on`,
            "set both to 1 where the disks allow it; else compare the two after a crash of a's host",
        );
    }
}
