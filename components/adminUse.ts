import * as pulumi from "@pulumi/pulumi";
import { canProviderMakeAccounts } from "../core/providerWords";
import type { AdminArgs } from "./masterNode";

/**
 * Whether @pulumi/mysql makes the account: there is a `mysql.admin`, and the fingerprint tells no server on which that cannot. A preview may
 * not know it yet: then it counts as one on which it can, for else a User that is there would be shown as deleted.
 */
export function isAdminUsed(admin: AdminArgs | undefined, fingerprint: pulumi.Output<string>): pulumi.Output<boolean> {
    if (admin === undefined) {
        return pulumi.output(false);
    }
    if (!pulumi.runtime.isDryRun()) {
        return fingerprint.apply(canProviderMakeAccounts);
    }
    // the SDK's own way to be called with what is unknown, too; its declarations leave it out
    const foreseen = fingerprint as unknown as {
        apply<T>(look: (text: unknown) => T, alsoUnknown: true): pulumi.Output<T>;
    };
    return foreseen.apply((text) => typeof text !== "string" || canProviderMakeAccounts(text), true);
}
