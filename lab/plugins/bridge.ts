import { isDeepStrictEqual } from "node:util";
import type { Diff, Failure } from "./contract";
import { hasUnknown, type Properties, reveal, secret, withoutEmpty } from "./values";

/** One input of a resource whose official plugin is a bridge to a Terraform provider. */
export interface Field {
    name: string;
    required?: boolean;
    secret?: boolean;
    /** A change of it makes a new resource. */
    replaces?: boolean;
    /** What it is when the program says nothing. */
    fallback?: string;
    /** What of it lies in the state, when that is not the value itself. */
    stored?: (value: unknown) => unknown;
    /** Not together with one of these. */
    conflicts?: string[];
    /** The order of its elements means nothing. */
    set?: boolean;
}

/**
 * Fills in the fallbacks and names them in `__defaults`, as the bridge does; marks what is secret by nature. What is
 * wrong is told with the bridge's words, Terraform's own names included.
 */
export function checkInputs(
    fields: Field[],
    news: Properties,
    resource: string,
): { inputs: Properties; failures: Failure[] } {
    const inputs: Properties = {};
    const defaults: string[] = [];
    const reasons: string[] = [];
    const isGiven = (name: string) => news[name] !== undefined;
    for (const { name, required, fallback, secret: hidden, conflicts } of fields) {
        const value = news[name];
        if (value === undefined && fallback !== undefined) {
            defaults.push(name);
        }
        if (value === undefined && required) {
            reasons.push(`Missing required property '${name}'`);
        }
        const other = value === undefined ? undefined : conflicts?.find(isGiven);
        if (other !== undefined) {
            reasons.push(`"${snake(name)}": conflicts with ${snake(other)}. Examine values at '${resource}.${name}'.`);
        }
        inputs[name] = value === undefined ? fallback : hidden ? secret(value) : value;
    }
    const known = new Set(["__defaults", ...fields.map(({ name }) => name)]);
    for (const name of Object.keys(news).filter((one) => !known.has(one))) {
        reasons.push(`: invalid or unknown key: ${snake(name)}`);
    }
    const failures = reasons.map((reason) => ({ reason }));
    return { inputs: withoutEmpty({ ...inputs, __defaults: defaults.sort() }), failures };
}

function snake(name: string): string {
    return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Compares with the state, not with the old inputs: so does the bridge. */
export function diffByState(fields: Field[], state: Properties, news: Properties): Diff {
    const changes: Diff["changes"] = new Map();
    for (const { name, replaces = false, stored, set } of fields) {
        const old = normal(reveal(state[name]), set);
        const input = reveal(news[name]);
        const now = normal(hasUnknown(input) || stored === undefined ? input : stored(input), set);
        if (!isDeepStrictEqual(old, now)) {
            const kind = old === undefined ? "add" : now === undefined ? "delete" : "update";
            changes.set(name, { kind, replace: replaces });
        }
    }
    return { changes };
}

function normal(value: unknown, set = false): unknown {
    if (value === "" || value === null || value === false || (Array.isArray(value) && value.length === 0)) {
        return undefined; // the bridge knows no difference between empty and absent
    }
    return set && Array.isArray(value) ? [...value].map(String).sort() : value;
}
