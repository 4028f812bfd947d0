import type { Diff } from "./contract";
import type { Output } from "./session";
import { findChanges, hasUnknown, type Properties, reveal, UNKNOWN } from "./values";

/** What command:remote:Command and command:local:Command have in common: when they run again, and what they remember. */

export const NOTHING: Output = { stdout: "", stderr: "" };
export const NOT_KNOWN_YET: Output = { stdout: UNKNOWN, stderr: UNKNOWN };

/** A change of any input updates in place, of `triggers` replaces. */
export function findInputChanges(oldInputs: Properties, news: Properties): Diff {
    const changes = findChanges(oldInputs, news);
    // one element of triggers is no replacement to the plugin; the SDK asks the engine for it
    return { changes: new Map([...changes].map(([path, kind]) => [path, { kind, replace: path === "triggers" }])) };
}

/** To the official plugin, an input that was not there before changes nothing in what a preview foresees. */
export function mayPrintOtherwise(inputs: string[], oldState: Properties, news: Properties): boolean {
    return inputs.some(
        (name) => hasUnknown(news[name]) || (name in oldState && findChanges(oldState[name], news[name]).size > 0),
    );
}

/** What the last run printed. */
export function outputOf(state: Properties): Output {
    return reveal({ stdout: state.stdout, stderr: state.stderr }) as Output;
}

/** The same for the next run's environment. */
export function previousOutput({ stdout, stderr }: Output): Record<string, string> {
    return {
        ...(stdout && { PULUMI_COMMAND_STDOUT: stdout }),
        ...(stderr && { PULUMI_COMMAND_STDERR: stderr }),
    };
}
