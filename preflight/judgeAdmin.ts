import type { PreflightRequest } from "../core/preflightRequest";
import { adminUnusedText, canProviderMakeAccounts } from "../core/providerWords";
import type { Seen } from "./look";
import type { Findings } from "./problem";

/** Whether @pulumi/mysql will be able to make the account on a, where it is to; `refusal` is what the server said to its login. */
export function judgeAdmin({ admin }: PreflightRequest, { facts }: Seen, refusal: string, found: Findings): void {
    if (admin === undefined) {
        return;
    }
    if (!canProviderMakeAccounts(facts.server())) {
        found.note(adminUnusedText(facts.server()));
    } else if (refusal !== "") {
        const what = `does not let mysql.admin (${admin.user}) in at ${admin.endpoint} from this machine`;
        const next = "correct user and password, and let that account log in from this machine's address";
        found.refuse("a", "MM_PREFLIGHT_ADMIN", what, next, refusal);
    }
}
