import * as mysql from "@pulumi/mysql";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { defaults } from "../core/defaults";
import { adminUnusedText, canProviderMakeAccounts } from "../core/providerWords";
import { isAdminUsed } from "./adminUse";
import { hostCommand } from "./hostCommand";
import type { AdminArgs, MasterNode } from "./masterNode";

export interface ReplicationAccountArgs {
    /** The node on which the account is made, once; the other one gets it with the data. */
    node: MasterNode;
    /** The node that proves, over the network, that the account can log in to `node`. */
    verifiedFrom: MasterNode;
    /** Default replicator; letters, digits and _, 32 at most. */
    name?: pulumi.Input<string>;
    /** The host part of the account; default `%`. */
    hostPattern?: pulumi.Input<string>;
    /** A secret, 32 letters and digits at most (replication's limit); default: a random one. */
    password?: pulumi.Input<string>;
    /** A value that has to be there before the login is tried, such as the fingerprints of checks. */
    after?: pulumi.Input<string>;
    /** A fingerprint that tells the server of `node` (FLAVOUR-VERSION); default: the node's own. */
    server?: pulumi.Output<string>;
    /** A new text makes the steps look again. */
    converge?: pulumi.Input<string>;
}

/**
 * The account that both servers replicate with: REPLICATION SLAVE and REPLICATION CLIENT on everything, and SELECT on the
 * program's own schema, by which each node sees the other's test row. Ends with a login from the other host, or with MM_ACCOUNT_*.
 */
export class ReplicationAccount extends pulumi.ComponentResource {
    public readonly name: pulumi.Output<string>;
    public readonly hostPattern: pulumi.Output<string>;
    /** A secret. */
    public readonly password: pulumi.Output<string>;
    /** `login account=NAME server=HOST:PORT`; the same from run to run. */
    public readonly fingerprint: pulumi.Output<string>;

    constructor(name: string, args: ReplicationAccountArgs, opts?: pulumi.ComponentResourceOptions) {
        super("mysql-master-master:index:ReplicationAccount", name, {}, opts);
        const { node, verifiedFrom } = args;
        this.name = pulumi.output(args.name ?? defaults.account.name);
        this.hostPattern = pulumi.output(args.hostPattern ?? defaults.account.hostPattern);
        this.password = pulumi.secret(args.password ?? this.makePassword(name));

        const admin = node.args.mysql?.admin;
        const server = args.server ?? node.fingerprint;
        const adminUsed = isAdminUsed(admin, server);
        const made = adminUsed.apply((used) => (admin && used ? this.makeThroughProvider(name, node, admin) : []));
        if (admin) {
            server.apply((text) => canProviderMakeAccounts(text) || pulumi.log.info(adminUnusedText(text), this));
        }
        const account = hostCommand(
            `${name}-account`,
            {
                target: node.target,
                script: "make-account.sh",
                parameters: {
                    ACCOUNT: this.name,
                    ACCOUNT_HOST: this.hostPattern,
                    ACCOUNT_PASSWORD: this.password,
                    MADE_ELSEWHERE: adminUsed.apply((used) => (used ? "yes" : "no")),
                    AFTER: node.fingerprint,
                },
                plan: [
                    pulumi
                        .all([adminUsed, this.name, this.hostPattern])
                        .apply(([used, account, host]) =>
                            used
                                ? `see that ${account}@${host} has the password of the stack`
                                : `make the account ${account}@${host}, once, with its password of the stack`,
                        ),
                    adminUsed.apply((used) =>
                        used
                            ? "  grant SELECT ON mysql_master_master.*"
                            : "  grant REPLICATION SLAVE, REPLICATION CLIENT ON *.*; SELECT ON mysql_master_master.*",
                    ),
                ],
                undo: [pulumi.interpolate`drop the account ${this.name}`],
                converge: args.converge,
            },
            { parent: this, dependsOn: made },
        );
        const login = hostCommand(
            `${name}-login`,
            {
                target: verifiedFrom.target,
                asks: node.target,
                script: "check-login.sh",
                parameters: {
                    ACCOUNT: this.name,
                    ACCOUNT_HOST: this.hostPattern,
                    ACCOUNT_PASSWORD: this.password,
                    PEER_HOST: node.target.host,
                    PEER_PORT: node.target.port,
                    AFTER: pulumi.interpolate`${account.fingerprint} ${node.fingerprint} ${verifiedFrom.fingerprint} ${args.after ?? ""}`,
                },
                plan: [
                    pulumi.interpolate`log in to ${node.target.host}:${node.target.port} as ${this.name}, over the network`,
                ],
                undo: [pulumi.interpolate`drop the account ${this.name} here, too`],
                converge: args.converge,
            },
            { parent: this, dependsOn: [account.resource] },
        );
        this.fingerprint = login.fingerprint;
        this.registerOutputs({ name: this.name, hostPattern: this.hostPattern, fingerprint: this.fingerprint });
    }

    /** Letters and digits only: @pulumi/mysql splices the password into SQL as it is. */
    private makePassword(name: string): pulumi.Output<string> {
        return new random.RandomPassword(`${name}-password`, { length: 32, special: false }, { parent: this }).result;
    }

    private makeThroughProvider(name: string, node: MasterNode, admin: AdminArgs): pulumi.Resource[] {
        const { ssh, port } = node.target;
        const provider = new mysql.Provider(
            `${name}-provider`,
            {
                endpoint: admin.endpoint ?? pulumi.interpolate`${ssh.host}:${port}`,
                username: admin.user,
                password: pulumi.secret(admin.password),
            },
            { parent: this, dependsOn: [node] },
        );
        // These make the account; its passwords and its end are make-account.sh's, which can do both on a read-only node. The first one is
        // nobody's, and never another: the engine must find nothing to change, and after a refresh, which puts a hash in its place,
        // it would take that for what to ignore, and the plugin would make it the password.
        const first = new random.RandomPassword(`${name}-first`, { length: 32, special: false }, { parent: this })
            .result;
        const user = new mysql.User(
            `${name}-user`,
            { user: this.name, host: this.hostPattern, plaintextPassword: first },
            { parent: this, provider, dependsOn: [node], retainOnDelete: true },
        );
        const grant = new mysql.Grant(
            `${name}-grant`,
            {
                user: user.user,
                host: this.hostPattern,
                database: "*",
                table: "*",
                privileges: ["REPLICATION SLAVE", "REPLICATION CLIENT"],
            },
            { parent: this, provider, retainOnDelete: true },
        );
        return [user, grant];
    }
}
