#!/usr/bin/env bash
# load-data.sh [HOST]: puts the sample data on that host, a if none is named, unless database `important` is there.
# in: MM_LAB_DIR MM_LAB_SUBNET as for hosts.sh; MM_LAB_SMALL=1 leaves the big tables out
# shellcheck source-path=SCRIPTDIR
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

main() {
    local here host="${1:-a}" started=$SECONDS files
    here="$CHECKOUT/lab"
    if [ -n "$("$here/hosts.sh" ssh "$host" "mysql -N -e 'SHOW DATABASES LIKE \"important\"'")" ]; then
        note "host $host has its sample data"
        return 0
    fi
    files=(shop big-tables accounts important) # important last: it says that the rest is there
    [ "${MM_LAB_SMALL:-}" != 1 ] || files=(shop accounts important)
    (cd "$here/data" && cat "${files[@]/%/.sql}") | "$here/hosts.sh" ssh "$host" 'mysql --default-character-set=utf8mb4'
    note "loaded the sample data on host $host in $((SECONDS - started)) s"
}

main "$@"
