#!/usr/bin/env bash
# status.sh: a table of the pair, one line a node: what it is, whom it follows, and how that goes.
# in:  MM_LAB_DIR MM_LAB_SUBNET as for hosts.sh; hosts by letter, a and b when none is given
# out: exit 1 where none of them answers, which is most often another lab's subnet
# shellcheck source-path=SCRIPTDIR
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

readonly FORMAT='%-4s  %-16s  %-9s  %-9s  %-22s  %-10s  %-7s  %-4s  %s\n'

main() {
    local host silent=0
    [ $# -gt 0 ] || set -- a b
    # shellcheck disable=SC2059 # one format for the heading and the lines
    printf "$FORMAT" node server server_id read_only follows receiver applier lag 'last error'
    for host in "$@"; do
        print_node "$host" || silent=$((silent + 1))
    done
    [ "$silent" -lt $# ] || fail "no server answers in the lab at $MM_LAB_SUBNET.* ($MM_LAB_DIR)" \
        "make up; or for another lab export both, its MM_LAB_SUBNET and its MM_LAB_DIR"
}

print_node() { # HOST; fails where it does not answer
    local answer
    # SLAVE: before 8.0.22, and MariaDB before 10.5. Two clients, so that the first's answer stands if the second fails.
    if ! answer="$("$CHECKOUT/lab/hosts.sh" ssh "$1" '
        mysql -N -e "SHOW GLOBAL VARIABLES WHERE Variable_name IN (\"version\", \"server_id\", \"read_only\", \"super_read_only\")" &&
        { mysql -E -e "SHOW REPLICA STATUS" 2>/dev/null || mysql -E -e "SHOW SLAVE STATUS"; }' 2>&1)"; then
        # shellcheck disable=SC2059
        printf "$FORMAT" "$1" - - - - - - - "${answer%%$'\n'*}"
        return 1
    fi
    awk -v node="$1" -v format="$FORMAT" '
        function print_line() {
            writable = "no"
            if (variable["read_only"] == "ON") writable = variable["super_read_only"] == "ON" ? "super" : "yes"
            sub(/-log$/, "", variable["version"])
            sub(/-MariaDB.*/, "-MariaDB", variable["version"]) # what its packager says behind that fits no column
            printf format, node, variable["version"], variable["server_id"], writable,
                source == "" ? "nobody" : source, or_dash(receiver), or_dash(applier), or_dash(lag), error
            printed = 1
            error = ""
        }
        function or_dash(text) { return text == "" ? "-" : text }
        function value() { sub(/^[^:]*: ?/, ""); return $0 }
        NF >= 2 && $1 ~ /^[a-z_]+$/ && !/:/ { variable[$1] = $2; next }
        /^\*/ { if (source != "") print_line(); next }
        /^ *(Source|Master)_Host:/ { source = value() }
        /^ *(Source|Master)_Port:/ { source = source ":" value() }
        /^ *(Replica|Slave)_IO_Running:/ { receiver = value() }
        /^ *(Replica|Slave)_SQL_Running:/ { applier = value() }
        /^ *Seconds_Behind_(Source|Master):/ { lag = value(); if (lag == "NULL") lag = "-" }
        /^ *Last_(IO|SQL)_Error:/ { text = value(); if (text != "") error = error (error == "" ? "" : "; ") text }
        END { if (source != "" || !printed) print_line() }' <<<"$answer"
}

main "$@"
