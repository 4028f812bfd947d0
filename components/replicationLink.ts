import * as pulumi from "@pulumi/pulumi";
import { defaults } from "../core/defaults";
import { type HostStep, hostCommand } from "./hostCommand";
import type { MasterNode } from "./masterNode";
import type { ReplicationAccount } from "./replicationAccount";

/** How the origin's data comes to the peer. */
export interface SeedArgs {
    /** `auto` (default: the fastest that both servers can do), `dump`, `stream`, `clone` or `mariabackup`; core/seedMethods.ts tells what they are. */
    method?: pulumi.Input<string>;
    /** The backup on both hosts; default /tmp/master_backup.sql. */
    backupFile?: pulumi.Input<string>;
    /** Default false: the files hold password hashes, and go when they are no longer needed. */
    keepBackup?: pulumi.Input<boolean>;
    /** Default false. True: compressed on its way, by zstd where both hosts have it; a clone by the plugin itself. For a network slower than the disks. */
    compress?: pulumi.Input<boolean>;
    /**
     * Default false. True: the origin takes no writes during the whole dump, so that tables of engines without transactions
     * (MyISAM) hold still, too.
     */
    lockAllTables?: pulumi.Input<boolean>;
    /** Default false: FLOAT columns are refused, for a dump writes six digits of them. */
    roundFloats?: pulumi.Input<boolean>;
    /** How long dump, copy and import may take, each, in seconds; default 86400. */
    timeoutSeconds?: pulumi.Input<number>;
}

/** How a receiver goes on when its source is away. */
export interface RetryArgs {
    /** Default true; `false` leaves the server's own defaults. */
    manage?: boolean;
    /** Between two attempts; default 10. */
    seconds?: pulumi.Input<number>;
    /** Default 864000: a hundred days of ten seconds. MySQL's own default gives up after 10 attempts since 8.1. */
    count?: pulumi.Input<number>;
}

export interface ReplicationLinkArgs {
    /** The node that holds the data; the other one is seeded from it. */
    origin: MasterNode;
    /** The fresh node. */
    peer: MasterNode;
    account: ReplicationAccount;
    seed?: SeedArgs;
    retry?: RetryArgs;
    /** How long a replica may take to apply what is waiting before a row is tested, in seconds; default 3600. */
    catchUpSeconds?: pulumi.Input<number>;
    /** A new text makes every step look again, and repair what it finds. */
    converge?: pulumi.Input<string>;
}

/** Seeds the peer, then makes each node follow the other. Ends with a row each way within 1 s, or with MM_SEED_* or MM_LINK_*. */
export class ReplicationLink extends pulumi.ComponentResource {
    /** One line a direction, `link source=HOST:PORT uuid=UUID`; the same from run to run. */
    public readonly fingerprint: pulumi.Output<string>;
    /** `seed source_file=… source_position=… source_gtid=… file=… position=…`: both servers' coordinates at the seed. */
    public readonly coordinates: pulumi.Output<string>;
    /** The last step: what comes after the link depends on it. */
    public readonly verified: HostStep;

    private readonly prefix: string;
    private readonly args: ReplicationLinkArgs;

    constructor(name: string, args: ReplicationLinkArgs, opts?: pulumi.ComponentResourceOptions) {
        super("mysql-master-master:index:ReplicationLink", name, {}, opts);
        this.prefix = name;
        this.args = args;
        const { origin, peer } = args;

        const load = this.seed();
        this.coordinates = load.fingerprint;
        const facts = load.fingerprint.apply(parseFacts);
        const forward = this.attach(peer, origin, load, {
            gate: false,
            file: facts.source_file,
            position: facts.source_position,
        });
        const backward = this.attach(origin, peer, forward, { gate: true, file: facts.file, position: facts.position });
        const rowThere = this.proveRow(origin, peer, backward);
        this.verified = this.proveRow(peer, origin, rowThere);

        this.fingerprint = pulumi.interpolate`${forward.fingerprint}\n${backward.fingerprint}`;
        this.registerOutputs({ fingerprint: this.fingerprint, coordinates: this.coordinates });
    }

    /** Rows 3, 4 and 6, by whichever method the origin offers. */
    private seed(): HostStep {
        const { origin, peer, account } = this.args;
        const seed = this.args.seed ?? {};
        // each step gets what it uses: a new value of another's would run it again
        const method = pulumi.output(seed.method ?? defaults.seed.method);
        const file = { BACKUP_FILE: seed.backupFile ?? defaults.seed.backupFile };
        const keptFile = { ...file, KEEP_BACKUP: seed.keepBackup ?? defaults.seed.keepBackup };
        const backup = { ...keptFile, TIMEOUT_SECONDS: seed.timeoutSeconds ?? defaults.seed.timeoutSeconds };
        const lockAllTables = pulumi.output(seed.lockAllTables ?? false);
        const copyHost = peer.args.copy?.host ?? peer.target.host;
        const copyPort = peer.args.copy?.port ?? peer.target.ssh.port ?? defaults.ssh.port;
        const user = peer.target.ssh.user ?? defaults.ssh.user;
        const both = pulumi.interpolate`${origin.fingerprint} ${peer.fingerprint} ${account.fingerprint}`;
        const wanted = pulumi.interpolate`unless ${peer.target.host} was seeded by an earlier up:`;

        const sourceUuid = uuidOf(origin);
        const peerUuid = uuidOf(peer);
        // beside the account, which it does not ask for
        const look = this.step("seed-look", peer, "seed-look.sh", {
            parameters: {
                SOURCE_UUID: sourceUuid,
                AFTER: pulumi.interpolate`${origin.fingerprint} ${peer.fingerprint}`,
            },
            plan: ["see whether this node wants a seed"],
        });
        // in a preview nothing is known of it
        const state = look.fingerprint.apply((line) => line.split(" ")[1] ?? "");
        const peerFacts = look.fingerprint.apply((line) => line.split(" ").slice(2).join(" "));
        const target = this.accountParameters(origin);
        const ownServer = {
            OPTION_FILE: peer.args.mysql?.optionFile ?? "",
            SERVICE: peer.args.mysql?.service ?? "",
            START_TIMEOUT_SECONDS: peer.args.mysql?.startTimeoutSeconds ?? defaults.mysql.startTimeoutSeconds,
        };
        // what admits, what was offered for it and what ends it belong together: where one runs again, so do the others. A clone that is cloned again wants
        // a donor that is open, and is closed again
        const together = pulumi.interpolate`${both} ${ownServer.OPTION_FILE} ${ownServer.SERVICE} ${ownServer.START_TIMEOUT_SECONDS} ${backup.TIMEOUT_SECONDS} ${user}`;
        const offer = this.step("seed-offer", origin, "seed-offer.sh", {
            parameters: {
                SEED: state,
                PEER_UUID: peerUuid,
                METHOD: method,
                COMPRESS: seed.compress ?? defaults.seed.compress,
                PEER_FACTS: peerFacts,
                LOCK_ALL_TABLES: lockAllTables,
                ACCOUNT: account.name,
                ACCOUNT_HOST: account.hostPattern,
                OWN_HOST: origin.target.host,
                PEER_HOST: peer.target.host,
                ...keptFile,
                AFTER: together,
            },
            plan: [
                wanted,
                method.apply((chosen) =>
                    chosen === "auto"
                        ? "  choose the fastest method that both servers can do: clone or mariabackup, stream or dump"
                        : `  take the method ${chosen}, or stop where it cannot be`,
                ),
                "  make what the peer needs for that, removed after it: a throw-away SSH key; for a clone MySQL's plugin, and a right of the account",
            ],
            undo: [pulumi.interpolate`remove what an unfinished seed may have left (key, ${backup.BACKUP_FILE})`],
            dependsOn: look,
        });
        const admit = this.step("seed-admit", peer, "seed-admit.sh", {
            carries: { name: "RECEIVER", script: "seed-receive.sh" },
            parameters: {
                SEED: state,
                OFFER: offer.fingerprint,
                SSH_USER: user,
                SOURCE_UUID: sourceUuid,
                SOURCE_LOG: logOf(origin),
                ...file,
                TIMEOUT_SECONDS: backup.TIMEOUT_SECONDS,
                ...ownServer,
                ...target,
                ACCOUNT_HOST: account.hostPattern,
            },
            plan: [
                wanted,
                pulumi.interpolate`  by dump, stream or mariabackup: let that key in, to deliver ${backup.BACKUP_FILE}, the import's input or the origin's files, and for nothing else`,
                pulumi.interpolate`  by clone: stop unless this node holds nothing of its own, and nobody else is connected; make it read-only; clone ${origin.target.host}:${origin.target.port} over TLS, which restarts this server`,
            ],
            undo: ["take the throw-away key out of authorized_keys, if it is still there"],
            dependsOn: offer,
        });
        const dump = this.step("seed-dump", origin, "seed-dump.sh", {
            parameters: {
                SEED: state,
                ADMIT: admit.fingerprint,
                OFFER: offer.fingerprint,
                ...backup,
                LOCK_ALL_TABLES: lockAllTables,
                ROUND_FLOATS: seed.roundFloats ?? false,
                COPY_HOST: copyHost,
                COPY_PORT: copyPort,
                COPY_USER: user,
                COPY_HOST_KEY: peer.target.ssh.hostKey ?? "",
                PEER_UUID: peerUuid,
                ACCOUNT: account.name,
                ACCOUNT_HOST: account.hostPattern,
                AFTER: together,
            },
            plan: [
                wanted,
                lockAllTables.apply((locked) =>
                    locked
                        ? "  take no writes during the dump, for tables without transactions"
                        : "  take no writes for some milliseconds, while the dump's snapshot is made",
                ),
                pulumi.interpolate`  mysqldump ${lockAllTables.apply((locked) => (locked ? "--lock-all-tables" : "--single-transaction"))} --all-databases, with coordinates, into ${backup.BACKUP_FILE} (by stream: into the peer's import)`,
                "  count the rows of the same snapshot, and add an inventory",
                pulumi.interpolate`  send it over SSH to ${user}@${copyHost} port ${copyPort}, straight from host to host`,
                pulumi.interpolate`  keep the file: ${backup.KEEP_BACKUP}`,
                "  by mariabackup: none of this, but stream this server's files there; by clone: but end what that needed here",
            ],
            dependsOn: admit,
        });
        return this.step("seed-load", peer, "seed-load.sh", {
            parameters: {
                SEED: state,
                DUMP: dump.fingerprint,
                SOURCE_UUID: sourceUuid,
                SOURCE_LOG: logOf(origin),
                SSH_USER: user,
                ...ownServer,
                ...backup,
                ...target,
                ACCOUNT_HOST: account.hostPattern,
                AFTER: both,
            },
            plan: [
                wanted,
                "  stop unless this node holds nothing of its own, and nobody else is connected",
                pulumi.interpolate`  make it read-only, import ${backup.BACKUP_FILE} with the binary log off (accounts included), read its coordinates`,
                "  stop unless its tables, row counts, routines and accounts are those of the backup's inventory; restart the server once",
                pulumi.interpolate`  keep the file: ${backup.KEEP_BACKUP}`,
                "  by stream: prove what was imported; by clone: take it over; by mariabackup: put the received files into the place of this node's data, for which its server is stopped and started",
            ],
            undo: ["leave all data, and a note whose data it is"],
            dependsOn: dump,
        });
    }

    /** Rows 7, 8 and 9: one direction. */
    private attach(
        replica: MasterNode,
        source: MasterNode,
        before: HostStep,
        from: { gate: boolean; file: pulumi.Input<string>; position: pulumi.Input<string> },
    ): HostStep {
        const retry = (this.args.retry?.manage ?? true) ? (this.args.retry ?? {}) : undefined;
        const where = pulumi.interpolate`${source.target.host}:${source.target.port}`;
        return this.step(`attach-${replica.args.label}`, replica, "attach-replica.sh", {
            parameters: {
                ...this.accountParameters(source),
                PEER_UUID: uuidOf(source),
                SOURCE_LOG: logOf(source),
                OWN_LOG: logOf(replica),
                SOURCE_FILE: from.file,
                SOURCE_POSITION: from.position,
                GATE: from.gate ? "yes" : "no",
                GTID: replica.args.mysql?.gtid ? "yes" : "",
                CATCH_UP_SECONDS: this.args.catchUpSeconds ?? defaults.catchUpSeconds,
                RETRY_SECONDS: retry ? (retry.seconds ?? defaults.retry.seconds) : "",
                RETRY_COUNT: retry ? (retry.count ?? defaults.retry.count) : "",
                AFTER: pulumi.interpolate`${before.fingerprint} ${source.fingerprint} ${replica.fingerprint}`,
            },
            plan: [
                ...(from.gate
                    ? [pulumi.interpolate`stop unless the log of ${where} holds nothing but what came from here`]
                    : []),
                pulumi.interpolate`follow ${where} as ${this.args.account.name}: by GTID where both servers have it on, else from its coordinates at the seed`,
                "  leave a link alone that is already so",
            ],
            undo: [pulumi.interpolate`apply what ${where} has written, stop following it, and forget it`],
            dependsOn: before,
        });
    }

    /** Rows 10 and 11: one direction. */
    private proveRow(from: MasterNode, to: MasterNode, before: HostStep): HostStep {
        return this.step(`rows-${from.args.label}`, from, "verify-rows.sh", {
            parameters: {
                ...this.accountParameters(to),
                CATCH_UP_SECONDS: this.args.catchUpSeconds ?? defaults.catchUpSeconds,
                AFTER: before.fingerprint,
            },
            plan: [
                pulumi.interpolate`write a row into mysql_master_master.row_test, see it on ${to.target.host} within 1 s, drop the schema`,
            ],
            undo: ["drop the schema mysql_master_master, if an unfinished test has left it"],
            dependsOn: before,
        });
    }

    private accountParameters(peer: MasterNode) {
        const { account } = this.args;
        return {
            ACCOUNT: account.name,
            ACCOUNT_PASSWORD: account.password,
            PEER_HOST: peer.target.host,
            PEER_PORT: peer.target.port,
        };
    }

    private step(
        suffix: string,
        node: MasterNode,
        script: string,
        args: {
            parameters: Record<string, pulumi.Input<string | number | boolean>>;
            plan: pulumi.Input<string>[];
            undo?: pulumi.Input<string>[];
            carries?: { name: string; script: string };
            dependsOn?: HostStep;
        },
    ): HostStep {
        const { dependsOn, ...rest } = args;
        const { origin, peer } = this.args;
        const ordered = dependsOn ? [dependsOn.resource] : [origin, peer];
        const asks = (node === origin ? peer : origin).target;
        return hostCommand(
            `${this.prefix}-${suffix}`,
            { target: node.target, asks, script, converge: this.args.converge, ...rest },
            { parent: this, dependsOn: ordered },
        );
    }
}

/** The key=value words of a fingerprint that others need; a word that is not there is empty. */
function parseFacts(line: string) {
    const none = { uuid: "", log: "", file: "", position: "", source_file: "", source_position: "" };
    const words = line.split(" ").filter((word) => word.includes("="));
    const facts = words.map((word) => [word.slice(0, word.indexOf("=")), word.slice(word.indexOf("=") + 1)]);
    return { ...none, ...Object.fromEntries(facts) } as typeof none;
}

const uuidOf = (node: MasterNode) => node.fingerprint.apply((line) => parseFacts(line).uuid);
const logOf = (node: MasterNode) => node.fingerprint.apply((line) => parseFacts(line).log);
