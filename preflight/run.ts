import type { PreflightRequest } from "../core/preflightRequest";
import { tryAdmin } from "./admin";
import { judge } from "./judge";
import { look } from "./look";
import type { Report } from "./problem";

/** Looks at both hosts at once (at the one that is left, when the other is gone), and judges what was seen. */
export async function run(request: PreflightRequest): Promise<Report> {
    const { a, b, gone } = request;
    const [seenA, seenB, refusal] = await Promise.all([
        gone === "a" ? undefined : look(a, b, request),
        gone === "b" ? undefined : look(b, a, request),
        tryAdmin(request),
    ]);
    return judge(request, seenA, seenB, refusal);
}
