import { basename } from "node:path";
import type { PreflightRequest } from "../core/preflightRequest";
import { countGtids, subtractGtids } from "./gtid";
import { judgeSource } from "./judgeSource";
import type { Seen } from "./look";
import { count, type Findings, list } from "./problem";

/** Whether b may be seeded: it is fresh, or what it holds is this program's own doing for this very a. */
export function judgeSeed(request: PreflightRequest, a: Seen, b: Seen, found: Findings): void {
    if (!b.facts.has("size")) {
        return; // it was not looked at so far, and why is said already
    }
    const state = seedState(a, b);
    if (state === "parted") {
        judgeParted(a, b, found);
    } else if (state === "") {
        judgeFresh(request, a, b, found);
    }
    if (isSeedWanted(a, b)) {
        judgeMethod(request.method, a, found);
        judgeSource(request, a, b, found);
    }
}

/** The clone plugin came with MySQL 8.0.17. All else that a method asks for is looked at when it is chosen (remote/seed-offer/method.sh). */
function judgeMethod(method: string | undefined, a: Seen, found: Findings): void {
    const [flavour = "", text = "", version = "0"] = a.facts.rows("server")[0] ?? [];
    const why =
        method === "mariabackup" && flavour === "MySQL"
            ? "mariabackup is MariaDB's"
            : method === "clone" && (flavour === "MariaDB" || (flavour === "MySQL" && Number(version) < 80017))
              ? "clone is MySQL's, from 8.0.17 on"
              : "";
    if (why !== "") {
        const what = `runs ${flavour} ${text}, and seed.method ${why}`;
        found.refuse("a", "MM_PREFLIGHT_METHOD", what, "set seed.method to auto, stream or dump, or take it out");
    }
}

/** Whether a dump and an import are to come. */
export const isSeedWanted = (a: Seen | undefined, b: Seen) => ["", "unfinished"].includes(seedState(a, b));

/** What the note on b says of this very server, and of a: unfinished, done, parted…; else nothing. */
function seedState(a: Seen | undefined, b: Seen): string {
    const { facts } = b;
    const source = a?.facts.variable("server_uuid") ?? "";
    const isOwn = facts.mark("seed", "own") === facts.variable("server_uuid");
    // where a was not seen, the note is taken for what it says
    return isOwn && (source === "" || facts.mark("seed", "source") === source) ? facts.mark("seed", "state") : "";
}

/** What a new installation brings along; Debian's has its own, and up to 5.6 there are some of its host's name, and for anybody. */
const NEW_ACCOUNTS = /^(root|mysql|mysql\.\w+|mariadb\.sys|debian-sys-maint|)@(localhost|127\.0\.0\.1|::1)$/;
const isNewAccount = (name: string, hostname: string) =>
    NEW_ACCOUNTS.test(name) || (hostname !== "" && [`root@${hostname}`, `@${hostname}`].includes(name));
/** The packages' own scripts and mysql_secure_installation stay below that. */
const NEW_TRANSACTIONS = 10;

function judgeFresh(request: PreflightRequest, a: Seen, b: Seen, found: Findings): void {
    const schemas = b.facts.all("schema");
    if (schemas.length > 0) {
        const isSwapped = a.facts.has("size") && a.facts.all("schema").length === 0;
        found.refuse(
            "b",
            "MM_PREFLIGHT_NOT_EMPTY",
            `holds ${count(schemas.length, "schema")} of its own (${list(schemas)}), which seeding would overwrite; is it really the fresh node?`,
            isSwapped
                ? "a holds none: if a and b are swapped, swap them in the stack"
                : `${follows(a)}move them to a, or drop them, if nobody needs them; or name a fresh host as b`,
        );
    }
    const theirs = a.facts.all("account");
    const accounts = b.facts
        .all("account")
        .filter((name) => !isNewAccount(name, b.facts.variable("hostname")) && !theirs.includes(name));
    if (accounts.length > 0 && a.facts.has("size") && !request.accept.replacedAccounts) {
        found.refuse(
            "b",
            "MM_PREFLIGHT_ACCOUNTS",
            `has ${count(accounts.length, "account")} that a lacks (${list(accounts)}): they go when a's come`,
            "make them on a, if they are wanted; then, or if they are not, set accept.replacedAccounts",
        );
    }
    const own = subtractGtids(b.facts.variable("gtid_executed"), a.facts.variable("gtid_executed"));
    if (countGtids(own) > NEW_TRANSACTIONS) {
        found.refuse(
            "b",
            "MM_PREFLIGHT_TRANSACTIONS",
            `has ${countGtids(own)} transactions of its own (${own}), and a new installation makes ${NEW_TRANSACTIONS} at most`,
            `see what they are (mysqlbinlog); if none is wanted, ${b.facts.word("reset-logs")} on b, or name a fresh host`,
        );
    }
    const connected = b.facts.rows("connection").map(([id, who, command]) => `${who} (connection ${id}, ${command})`);
    if (connected.length > 0) {
        const what = `somebody else is connected to it: ${list(connected, 10)}`;
        found.warn(
            "b",
            "MM_PREFLIGHT_CONNECTED",
            what,
            "what they write before it is read-only is lost; see who they are",
        );
    }
}

/** What is dropped on b goes on an a that follows it, too. */
function follows(a: Seen): string {
    const [, host, port] = a.facts.rows("channel")[0] ?? [];
    return host === undefined
        ? ""
        : `a replicates from ${host}:${port}, and would lose what is dropped there: pulumi destroy first (all data stays); then `;
}

/** Left by destroy: it needs no seed if it only lags behind. */
function judgeParted(a: Seen, b: Seen, found: Findings): void {
    if (!a.facts.has("size")) {
        return;
    }
    const next = `empty b (or name a fresh host), remove /var/lib/mysql-master-master/${b.node.port} there, then run up again`;
    const own = b.facts.all("schema").filter((name) => !a.facts.all("schema").includes(name));
    const made = own.length > 0 ? `; it has ${count(own.length, "schema")} that a lacks (${list(own)})` : "";
    if (a.facts.variable("gtid_mode") !== "ON" || b.facts.variable("gtid_mode") !== "ON") {
        const what = "holds what an earlier pair left, and without GTIDs nothing proves that it only lags behind";
        found.refuse("b", "MM_PREFLIGHT_PARTED", what + made, next);
        return;
    }
    const [ours, theirs] = [a.facts.variable("gtid_executed"), b.facts.variable("gtid_executed")];
    // logs that were reset since say nothing of what was written before: the sets may fit, and rows be missing
    const parting = b.facts.mark("seed", "applied");
    const gone = [...new Set([theirs, ours].map((set) => subtractGtids(parting, set)).filter(Boolean))].join(",");
    if (parting === "" || theirs === "" || gone !== "") {
        found.refuse(
            "b",
            "MM_PREFLIGHT_PARTED",
            `holds what an earlier pair left, and nothing proves that it only lags behind: of what it had applied when the two parted (${parting || "not noted"}), the logs of the two no longer know all (${gone || "none"})${made}`,
            `if the logs were reset, what was written before cannot be told: ${next}`,
        );
        return;
    }
    const errant = subtractGtids(theirs, ours);
    const missed = subtractGtids(a.facts.variable("gtid_purged"), theirs);
    if (errant !== "" || missed !== "") {
        found.refuse(
            "b",
            "MM_PREFLIGHT_PARTED",
            `holds what an earlier pair left: transactions that a lacks (${errant || "none"}), and purged ones of a's that it missed (${missed || "none"})${renamedLog(a, b)}${made}`,
            `see what they are (mysqlbinlog), bring what is wanted to a; then ${next}`,
        );
        return;
    }
    const isUpToDate = subtractGtids(ours, theirs) === "";
    if (isUpToDate && own.length > 0) {
        const what = `holds what an earlier pair left, and more, of which its log says nothing${made}`;
        found.refuse("b", "MM_PREFLIGHT_PARTED", what, `move what is wanted to a; then ${next}`);
        return;
    }
    // what was dropped without a trace in the log: it was there when they parted, for a's tables in it are older
    const parted = Number(b.facts.rows("mark").find(([name]) => name === "seed")?.[2] ?? 0);
    const lost = a.facts
        .rows("schema")
        .filter(([name = "", made]) => !b.facts.all("schema").includes(name) && (isUpToDate || isBefore(made, parted)))
        .map(([name = ""]) => name);
    if (lost.length > 0) {
        const what = `lacks ${count(lost.length, "schema")} of a's (${list(lost)}) that were there when the two parted: it was emptied by hand`;
        found.refuse("b", "MM_PREFLIGHT_PARTED", what, next);
    }
}

/** A restart without the pair's options gives the log its old name back, and what it holds under the other counts as purged. */
function renamedLog(a: Seen, b: Seen): string {
    const now = basename(a.facts.variable("log_bin_basename"));
    const then = b.facts.mark("seed", "source_file").replace(/\.\d+$/, "");
    return then === "" || now === then ? "" : `, for a's log is called ${now} now, and what ${then} holds is not in it`;
}

/** By a minute at least, as clocks may be apart; both in seconds. */
const isBefore = (made: string | undefined, parted: number) => Boolean(made) && Number(made) < parted - 60;
