import { defaults } from "./defaults";

/** What is wrong with the roles together, as words that follow `active`; nothing where they fit. A node that is gone takes no writes. */
export function findRoleProblem(roles: { active?: string | undefined; gone?: string | undefined }): string | undefined {
    const { active = defaults.active, gone } = roles;
    return gone === undefined || active === (gone === "a" ? "b" : "a")
        ? undefined
        : `is ${active}, but ${gone} is gone; set active to the other node`;
}
