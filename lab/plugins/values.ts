import { isDeepStrictEqual } from "node:util";

/** A resource's properties as they travel between engine and plugin: plain JSON, with envelopes for secrets. */
export type Properties = Record<string, unknown>;

const SIGNATURE_KEY = "4dabf18193072939515e22adb298388d";
const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";

/** What the engine sends during a preview for a value that nobody knows yet. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

function isObject(value: unknown): value is Properties {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether the value is in a secret's envelope. A secret further down does not count. */
export function isSecret(value: unknown): boolean {
    return isObject(value) && value[SIGNATURE_KEY] === SECRET_SIGNATURE;
}

/** The value in a secret's envelope; one that is in there already stays as it is. */
export function secret(value: unknown): unknown {
    return isSecret(value) ? value : { [SIGNATURE_KEY]: SECRET_SIGNATURE, value };
}

/** The value without any envelope, at any depth: for use, never for what is returned to the engine. */
export function reveal(value: unknown): unknown {
    if (Array.isArray(value)) {
        return value.map(reveal);
    }
    if (!isObject(value)) {
        return value;
    }
    if (isSecret(value)) {
        return reveal(value.value);
    }
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, reveal(inner)]));
}

/** Whether an unknown stands anywhere in the value. */
export function hasUnknown(value: unknown): boolean {
    if (Array.isArray(value)) {
        return value.some(hasUnknown);
    }
    return isObject(value) ? Object.values(value).some(hasUnknown) : value === UNKNOWN;
}

/** The same properties without those that are null or undefined: the plugin protocol has no word for "not given". */
export function withoutEmpty(properties: Properties): Properties {
    return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined && value !== null));
}

/** How one property differs: the engine prints `+`, `-` or `~` before it. */
export type Change = "add" | "delete" | "update";

/**
 * The differences between two property values, by path (`environment.LANG`, `triggers[0]`), as the official plugins
 * report them: what is a container on both sides is looked into, anything else differs as a whole. A secret is never
 * looked into, and one that becomes public with the same value has changed.
 */
export function findChanges(before: unknown, after: unknown, path = ""): Map<string, Change> {
    if (isObject(before) && isObject(after) && !isSecret(before) && !isSecret(after)) {
        const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
        return merged(keys.map((key) => findChanges(before[key], after[key], path === "" ? key : `${path}.${key}`)));
    }
    if (Array.isArray(before) && Array.isArray(after)) {
        const longer = before.length > after.length ? before : after;
        return merged(longer.map((_, index) => findChanges(before[index], after[index], `${path}[${index}]`)));
    }
    if (isDeepStrictEqual(before, after)) {
        return new Map();
    }
    return new Map([[path, before === undefined ? "add" : after === undefined ? "delete" : "update"]]);
}

function merged(all: Map<string, Change>[]): Map<string, Change> {
    return new Map(all.flatMap((changes) => [...changes]));
}
