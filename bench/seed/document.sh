#!/usr/bin/env bash
# document.sh: on host a, rows 3, 4 and 6 of the document with its own commands: dump with coordinates, copy, import on b.
# out: PART BEGIN END, a line a part, in microseconds since 1970; exit 1 where b does not hold a's rows afterwards
set -euo pipefail

main() {
    local coordinates=--master-data=1
    # its name since MySQL 8.0.26; 9.7 no longer knows the old one
    ! mysqldump --no-defaults --help | grep -e '--source-data' >/dev/null || coordinates=--source-data=1
    timed dump mysqldump --single-transaction --all-databases "$coordinates" --result-file=/tmp/master_backup.sql
    timed copy scp -q /tmp/master_backup.sql b.example.com:/tmp/master_backup.sql
    timed import ssh b.example.com 'mysql < /tmp/master_backup.sql'
    [ "$(count_rows bash -c)" = "$(count_rows ssh b.example.com)" ] || {
        echo "error: b does not hold a's rows after the document's procedure" >&2
        return 1
    }
    rm /tmp/master_backup.sql
}

timed() { # PART COMMAND...
    local part="$1" begin="${EPOCHREALTIME/[.,]/}"
    shift
    "$@"
    printf '%s %s %s\n' "$part" "$begin" "${EPOCHREALTIME/[.,]/}"
}

count_rows() { # COMMAND...
    "$@" "mysql -N bench -e 'SELECT COUNT(*) FROM customers; SELECT COUNT(*) FROM orders; SELECT COUNT(*) FROM events'"
}

main
