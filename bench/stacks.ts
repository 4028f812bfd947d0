import { copyFileSync, cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Lab } from "./lab";
import { CHECKOUT, type Run } from "./run";

/** What is measured, in the order in which a round does it. */
export const PHASES = ["first up", "unchanged up", "destroy"] as const;
export type Phase = (typeof PHASES)[number];

/** A program and its stack `bench`. */
export interface Stack {
    name: "pair" | "floor" | "pairs";
    lab: Lab;
    /** Where the program is. */
    folder: string;
    configFile: string;
}

/** The program of this checkout, with the benchmark's hosts as its nodes. */
export async function initPair(lab: Lab): Promise<Stack> {
    const folder = path.join(lab.folder, "pair");
    copyProgram(folder);
    copyFileSync(path.join(CHECKOUT, "Pulumi.yaml"), path.join(folder, "Pulumi.yaml"));
    await initStack(lab, folder);
    const stack: Stack = { name: "pair", lab, folder, configFile: path.join(folder, "Pulumi.bench.yaml") };
    writeSettings(stack);
    return stack;
}

/**
 * A copy of the program, for at each `up` the language host walks the program's whole folder: the lab's hosts, which are in the
 * checkout, must not be below it.
 */
export function copyProgram(folder: string): void {
    mkdirSync(folder, { recursive: true });
    for (const part of ["index.ts", "components", "core", "preflight", "remote", "package.json", "tsconfig.json"]) {
        cpSync(path.join(CHECKOUT, part), path.join(folder, part), { recursive: true });
    }
    linkPackages(folder);
}

/** The language host looks for packages in the project's own folder. */
function linkPackages(folder: string): void {
    symlinkSync(path.join(CHECKOUT, "node_modules"), path.join(folder, "node_modules"));
}

/** Writes the pair's settings, `more` among them. */
export function writeSettings(stack: Stack, more: Record<string, unknown> = {}): void {
    const { subnet } = stack.lab;
    writeConfig(stack, "mysql-master-master", {
        a: { host: "a.example.com", ssh: { host: `${subnet}.11` } },
        b: { host: "b.example.com", ssh: { host: `${subnet}.12` } },
        ssh: sshOf(stack.lab),
        ...more,
    });
}

/** How the lab's hosts are reached. */
export const sshOf = ({ folder }: Lab) => ({
    user: "deploy",
    privateKeyFile: `${folder}/ssh/id_ed25519`,
    knownHostsFile: `${folder}/ssh/known_hosts`,
});

/** Writes a program's settings. The line with the salt, which `stack init` has written, stays. */
export function writeConfig({ configFile }: Stack, project: string, settings: Record<string, unknown>): void {
    const salt = /^encryptionsalt: .*\n/m.exec(readFileSync(configFile, "utf8"))?.[0] ?? "";
    const lines = Object.entries(settings).map(([name, value]) => `  ${project}:${name}: ${JSON.stringify(value)}\n`);
    writeFileSync(configFile, `${salt}config:\n${lines.join("")}`);
}

/** An empty program with the pair's packages and compiler options, in a folder that looks like a project's. */
export async function initFloor(lab: Lab): Promise<Stack> {
    const folder = path.join(lab.folder, "floor");
    mkdirSync(folder, { recursive: true });
    copyFileSync(path.join(__dirname, "floor/index.ts"), path.join(folder, "index.ts"));
    for (const file of ["package.json", "tsconfig.json"]) {
        copyFileSync(path.join(CHECKOUT, file), path.join(folder, file));
    }
    linkPackages(folder);
    writeFileSync(
        path.join(folder, "Pulumi.yaml"),
        "name: floor\nruntime: { name: nodejs, options: { packagemanager: npm } }\n",
    );
    await initStack(lab, folder);
    return { name: "floor", lab, folder, configFile: path.join(folder, "Pulumi.bench.yaml") };
}

export async function initStack(lab: Lab, folder: string): Promise<void> {
    mkdirSync(path.join(lab.folder, "state"), { recursive: true }); // the engine does not make it
    await lab.run(["pulumi", "stack", "init", "bench", "--non-interactive"], { cwd: folder });
}

/** Goes through all phases; gives the seconds of each. Throws when one did not do what it is measured for. */
export async function measureRound(stack: Stack): Promise<Record<Phase, number>> {
    return {
        "first up": await measure(stack, "up", "created"),
        "unchanged up": await measure(stack, "up", "unchanged"),
        destroy: await measure(stack, "destroy", "deleted"),
    };
}

/** The seconds of an `up` or a `destroy` that did what is `wanted` with all that there is, and nothing else. */
export async function measure(stack: Stack, verb: "up" | "destroy", wanted: string): Promise<number> {
    const { seconds, stdout } = await runEngine(stack, verb);
    const changes = readChanges(stdout);
    if (changes.length !== 1 || !changes[0]?.endsWith(` ${wanted}`)) {
        throw new Error(`pulumi ${verb} of the ${stack.name}: expected all ${wanted}, found ${changes}\n${stdout}`);
    }
    process.stderr.write(`bench: ${stack.name}: ${verb}, ${changes}: ${seconds.toFixed(2)} s\n`);
    return seconds;
}

/** `up` or `destroy` of a stack, as a person runs it who is asked nothing. */
export function runEngine(stack: Stack, verb: "up" | "destroy", onLine?: (line: string) => void): Promise<Run> {
    const { configFile, folder: cwd, lab } = stack;
    const flags = ["--yes", "--skip-preview", "--non-interactive", "--stack", "bench", "--config-file", configFile];
    return lab.run(["pulumi", verb, ...flags], { cwd, ...(onLine && { onLine }) });
}

/** The summary's lines, such as `+ 20 created`, `20 unchanged`. */
function readChanges(stdout: string): string[] {
    const lines = stdout.split("\n");
    const counts = lines.slice(lines.lastIndexOf("Resources:") + 1);
    return counts.slice(0, counts.indexOf("")).map((line) => line.trim());
}
