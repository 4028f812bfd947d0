import type { Seen } from "./look";
import type { Findings } from "./problem";

/** What would win over the managed block, or stop the server at a restart. */
export function judgeOptions({ node, facts }: Seen, found: Findings): void {
    const { label } = node;
    for (const [name = "", value = ""] of facts.rows("persisted")) {
        if (roleOptions.includes(name)) {
            found.refuse(
                label,
                "MM_PREFLIGHT_PERSISTED",
                `has ${name} = ${value} from SET PERSIST, which wins over option files: by them a node keeps its role at a restart`,
                `RESET PERSIST ${name} on ${label}`,
            );
        }
        const wanted = node.wanted.find((line) => nameOf(line) === name.replace("replica", "slave"));
        const wish = wanted?.slice(wanted.indexOf("=") + 1);
        if (wish !== undefined && plainValue(wish) !== plainValue(value)) {
            found.refuse(
                label,
                "MM_PREFLIGHT_PERSISTED",
                `has ${name} = ${value} from SET PERSIST, which wins over option files; wanted is ${wish}`,
                `RESET PERSIST ${name} on ${label}, or set the wanted value to ${value}`,
            );
        }
    }
    for (const [name, place, words] of facts.rows("invalid")) {
        const what = name
            ? `its server does not know the option ${name}${place ? ` (${place})` : ""}, and would not start again`
            : "its server does not accept its option files, and would not start again";
        found.refuse(label, "MM_PREFLIGHT_OPTIONS", what, "remove that option: its series no longer has it", words);
    }
    for (const words of facts.all("refused")) {
        const what = "its server does not accept what the stack wants in its option file, and would not start again";
        found.refuse(label, "MM_PREFLIGHT_OPTIONS", what, `mend mysql.options of node ${label}`, words);
    }
    for (const [folder, owner, writable, context = "", apparmor] of facts.rows("log-folder")) {
        const problem =
            owner === "none"
                ? "is not there"
                : writable !== "yes"
                  ? `cannot be written by its server (it belongs to ${owner})`
                  : facts.one("selinux") === "Enforcing" && !/:mysqld_(db|log)_t:/.test(context)
                    ? `has the SELinux label ${context || "(none)"}, with which its server may not write there`
                    : "";
        const next = `make ${folder} writable for the server (owner, AppArmor, SELinux label mysqld_db_t), or take the folder out of log_bin`;
        if (problem !== "") {
            const what = `log_bin of its option files leads to ${folder}, which ${problem}`;
            found.refuse(label, "MM_PREFLIGHT_LOG_FOLDER", what, next);
        } else if (apparmor === "enforced") {
            const what = `log_bin of its option files leads to ${folder}, which its AppArmor profile may not allow`;
            found.warn(label, "MM_PREFLIGHT_LOG_FOLDER", what, next);
        }
    }
}

/** What the roles write into the option file: remote/lib/fence.sh. */
const roleOptions = ["read_only", "super_read_only", "event_scheduler"];

const nameOf = (line: string) => line.slice(0, line.indexOf("=")).replaceAll("-", "_").replace("replica", "slave");

/** ON is 1, 16M is 16777216, case does not count. The steps on a host compare as this does: plain_value in remote/lib/mysql.sh. */
function plainValue(value: string): string {
    const text = value.toLowerCase();
    const [, digits, unit] = /^(\d+)([kmgt])$/.exec(text) ?? [];
    if (digits !== undefined && unit !== undefined) {
        return String(Number(digits) * 1024 ** ("kmgt".indexOf(unit) + 1));
    }
    return /^(on|true)$/.test(text) ? "1" : /^(off|false)$/.test(text) ? "0" : text;
}
