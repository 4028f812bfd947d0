#!/usr/bin/env bash
# steady-load.sh: on host a, a client that commits a row at a time, some 200 a second, over the socket, until /run/bench-load is removed.
# out: BEGIN MICROSECONDS, a line a commit, into /run/bench-load.samples; BEGIN in microseconds since 1970. Exit 1 when the server leaves it.
set -euo pipefail

readonly INTERVAL=5000 # microseconds

main() {
    local begin wait due idle
    # without the binary log's rows of a schema that no peer has: what follows is in it, as any client's rows are
    mysql -e 'CREATE DATABASE IF NOT EXISTS bench_load;
        CREATE TABLE IF NOT EXISTS bench_load.ticks (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, at DATETIME(6) NOT NULL, note VARCHAR(100) NOT NULL) ENGINE = InnoDB'
    touch /run/bench-load
    exec {samples}>/run/bench-load.samples
    exec {never}<> <(:) # nothing ever comes from it: to wait without a process of its own
    coproc CLIENT { exec mysql --batch --skip-column-names --unbuffered bench_load; }
    due="${EPOCHREALTIME/[.,]/}"
    while [ -e /run/bench-load ]; do
        begin="${EPOCHREALTIME/[.,]/}"
        # the row that is read tells that the commit is done
        echo "INSERT INTO ticks (at, note) VALUES (NOW(6), 'a row of the steady load, as long as a short note'); SELECT 1;" >&"${CLIENT[1]}"
        read -r <&"${CLIENT[0]}"
        printf '%s %s\n' "$begin" "$((${EPOCHREALTIME/[.,]/} - begin))" >&"$samples"
        due=$((due + INTERVAL))
        wait=$((due - ${EPOCHREALTIME/[.,]/}))
        if [ "$wait" -gt 0 ]; then
            printf -v idle '0.%06d' "$wait"
            read -rt "$idle" -u "$never" || true
        else
            due="${EPOCHREALTIME/[.,]/}" # what was missed is not made up for
        fi
    done
}

main
