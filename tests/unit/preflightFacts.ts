import { type Accept, type PairInput, preflightRequest } from "../../core/preflightRequest";
import { Facts } from "../../preflight/facts";
import { judge } from "../../preflight/judge";
import type { Seen } from "../../preflight/look";
import type { Report } from "../../preflight/problem";

const ssh = (host: string) => ({ host, privateKey: "KEY" });
export const stack: PairInput = {
    a: { host: "a.example.com", ssh: ssh("10.0.0.1") },
    b: { host: "b.example.com", ssh: ssh("10.0.0.2") },
};

/** What two good hosts tell: a with data, b fresh. */
const good = (label: "a" | "b") => {
    const [own, peer, uuid] = label === "a" ? ["10.0.0.1", "10.0.0.2", "uuid-a"] : ["10.0.0.2", "10.0.0.1", "uuid-b"];
    return [
        "root 0",
        "bash 5.2",
        "mark seed ",
        "mark link ",
        `address ${own}`,
        `resolved ${peer}`,
        `self ${own}`,
        "tcp server open 9.7.4",
        ...(label === "a" ? ["tcp sshd open SSH-2.0-x"] : []),
        "client mysql 9.7.4-2",
        "client mysqldump 9.7.4-2",
        "disk backup 9000000 1 /tmp/",
        "disk data 9000000 2 /var/lib/mysql/",
        "server MySQL 9.7.4 90704",
        "word replica REPLICA",
        "word forget-source RESET_REPLICA_ALL",
        "word end-channel STOP_REPLICA_FOR_CHANNEL_'NAME'",
        "word reset-logs RESET_BINARY_LOGS_AND_GTIDS",
        `variable server_uuid ${uuid}`,
        "variable server_id 1",
        "variable gtid_mode ON",
        `variable gtid_executed ${label === "a" ? "uuid-a:1-500" : "uuid-b:1-3"}`,
        "variable gtid_purged ",
        "variable lower_case_table_names 0",
        "variable innodb_page_size 16384",
        "variable bind_address *",
        "variable skip_networking OFF",
        "variable binlog_expire_logs_seconds 2592000",
        "account root@localhost",
        ...(label === "a" ? ["account app@%", "schema shop"] : []),
        "size 1000000 1500000",
    ];
};

/** Facts of a good host, with lines taken out (those that begin with one of `without`) and others put in; words by spaces, `_` stands for one, `\_` for itself. */
export function seen(label: "a" | "b", change: Change = {}, pair: PairInput = stack): Seen {
    const lines = good(label)
        .filter((line) => !(change.without ?? []).some((start) => line.startsWith(start)))
        .concat(change.with ?? []);
    const text = lines
        .map((line) =>
            line
                .replaceAll(" ", "\t")
                .replace(/(?<!\\)_/g, " ")
                .replaceAll("\\_", "_"),
        )
        .join("\n");
    // names of variables keep their underscores
    const facts = new Facts(text.replace(/^(variable|persisted)\t([a-z ]+)/gm, (all) => all.replaceAll(" ", "_")));
    return { node: preflightRequest(pair)[label], facts, problems: [], clock: { aheadSeconds: 0, doubtSeconds: 0 } };
}

export interface Change {
    without?: string[];
    with?: string[];
}

export interface Case {
    a?: Change;
    b?: Change;
    accept?: Accept;
    pair?: PairInput;
    clocks?: [number, number];
    doubt?: number;
}

export function report({ a, b, accept, pair = stack, clocks = [0, 0], doubt = 0 }: Case): Report {
    const request = preflightRequest({ ...pair, accept });
    const at = (label: "a" | "b", change: Change | undefined, aheadSeconds: number): Seen => ({
        ...seen(label, change, pair),
        clock: { aheadSeconds, doubtSeconds: doubt },
    });
    return judge(request, at("a", a, clocks[0]), at("b", b, clocks[1]));
}

/** `CODE NODE: what` of each problem, or of each warning with a `~` before it. */
export const said = (found: Report) => [
    ...found.problems.map(({ code, node, what }) => `${code.replace("MM_PREFLIGHT_", "")} ${node}: ${what}`),
    ...found.warnings.map(({ code, node, what }) => `~${code.replace("MM_PREFLIGHT_", "")} ${node}: ${what}`),
];
