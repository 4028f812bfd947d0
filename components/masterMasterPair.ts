import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { defaults } from "../core/defaults";
import { findRoleProblem } from "../core/roles";
import { isAdminUsed } from "./adminUse";
import { type HostStep, hostCommand } from "./hostCommand";
import { hostTarget, MasterNode, type MasterNodeArgs, type TlsArgs } from "./masterNode";
import { type AcceptArgs, preflightStep } from "./preflightStep";
import { ReplicationAccount } from "./replicationAccount";
import { ReplicationLink, type RetryArgs, type SeedArgs } from "./replicationLink";

/** What a pair's nodes are made of: the rest of a node's arguments follows from the pair. */
export type PairNodeArgs = Omit<
    MasterNodeArgs,
    "label" | "after" | "converge" | "gone" | "identity" | "autoIncrementOffset" | "ownGtidDomain" | "tls"
>;

export interface MasterMasterPairArgs {
    /** The node that holds the data. Never overwritten. */
    a: PairNodeArgs;
    /** The fresh node: seeded from a. */
    b: PairNodeArgs;
    /** The replication account; default replicator@% with a random password. */
    account?: { name?: pulumi.Input<string>; hostPattern?: pulumi.Input<string>; password?: pulumi.Input<string> };
    /** How the link is encrypted; default: where both servers can. */
    tls?: TlsArgs;
    seed?: SeedArgs;
    /** What the preflight refuses unless it is accepted here. */
    accept?: AcceptArgs;
    retry?: RetryArgs;
    /** Which node takes the writes: `a` (default), `b` or `both`. The other one is read-only, after a restart too. */
    active?: string;
    /** How long a node may take to apply what the other wrote before it is opened, in seconds; default 3600. */
    catchUpSeconds?: pulumi.Input<number>;
    /** A new text makes every step look again, and repair what it finds. */
    converge?: pulumi.Input<string>;
    /** `a` or `b`: that host no longer exists; nothing runs there any more, so that destroy and a role change can do without it. */
    gone?: string;
}

/** Two servers, each the other's source and replica. Ends with both directions proven and the roles set, or with an MM_ code. */
export class MasterMasterPair extends pulumi.ComponentResource {
    public readonly a: MasterNode;
    public readonly b: MasterNode;
    public readonly account: ReplicationAccount;
    public readonly link: ReplicationLink;
    /** `a`, `b` or `both`, once that is so on both servers. */
    public readonly active: pulumi.Output<string>;

    constructor(name: string, args: MasterMasterPairArgs, opts?: pulumi.ComponentResourceOptions) {
        super("mysql-master-master:index:MasterMasterPair", name, {}, opts);
        const active = args.active ?? defaults.active;
        if (!["a", "b", "both"].includes(active)) {
            throw new pulumi.ResourceError(
                `MM_SETTINGS_INVALID: active is ${active}; expected a, b or both`,
                this,
                true,
            );
        }
        const problem = findRoleProblem({ active, gone: args.gone });
        if (problem !== undefined) {
            throw new pulumi.ResourceError(`MM_SETTINGS_INVALID: active ${problem}`, this, true);
        }
        if (active === "both") {
            void pulumi.log.warn(
                "active: both lets two masters take writes at once; replication is asynchronous, so they can diverge silently. Keep one read-only until it is needed. Scheduled events run on a only",
                this,
            );
        }

        const { converge } = args;
        const identity = new random.RandomUuid(`${name}-identity`, {}, { parent: this }).result;
        const argsOf = (label: "a" | "b"): MasterNodeArgs => ({
            ...args[label],
            ...(args.tls && { tls: args.tls }),
            converge,
            label,
            gone: args.gone === label,
            identity,
        });

        const { account, seed, accept, gone } = args;
        const nodes = { a: argsOf("a"), b: argsOf("b") };
        const checked = preflightStep(
            `${name}-preflight`,
            { ...nodes, account, seed, accept, gone, converge },
            { parent: this },
        );
        const taken = this.takeHosts(name, nodes.a, nodes.b, checked, args);
        // another server on the same host is a reason for all steps to look again
        const after = pulumi.interpolate`${checked} ${taken}`;
        const node = (label: "a" | "b", apart: Pick<MasterNodeArgs, "autoIncrementOffset" | "ownGtidDomain">) => {
            const own = nodes[label];
            const mysql = { serverId: defaults.serverId[label], ...own.mysql };
            return new MasterNode(`${name}-${label}`, { ...own, ...apart, mysql, after }, { parent: this });
        };
        this.a = node("a", { autoIncrementOffset: 1 });
        this.b = node("b", { autoIncrementOffset: 2, ownGtidDomain: true });
        const reached = pulumi.interpolate`${this.reach(name, this.a, this.b)} ${this.reach(name, this.b, this.a)}`;
        this.account = new ReplicationAccount(
            `${name}-replicator`,
            { node: this.a, verifiedFrom: this.b, ...args.account, after: reached, server: checked, converge },
            { parent: this },
        );
        this.link = new ReplicationLink(
            `${name}-link`,
            {
                origin: this.a,
                peer: this.b,
                account: this.account,
                seed: {
                    lockAllTables: accept?.nonTransactionalTables ?? false,
                    roundFloats: accept?.floatRounding ?? false,
                    ...seed,
                },
                retry: args.retry,
                catchUpSeconds: args.catchUpSeconds,
                converge,
            },
            { parent: this },
        );
        this.active = this.setRoles(name, active, args);
        this.registerOutputs({ active: this.active });
    }

    /** A host is one stack's at a time: both are taken before anything changes on either, and given back last, a first. */
    private takeHosts(
        name: string,
        a: MasterNodeArgs,
        b: MasterNodeArgs,
        checked: pulumi.Output<string>,
        args: MasterMasterPairArgs,
    ): pulumi.Output<string> {
        const adminUsed = isAdminUsed(a.mysql?.admin, checked).apply((used) => (used ? "yes" : "no"));
        const take = (node: MasterNodeArgs, peer: MasterNodeArgs, after: pulumi.Output<string>) =>
            hostCommand(
                `${name}-lock-${node.label}`,
                {
                    target: hostTarget(node),
                    script: "lock-host.sh",
                    parameters: {
                        ACCEPT_OTHER_STACK: args.accept?.otherStack ?? false,
                        OPTION_FILE: node.mysql?.optionFile ?? "",
                        PEER_HOST: peer.host,
                        PEER_PORT: peer.mysql?.port ?? defaults.mysql.port,
                        ACCOUNT: args.account?.name ?? defaults.account.name,
                        ACCOUNT_HOST: args.account?.hostPattern ?? defaults.account.hostPattern,
                        MADE_ELSEWHERE: node === a ? adminUsed : "no",
                        KEEP_BACKUP: args.seed?.keepBackup ?? defaults.seed.keepBackup,
                        SSH_USER: node.ssh.user ?? defaults.ssh.user,
                        AFTER: after,
                    },
                    plan: ["take the host for this stack: stop if another one works on it, or has its pair there"],
                    undo: [
                        "undo what a run that was killed has left",
                        "lift the fence to what it was before the first up",
                        "give the host back",
                    ],
                    converge: node.converge,
                },
                { parent: this },
            ).fingerprint;
        // a comes after b, so that destroy has ended a's following, before b's fence is lifted and its events run
        return take(a, b, pulumi.interpolate`${checked} ${take(b, a, checked)}`);
    }

    /** Both listen where they will: from each the other one's port is opened, before anything builds on that. */
    private reach(name: string, from: MasterNode, to: MasterNode): pulumi.Output<string> {
        return hostCommand(
            `${name}-reach-${from.args.label}`,
            {
                target: from.target,
                asks: to.target,
                script: "check-port.sh",
                parameters: {
                    PEER_HOST: to.target.host,
                    PEER_PORT: to.target.port,
                    PEER_LISTENS: to.fingerprint.apply((line) => / listens=(\S*)/.exec(line)?.[1] ?? ""),
                    AFTER: pulumi.interpolate`${from.fingerprint} ${to.fingerprint}`,
                },
                plan: [pulumi.interpolate`see that ${to.target.host} port ${to.target.port} can be reached from here`],
                converge: from.args.converge,
            },
            { parent: this },
        ).fingerprint;
    }

    /** The node that closes comes first; the other one opens when it has applied the last transaction. */
    private setRoles(name: string, active: string, args: MasterMasterPairArgs): pulumi.Output<string> {
        const roles = this.identifyRoles(name, active, args.gone);
        // where both are active, b gives up the events before a takes them
        const [first, second] = active === "b" ? [this.a, this.b] : [this.b, this.a];
        const roleOf = (node: MasterNode) => (active === "both" || active === node.args.label ? "active" : "passive");
        const runsEvents = active === "b" ? this.b : this.a;
        const setRole = (node: MasterNode, other: MasterNode, before: HostStep, events: pulumi.Input<string>) =>
            hostCommand(
                `${name}-role-${node.args.label}`,
                {
                    target: node.target,
                    script: "fence-node.sh",
                    parameters: {
                        ROLE: roleOf(node),
                        PEER_ROLE: other.target.gone ? "gone" : roleOf(other),
                        EVENTS: node === runsEvents ? "yes" : "no",
                        PEER_EVENTS: events,
                        PEER_HOST: other.target.host,
                        PEER_PORT: other.target.port,
                        ACCOUNT: this.account.name,
                        ACCOUNT_PASSWORD: this.account.password,
                        OPTION_FILE: node.args.mysql?.optionFile ?? "",
                        CATCH_UP_SECONDS: args.catchUpSeconds ?? defaults.catchUpSeconds,
                        AFTER: pulumi.interpolate`${roles} ${before.fingerprint} ${this.link.fingerprint} ${node.fingerprint}`,
                    },
                    plan:
                        roleOf(node) === "passive"
                            ? ["be passive: read_only and super_read_only, now and in the option file; events off"]
                            : [
                                  pulumi.interpolate`be active: take writes, once all that ${other.target.host} wrote is applied here`,
                                  node === runsEvents ? "  run the scheduled events" : "  run no scheduled events",
                              ],
                    converge: args.converge,
                },
                { parent: this, dependsOn: [this.link, before.resource] },
            );
        const closed = setRole(first, second, this.link.verified, "");
        const opened = setRole(second, first, closed, closed.fingerprint);
        return pulumi.all([closed.fingerprint, opened.fingerprint]).apply(() => active);
    }

    /**
     * A new UUID whenever the roles are to be others, saved in the state before a role step is tried. The engine keeps the old inputs
     * of a step whose update was cut on its way: with the settings set back nothing would differ, and what that step has done would
     * stay, such as a second open node. With this, setting back is a change, too, and both steps look again.
     */
    private identifyRoles(name: string, active: string, gone = ""): pulumi.Output<string> {
        return new random.RandomUuid(`${name}-roles`, { keepers: { active, gone } }, { parent: this }).result;
    }
}
