import type { PreflightRequest } from "../core/preflightRequest";
import type { Seen } from "./look";
import type { Findings } from "./problem";

/** Whether @pulumi/mysql will be able to make the account on a; `refusal` is what the server said to its login. */
export function judgeAdmin({ admin }: PreflightRequest, { facts }: Seen, refusal: string, found: Findings): void {
    if (admin === undefined) {
        return;
    }
    const [flavour, text, version] = facts.rows("server")[0] ?? [];
    // it makes accounts there with words that MariaDB has no more (seen)
    if (flavour === "MariaDB" && Number(version) >= 101000) {
        const what = `mysql.admin is set, and @pulumi/mysql cannot make accounts on MariaDB ${text}`;
        found.refuse("a", "MM_PREFLIGHT_ADMIN", what, "take mysql.admin out: the account is then made over SSH");
    }
    if (refusal !== "") {
        const what = `does not let mysql.admin (${admin.user}) in at ${admin.endpoint} from this machine`;
        const next = "correct user and password, and let that account log in from this machine's address";
        found.refuse("a", "MM_PREFLIGHT_ADMIN", what, next, refusal);
    }
}
