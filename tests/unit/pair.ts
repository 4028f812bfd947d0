import * as pulumi from "@pulumi/pulumi";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import type { MasterMasterPairArgs } from "../../components/masterMasterPair";
import { unpackScript } from "./bash";

// the first import of Pulumi's packages takes seconds on a busy machine
jest.setTimeout(60_000);

const envelope = "4dabf18193072939515e22adb298388d";

/** What the engine would be asked for: one resource, as the SDK sends it. Secret values are envelopes. */
export interface Registered {
    type: string;
    name: string;
    /** Name of the parent, "" at the top. */
    parent: string;
    inputs: Record<string, unknown>;
    /** Names of all resources that come first: dependsOn and whatever gave a value. */
    after: string[];
    deleteBeforeReplace: boolean;
    retainOnDelete: boolean;
    ignoreChanges: string[];
}

export interface Built {
    resources: Registered[];
    warnings: string[];
    /** What is said beside: no warning. */
    infos: string[];
    outputs: Record<string, unknown>;
    /** The one of that name; an error where there is none. */
    get(name: string): Registered;
    commands: Registered[];
}

/** Secrets of the fixture, each a text that occurs nowhere else. */
export const secrets = {
    key: "SECRET-key",
    passphrase: "SECRET-passphrase",
    hopKey: "SECRET-hop-key",
    login: "SECRET-login",
    admin: "SECRETadmin",
    account: "SECRETaccount",
};

export const sshOf = (host: string) => ({ host, privateKey: secrets.key, hostKey: `ssh-ed25519 KEY-OF-${host}` });
export const plainArgs = (): MasterMasterPairArgs => ({
    a: { host: "a.example.com", ssh: sshOf("10.0.0.1") },
    b: { host: "b.example.com", ssh: sshOf("10.0.0.2") },
    account: { password: secrets.account },
});

/** Each step's line, as its script prints it. */
function stdoutOf(name: string, server: string): string {
    const lines: [RegExp, string][] = [
        [/-preflight$/, `preflight a=uuid-a,${server},port=3306,gtid=OFF b=uuid-b,${server},port=3306,gtid=OFF`],
        [
            /^pair-(.)-configure$/,
            `node port=3306 uuid=uuid-$1 server=${server} gtid=ON log_bin=mysql-bin log=log-$1 listens=*`,
        ],
        [/-seed-look$/, "seed wanted"],
        [/-seed-load$/, "seed source_file=bin.1 source_position=157 source_gtid= file=bin.2 position=4"],
    ];
    const found = lines.find(([pattern]) => pattern.test(name));
    return found ? name.replace(/^.*$/, found[1].replaceAll("$1", found[0].exec(name)?.[1] ?? "")) : `did ${name}`;
}

const nameOf = (urn: string) => urn.split("::").at(-1) ?? "";

export interface BuildOptions {
    preview?: boolean;
    /** FLAVOUR-VERSION of both nodes. */
    server?: string;
    /** The same, where a preview knows it: the preflight has nothing to look at anew. */
    foreseen?: string;
    /** What each command says on stderr. */
    stderr?: string;
}

/** Builds one thing (a pair unless told) with mocks, and waits until all that it registers is there. */
export async function build(
    make: () => Promise<Record<string, pulumi.Input<unknown>>>,
    options: BuildOptions = {},
): Promise<Built> {
    const resources: Registered[] = [];
    const original = MockMonitor.prototype.registerResource;
    const recorder = jest.spyOn(MockMonitor.prototype, "registerResource").mockImplementation(function (
        this: unknown,
        req,
        callback,
    ) {
        resources.push({
            type: req.getType(),
            name: req.getName(),
            parent: nameOf(req.getParent()),
            inputs: req.getObject().toJavaScript(),
            after: [...new Set<string>(req.getDependenciesList().map(nameOf))],
            deleteBeforeReplace: req.getDeletebeforereplace(),
            retainOnDelete: req.getRetainondelete(),
            ignoreChanges: req.getIgnorechangesList(),
        });
        return original.call(this, req, callback);
    });
    const warnings: string[] = [];
    const warn = jest.spyOn(pulumi.log, "warn").mockImplementation(async (text) => {
        warnings.push(text);
    });
    const infos: string[] = [];
    const inform = jest.spyOn(pulumi.log, "info").mockImplementation(async (text) => {
        infos.push(text);
    });
    const { preview, server = "MySQL-9.7.4", foreseen, stderr = "" } = options;
    const checked = preview ? foreseen : server;
    const newResource = ({ type, name, inputs }: pulumi.runtime.MockResourceArgs) => ({
        id: `${name}-id`,
        state: {
            ...inputs,
            ...(type === "random:index/randomPassword:RandomPassword" && { result: secrets.account }),
            ...(type === "random:index/randomUuid:RandomUuid" && { result: `uuid-of-${name}` }),
            ...(type === "command:remote:Command" && !preview && { stdout: stdoutOf(name, server), stderr }),
            ...(type === "command:local:Command" && checked && { stdout: stdoutOf(name, checked), stderr }),
        },
    });
    await pulumi.runtime.setMocks({ newResource, call: () => ({}) }, "mysql-master-master", "dev", options.preview);
    try {
        const made = await make();
        // what is unknown at preview resolves, too, but only for promise(true)
        const all = pulumi.output(made) as unknown as { promise(withUnknowns: true): Promise<Record<string, unknown>> };
        const outputs = await all.promise(true);
        const get = (name: string) => {
            const found = resources.find((each) => each.name === name);
            if (found === undefined) {
                throw new Error(`no resource ${name} among ${resources.map((each) => each.name).join(" ")}`);
            }
            return found;
        };
        const commands = resources.filter(({ type }) => type === "command:remote:Command");
        return { resources, warnings, infos, outputs, get, commands };
    } finally {
        recorder.mockRestore();
        warn.mockRestore();
        inform.mockRestore();
    }
}

/** Builds a pair named `pair`; its modules are imported after the mocks are set. */
export const buildPair = (args: MasterMasterPairArgs, options: BuildOptions = {}) =>
    build(async () => {
        const { MasterMasterPair } = await import("../../components/masterMasterPair");
        const pair = new MasterMasterPair("pair", args);
        const { active, link } = pair;
        return { active, link: link.fingerprint, coordinates: link.coordinates };
    }, options);

/** The value of a secret input; `undefined` where the input is plain. */
export function secretOf(input: unknown): unknown {
    const wrapped = input as Record<string, unknown> | undefined;
    return wrapped && typeof wrapped === "object" && envelope in wrapped ? wrapped.value : undefined;
}

/** The text that the host's bash runs of a step's stdin. */
export const scriptIn = (stdin: unknown) => unpackScript(String(secretOf(stdin)));

/** Every text in some inputs that is in clear. */
export function plainTexts(input: unknown): string[] {
    if (typeof input !== "object" || input === null) {
        return [String(input)];
    }
    return secretOf(input) !== undefined
        ? []
        : Object.entries(input).flatMap(([key, value]) => [key, ...plainTexts(value)]);
}
