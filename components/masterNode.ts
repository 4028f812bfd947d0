import * as pulumi from "@pulumi/pulumi";
import { defaults } from "../core/defaults";
import { optionLines } from "../core/optionLines";
import { type HostTarget, hostCommand, type SshArgs } from "./hostCommand";

/** An account that may log in to a server. */
export interface LoginArgs {
    user: pulumi.Input<string>;
    /** A secret. */
    password: pulumi.Input<string>;
}

/** An account for @pulumi/mysql, over TCP from where Pulumi runs. */
export interface AdminArgs extends LoginArgs {
    /** HOST:PORT; default the SSH host and the server's port. */
    endpoint?: pulumi.Input<string>;
}

/** The server on a node. */
export interface ServerArgs {
    /** Default 3306. */
    port?: pulumi.Input<number>;
    /** Default: what the host's client uses. */
    socket?: pulumi.Input<string>;
    /** Unique in the whole replication tree. The pair's defaults are 10 and 20. */
    serverId?: pulumi.Input<number>;
    /** Default mysql-bin; a name that the option files already give wins. */
    logBin?: pulumi.Input<string>;
    /** Default mysql-relay-bin. */
    relayLog?: pulumi.Input<string>;
    /** Default: /etc/my.cnf where it is, else a drop-in that the server reads last. */
    optionFile?: pulumi.Input<string>;
    /** Default: the first running one of mysqld, mysql, mariadb. */
    service?: pulumi.Input<string>;
    /** `keep` leaves it; default: where only loopback is listened on, the node's own address beside it. */
    bindAddress?: pulumi.Input<string>;
    /** Default false: links go by GTID only where the servers have gtid_mode on by themselves. True: it is switched on; on MariaDB they go by its own. */
    gtid?: boolean;
    /** Default true: binlog_format=ROW. */
    rowFormat?: boolean;
    /** Default true: auto_increment_increment=2 and the node's own offset, so that two writers never hand out one number. */
    staggerAutoIncrement?: boolean;
    /** How long a restart may take, crash recovery included, in seconds; default 600. */
    startTimeoutSeconds?: pulumi.Input<number>;
    /** More options for [mysqld]. */
    options?: Record<string, pulumi.Input<string>>;
    /** For the socket, over SSH; default: what root's client uses. */
    login?: LoginArgs;
    /** With it the account is made by @pulumi/mysql, without it over SSH; so also on MariaDB from 10.10 on, where that cannot. */
    admin?: AdminArgs;
}

/** How a node speaks with its peer's server. Where it says nothing: encrypted where that server can. */
export interface TlsArgs {
    /** `true`: never in clear, and the account is let in over TLS alone. `false`: in clear, too, where a link was encrypted before. */
    require?: pulumi.Input<boolean>;
    /** Certificates (PEM) of the CA that signed the servers' own; then each server has to prove that it has one of its. */
    ca?: pulumi.Input<string>;
    /** The certificate has to carry the name by which the other node reaches the server; needs `ca`. */
    verifyHost?: pulumi.Input<boolean>;
}

export interface MasterNodeArgs {
    /** Short name in messages, resource names and logs; `a` and `b` in a pair. */
    label: string;
    /** Name or address by which the other node reaches this one. */
    host: pulumi.Input<string>;
    ssh: SshArgs;
    /** Where the other node reaches this host's sshd, for the copy of the backup; default `host` and the SSH port. */
    copy?: { host?: pulumi.Input<string>; port?: pulumi.Input<number> };
    mysql?: ServerArgs;
    tls?: TlsArgs;
    /** 1 or 2: this node's auto_increment_offset. */
    autoIncrementOffset?: number;
    /** Default false. True, with `gtid` on MariaDB: before its first link the node gets a gtid_domain_id of its own, its server_id, where it has none. */
    ownGtidDomain?: boolean;
    /** A value that has to be there before anything changes on the host, such as the fingerprints of checks. */
    after?: pulumi.Input<string>;
    /** A new text makes the step look again, and repair what it finds. */
    converge?: pulumi.Input<string>;
    /** The host no longer exists; nothing runs there any more. */
    gone?: boolean;
    /** By which a host is known as this stack's; without it no note is kept whose the host is. */
    identity?: pulumi.Input<string>;
}

/** One server made ready to be half of a pair. Ends with every value running, or with MM_NODE_*. */
export class MasterNode extends pulumi.ComponentResource {
    /** `node port=… server_id=… uuid=… server=FLAVOUR-VERSION gtid=… log_bin=… log=… listens=…`; the same from run to run. */
    public readonly fingerprint: pulumi.Output<string>;
    /** What the node was made of; other components read it. */
    public readonly args: MasterNodeArgs;
    /** The host, for the steps of other components. */
    public readonly target: HostTarget;

    constructor(name: string, args: MasterNodeArgs, opts?: pulumi.ComponentResourceOptions) {
        super("mysql-master-master:index:MasterNode", name, {}, opts);
        this.args = args;
        this.target = hostTarget(args);
        if (args.ssh.hostKey === undefined || (args.ssh.bastion && args.ssh.bastion.hostKey === undefined)) {
            void pulumi.log.warn(`the SSH host key of node ${args.label} (or of its bastion) is not checked`, this);
        }
        const mysql = args.mysql ?? {};
        const serverId = mysql.serverId ?? defaults.serverId.a;
        const { rowFormat, staggerAutoIncrement } = mysql;
        const settings = pulumi
            .output(mysql.options ?? {})
            .apply((options) =>
                optionLines({ rowFormat, staggerAutoIncrement, options }, args.autoIncrementOffset ?? 1),
            );
        const configure = hostCommand(
            `${name}-configure`,
            {
                target: this.target,
                script: "configure-node.sh",
                parameters: {
                    HOST: args.host,
                    SERVER_ID: serverId,
                    LOG_BIN: mysql.logBin ?? defaults.mysql.logBin,
                    RELAY_LOG: mysql.relayLog ?? defaults.mysql.relayLog,
                    BIND_ADDRESS: mysql.bindAddress ?? "",
                    OPTION_FILE: mysql.optionFile ?? "",
                    SERVICE: mysql.service ?? "",
                    START_TIMEOUT_SECONDS: mysql.startTimeoutSeconds ?? defaults.mysql.startTimeoutSeconds,
                    SETTINGS: settings.apply((lines) => lines.join("\n")),
                    GTID: mysql.gtid ? "yes" : "",
                    GTID_DOMAIN_ID: mysql.gtid && args.ownGtidDomain ? serverId : "",
                    AFTER: args.after ?? "",
                },
                plan: [
                    pulumi.interpolate`configure node ${args.label}: directly under [mysqld] of ${mysql.optionFile ?? "its option file"}, in one managed block:`,
                    pulumi.interpolate`  log_bin=${mysql.logBin ?? defaults.mysql.logBin} server_id=${serverId} log_slave_updates=1 relay_log=${mysql.relayLog ?? defaults.mysql.relayLog}`,
                    settings.apply((lines) => `  ${lines.join(" ")}`),
                    ...(mysql.gtid ? describeGtid(args.ownGtidDomain ? serverId : undefined) : []),
                    describeBindAddress(mysql.bindAddress),
                    "restart the server only if a value differs that cannot change while it runs",
                ],
                undo: ["take the managed block out of the option file; the server keeps running as it is"],
                converge: args.converge,
            },
            { parent: this },
        );
        this.fingerprint = configure.fingerprint;
        this.registerOutputs({ fingerprint: this.fingerprint });
    }
}

/** A node's host for the steps, before the node itself is made. */
export function hostTarget(args: MasterNodeArgs): HostTarget {
    const login = args.mysql?.login;
    return {
        label: args.label,
        host: args.host,
        port: args.mysql?.port ?? defaults.mysql.port,
        ssh: args.ssh,
        parameters: {
            SOCKET: args.mysql?.socket ?? "",
            LOGIN_USER: login?.user ?? "",
            LOGIN_PASSWORD: login ? pulumi.secret(login.password) : "",
            ...(args.identity !== undefined && {
                IDENTITY: args.identity,
                STACK: `${pulumi.getProject()}/${pulumi.getStack()}`,
            }),
            TLS_REQUIRE: pulumi.output(args.tls?.require).apply((value) => `${value ?? ""}`),
            TLS_CA: args.tls?.ca ?? "",
            TLS_VERIFY_HOST: pulumi.output(args.tls?.verifyHost).apply((value) => `${value ?? ""}`),
        },
        gone: args.gone ?? false,
    };
}

function describeGtid(domain: pulumi.Input<number> | undefined): pulumi.Input<string>[] {
    return [
        "  on MySQL: gtid_mode=ON enforce_gtid_consistency=ON",
        pulumi.interpolate`  on MariaDB: sync_binlog=1 innodb_flush_log_at_trx_commit=1 slave_parallel_threads=0${domain === undefined ? "" : pulumi.interpolate` gtid_domain_id=${domain}`}`,
    ];
}

function describeBindAddress(address: pulumi.Input<string> | undefined): pulumi.Output<string> {
    return pulumi.output(address).apply((value) => {
        switch (value) {
            case undefined:
                return "  where the server listens on loopback only: bind_address gets the node's own address too";
            case "keep":
                return "  bind_address stays as it is";
            default:
                return `  bind_address=${value}`;
        }
    });
}
