# import.sh: a dump goes into this node, with the binary log off, in place of all that was here.
# in: SOURCE_UUID TIMEOUT_SECONDS; $SCRATCH/wanted: what it may bring, as lines of an inventory

# begin_overwriting: from here on this node is the seed's. What somebody writes on an open node is not of the seed, so it is closed first; and
# what came until then is somebody's.
begin_overwriting() {
    local schema
    # known before its first trace
    note_expected
    close_for_seed
    require_overwritable
    # a seed gives new coordinates: where an earlier link stood is of no more use
    forget link
    read_own_schemas | while IFS= read -r schema; do
        sql 'SET SESSION sql_log_bin = 0' "DROP DATABASE IF EXISTS \`${schema//\`/\`\`}\`"
    done
    # without its place: the node is empty so far, and what is found there later is not of the seed
    write_seed unfinished
}

# note_place [KEY=VALUE...]: where this server's own log stands: from here on there is nothing in it.
note_place() {
    START="$(read_coordinates)"
    write_seed unfinished "file=${START% *}" "position=${START#* }" "$@"
}

# note_first_log [KEY=VALUE...]: the log has just been begun anew, and is to be once more, which leads back to this place: whatever is in it
# from its first byte on is somebody's, before that and after.
note_first_log() {
    START="$(sql 'SHOW BINARY LOGS' | cut -f 1 | sed -n 1p) 4"
    write_seed unfinished "file=${START% *}" "position=${START#* }" "$@"
}

# begin_log_anew GTID: the installation's own transactions would count as errant, and forbid the backup's GTID set. On MariaDB the new log goes
# on behind the origin's GTIDs: with those of an earlier node of this one's domain and id its own ones would come twice.
begin_log_anew() {
    [ "$(read_gtid_mode)" = ON ] || has_gtid_domains || return 0
    sql "$(sql_reset_binary_logs)"
    if has_gtid_domains; then sql "SET GLOBAL gtid_binlog_state = $(quote_sql "$1")"; fi
    keep_log_id
}

# import_dump BYTES READ_DONE: what comes on descriptor 6; how many bytes and how far, for begin_job.
import_dump() {
    local status=0 before
    relax_for_import
    before="$(recall import-settings)"
    : >"$SCRATCH/said"
    { give_dump <&6 | spread_rows || : >"$SCRATCH/torn"; } |
        timeout "$TIMEOUT_SECONDS" "${LOCAL[@]}" -n --max-allowed-packet=1G --loose-binary-mode --loose-skip-force >"$SCRATCH/said" 2>"$SCRATCH/words" &
    begin_job "$!" importing "$1" "$2"
    await_job || status=$?
    exec 6<&-
    [ "$status" != 0 ] || [ ! -e "$SCRATCH/torn" ] || status=1
    [ "$status" = 0 ] || fail MM_SEED_LOAD "the import on $NODE ended with status $status (124: after $TIMEOUT_SECONDS s); it is half done, and begun again by the next up" \
        "mend what the server names, then run up again" "$(cat "$SCRATCH/words")"
    restore_after_import
    require_settings_restored "$before"
}

# give_dump < DUMP: dates such as 2024-02-31 are rows like others: the file's first SQL_MODE, under which its rows are written, lets them in. What may
# be its inventory, and its last line, are kept aside: of a stream there is no file to look into.
give_dump() {
    echo 'SET SESSION sql_log_bin = 0;'
    LC_ALL=C sed -e "0,/SQL_MODE='NO_AUTO_VALUE_ON_ZERO'/s//SQL_MODE='NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES'/" \
        -e "/^-- inventory: /w $SCRATCH/dump-end" -e "\$w $SCRATCH/dump-end" | bring_system_tables_at_once
}

# What may be here, should this seed be cut.
note_expected() {
    { recall seed-expects && read_accounts && cat "$SCRATCH/wanted"; } | sort -u >"$SCRATCH/expects"
    remember seed-expects "$(cat "$SCRATCH/expects")"
}

fail_login_lost() {
    fail MM_SEED_LOGIN_LOST "the origin's data is on $NODE, and with the origin's accounts $NODE no longer lets the program in over its socket" \
        "set mysql.login of node $NODE to an account that the origin has, then run up again" "$(cat "$SCRATCH/words")"
}
