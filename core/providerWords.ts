/**
 * Whether @pulumi/mysql can make an account on a server, which is named in a fingerprint by FLAVOUR-VERSION, such as MariaDB-10.11.19;
 * of two of them the first one counts. From 10.10 on MariaDB has no more the words with which it does so (seen).
 */
export function canProviderMakeAccounts(fingerprint: string): boolean {
    const [major = 0, minor = 0] = mariaDbOf(fingerprint).split(".").map(Number);
    return major < 10 || (major === 10 && minor < 10);
}

/** What a person is told where it cannot. */
export const adminUnusedText = (fingerprint: string) =>
    `mysql.admin is not used: @pulumi/mysql cannot make accounts on MariaDB ${mariaDbOf(fingerprint)}; the account is made over SSH`;

/** Its version; empty where it is another server, or the fingerprint tells none. */
function mariaDbOf(fingerprint: string): string {
    const [, flavour, version = ""] = /(?:^|[=,])(MySQL|MariaDB)-([\d.]+)/.exec(fingerprint) ?? [];
    return flavour === "MariaDB" ? version : "";
}
