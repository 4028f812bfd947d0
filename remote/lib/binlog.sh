# binlog.sh: reading binary logs, this server's own and its peer's.

# find_foreign_event ASK FILE POSITION [SERVER_ID]: the first event from that place on, in this log and later ones, that another server
# than SERVER_ID wrote (without one: any event), as `LOG POSITION TYPE of server ID`. Marks that every log has do not count. A log that
# is gone is named like an event.
find_foreign_event() {
    local found
    found="$(find_event "$1" "$2" "$3" pick_foreign "${4:-none}")"
    # a log that is not there cannot be read, and says nothing of what was in it
    [ "$found" != 'no log' ] || found="the log of the seed, ${2:-unknown}, is gone"
    [ -z "$found" ] || printf '%s\n' "$found"
}
pick_foreign() {
    awk -F'\t' -v own="$1" '!found && $4 != own && $3 !~ /^(Format_desc|Previous_gtids|Rotate|Stop|Gtid_list|Binlog_checkpoint|Start_encryption)$/ {
        print $1 " " $2 " " $3 " of server " $4; found = 1 }'
}

# find_event ASK FILE POSITION PICK WORD: what PICK WORD prints first, with the events of each log from that place on in turn on its
# stdin; `no log` when FILE is not there. ASK is sql, try_sql or try_peer; a log that cannot be read ends the script.
find_event() {
    local ask="$1" from="$3" logs log past='' found
    logs="$(read_logs "$ask" "$2")" || fail_unread_log "$ask" 'the list of logs'
    for log in $logs; do
        if [ "$log" = "$2" ]; then past=yes; fi
        [ -n "$past" ] || continue
        "$ask" "SHOW BINLOG EVENTS IN '$log' FROM $from" >"$SCRATCH/events" || fail_unread_log "$ask" "the log $log"
        found="$("$4" "$5" <"$SCRATCH/events")"
        if [ -n "$found" ]; then
            printf '%s\n' "$found"
            return
        fi
        from=4
    done
    [ -n "$past" ] || echo 'no log'
}

# read_logs ASK FILE: the names of the logs, a line each. Where the account may not ask for them: those from FILE up to the current one.
read_logs() {
    local current first last
    if [ "$1" != try_peer ] || shows_logs_to_clients; then
        "$1" 'SHOW BINARY LOGS' | cut -f 1
        return
    fi
    current="$("$1" "$(sql_binary_log_status)" | cut -f 1)"
    first="${2##*.}" last="${current##*.}"
    if [ "${2%.*}" != "${current%.*}" ] || [[ ! "$first$last" =~ ^[0-9]+$ ]]; then return; fi
    for ((first = 10#$first; first <= 10#$last; first++)); do printf '%s.%06d\n' "${2%.*}" "$first"; done
}

# has_peer_log_to FILE POSITION: the peer still has the log, and it reaches to there.
has_peer_log_to() {
    if shows_logs_to_clients; then
        try_peer 'SHOW BINARY LOGS' | awk -F'\t' -v file="$1" -v position="$2" '$1 == file && $2 >= position { found = 1 } END { exit !found }'
    else
        try_peer "SHOW BINLOG EVENTS IN $(quote_sql "$1") FROM $2 LIMIT 1" >/dev/null
    fi
}

# fail_unread_log ASK WHAT
fail_unread_log() {
    case "$1" in
        try_peer) fail MM_PEER_UNREADABLE "from $NODE, $2 of ${PEER_HOST:-the other node} cannot be read" "run up again" "$(cat "$SCRATCH/words")" ;;
        *) fail MM_SQL_REFUSED "$NODE's server does not let $2 be read" "read the server's words; grant the login what README.md lists, then run up again" "$(cat "$SCRATCH/words")" ;;
    esac
}
