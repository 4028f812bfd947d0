import { mysqlGrant } from "./mysqlGrant";
import { findConfigProblems, type ServerConfig } from "./mysqlServer";
import { mysqlUser } from "./mysqlUser";
import { serve } from "./serve";
import { reveal } from "./values";

/** One process serves one provider, so that there is one configuration; it is there before the first operation. */
let config: ServerConfig;

void serve({
    name: "mysql",
    version: "3.3.2",
    acceptSecrets: false,
    resources: {
        "mysql:index/user:User": mysqlUser(() => config),
        "mysql:index/grant:Grant": mysqlGrant(() => config),
    },
    checkConfig: (news) => findConfigProblems(news).map((reason) => ({ reason })),
    configure(args) {
        config = reveal(args) as unknown as ServerConfig;
    },
});
