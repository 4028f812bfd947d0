import { a, b, fingerprintOf } from "./hosts";
import type { Stack } from "./stack";

/** The lines of a preflight's report that name problems: CODE and node, without what all codes begin with. */
export const problemsOf = (text: string) =>
    [...text.matchAll(/^ +MM_(?:PREFLIGHT_)?(\w+) (a|b|pair): /gm)].map(([, code, node]) => `${code} ${node}`).sort();

/** An up that the preflight refuses, and that leaves both hosts as they were. */
export async function refusedUp(stack: Stack): Promise<string> {
    const before = [await fingerprintOf(a), await fingerprintOf(b)];
    const { exitCode, text } = await stack.up();
    expect(exitCode).not.toBe(0);
    expect(text.match(/error MM_PREFLIGHT_REFUSED/g)).toHaveLength(1);
    expect([await fingerprintOf(a), await fingerprintOf(b)]).toEqual(before);
    return text;
}
