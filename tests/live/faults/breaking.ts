import { type Host, lab } from "../hosts";

// What can happen to a host, made for real.

/**
 * The program's scripts on a host have their orders on stdin (the receiver of a stream is a file); some process above is the SSH session
 * that brought them.
 */
export const cutSsh = (host: Host, script = "^bash -s -- ") =>
    host.run(`for pid in $(pgrep -f '${script}'); do
        while [ "\${pid:-0}" -gt 1 ]; do
            case "$(ps -o comm= -p $pid)" in sshd*) kill -9 $pid && break ;; esac
            pid="$(ps -o ppid= -p $pid | tr -d ' ')"
        done
    done`);

/** Every process of the host at once; then it boots with what was on its disks. */
export function cutPower(host: Host): void {
    lab("hosts.sh", ["kill", host.name]);
    lab("hosts.sh", ["up", host.name]);
}

export const reboot = (host: Host): void => lab("hosts.sh", ["reboot", host.name]);

/** systemd starts it again. */
export const killServer = (host: Host) => host.run("kill -9 $(pidof mysqld)");

/** Every process whose command line fits; the pattern must not fit itself: `[m]ysqldump`. */
export const kill = (host: Host, pattern: string) => host.run(`pkill -9 -f '${pattern}' || true`);
