import { createConnection } from "mysql2/promise";
import type { PreflightRequest } from "../core/preflightRequest";

/** Access denied, a host that may not log in, an account that only a socket lets in. */
const REFUSED = ["ER_ACCESS_DENIED_ERROR", "ER_HOST_NOT_PRIVILEGED", "ER_ACCESS_DENIED_NO_PASSWORD_ERROR"];

/**
 * What the server says where it does not let `mysql.admin` in from here, over TCP as @pulumi/mysql will ask it, which tries for five minutes.
 * Empty where it does, and where nobody answers: the port may be opened only by what comes after the preflight.
 */
export async function tryAdmin({ admin, gone }: PreflightRequest): Promise<string> {
    if (admin === undefined || gone === "a") {
        return "";
    }
    const [, host, port] = /^\[?(.*?)\]?:(\d+)$/.exec(admin.endpoint) ?? [];
    try {
        const { user, password } = admin;
        const connection = await createConnection({ host, port: Number(port), user, password, connectTimeout: 5000 });
        connection.destroy();
        return "";
    } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        return REFUSED.includes(code ?? "") ? message : "";
    }
}
