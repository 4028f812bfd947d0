import { defaults } from "../core/defaults";
import type { Seen } from "./look";
import type { Findings } from "./problem";
import { isSupported, supportedText } from "./series";

/** What a host needs whatever its server is like. */
export function judgeHost({ node, facts }: Seen, found: Findings): void {
    const { label, ssh } = node;
    const user = ssh.user ?? defaults.ssh.user;
    if (facts.has("root") && facts.one("root") !== "0") {
        found.refuse(
            label,
            "MM_PREFLIGHT_ROOT",
            `its SSH user ${user} does not become root (id ${facts.one("root")})`,
            "use root, or a user with passwordless sudo",
        );
    }
    const [major = 0, minor = 0] = facts.one("bash").split(".").map(Number);
    if (facts.has("bash") && major * 100 + minor < 401) {
        found.refuse(label, "MM_PREFLIGHT_BASH", `has bash ${facts.one("bash")}`, "install bash 4.1 or later");
    }
    const missing = facts.all("missing");
    if (missing.length > 0) {
        const next =
            "install them (coreutils, diffutils, gzip, util-linux, openssh-client, the client programs of the server's series)";
        found.refuse(label, "MM_PREFLIGHT_TOOLS", `has no program ${missing.join(", ")}`, next);
    }
    const [flavour = "", text = "", version = "0"] = facts.rows("server")[0] ?? [];
    for (const [client, release = ""] of facts.rows("client")) {
        const isForeign = release.includes("MariaDB") !== (flavour === "MariaDB");
        if (release !== "" && facts.has("server") && (isForeign || isOlder(release, text))) {
            const what = `has ${client} ${release} for a server ${text}: an older or foreign client reads and writes other words`;
            found.refuse(label, "MM_PREFLIGHT_TOOLS", what, "install the client programs of the server's series");
        }
    }
    if (facts.has("server") && !isSupported(flavour, Number(version))) {
        const what = `runs ${flavour} ${text}; this release builds pairs of ${supportedText}`;
        found.refuse(label, "MM_PREFLIGHT_SERVER", what, "install one of these, the same series on both");
    }
}

/** By series: 8.4 is older than 9.7, whatever comes after. */
function isOlder(client: string, server: string): boolean {
    const series = (text: string) => text.split(/[.-]/).slice(0, 2).map(Number);
    const [[major = 0, minor = 0], [least = 0, lower = 0]] = [series(client), series(server)];
    return major < least || (major === least && minor < lower);
}

/** The login's rights: some always, some for the import alone, which comes once. */
export function judgeRights({ node, facts }: Seen, isSeedWanted: boolean, found: Findings): void {
    const { label } = node;
    const [who = "", always = "", once = ""] = facts.rows("rights")[0] ?? [];
    const missing = [always, isSeedWanted ? once : ""].flatMap((rights) => rights.split(", ")).filter(Boolean);
    if (missing.length > 0) {
        const what = `${who}, by whom the program logs in on ${label}, lacks ${missing.join(", ")} on *.*`;
        const next = `${sqlGrant(missing, who)}; on ${label}, or set mysql.login to an account that has them`;
        found.refuse(label, "MM_SQL_RIGHTS", what, next);
    }
}

/** The statement that gives those rights; GRANT OPTION is said in another place than the others. */
function sqlGrant(missing: string[], who: string): string {
    const plain = missing.filter((right) => right !== "GRANT OPTION").join(", ") || "USAGE";
    const at = who.lastIndexOf("@");
    const [user, host] = [who.slice(0, at), who.slice(at + 1)].map((part) => `'${part.replace(/[\\']/g, "$&$&")}'`);
    return `GRANT ${plain} ON *.* TO ${user}@${host}${missing.includes("GRANT OPTION") ? " WITH GRANT OPTION" : ""}`;
}
