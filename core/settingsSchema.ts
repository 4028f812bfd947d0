import { z } from "zod";
import { SEED_METHODS } from "./seedMethods";
import { sshSchema } from "./sshSettings";
import { tlsSchema } from "./tlsSettings";

const oneLine = (what: string) =>
    z
        .string()
        .min(1)
        .regex(/^[^\p{Cc}]*$/u, `expected ${what} on one line, without control characters`);
const hostName = z.string().regex(/^[A-Za-z0-9]([A-Za-z0-9._:-]*[A-Za-z0-9])?$/, "expected a host name or an address");
const port = z.int().min(1).max(65535);
const filePath = oneLine("a path").regex(
    /^\/[^'"\\$`]*$/,
    "expected an absolute path without quotes, backslashes, $ or `",
);
const logName = z
    .string()
    .regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/, "expected a file name without a folder, such as mysql-bin");
const optionName = z.string().regex(/^[a-z][a-z0-9_-]*$/, "expected an option name, such as max_connections");
const optionValue = z
    .string()
    .min(1, { error: "is empty; give a value, ON for a flag", abort: true })
    .pipe(
        oneLine("a value").regex(/^[^#\s]([^#]*[^#\s])?$/, "expected a value without # and without spaces around it"),
    );
const login = z.strictObject({ user: oneLine("an account name"), password: oneLine("a password") });

export const mysqlSchema = z.strictObject({
    port: port.optional(),
    socket: filePath.optional(),
    serverId: z.int().min(1).max(4294967295).optional(),
    logBin: logName.optional(),
    relayLog: logName.optional(),
    optionFile: filePath.optional(),
    service: z
        .string()
        .regex(/^[A-Za-z0-9@_][A-Za-z0-9@_.-]*$/, "expected a service name, such as mysqld")
        .optional(),
    bindAddress: z
        .string()
        .regex(/^(keep|\*|[A-Za-z0-9:][A-Za-z0-9.:,%-]*)$/, "expected keep, *, or addresses with commas")
        .optional(),
    gtid: z.boolean().optional(),
    rowFormat: z.boolean().optional(),
    staggerAutoIncrement: z.boolean().optional(),
    startTimeoutSeconds: z.int().min(10).max(86400).optional(),
    options: z.record(optionName, optionValue).optional(),
    login: login.optional(),
    admin: z
        .strictObject({
            endpoint: z
                .string()
                .regex(
                    /^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?):\d{1,5}$/,
                    "expected HOST:PORT ([ADDRESS]:PORT for IPv6)",
                )
                .optional(),
            user: oneLine("an account name"),
            password: oneLine("a password"),
        })
        .optional(),
});

export const nodeSchema = z.strictObject({
    host: hostName,
    ssh: sshSchema.optional(),
    mysql: mysqlSchema.optional(),
    copy: z.strictObject({ host: hostName.optional(), port: port.optional() }).optional(),
});

/** The shape of a stack's settings; README.md has the same keys as a table. */
export const stackSchema = z.strictObject({
    a: nodeSchema,
    b: nodeSchema,
    ssh: sshSchema.optional(),
    mysql: mysqlSchema.optional(),
    account: z
        .strictObject({
            name: z
                .string()
                .regex(/^[A-Za-z0-9_]{1,32}$/, "expected letters, digits and _, 32 at most")
                .optional(),
            hostPattern: z
                .string()
                .regex(/^[A-Za-z0-9%_.:/-]{1,60}$/, "expected a MySQL host pattern, such as % or 10.0.0.%")
                .optional(),
            password: z
                .string()
                .regex(/^[A-Za-z0-9]{8,32}$/, "expected 8 to 32 letters and digits (32 is replication's limit)")
                .optional(),
        })
        .optional(),
    tls: tlsSchema.optional(),
    seed: z
        .strictObject({
            method: z.enum(SEED_METHODS).optional(),
            backupFile: filePath.optional(),
            keepBackup: z.boolean().optional(),
            compress: z.boolean().optional(),
            timeoutSeconds: z.int().min(60).max(604800).optional(),
        })
        .optional(),
    accept: z
        .strictObject({
            replicas: z.boolean().optional(),
            nonTransactionalTables: z.boolean().optional(),
            floatRounding: z.boolean().optional(),
            replacedAccounts: z.boolean().optional(),
            otherStack: z.boolean().optional(),
        })
        .optional(),
    retry: z
        .strictObject({
            manage: z.boolean().optional(),
            seconds: z.int().min(1).max(3600).optional(),
            count: z.int().min(1).max(4294967295).optional(),
        })
        .optional(),
    // a number at the top of a stack's file arrives as text
    catchUpSeconds: z.preprocess(
        (value) => (typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value),
        z.int().min(1).max(604800).optional(),
    ),
    active: z.enum(["a", "b", "both"]).optional(),
    gone: z.enum(["a", "b"]).optional(),
    converge: oneLine("any text").optional(),
});
