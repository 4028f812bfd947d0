#!/usr/bin/env bash
# copies.sh: on host a, the floor: what it takes to copy the data directory, on the same disk and through SSH to b. The server runs on, so the
# copies are of no use but for their time.
# out: PART BEGIN END BYTES, a line a copy, in microseconds since 1970; BYTES of the whole data directory
set -euo pipefail

main() {
    rm -rf /var/tmp/copy
    mkdir /var/tmp/copy
    timed cp cp -r /var/lib/mysql /var/tmp/copy/
    rm -rf /var/tmp/copy
    ssh b.example.com 'rm -rf /var/tmp/copy && mkdir /var/tmp/copy'
    timed ssh copy_through_ssh
    ssh b.example.com 'rm -rf /var/tmp/copy'
}

timed() { # PART COMMAND...
    local part="$1" bytes begin
    bytes="$(du -sb /var/lib/mysql | cut -f 1)"
    begin="${EPOCHREALTIME/[.,]/}"
    shift
    "$@"
    printf '%s %s %s %s\n' "$part" "$begin" "${EPOCHREALTIME/[.,]/}" "$bytes"
}

# tar ends with 1 where a file has changed while it was read: the server writes
copy_through_ssh() {
    { tar -C /var/lib -cf - mysql 2>/dev/null || [ $? -eq 1 ]; } | ssh b.example.com 'tar -C /var/tmp/copy -xf -'
}

main
