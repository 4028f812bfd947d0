import { appendFileSync, copyFileSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { inLab, LAB, SUBNET } from "./lab";
import { CHECKOUT } from "./run";

/** What is measured, in the order in which a round does it. */
export const PHASES = ["first up", "unchanged up", "destroy"] as const;
export type Phase = (typeof PHASES)[number];

/** A program and its stack `bench`. */
export interface Stack {
    name: "pair" | "floor";
    /** Where the program is. */
    folder: string;
    configFile: string;
}

/** The program of this checkout, with the benchmark's hosts as its nodes. */
export async function initPair(): Promise<Stack> {
    // `stack init` writes its salt beside Pulumi.yaml, whatever --config-file says: not into the checkout
    const folder = path.join(LAB, "pair");
    mkdirSync(folder, { recursive: true });
    copyFileSync(path.join(CHECKOUT, "Pulumi.yaml"), path.join(folder, "Pulumi.yaml"));
    await initStack(folder);
    const configFile = path.join(folder, "Pulumi.bench.yaml");
    const ssh = { user: "deploy", privateKeyFile: `${LAB}/ssh/id_ed25519`, knownHostsFile: `${LAB}/ssh/known_hosts` };
    const settings = {
        a: { host: "a.example.com", ssh: { host: `${SUBNET}.11` } },
        b: { host: "b.example.com", ssh: { host: `${SUBNET}.12` } },
        ssh,
    };
    const lines = Object.entries(settings).map(
        ([key, value]) => `  mysql-master-master:${key}: ${JSON.stringify(value)}\n`,
    );
    appendFileSync(configFile, `config:\n${lines.join("")}`);
    return { name: "pair", folder: CHECKOUT, configFile };
}

/** An empty program with the pair's packages and compiler options, in a folder that looks like a project's. */
export async function initFloor(): Promise<Stack> {
    const folder = path.join(LAB, "floor");
    mkdirSync(folder, { recursive: true });
    copyFileSync(path.join(__dirname, "floor/index.ts"), path.join(folder, "index.ts"));
    for (const file of ["package.json", "tsconfig.json"]) {
        copyFileSync(path.join(CHECKOUT, file), path.join(folder, file));
    }
    // the language host looks for packages in the project's own folder
    symlinkSync(path.join(CHECKOUT, "node_modules"), path.join(folder, "node_modules"));
    writeFileSync(
        path.join(folder, "Pulumi.yaml"),
        "name: floor\nruntime: { name: nodejs, options: { packagemanager: npm } }\n",
    );
    await initStack(folder);
    return { name: "floor", folder, configFile: path.join(folder, "Pulumi.bench.yaml") };
}

async function initStack(folder: string): Promise<void> {
    mkdirSync(path.join(LAB, "state"), { recursive: true }); // the engine does not make it
    await inLab(["pulumi", "stack", "init", "bench", "--non-interactive"], folder);
}

/** Goes through all phases; gives the seconds of each. Throws when one did not do what it is measured for. */
export async function measureRound(stack: Stack): Promise<Record<Phase, number>> {
    return {
        "first up": await measure(stack, "up", "created"),
        "unchanged up": await measure(stack, "up", "unchanged"),
        destroy: await measure(stack, "destroy", "deleted"),
    };
}

async function measure(stack: Stack, verb: "up" | "destroy", wanted: string): Promise<number> {
    const { configFile, folder } = stack;
    const flags = ["--yes", "--skip-preview", "--non-interactive", "--stack", "bench", "--config-file", configFile];
    const { seconds, stdout } = await inLab(["pulumi", verb, ...flags], folder);
    const changes = readChanges(stdout);
    if (changes.length !== 1 || !changes[0]?.endsWith(` ${wanted}`)) {
        throw new Error(`pulumi ${verb} of the ${stack.name}: expected all ${wanted}, found ${changes}\n${stdout}`);
    }
    process.stderr.write(`bench: ${stack.name}: ${verb}, ${changes}: ${seconds.toFixed(2)} s\n`);
    return seconds;
}

/** The summary's lines, such as `+ 20 created`, `20 unchanged`. */
function readChanges(stdout: string): string[] {
    const lines = stdout.split("\n");
    const counts = lines.slice(lines.lastIndexOf("Resources:") + 1);
    return counts.slice(0, counts.indexOf("")).map((line) => line.trim());
}
