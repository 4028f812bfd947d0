import type { z } from "zod";

/** A problem of a shape, in this program's words: `path: what is expected`. An unknown object has one for each unknown key. */
export function describeIssue(issue: z.core.$ZodIssue): string[] {
    const at = issue.path.map((part) => String(part).replace(/\p{Cc}/gu, "?")).join(".");
    const below = (key: PropertyKey) => (at === "" ? String(key) : `${at}.${String(key)}`);
    switch (issue.code) {
        case "unrecognized_keys":
            return issue.keys.map((key) => `${below(key)}: is not a setting; see the table of settings in README.md`);
        case "invalid_type":
            return [
                `${at}: ${issue.input === undefined && /undefined/.test(issue.message) ? "is missing; " : ""}expected ${issue.expected}${found(issue)}`,
            ];
        case "invalid_value":
            return [`${at}: expected one of ${issue.values.map(String).join(", ")}`];
        case "invalid_key":
            return [`${at}: ${issue.issues.map((inner) => inner.message).join("; ")}`];
        default:
            return [`${at}: ${issue.message}`];
    }
}

/** `, found number` and a hint: YAML turns an unquoted 123 into a number. */
function found(issue: z.core.$ZodIssueInvalidType): string {
    const seen = /received (\w+)/.exec(issue.message)?.[1];
    if (seen === undefined || seen === "undefined") {
        return "";
    }
    return `, found ${seen}${issue.expected === "string" ? "; put it in quotes" : ""}`;
}
