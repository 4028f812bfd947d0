# catch-up.sh: whether one server has applied what the other one has written up to a moment.

# MARK is `gtid SET` where both servers have GTIDs, else `FILE POSITION`: what a server had written up to a moment.
mark_own_log() { if have_both_gtids; then MARK="gtid $(read_gtid_set)"; else MARK="$(read_coordinates)"; fi; }
mark_peer_log() { if have_both_gtids; then MARK="gtid $(peer_read @@global.gtid_executed | plain_gtid_set)"; else MARK="$(read_peer_coordinates || true)"; fi; }

# has_applied_mark: looks anew, and leaves what it saw to replica_field: for the message of a wait that is over.
has_applied_mark() {
    case "$MARK" in
        'gtid '*) [ "$(sql "$(sql_has_mark)")" = 1 ] ;;
        *) look_at_replication && is_past_mark ;;
    esac
}
# has_peer_applied_mark: the same of the peer, whose status nobody else is to take for this server's.
has_peer_applied_mark() {
    local REPLICA_STATUS=''
    case "$MARK" in
        'gtid '*) [ "$(try_peer "$(sql_has_mark)")" = 1 ] ;;
        *) REPLICA_STATUS="$(peer_vertical "SHOW $(sql_replica) STATUS")" && is_past_mark ;;
    esac
}
sql_has_mark() { echo "SELECT GTID_SUBSET($(quote_sql "${MARK#gtid }"), @@global.gtid_executed)"; }

# is_past_mark: of the status that was looked at. Files of one log go by their numbers, not by their names (999999, 1000000); a mark
# or a place that was not told is past nothing.
is_past_mark() {
    local file logs numbers='^([0-9]+) ([0-9]+) ([0-9]+) ([0-9]+)$'
    file="$(replica_field Relay_Source_Log_File)"
    [[ "${file##*.} $(replica_field Exec_Source_Log_Pos) ${MARK##*.}" =~ $numbers ]] || return 1
    logs=$((10#${BASH_REMATCH[1]} - 10#${BASH_REMATCH[3]}))
    [ "$logs" -gt 0 ] || { [ "$logs" = 0 ] && [ "${BASH_REMATCH[2]}" -ge "${BASH_REMATCH[4]}" ]; }
}

# read_applied_place: for a message, of the status that was looked at: up to where in its source's log this server has applied. A link by
# MariaDB's GTIDs tells a place in a file only while it is connected.
read_applied_place() {
    if is_by_slave_pos; then
        read_variable gtid_slave_pos
    else
        printf '%s %s' "$(replica_field Relay_Source_Log_File)" "$(replica_field Exec_Source_Log_Pos)"
    fi
}
# is_by_slave_pos: of the status that was looked at: whether the link goes by MariaDB's GTIDs.
is_by_slave_pos() { case "$(replica_field Using_Gtid)" in '' | No) return 1 ;; esac }

# are_threads_running: of the status that was looked at.
are_threads_running() { [ "$(replica_field Replica_IO_Running) $(replica_field Replica_SQL_Running)" = 'Yes Yes' ]; }

# has_applied_all_received: nothing waits in the relay log. With GTIDs half a transaction, cut off with its source, does not count.
has_applied_all_received() {
    look_at_replication
    if [ "$(read_gtid_mode)" = ON ] && has_channel_tables; then
        [ "$(sql 'SELECT COALESCE(MIN(GTID_SUBSET(RECEIVED_TRANSACTION_SET, @@global.gtid_executed)), 1) FROM performance_schema.replication_connection_status')" = 1 ]
    else
        [ "$(replica_field Source_Log_File) $(replica_field Read_Source_Log_Pos)" = "$(replica_field Relay_Source_Log_File) $(replica_field Exec_Source_Log_Pos)" ]
    fi
}

# is_parted: noted by fence-node.sh, of a node that was opened while its peer was gone; the sweep of destroy forgets it.
is_parted() { [ -n "$(value_of parted "$(recall link)")" ]; }

# require_not_parted: a node that was opened while its peer was gone follows it no more: what either has written since, the other lacks.
require_not_parted() {
    ! is_parted ||
        fail MM_LINK_PARTED "$NODE was opened while $PEER_HOST was gone, and parted from it for good: each may have written what the other lacks. Nothing was changed" \
            "set gone again to the node of $PEER_HOST. For a pair again: pulumi destroy, name $NODE's host as a and an empty host as b, take gone and active out, then up"
}
