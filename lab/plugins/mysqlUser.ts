import { createHash } from "node:crypto";
import { checkInputs, diffByState, type Field } from "./bridge";
import type { ResourceType } from "./contract";
import { type ServerConfig, withServer } from "./mysqlServer";
import { type Properties, reveal, secret, UNKNOWN } from "./values";

const FIELDS: Field[] = [
    { name: "user", required: true, replaces: true },
    { name: "host", replaces: true, fallback: "localhost" },
    { name: "plaintextPassword", secret: true, stored: sha256 },
    { name: "password", secret: true, conflicts: ["plaintextPassword"] },
    { name: "authPlugin", replaces: true, conflicts: ["plaintextPassword", "password"] },
    { name: "tlsOption", replaces: true, fallback: "NONE" },
];

/**
 * mysql:index/user:User. The state holds the password's SHA-256; a new password is set in place, everything else makes
 * a new account. Reading looks at the name alone: a changed host, password or plugin is never noticed.
 */
export function mysqlUser(config: () => ServerConfig): ResourceType {
    return {
        check: (news, name) => checkInputs(FIELDS, news, name),
        diff: ({ oldState, news }) => diffByState(FIELDS, oldState, news),

        async create(inputs, op) {
            if (op.preview) {
                return { id: "", state: foresee(inputs) };
            }
            const plain = reveal(inputs) as Properties;
            await withServer(config(), async (server) => {
                let sql = `CREATE USER ${account(plain)}${identifiedBy(plain)}`;
                if ((await server.isLaterThan("5.7.0")) && plain.tlsOption !== "") {
                    sql += ` REQUIRE ${plain.tlsOption}`;
                }
                await server.execute(sql);
            });
            const id = `${plain.user}@${plain.host}`;
            return { id, state: { ...store(plain), id } };
        },

        async update(news, oldState, op) {
            if (op.preview) {
                return foresee(news);
            }
            const plain = reveal(news) as Properties;
            const state = { ...store(plain), id: oldState.id };
            const password = changedPassword(plain, reveal(oldState) as Properties);
            if (password !== undefined && plain.authPlugin === undefined) {
                await withServer(config(), async (server) => {
                    // ALTER USER knows passwords from 5.7.6 on
                    const sql = (await server.isLaterThan("5.7.5"))
                        ? `ALTER USER ${account(plain)} IDENTIFIED BY '${password}'`
                        : `SET PASSWORD FOR ${account(plain)} = PASSWORD('${password}')`;
                    await server.execute(sql);
                });
            }
            return state;
        },

        async delete(state) {
            await withServer(config(), (server) => server.execute(`DROP USER ${account(reveal(state) as Properties)}`));
        },

        async read(state, { __defaults }) {
            const name = String(reveal(state.user));
            const rows = await withServer(config(), (server) =>
                server.execute(`SELECT USER FROM mysql.user WHERE USER='${name}'`),
            );
            const { id: _id, ...inputs } = state;
            const hidden = { ...state, ...hiddenPasswords(state) };
            return rows.length === 0
                ? undefined
                : { state: hidden, inputs: { ...inputs, ...hiddenPasswords(state), __defaults } };
        },
    };
}

function account({ user, host }: Properties): string {
    return `'${user}'@'${host}'`;
}

/** A plugin that is neither of the two known ones is ignored, and gives an empty password. */
function identifiedBy(plain: Properties): string {
    const { authPlugin, host } = plain;
    if (authPlugin === "AWSAuthenticationPlugin") {
        if (host === "localhost") {
            throw new Error("cannot use IAM auth against localhost");
        }
        return " IDENTIFIED WITH AWSAuthenticationPlugin as 'RDS'";
    }
    if (authPlugin === "mysql_no_login") {
        return " IDENTIFIED WITH mysql_no_login";
    }
    return ` IDENTIFIED BY '${plain.plaintextPassword ?? plain.password ?? ""}'`;
}

function changedPassword(news: Properties, old: Properties): unknown {
    if (sha256(news.plaintextPassword) !== old.plaintextPassword) {
        return news.plaintextPassword ?? "";
    }
    return news.password !== old.password ? (news.password ?? "") : undefined;
}

function store(plain: Properties): Properties {
    const { __defaults, ...state } = plain;
    return { ...state, ...hiddenPasswords({ ...plain, plaintextPassword: sha256(plain.plaintextPassword) }) };
}

/** A preview shows the inputs; what is unknown is left out. */
function foresee(inputs: Properties): Properties {
    const { __defaults, ...state } = inputs;
    const known = Object.entries({ ...state, ...hiddenPasswords(state), id: "" });
    return Object.fromEntries(known.filter(([, value]) => reveal(value) !== UNKNOWN));
}

function hiddenPasswords({ plaintextPassword, password }: Properties): Properties {
    return {
        ...(plaintextPassword !== undefined && { plaintextPassword: secret(plaintextPassword) }),
        ...(password !== undefined && { password: secret(password) }),
    };
}

function sha256(value: unknown): string | undefined {
    return value === undefined ? undefined : createHash("sha256").update(String(value)).digest("hex");
}
