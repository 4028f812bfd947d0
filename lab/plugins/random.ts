import { randomInt } from "node:crypto";
import type { ResourceType } from "./contract";
import { randomUuid } from "./randomUuid";
import { serve } from "./serve";
import { findChanges, type Properties, secret, UNKNOWN, withoutEmpty } from "./values";

const DEFAULTS: Properties = {
    lower: true,
    upper: true,
    numeric: true,
    special: true,
    minLower: 0,
    minUpper: 0,
    minNumeric: 0,
    minSpecial: 0,
};

const CHARACTERS = {
    numeric: "0123456789",
    lower: "abcdefghijklmnopqrstuvwxyz",
    upper: "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    special: "!@#$%&*()-_=+[]{}<>:?",
};

const INPUTS = [...Object.keys(DEFAULTS), "number", "length", "overrideSpecial", "keepers"];

/**
 * random:index/randomPassword:RandomPassword. Any change of an effective value makes a new password; the same inputs
 * never do. The official plugin also gives `bcryptHash`, which nothing here reads.
 */
const randomPassword: ResourceType = {
    check(news, name) {
        const inputs = withoutEmpty(Object.fromEntries(INPUTS.map((input) => [input, news[input]])));
        return { inputs, failures: findProblems(inputs, name).map((reason) => ({ reason })) };
    },

    diff({ oldState, news }) {
        const wanted = effective(news);
        const changed = INPUTS.filter((name) => findChanges(oldState[name], wanted[name]).size > 0);
        return { changes: new Map(changed.map((name) => [name, { kind: "update", replace: true }])), detailed: false };
    },

    async create(inputs, op) {
        const wanted = effective(inputs);
        if (op.preview) {
            return { id: "", state: { ...wanted, id: UNKNOWN, result: UNKNOWN, bcryptHash: UNKNOWN } };
        }
        const meta = { __meta: '{"schema_version":"3"}', id: "none" };
        return { id: "none", state: { ...meta, ...wanted, result: secret(makePassword(wanted)) } };
    },

    // never called by an engine that follows diff: every change replaces
    async update(news, oldState) {
        return { ...oldState, ...effective(news) };
    },

    async delete() {},
};

/** In the official plugin's words. What is not known yet is not judged. */
function findProblems(inputs: Properties, name: string): string[] {
    const { length, special, upper, lower, numeric, minSpecial, minUpper, minLower, minNumeric } = effective(inputs);
    const least = [minSpecial, minUpper, minLower, minNumeric].map(Number).reduce((sum, one) => sum + one);
    const problems: string[] = [];
    if (length === undefined) {
        problems.push(
            "Missing required property 'length': The length of the string desired. The minimum value for length is 1 and, length must also be >= (`min_upper` + `min_lower` + `min_numeric` + `min_special`).",
        );
    }
    if (Number(length) < 1) {
        problems.push(
            `Invalid Attribute Value. Attribute length value must be at least 1, got: ${length}. Examine values at '${name}.length'.`,
        );
    } else if (Number(length) < least) {
        problems.push(
            `Invalid Attribute Value. Attribute length value must be at least sum of min_upper + min_lower + min_numeric + min_special, got: ${length}. Examine values at '${name}.length'.`,
        );
    }
    if ([special, upper, lower, numeric].every((one) => one === false)) {
        problems.push(
            `Invalid Attribute Combination. At least one attribute out of [special,upper,lower,numeric] must be specified as true. Examine values at '${name}.numeric'.`,
        );
    }
    return problems;
}

/** The inputs with the official defaults; `number` is the old name of `numeric`, and both always say the same. */
function effective(inputs: Properties): Properties {
    const numeric = inputs.numeric ?? inputs.number ?? DEFAULTS.numeric;
    return { ...DEFAULTS, ...inputs, numeric, number: numeric };
}

/** First what each class must give at least, then the rest from all of them, then all of it shuffled. */
function makePassword(wanted: Properties): string {
    const classes = { ...CHARACTERS, special: String(wanted.overrideSpecial ?? CHARACTERS.special) };
    const names = Object.keys(classes) as (keyof typeof classes)[];
    const all = names.filter((name) => wanted[name] === true).map((name) => classes[name]);
    if (all.length === 0) {
        throw new Error("the character set specified is empty");
    }
    const least = names.flatMap((name) =>
        pick(classes[name], Number(wanted[`min${name.charAt(0).toUpperCase()}${name.slice(1)}`])),
    );
    return shuffle([...least, ...pick(all.join(""), Number(wanted.length) - least.length)]).join("");
}

function pick(from: string, count: number): string[] {
    const runes = Array.from(from);
    return Array.from({ length: Math.max(0, count) }, () => runes[randomInt(runes.length)] as string);
}

function shuffle(items: string[]): string[] {
    const shuffled = [...items];
    for (let last = shuffled.length - 1; last > 0; last--) {
        const other = randomInt(last + 1);
        [shuffled[last], shuffled[other]] = [shuffled[other] as string, shuffled[last] as string];
    }
    return shuffled;
}

void serve({
    name: "random",
    version: "4.21.2",
    acceptSecrets: false,
    resources: {
        "random:index/randomPassword:RandomPassword": randomPassword,
        "random:index/randomUuid:RandomUuid": randomUuid,
    },
});
