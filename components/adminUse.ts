import * as pulumi from "@pulumi/pulumi";
import { canProviderMakeAccounts } from "../core/providerWords";
import type { AdminArgs } from "./masterNode";

/**
 * Whether @pulumi/mysql makes the account: there is a `mysql.admin`, and the fingerprint tells no server on which that cannot. It may be
 * unknown: in a preview, or where the step that tells it has failed and `--continue-on-error` goes on. Then it counts as one on which that
 * can, for a User that is there and is not named by the program would be deleted, and its account made once more by the next up.
 */
export function isAdminUsed(admin: AdminArgs | undefined, fingerprint: pulumi.Output<string>): pulumi.Output<boolean> {
    if (admin === undefined) {
        return pulumi.output(false);
    }
    // the SDK's own way to be called with what is unknown, too; its declarations leave it out
    const also = fingerprint as unknown as {
        apply<T>(look: (text: unknown) => T, runWithUnknowns: true): pulumi.Output<T>;
    };
    return also.apply((text) => typeof text !== "string" || canProviderMakeAccounts(text), true);
}
