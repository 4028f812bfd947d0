import { join, relative } from "node:path";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { type PairInput, preflightRequest } from "../core/preflightRequest";
import { showWarnings } from "./hostCommand";
import type { MasterNodeArgs } from "./masterNode";
import type { SeedArgs } from "./replicationLink";

/** What somebody has looked at and takes; each is refused otherwise. */
export interface AcceptArgs {
    /** Replicas that are attached to a already. */
    replicas?: pulumi.Input<boolean>;
    /** Tables of a's without transactions: the dump then locks all of a's tables against writes, for as long as it takes. */
    nonTransactionalTables?: pulumi.Input<boolean>;
    /** FLOAT columns, of which a dump writes six digits: b's rows then differ from a's. */
    floatRounding?: pulumi.Input<boolean>;
    /** Accounts that b alone has: they go when a's come. */
    replacedAccounts?: pulumi.Input<boolean>;
    /** Takes hosts over that are another stack's pair, whose state is lost for good; default false. */
    otherStack?: boolean;
}

export interface PreflightArgs {
    a: MasterNodeArgs;
    b: MasterNodeArgs;
    account?: { name?: pulumi.Input<string>; hostPattern?: pulumi.Input<string> } | undefined;
    seed?: SeedArgs | undefined;
    accept?: AcceptArgs | undefined;
    /** `a` or `b`: that host is not looked at any more, and what was seen of both stays. */
    gone?: string | undefined;
    converge?: pulumi.Input<string> | undefined;
}

/**
 * Both hosts are looked at before anything changes on either: by one local Command, which sees both. Where it refuses, nothing
 * of it is kept, and the next up looks at both anew. Gives its fingerprint: who both servers are.
 */
export function preflightStep(
    name: string,
    args: PreflightArgs,
    opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
    const { a, b, account, seed, accept, gone, converge } = args;
    const input = pulumi.output({
        a: looked(a),
        b: looked(b),
        account: named(account),
        seed,
        accept,
        tls: a.tls,
        gone,
    });
    const request = pulumi
        .all([input, converge])
        .apply(([plain, text]) => JSON.stringify(preflightRequest(plain as PairInput, text)));
    const resource = new command.local.Command(
        name,
        {
            create: pulumi.all([a.host, b.host]).apply(plan),
            stdin: pulumi.secret(request),
            // a report comes with the error, once; warnings are shown below
            logging: command.local.Logging.None,
            addPreviousOutputInEnv: false,
        },
        { ...opts, ...(gone !== undefined && { ignoreChanges: ["create", "stdin", "logging"] }) },
    );
    pulumi.unsecret(resource.stderr).apply((text) => showWarnings(text, resource));
    return pulumi.unsecret(resource.stdout);
}

/** What of a node the preflight asks for; the rest is no reason to look again, nor to wait for. */
const looked = ({ host, ssh, copy, mysql }: MasterNodeArgs) => ({ host, ssh, copy, mysql });

/** The password is no matter of the preflight. */
const named = (account: PreflightArgs["account"]) => ({ name: account?.name, hostPattern: account?.hostPattern });

/** The engine's plugin runs it in the project's folder, as it runs the program: so the text is the same on every machine. */
function plan(hosts: string[]): string {
    const [a, b] = hosts.map((host) => host.replace(/[\r\n]+/g, " "));
    const main = relative(process.cwd(), join(__dirname, "..", "preflight", "main.ts"));
    return [
        `# look at ${a} and ${b} over SSH, and change nothing: access, tools, versions, replication and filters that are not this`,
        `# pair's, ${b} fresh, tables that a dump cannot carry, room, ports in between, clocks; all problems in one report`,
        `node -r ts-node/register "${main}"`,
    ].join("\n");
}
