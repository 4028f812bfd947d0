import { defaults } from "./defaults";
import { type OptionSettings, optionLines } from "./optionLines";
import { isOfOneFlavour } from "./seedMethods";
import type { SshHop } from "./sshSettings";

/** What somebody has looked at and takes, each refused otherwise. */
export interface Accept {
    /** Replicas of A's that are attached already. */
    replicas?: boolean | undefined;
    /** Tables without transactions: the dump then locks all of A's tables, for as long as it takes. */
    nonTransactionalTables?: boolean | undefined;
    /** FLOAT columns: a dump writes six digits of them, so that B's rows differ from A's. */
    floatRounding?: boolean | undefined;
    /** Accounts that only B has: they go when A's come. */
    replacedAccounts?: boolean | undefined;
    /** Hosts that are another stack's pair, whose state is lost. */
    otherStack?: boolean | undefined;
}

/** What the link's encryption asks of each server. */
export interface TlsAsked {
    require?: boolean | undefined;
    ca?: string | undefined;
}

/** How the preflight reaches a host; values as they are after all defaults but those of a hop. */
export interface RequestSsh extends Partial<Omit<SshHop, "host">> {
    host: string;
    dialAttempts?: number | undefined;
    bastion?: (Partial<Omit<SshHop, "host">> & { host: string }) | undefined;
}

/** A node's settings, as a stack or the arguments of a pair give them. */
export interface NodeInput {
    host: string;
    ssh: RequestSsh;
    copy?: { host?: string | undefined; port?: number | undefined } | undefined;
    mysql?:
        | (OptionSettings & {
              port?: number | undefined;
              socket?: string | undefined;
              serverId?: number | undefined;
              relayLog?: string | undefined;
              optionFile?: string | undefined;
              service?: string | undefined;
              gtid?: boolean | undefined;
              bindAddress?: string | undefined;
              login?: { user: string; password: string } | undefined;
              admin?: { user: string; password: string; endpoint?: string | undefined } | undefined;
          })
        | undefined;
}

export interface PairInput {
    a: NodeInput;
    b: NodeInput;
    account?: { name?: string | undefined; hostPattern?: string | undefined } | undefined;
    seed?: { backupFile?: string | undefined; method?: string | undefined } | undefined;
    accept?: Accept | undefined;
    tls?: TlsAsked | undefined;
    gone?: string | undefined;
}

export type Label = "a" | "b";

/** One node, as the preflight is asked to look at it. */
export interface NodeRequest {
    label: Label;
    host: string;
    port: number;
    ssh: RequestSsh;
    /** Where the other node reaches this one's sshd. */
    copy: { host: string; port: number };
    socket: string;
    login: { user: string; password: string };
    serverId: number;
    optionFile: string;
    service: string;
    /** Whether the links are to go by GTID. */
    gtid: boolean;
    /** `keep`, empty (opened where only loopback is listened on), or what it will be. */
    bindAddress: string;
    /**
     * NAME=VALUE lines that the managed block will have whatever is found on the host. What depends on that is added by configure-node.sh, which
     * looks at it for itself: log_bin, bind_address, and what makes a replica safe without GTIDs.
     */
    wanted: string[];
}

/** What travels to preflight/main.ts on stdin, as JSON. */
export interface PreflightRequest {
    a: NodeRequest;
    b: NodeRequest;
    backupFile: string;
    /** The setting seed.method, where that is one flavour's own: clone or mariabackup. */
    method?: string;
    /** NAME@PATTERN of the replication account. */
    account: string;
    accept: Accept;
    /** By whom @pulumi/mysql makes the account, where it can; `endpoint` is HOST:PORT. */
    admin?: { user: string; password: string; endpoint: string };
    tls?: TlsAsked;
    /** That host is not looked at. */
    gone?: string;
    /** Of the stack, empty where it has none yet; undefined: whose the hosts are is asked by the steps that take them. */
    identity?: string;
    /** Any text: a new one is a reason to look again. */
    converge?: string;
}

/** Works in the defaults; they are those of the components that come after. */
export function preflightRequest(input: PairInput, converge?: string): PreflightRequest {
    const a = nodeRequest("a", input.a);
    const admin = input.a.mysql?.admin;
    return {
        a,
        b: nodeRequest("b", input.b),
        backupFile: input.seed?.backupFile ?? defaults.seed.backupFile,
        ...(isOfOneFlavour(input.seed?.method) && { method: input.seed?.method }),
        account: `${input.account?.name ?? defaults.account.name}@${input.account?.hostPattern ?? defaults.account.hostPattern}`,
        accept: input.accept ?? {},
        ...(admin && {
            admin: {
                user: admin.user,
                password: admin.password,
                endpoint: admin.endpoint ?? `${a.ssh.host}:${a.port}`,
            },
        }),
        ...(input.tls !== undefined && { tls: { require: input.tls.require, ca: input.tls.ca } }),
        ...(input.gone !== undefined && { gone: input.gone }),
        ...(converge !== undefined && { converge }),
    };
}

function nodeRequest(label: Label, node: NodeInput): NodeRequest {
    const { host, ssh, copy, mysql = {} } = node;
    const serverId = mysql.serverId ?? defaults.serverId[label];
    return {
        label,
        host,
        port: mysql.port ?? defaults.mysql.port,
        ssh,
        copy: { host: copy?.host ?? host, port: copy?.port ?? ssh.port ?? defaults.ssh.port },
        socket: mysql.socket ?? "",
        login: mysql.login ?? { user: "", password: "" },
        serverId,
        optionFile: mysql.optionFile ?? "",
        service: mysql.service ?? "",
        gtid: mysql.gtid ?? false,
        bindAddress: mysql.bindAddress ?? "",
        wanted: [
            `server_id=${serverId}`,
            "log_slave_updates=1",
            `relay_log=${mysql.relayLog ?? defaults.mysql.relayLog}`,
            ...optionLines(mysql, label === "a" ? 1 : 2),
        ],
    };
}
