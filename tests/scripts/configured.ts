import { type FakeHost, makeHost } from "./fakeHost";
import { begin, end } from "./managedBlock";

/** What configure-node.sh is given in its tests, and the hosts that it works on. */

export const up = {
    HOST: "b.example.com",
    SERVER_ID: 20,
    LOG_BIN: "mysql-bin",
    RELAY_LOG: "mysql-relay-bin",
    BIND_ADDRESS: "keep",
    SERVICE: "mysqld",
    START_TIMEOUT_SECONDS: 10,
    SETTINGS: "binlog_format=ROW",
    GTID: "",
    GTID_DOMAIN_ID: "",
};
export const line =
    "node port=3306 server_id=20 uuid=uuid-b server=MySQL-9.7.4 gtid=ON log_bin=mysql-bin log=1700000000 listens=*\n";
export const wanted = [
    "log_bin=mysql-bin",
    "server_id=20",
    "log_slave_updates=1",
    "relay_log=mysql-relay-bin",
    "binlog_format=ROW",
];
export const block = [begin, ...wanted, end];
export const right = {
    log_bin: "1",
    log_bin_basename: "mysql-bin",
    log_slave_updates: "1",
    relay_log: "mysql-relay-bin",
    binlog_format: "ROW",
    skip_networking: "0",
    bind_address: "*",
    log_error: "/nowhere/error.log",
};
export const fresh = {
    ...right,
    server_id: "1",
    log_bin_basename: "binlog",
    relay_log: "host-relay-bin",
    binlog_format: "MIXED",
};

/** A server that takes what its option file says when it is restarted. */
export function node(variables: Record<string, string>, file = "[mysqld]\nuser=mysql\n", version?: string): FakeHost {
    const host = makeHost(variables, {}, version);
    const place = (name: string) => host.path(`/var/lib/mysql/${name}`);
    host.local.variables.set("log_bin_basename", place(variables.log_bin_basename ?? "mysql-bin"));
    host.write("/etc/my.cnf", file);
    const readOnly = { status: 1, stderr: "ERROR 1238 (HY000): read only variable\n" };
    host.local.rules.push({ on: /^SET GLOBAL (log_bin|relay_log|server_id) /, answer: readOnly });
    host.answers.systemctl = ({ argv }) => {
        if (argv[0] === "restart") {
            for (const [, name = "", value = ""] of (host.read("/etc/my.cnf") ?? "").matchAll(/^(\w+)=(.*)$/gm)) {
                const isLog = name === "log_bin";
                host.local.variables.set(isLog ? "log_bin_basename" : name, isLog ? place(value) : value);
            }
        }
        return { status: argv[0] === "is-failed" ? 1 : 0 };
    };
    return host;
}
export const restarts = (host: FakeHost) =>
    host.calls
        .filter(({ name, argv }) => name === "systemctl" && argv[0] === "restart")
        .map(({ argv }) => argv.join(" "));
