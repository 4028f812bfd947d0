import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { preflightRequest } from "../core/preflightRequest";
import { parseSettings, SettingsError } from "../core/settings";
import { problemText, warningText } from "./problem";
import { run } from "./run";

// `make check-hosts STACK=prod`: the preflight of a stack's settings, without the engine: no state is read or written.

interface ConfigValue {
    value?: string;
}

/** A stack's config as `pulumi.runtime.allConfig()` would give it, or the engine's words why there is none. */
function readConfig(stack: string): Record<string, string> {
    const words = ["config", "--show-secrets", "--json", "--stack", stack, "--non-interactive"];
    const { status, stdout, stderr, error } = spawnSync("pulumi", words, { encoding: "utf8" });
    if (error !== undefined || status !== 0) {
        const why = error?.message ?? stderr.trim().split("\n").join(" | ");
        const next = /no stack named/.test(why) ? "; pulumi stack ls shows those that there are" : "";
        throw new SettingsError([`(stack ${stack}): ${why}${next}`]);
    }
    const values = Object.entries(JSON.parse(stdout) as Record<string, ConfigValue>);
    return Object.fromEntries(values.map(([key, { value = "" }]) => [key, value]));
}

async function main(stack: string | undefined): Promise<number> {
    if (!stack) {
        throw new SettingsError(["(stack): none is named; make check-hosts STACK=prod"]);
    }
    const settings = parseSettings(readConfig(stack), (path) => readFileSync(path, "utf8"));
    const report = await run(preflightRequest(settings));
    process.stderr.write(report.notes.map((text) => `note: ${text}\n`).join(""));
    process.stderr.write(warningText(report) + problemText(report));
    if (report.problems.length === 0) {
        process.stdout.write(`${report.fingerprint}\nBoth hosts can become this pair. Nothing was changed.\n`);
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
