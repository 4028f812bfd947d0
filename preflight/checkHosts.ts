import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { preflightRequest } from "../core/preflightRequest";
import { parseSettings, SettingsError } from "../core/settings";
import { identityOf, type State } from "./judgeOwner";
import { problemText, verdict, warningText } from "./problem";
import { run } from "./run";

// `make check-hosts STACK=prod`: the preflight of a stack's settings, without the engine's steps: of its state its identity
// alone is read, and nothing is written.

interface ConfigValue {
    value?: string;
}

/** A stack's config as `pulumi.runtime.allConfig()` would give it, or the engine's words why there is none. */
function readConfig(stack: string): Record<string, string> {
    const words = ["config", "--show-secrets", "--json", "--stack", stack, "--non-interactive"];
    const { status, stdout, stderr, error } = spawnSync("pulumi", words, { encoding: "utf8" });
    if (error !== undefined || status !== 0) {
        const missing = error && "code" in error && error.code === "ENOENT";
        const why = missing
            ? 'the pulumi CLI is not on PATH (make tools gets it, eval "$(make -s env)" puts it there)'
            : (error?.message ?? stderr.trim().split("\n").join(" | "));
        const next = /no stack named/.test(why) ? "; pulumi stack ls shows those that there are" : "";
        throw new SettingsError([`(stack ${stack}): ${why}${next}`]);
    }
    const values = Object.entries(JSON.parse(stdout) as Record<string, ConfigValue>);
    return Object.fromEntries(values.map(([key, { value = "" }]) => [key, value]));
}

/** By which the stack's steps know its hosts; empty where it has none yet, or undefined where its state cannot be read. */
function readIdentity(stack: string): string | undefined {
    const words = ["stack", "export", "--stack", stack, "--non-interactive"];
    const { status, stdout } = spawnSync("pulumi", words, { encoding: "utf8", maxBuffer: 1 << 28 });
    if (status !== 0) {
        return undefined;
    }
    return identityOf(JSON.parse(stdout) as State);
}

async function main(stack: string | undefined): Promise<number> {
    if (!stack) {
        throw new SettingsError(["(stack): none is named; make check-hosts STACK=prod"]);
    }
    const settings = parseSettings(readConfig(stack), (path) => readFileSync(path, "utf8"));
    const identity = readIdentity(stack);
    const report = await run({ ...preflightRequest(settings), ...(identity !== undefined && { identity }) });
    if (identity === undefined) {
        report.notes.push("the stack's state cannot be read: whether the hosts are another stack's is asked by up");
    }
    process.stderr.write(report.notes.map((text) => `note: ${text}\n`).join(""));
    process.stderr.write(warningText(report) + problemText(report));
    if (report.problems.length === 0) {
        process.stdout.write(`${report.fingerprint}\n${verdict(settings.gone)}\n`);
    }
    return report.problems.length > 0 ? 1 : 0;
}

main(process.argv[2]).then(
    (code) => process.exit(code),
    (error: Error) => {
        process.stderr.write(
            `error ${error instanceof SettingsError ? error.message : `MM_PREFLIGHT_BROKEN: ${error.message}`}\n`,
        );
        process.exit(1);
    },
);
