import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { defaults } from "../core/defaults";
import { assembleScript, type Parameters, packScript } from "../core/script";
import { bashCommand } from "../core/shell";

/** One hop of an SSH connection. */
export interface SshHopArgs {
    /** Name or address as seen from where Pulumi runs (for the node behind a bastion: as seen from the bastion). */
    host: pulumi.Input<string>;
    /** Default 22. */
    port?: pulumi.Input<number>;
    /** Default root; any other user needs passwordless sudo. */
    user?: pulumi.Input<string>;
    /** The private key's text, a secret. */
    privateKey?: pulumi.Input<string>;
    /** Passphrase of the private key, a secret. */
    privateKeyPassphrase?: pulumi.Input<string>;
    /** Path of an SSH agent's socket, in place of a key. */
    agentSocket?: pulumi.Input<string>;
    /** `TYPE BASE64`, as in ssh_host_ed25519_key.pub. Without it the host is not checked, and a warning says so. */
    hostKey?: pulumi.Input<string>;
}

/** How Pulumi reaches a host. */
export interface SshArgs extends SshHopArgs {
    /** Attempts to connect before giving up; default 10, about 11 s; 5 s for each one more. A host that still boots wants 60. */
    dialAttempts?: pulumi.Input<number>;
    /** One hop in between. */
    bastion?: SshHopArgs;
}

/** A host with its server, as the steps need it. */
export interface HostTarget {
    /** The node's name in messages and resource names. */
    label: string;
    /** The name by which the other node reaches this one. */
    host: pulumi.Input<string>;
    /** The server's port. */
    port: pulumi.Input<number>;
    ssh: SshArgs;
    /** What every script gets, beside its own: socket, login, whose the host is, and how the link is to be encrypted. */
    parameters: Record<string, pulumi.Input<string>>;
    /** The host no longer exists: nothing runs there any more, neither an update nor a delete. */
    gone: boolean;
}

export interface HostCommandArgs {
    target: HostTarget;
    /** The other host, where the script asks that one: while it is gone, this step is left as it was, and only destroy runs it. */
    asks?: HostTarget;
    /** File under remote/. */
    script: string;
    /** A file under remote/ that the script leaves on the host: it gets the text in `name`, with this step's own parameters in it. */
    carries?: { name: string; script: string };
    /** Given to the script as shell variables. May hold secrets: they travel on stdin, which is kept as a secret. */
    parameters: Record<string, pulumi.Input<string | number | boolean>>;
    /** What it will do, in plain words without secrets, a line a thought: `preview --diff` shows it. */
    plan: pulumi.Input<string>[];
    /** What destroy does; without it destroy leaves the step alone. */
    undo?: pulumi.Input<string>[];
    /** A new text makes the step look again. */
    converge?: pulumi.Input<string> | undefined;
}

/** A step on a host and its fingerprint, the one line that its script prints. */
export interface HostStep {
    resource: command.remote.Command;
    fingerprint: pulumi.Output<string>;
}

/**
 * The one place that makes a remote Command. It updates in place, never by triggers: a replacement runs the old delete last,
 * and would take down what the new one has just built.
 */
export function hostCommand(name: string, args: HostCommandArgs, opts: pulumi.CustomResourceOptions): HostStep {
    const { target } = args;
    const parameters = pulumi.all({
        NODE: target.label,
        STEP: stepOf(args.script),
        PORT: target.port,
        CONVERGE: args.converge ?? "",
        ...target.parameters,
        ...args.parameters,
    });
    const run = (verb: string, plan: pulumi.Input<string>[]) =>
        pulumi
            .all([target.host, target.ssh.user ?? defaults.ssh.user, pulumi.all(plan)])
            .apply(([host, user, lines]) => {
                // what is said is a comment of the command, and must stay one whatever the settings hold
                const said = lines.map((line) => `# ${host}: ${line}`.replace(/[\r\n]+/g, " "));
                return [...said, bashCommand(user, verb)].join("\n");
            });
    const resource = new command.remote.Command(
        name,
        {
            connection: connectionOf(target.ssh),
            create: run("up", args.plan),
            ...(args.undo && { delete: run("down", args.undo) }),
            stdin: pulumi.secret(parameters.apply((values) => assembleStep(args, values as Record<string, string>))),
            // scripts speak in short lines without secrets on stderr; stdout is the fingerprint
            logging: command.remote.Logging.Stderr,
            addPreviousOutputInEnv: false,
        },
        {
            ...opts,
            deleteBeforeReplace: true,
            ...(target.gone && { retainOnDelete: true }),
            ...((target.gone || args.asks?.gone) && {
                ignoreChanges: ["connection", "create", "delete", "stdin", "logging"],
            }),
        },
    );
    // the plugin may mark outputs of secret inputs as secret; these lines hold none
    pulumi.unsecret(resource.stderr).apply((text) => showWarnings(text, resource));
    return { resource, fingerprint: pulumi.unsecret(resource.stdout) };
}

function assembleStep({ script, carries }: HostCommandArgs, values: Parameters): string {
    const carried = carries && {
        [carries.name]: assembleScript(carries.script, { ...values, STEP: stepOf(carries.script) }),
    };
    return packScript(script, { ...values, ...carried });
}

const stepOf = (script: string) => script.replace(/\.sh$/, "");

/** Warnings are kept with the step and shown by every up until the step has run again without them. */
export function showWarnings(text: string | undefined, resource: pulumi.Resource): void {
    for (const line of (text ?? "").split("\n").filter((each) => each.startsWith("warning "))) {
        void pulumi.log.warn(line.slice("warning ".length), resource);
    }
}

function connectionOf(ssh: SshArgs): command.types.input.remote.ConnectionArgs {
    return {
        ...hopOf(ssh),
        dialErrorLimit: ssh.dialAttempts ?? defaults.ssh.dialAttempts,
        ...(ssh.bastion && {
            proxy: { ...hopOf(ssh.bastion), dialErrorLimit: ssh.dialAttempts ?? defaults.ssh.dialAttempts },
        }),
    };
}

function hopOf(hop: SshHopArgs) {
    return {
        host: hop.host,
        port: hop.port ?? defaults.ssh.port,
        user: hop.user ?? defaults.ssh.user,
        ...(hop.privateKey !== undefined && { privateKey: pulumi.secret(hop.privateKey) }),
        ...(hop.privateKeyPassphrase !== undefined && { privateKeyPassword: pulumi.secret(hop.privateKeyPassphrase) }),
        ...(hop.agentSocket !== undefined && { agentSocketPath: hop.agentSocket }),
        ...(hop.hostKey !== undefined && { hostKey: hop.hostKey }),
    };
}
