# write-access.sh: writing on a node that is closed. super_read_only is a switch of the whole server, and while it is off every account
# with SUPER or CONNECTION_ADMIN may write: so it is off for the statements alone, never for a wait, and the log is asked afterwards.

# with_write_access COMMAND...: runs it while the fence lets a root login through. read_only stays on for everybody else;
# super_read_only comes back whatever happens.
with_write_access() {
    local status=0 from=''
    FENCE_LIFTED=0
    if has_super_read_only; then FENCE_LIFTED="$(read_variable super_read_only)"; fi
    if [ "$FENCE_LIFTED" = 1 ]; then
        from="$(read_coordinates)"
        at_exit fence_again
        sql 'SET GLOBAL super_read_only = 0, GLOBAL read_only = 1'
    fi
    # a subshell, so that set -e holds inside and a failure still reaches the fence below
    set +e
    (set -e && "$@")
    status=$?
    set -e
    if [ "$FENCE_LIFTED" = 1 ]; then
        sql 'SET GLOBAL super_read_only = 1'
        FENCE_LIFTED=0
        [ -z "$from" ] || require_nothing_slipped "${from% *}" "${from#* }"
    fi
    return "$status"
}
fence_again() { [ "$FENCE_LIFTED" != 1 ] || try_sql 'SET GLOBAL super_read_only = 1' >/dev/null; }

# require_nothing_slipped FILE POSITION: since that place this server's log holds of its own nothing but what a step writes.
require_nothing_slipped() {
    local slipped
    slipped="$(find_event sql "$1" "$2" find_slipped "$(read_variable server_id)")"
    [ -z "$slipped" ] || [ "$slipped" = 'no log' ] ||
        fail MM_ROLE_WRITES_SLIPPED "$NODE is read-only, but while step $STEP had super_read_only off for its own statements, another account with SUPER or CONNECTION_ADMIN wrote: $slipped. It stands in $NODE's log, and goes to ${PEER_HOST:-the other node}" \
            "see with mysqlbinlog what it was, and undo on the active node what is not wanted; keep such accounts from writing on $NODE; then run up again"
}

# find_slipped SERVER_ID: SHOW BINLOG EVENTS on stdin; LOG POSITION INFO of the first statement or table of that server that is not of
# the program's schema, nor about its account. Rows, ends and GTIDs go with one of these.
find_slipped() {
    awk -F'\t' -v own="$1" -v account="${ACCOUNT:-}" '
        found || $4 != own { next }
        $3 == "Table_map" { if ($6 !~ /\(mysql_master_master\.row_test\)/) found = 1 }
        $3 == "Query" {
            text = $6
            sub(/^use `[^`]*`; */, "", text)
            if (text == "BEGIN" || text == "COMMIT") next
            if (text ~ /^(CREATE DATABASE|CREATE TABLE|INSERT INTO|DROP DATABASE) (IF (NOT )?EXISTS )?`?mysql_master_master[`. \/]/ || text ~ /^(CREATE DATABASE|DROP DATABASE) (IF (NOT )?EXISTS )?`?mysql_master_master`?$/) next
            if (account != "" && text ~ /^(CREATE USER|ALTER USER|DROP USER|GRANT|REVOKE|SET PASSWORD) / && index(text, "\047" account "\047@")) next
            found = 1
        }
        found { print $1 " " $2 " " substr($6, 1, 200) }'
}
