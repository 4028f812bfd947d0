import { checkInputs, diffByState, type Field } from "./bridge";
import type { ResourceType } from "./contract";
import { type Server, type ServerConfig, withServer } from "./mysqlServer";
import { type Properties, reveal, UNKNOWN } from "./values";

const FIELDS: Field[] = [
    { name: "user", replaces: true, conflicts: ["role"] },
    { name: "role", replaces: true, conflicts: ["user", "host"] },
    { name: "host", replaces: true, fallback: "localhost", conflicts: ["role"] },
    { name: "database", replaces: true, required: true },
    { name: "table", replaces: true, fallback: "*" },
    { name: "privileges", replaces: true, set: true },
    { name: "roles", replaces: true, set: true, conflicts: ["privileges"] },
    { name: "grant", replaces: true },
    { name: "tlsOption", replaces: true, fallback: "NONE" },
];

/**
 * mysql:index/grant:Grant. Any change makes a new one. Reading asks only whether the account has any grants at all:
 * privileges that were taken away by hand are never noticed.
 */
export function mysqlGrant(config: () => ServerConfig): ResourceType {
    return {
        check: (news, name) => checkInputs(FIELDS, news, name),
        diff: ({ oldState, news }) => diffByState(FIELDS, oldState, news),

        async create(inputs, op) {
            const plain = reveal(inputs) as Properties;
            if (op.preview) {
                return { id: "", state: { ...store(plain), id: "" } };
            }
            const id = await withServer(config(), (server) => grant(server, plain));
            return { id, state: { ...store(plain), id } };
        },

        // never called by an engine that follows diff: every change replaces
        async update(news, oldState) {
            return { ...store(reveal(news) as Properties), id: oldState.id };
        },

        async delete(state) {
            await withServer(config(), (server) => revoke(server, reveal(state) as Properties));
        },

        async read(state, { __defaults }) {
            const plain = reveal(state) as Properties;
            const found = await withServer(config(), async (server) => {
                const target = await grantee(server, plain);
                return server.execute(`SHOW GRANTS FOR ${target}`).catch(() => undefined);
            });
            const { id: _id, grant: _grant, roles: _roles, ...inputs } = state;
            return found === undefined
                ? undefined
                : { state: { roles: [], ...state }, inputs: { ...inputs, __defaults } };
        },
    };
}

async function grant(server: Server, plain: Properties): Promise<string> {
    const knowsRoles = await server.isLaterThan("8.0.0");
    const [privileges, roles] = [inSetOrder(plain.privileges), inSetOrder(plain.roles)];
    if (privileges.length === 0 && roles.length === 0) {
        throw new Error("One of privileges or roles is required");
    }
    if (privileges.length === 0 && !knowsRoles) {
        throw new Error("Roles are only supported on MySQL 8 and above");
    }
    const target = await grantee(server, plain);
    const what = privileges.length > 0 ? `${privileges.join(", ")} ON ${place(plain)}` : quoteAll(roles);
    let sql = `GRANT ${what} TO ${target}`;
    // MySQL 8 takes neither in a GRANT
    if (!knowsRoles) {
        sql += plain.tlsOption === "" ? "" : ` REQUIRE ${plain.tlsOption}`;
        sql += plain.grant === true && plain.user !== undefined ? " WITH GRANT OPTION" : "";
    }
    await server.execute(sql).catch((error: Error) => {
        throw new Error(`Error running SQL (${sql}): ${error.message}`);
    });
    const database = databaseName(plain);
    return plain.user === undefined ? `${plain.role}:${database}` : `${plain.user}@${plain.host}:${database}`;
}

async function revoke(server: Server, plain: Properties): Promise<void> {
    const target = await grantee(server, plain);
    const [privileges, roles] = [inSetOrder(plain.privileges), inSetOrder(plain.roles)];
    if (plain.user !== undefined && roles.length === 0) {
        const sql = `REVOKE GRANT OPTION ON ${place(plain)} FROM ${target}`;
        await server.execute(sql).catch((error: Error) => {
            throw new Error(`error revoking GRANT (${sql}): ${error.message}`);
        });
    }
    const what = roles.length > 0 ? quoteAll(roles) : `${privileges.join(", ") || "ALL"} ON ${place(plain)}`;
    const sql = `REVOKE ${what} FROM ${target}`;
    await server.execute(sql).catch((error: Error) => {
        throw new Error(`error revoking ALL (${sql}): ${error.message}`);
    });
}

async function grantee(server: Server, { user, host, role }: Properties): Promise<string> {
    if (user && host) {
        return `'${user}'@'${host}'`;
    }
    if (!role) {
        throw new Error("user with host or a role is required");
    }
    if (!(await server.isLaterThan("8.0.0"))) {
        throw new Error("Roles are only supported on MySQL 8 and above");
    }
    return `'${role}'`;
}

function place(plain: Properties): string {
    const { table } = plain;
    return `${databaseName(plain)}.${table === "" || table === "*" ? "*" : `\`${table}\``}`;
}

function databaseName({ database }: Properties): string {
    const name = String(database);
    return name === "*" || name.endsWith("`") ? name : `\`${name}\``;
}

function quoteAll(names: string[]): string {
    return names.map((name) => `'${name}'`).join(", ");
}

function store(plain: Properties): Properties {
    const { __defaults, ...state } = plain;
    const known = Object.entries<unknown>({ grant: false, ...state }).filter(([, value]) => value !== UNKNOWN);
    return Object.fromEntries(known.map(([name, value]) => [name, Array.isArray(value) ? inSetOrder(value) : value]));
}

/** A Terraform set has the order of its elements' checksums, as decimal text: the SQL and the state show it. */
function inSetOrder(value: unknown): string[] {
    const elements = Array.isArray(value) ? value.map(String) : [];
    return elements.sort((a, b) => (String(crc32(a)) < String(crc32(b)) ? -1 : 1));
}

function crc32(text: string): number {
    let crc = 0xffffffff;
    for (const byte of Buffer.from(text)) {
        crc ^= byte;
        for (let bit = 0; bit < 8; bit++) {
            crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
        }
    }
    return (crc ^ 0xffffffff) >>> 0;
}
