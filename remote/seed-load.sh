# seed-load.sh: on the peer, imports the backup with the binary log off, proves it whole, and fixes the coordinates of both servers.
# in:    NODE PORT SOCKET LOGIN_USER LOGIN_PASSWORD OPTION_FILE SERVICE START_TIMEOUT_SECONDS DUMP SOURCE_UUID
#        SOURCE_LOG (the id of the origin's log)
#        SEED (wanted|done|parted: an input only so that a change runs this again; the note on the host decides)
#        BACKUP_FILE KEEP_BACKUP TIMEOUT_SECONDS SSH_USER ACCOUNT ACCOUNT_HOST ACCOUNT_PASSWORD PEER_HOST PEER_PORT
# out:   seed source_file=FILE source_position=BYTES source_gtid=SET file=FILE position=BYTES
# codes: MM_SEED_NODE_NOT_EMPTY MM_SEED_NODE_IN_USE MM_SEED_BACKUP_MISSING MM_SEED_LOAD MM_SEED_INCOMPLETE MM_SEED_LOGIN_LOST
#        MM_SEED_NO_START MM_SEED_NOT_PROVEN
# parts: seed-load/overwrite.sh (may this node be overwritten?) seed-load/system-tables.sh (accounts come at once) seed-load/resume.sh (the data
#        of an earlier pair); the import itself is here

main() {
    require_server
    open_state
    KEYS="$(keys_of_ssh_user)"
    case "$1" in
        up) ensure_seeded ;;
        down) part_from_origin ;;
    esac
}

ensure_seeded() {
    case "$(read_seed_state "$SOURCE_UUID")" in
        'done') note "already seeded from server $SOURCE_UUID" ;;
        imported) prove_after_restart ;;
        parted) resume_parted ;;
        *)
            require_other_server
            require_backup
            require_overwritable
            require_unused
            load
            prove_after_restart
            ;;
    esac
    clean_up
    printf 'seed %s\n' "$(read_seed_coordinates)"
}

# The file that was sent, whole to its last line; its inventory goes to $SCRATCH/wanted.
require_backup() {
    RECEIVED="$(received_backup)"
    [ "$(value_of bytes "$DUMP")" = "$(wc -c <"$RECEIVED" 2>/dev/null | tr -d ' ')" ] && read_inventory "$RECEIVED" >"$SCRATCH/wanted" && return
    fail MM_SEED_BACKUP_MISSING "$RECEIVED on $NODE is not the backup that was sent (${DUMP:-no dump was made})" \
        "pulumi config set mysql-master-master:converge with a new text, so that it is made and sent again; then run up again. Where $NODE was emptied by hand while its peer follows it: pulumi destroy (all data of the origin stays), then up"
}

load() {
    local schema status=0 bytes
    bytes="$(value_of bytes "$DUMP")"
    # known before its first trace
    note_expected
    # closed first: what somebody writes on an open node is not of the import; and what came until now is somebody's
    close_for_seed
    require_overwritable
    # a seed gives new coordinates: where an earlier link stood is of no more use
    forget link
    read_own_schemas | while IFS= read -r schema; do
        sql 'SET SESSION sql_log_bin = 0' "DROP DATABASE IF EXISTS \`${schema//\`/\`\`}\`"
    done
    # without its place: the node is empty so far, and what is found there later is not of the import
    write_seed unfinished
    begin_log_anew
    raise_packet_limit
    START="$(read_coordinates)"
    write_seed unfinished "file=${START% *}" "position=${START#* }"
    note "importing $bytes bytes, with the binary log off"
    exec 6<"$RECEIVED"
    { give_dump <&6 || : >"$SCRATCH/torn"; } |
        timeout "$TIMEOUT_SECONDS" "${LOCAL[@]}" --max-allowed-packet=1G --loose-binary-mode --loose-skip-force >/dev/null 2>"$SCRATCH/words" &
    begin_job "$!" importing "$bytes" read_input_position
    await_job || status=$?
    exec 6<&-
    [ "$status" != 0 ] || [ ! -e "$SCRATCH/torn" ] || status=1
    [ "$status" = 0 ] || fail MM_SEED_LOAD "the import on $NODE ended with status $status (124: after $TIMEOUT_SECONDS s); it is half done, and begun again by the next up" \
        "mend what the server names, then run up again" "$(cat "$SCRATCH/words")"
    restore_packet_limit
    # accounts that came as rows of the mysql schema count from here on
    try_sql 'FLUSH LOCAL PRIVILEGES' || fail_login_lost
    try_sql 'SELECT 1' >/dev/null || fail_login_lost
    close_after_seed
    require_untouched
    # an account that was made on the origin meanwhile came with this backup, and may not be in the next one
    note_expected
    require_complete
    remember_seed imported "$(value_of file "$DUMP")" "$(value_of position "$DUMP")" "$(value_of gtid "$DUMP")"
    note "imported and proven whole: $(describe_end "$bytes" "$(read_job_time)")"
}

# give_dump < DUMP: dates such as 2024-02-31 are rows like others: the file's first SQL_MODE, under which its rows are written, lets them in.
give_dump() {
    echo 'SET SESSION sql_log_bin = 0;'
    LC_ALL=C sed "0,/SQL_MODE='NO_AUTO_VALUE_ON_ZERO'/s//SQL_MODE='NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES'/" | bring_system_tables_at_once
}

# The installation's own transactions would count as errant, and forbid the backup's GTID set. On MariaDB the new log goes on behind the
# origin's GTIDs: with those of an earlier node of this one's domain and id its own ones would come twice.
begin_log_anew() {
    [ "$(read_gtid_mode)" = ON ] || has_gtid_domains || return 0
    sql "$(sql_reset_binary_logs)"
    if has_gtid_domains; then sql "SET GLOBAL gtid_binlog_state = $(quote_sql "$(value_of gtid "$DUMP")")"; fi
    keep_log_id
}

# What may be here, should this import be cut.
note_expected() {
    { recall seed-expects && read_accounts && cat "$SCRATCH/wanted"; } | sort -u >"$SCRATCH/expects"
    remember seed-expects "$(cat "$SCRATCH/expects")"
}

# The import is not in the log: what is there is somebody else's.
require_untouched() {
    local foreign
    foreign="$(find_foreign_event try_sql "${START% *}" "${START#* }")"
    [ -z "$foreign" ] || fail MM_SEED_LOAD "somebody wrote on $NODE during the import ($foreign); $NODE is not used as it is" \
        "see what that was (mysqlbinlog); empty $NODE, remove $STATE/seed there, keep everybody off it, then run up again"
    [ "$(read_gtid_mode)" != ON ] || [ "$(read_gtid_set)" = "$(value_of gtid "$DUMP")" ] ||
        fail MM_SEED_LOAD "after the import $NODE has the GTID set $(read_gtid_set), the backup has $(value_of gtid "$DUMP")" \
            "see who wrote on $NODE meanwhile; empty $NODE, remove $STATE/seed there, then run up again"
}

require_complete() {
    read_inventory_here >"$SCRATCH/found"
    cmp -s "$SCRATCH/wanted" "$SCRATCH/found" || fail MM_SEED_INCOMPLETE "after the import $NODE does not hold what the origin's snapshot held: wanted $(comm -23 "$SCRATCH/wanted" "$SCRATCH/found" | list_lines), found $(comm -13 "$SCRATCH/wanted" "$SCRATCH/found" | list_lines)" \
        "pulumi config set mysql-master-master:converge with a new text, then run up again: the backup is made and imported anew; if that ends here again, report it with this message"
}

# Once restarted: what only a restart shows (accounts, plugins, the option file) is seen now and not on a bad day. The node stays
# closed, and its log still holds nothing.
prove_after_restart() {
    local status=0 foreign log seed
    find_service
    log="$(read_variable log_error)"
    note "restarting $SERVICE, once"
    restart_service || status=$?
    if [ "$status" -ne 0 ]; then
        ! is_login_refused || fail_login_lost
        fail MM_SEED_NO_START "the import is done, and $NODE's server did not come up within $START_TIMEOUT_SECONDS s of a restart" \
            "read its error log, mend what it names, start it, then run up again" "$(last_server_words "$log")"
    fi
    is_read_only || fail MM_SEED_LOAD "$NODE takes writes after a restart: $(find_option_lines read_only | tr '\n' ' ')" \
        "remove what opens it, SET GLOBAL read_only = 1, then run up again"
    seed="$(read_seed_coordinates)"
    foreign="$(find_foreign_event try_sql "$(value_of file "$seed")" "$(value_of position "$seed")")"
    [ -z "$foreign" ] || fail MM_SEED_LOAD "somebody wrote on $NODE after the import ($foreign); $NODE is not used as it is" \
        "see what that was (mysqlbinlog); empty $NODE, remove $STATE/seed there, then run up again"
    change_seed 'done'
    forget seed-expects
}

fail_login_lost() {
    fail MM_SEED_LOGIN_LOST "the import is done, and with the origin's accounts $NODE no longer lets the program in over its socket" \
        "set mysql.login of node $NODE to an account that the origin has, then run up again" "$(cat "$SCRATCH/words")"
}

# remember_seed STATE FILE POSITION GTID: of the source, beside this server's own coordinates after the import.
remember_seed() {
    local own
    own="$(read_coordinates)"
    write_seed "$1" "source_log=$SOURCE_LOG" "source_file=$2" "source_position=$3" "source_gtid=$4" "file=${own% *}" "position=${own#* }"
}

clean_up() {
    withdraw_admission "$KEYS"
    drop_unwanted_backup
}

part_from_origin() {
    clean_up
    is_seed_whole || return 0
    part_seed
}

{ main "$@"; } </dev/null
