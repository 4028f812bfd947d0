#!/usr/bin/env bash
# prepare-host.sh: on a lab host, rows 1 and 5 of the document by hand: the pair's settings are in force, and no `up` restarts the server.
# in:  SERVER_ID
set -euo pipefail

main() {
    local service folder=''
    service="$(systemctl list-units --plain --no-legend 'mysql*.service' 'mariadb*.service' | awk '{ print $1; exit }')"
    # the last folder that is read: what Debian's own files say about bind_address would win otherwise
    [ ! -e /etc/mysql/my.cnf ] || folder="$(sed -n 's/^[[:space:]]*!includedir[[:space:]]*//p' /etc/mysql/my.cnf | tail -n 1)"
    {
        printf '[mysqld]\nserver_id=%s\nlog_bin=mysql-bin\nlog_slave_updates=1\nrelay_log=mysql-relay-bin\nrelay_log_recovery=1\n' "$SERVER_ID"
        printf 'binlog_format=ROW\nauto_increment_increment=2\nauto_increment_offset=%d\nbind_address=*\n' "$((SERVER_ID / 10))"
    } >"${folder:-/etc/mysql/conf.d}/zz-bench.cnf"
    systemctl restart "$service"
    for _ in $(seq 600); do
        ! mysql -e 'SELECT 1' >/dev/null 2>&1 || return 0
        sleep 0.1
    done
    echo "error: $service does not answer 60 s after its restart" >&2
    return 1
}

main
