/** What holds where a stack, or the arguments of a component, say nothing. README.md's table of settings tells the same. */
export const defaults = {
    ssh: { port: 22, user: "root", dialAttempts: 10 },
    mysql: { port: 3306, logBin: "mysql-bin", relayLog: "mysql-relay-bin", startTimeoutSeconds: 600 },
    /** Of a node in a pair. */
    serverId: { a: 10, b: 20 },
    account: { name: "replicator", hostPattern: "%" },
    seed: {
        method: "auto",
        backupFile: "/tmp/master_backup.sql",
        keepBackup: false,
        compress: false,
        timeoutSeconds: 86400,
    },
    /** A hundred days of ten seconds. MySQL's own count gives up after 10 attempts since 8.1. */
    retry: { seconds: 10, count: 864000 },
    catchUpSeconds: 3600,
    active: "a",
} as const;
