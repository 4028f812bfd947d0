import { randomBytes } from "node:crypto";
import type { Diff, Operation, ResourceType } from "./contract";
import type { Output } from "./session";
import { findChanges, hasUnknown, type Properties, reveal, UNKNOWN } from "./values";

/** What command:remote:Command and command:local:Command have in common: when they run again, and what they remember. */

const NOTHING: Output = { stdout: "", stderr: "" };
const NOT_KNOWN_YET: Output = { stdout: UNKNOWN, stderr: UNKNOWN };

/** Runs a command, with the inputs that it belongs to and what the last run printed. Throws when it fails. */
type Run = (command: unknown, inputs: Properties, previous: Output, op: Operation) => Promise<Output>;

/** All of a Command but its check. A preview runs nothing; what fails leaves the state as it was. */
export function lifeCycle(names: string[], run: Run): Omit<ResourceType, "check"> {
    /** When there is no command, what was printed before stays. */
    const runIfGiven: Run = async (command, inputs, previous, op) =>
        command === undefined ? previous : run(command, inputs, previous, op);
    return {
        diff: ({ oldInputs, news }) => findInputChanges(oldInputs, news),

        async create(inputs, op) {
            const id = `${op.name}${randomBytes(4).toString("hex")}`;
            const output = op.preview ? NOT_KNOWN_YET : await runIfGiven(inputs.create, inputs, NOTHING, op);
            return { id, state: { ...inputs, ...output } };
        },

        async update(news, oldState, op) {
            const previous = outputOf(oldState);
            if (op.preview) {
                return { ...news, ...(mayPrintOtherwise(names, oldState, news) ? NOT_KNOWN_YET : previous) };
            }
            return { ...news, ...(await runIfGiven(news.update ?? news.create, news, previous, op)) };
        },

        async delete(state, op) {
            await runIfGiven(state.delete, state, outputOf(state), op);
        },
    };
}

/** A change of any input updates in place, of `triggers` replaces. */
function findInputChanges(oldInputs: Properties, news: Properties): Diff {
    const changes = findChanges(oldInputs, news);
    // one element of triggers is no replacement to the plugin; the SDK asks the engine for it
    return { changes: new Map([...changes].map(([path, kind]) => [path, { kind, replace: path === "triggers" }])) };
}

/** To the official plugin, an input that was not there before changes nothing in what a preview foresees. */
function mayPrintOtherwise(inputs: string[], oldState: Properties, news: Properties): boolean {
    return inputs.some(
        (name) => hasUnknown(news[name]) || (name in oldState && findChanges(oldState[name], news[name]).size > 0),
    );
}

/** What the last run printed. */
function outputOf(state: Properties): Output {
    return reveal({ stdout: state.stdout, stderr: state.stderr }) as Output;
}

/** The same for the next run's environment. */
export function previousOutput({ stdout, stderr }: Output): Record<string, string> {
    return {
        ...(stdout && { PULUMI_COMMAND_STDOUT: stdout }),
        ...(stderr && { PULUMI_COMMAND_STDERR: stderr }),
    };
}
