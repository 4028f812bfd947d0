# channel.sh: the channel to the source: what it is like, and the statements that change it.

# is_channel_wanted: source, account and the way it asks are as they should be. A series without GTIDs tells nothing of the last.
is_channel_wanted() {
    local auto
    auto="$(replica_field Auto_Position)"
    [ "$FOLLOWED $(replica_field Source_User) ${auto:-0}" = "$WANTED $ACCOUNT $BY_GTID" ] && [ "$(replica_field Using_Gtid)" != Current_Pos ]
}

# goes_by_slave_pos: MariaDB's way by GTID, where each of the two writes into a domain of its own. A link that stands keeps its way: what it
# has applied by place may be of one domain.
goes_by_slave_pos() {
    has_gtid_domains || return 1
    if [ -n "$FOLLOWED" ]; then
        [ "$(replica_field Using_Gtid)" != No ]
    else
        [ "$(read_variable gtid_domain_id)" != "$(peer_read @@global.gtid_domain_id)" ]
    fi
}

# attach: host, account and coordinates in one statement; apart, the server silently starts at its source's first log.
attach() {
    local how="from $SOURCE_FILE $SOURCE_POSITION" file="$SOURCE_FILE" position="$SOURCE_POSITION" remains=() place
    if [ -n "$FOLLOWED" ]; then
        how="again, for it followed $FOLLOWED"
    elif [ "$BY_GTID" = 1 ]; then
        how='by GTID'
    fi
    if [ "$BY_GTID$BY_SLAVE_POS" = 00 ] && [ -n "$FOLLOWED" ]; then
        # same source, other account or port: go on exactly where the applier stands, which is told only once it stands
        hold_replica
        file="$(replica_field Relay_Source_Log_File)" position="$(replica_field Exec_Source_Log_Pos)"
        case "$position" in
            '' | 0) fail MM_LINK_COORDINATES_LOST "$NODE does not tell where in the log of $FOLLOWED it stands. Nothing was changed" \
                "see its error log; attach it by hand at the right coordinates, or seed anew" ;;
        esac
    fi
    # one that stands by MariaDB's GTIDs knows its place itself
    [ "${FOLLOWED:+$BY_SLAVE_POS}" = 1 ] || require_unpurged "$file" "$position"
    # a RESET without ALL, by hand, leaves behind where the applier of a link stood that is gone: START would trip over it (1872)
    [ -n "$FOLLOWED" ] || remains=("$(sql_forget_source)")
    if [ "$BY_SLAVE_POS" = 1 ] && [ -z "$FOLLOWED" ]; then
        place="$(peer_read "$(sql_gtid_place "$file" "$position")")"
        how="$how, by GTID from ${place:-the first one}"
        at_exit restore_strict_mode
        remains+=("$(sql_begin_slave_pos "$place")")
    fi
    sql "STOP $(sql_replica)" "${remains[@]+"${remains[@]}"}" "$(sql_change_source) $(sql_channel "$file" "$position")" "START $(sql_replica)"
    HELD=''
    restore_strict_mode
    note "follows $WANTED $how"
}

# sql_begin_slave_pos PLACE: in strict mode a server that has written meanwhile does not take a place before that (1947), though all that it
# wrote itself it will pass over: so the mode is off for these statements. MASTER_DEMOTE_TO_SLAVE is no way for it: it would ask its peer for
# what the peer may not have applied so far, and be refused for good (1236, seen on 10.11).
sql_begin_slave_pos() {
    if [ "$(read_variable gtid_strict_mode)" != 0 ]; then
        remember strict-mode 1
        printf 'SET GLOBAL gtid_strict_mode = 0;\n'
    fi
    printf 'SET GLOBAL gtid_slave_pos = %s' "$(quote_sql "$1")"
}

# sql_channel FILE POSITION: all of its options.
sql_channel() {
    local source options
    source="$(sql_source)"
    options="${source}_HOST = $(quote_sql "$PEER_HOST"), ${source}_PORT = $PEER_PORT, ${source}_USER = $(quote_sql "$ACCOUNT"), ${source}_PASSWORD = $(quote_sql "$ACCOUNT_PASSWORD")"
    if [ "$BY_GTID" = 1 ]; then
        options="$options, ${source}_AUTO_POSITION = 1"
    elif [ "$BY_SLAVE_POS" = 1 ]; then
        options="$options, MASTER_USE_GTID = slave_pos"
    else
        options="$options, ${source}_LOG_FILE = $(quote_sql "$1"), ${source}_LOG_POS = $2"
    fi
    if [ -n "$RETRY_SECONDS" ]; then options="$options, ${source}_CONNECT_RETRY = $RETRY_SECONDS$(! has_retry_count || echo ", ${source}_RETRY_COUNT = $RETRY_COUNT")"; fi
    if has_gtid_domains && [ "$BY_SLAVE_POS" != 1 ]; then options="$options, MASTER_USE_GTID = no"; fi
    options="$options, $(sql_channel_tls "$ENCRYPTED" "$CA")"
    # without TLS an account of caching_sha2_password logs in only with the source's public key
    if has_source_public_key; then options="$options, GET_${source}_PUBLIC_KEY = 1"; fi
    printf '%s' "$options"
}

# hold_replica: stops the link and looks at it anew. Should the script end before the link is changed, what ran of it runs again.
hold_replica() {
    HELD=''
    [ "$(replica_field Replica_IO_Running)" = No ] || HELD=IO_THREAD
    [ "$(replica_field Replica_SQL_Running)" = No ] || HELD="${HELD:+$HELD, }SQL_THREAD"
    at_exit let_replica_go
    sql "STOP $(sql_replica)"
    look_at_replication
}
let_replica_go() { [ -z "$HELD" ] || try_sql "START $(sql_replica) $HELD" >/dev/null; }

# renew_login OPTIONS: the applier goes on meanwhile where the series lets it, and the coordinates stay.
renew_login() {
    sql "STOP $(sql_replica)$(! changes_receiver_alone || echo ' IO_THREAD')" "$(sql_change_source) $(sql_source)_PASSWORD = $(quote_sql "$ACCOUNT_PASSWORD")$1$(sql_changed_retry)" "START $(sql_replica)"
    note "its receiver logs in to $WANTED anew (it was running: $(replica_field Replica_IO_Running))"
}

# sql_changed_retry: `, OPTION = …` of what the link that was looked at has otherwise; a series that does not tell is not asked again.
sql_changed_retry() {
    local name value
    [ -n "$RETRY_SECONDS" ] || return 0
    for name in "Connect_Retry=$RETRY_SECONDS" "Source_Retry_Count=$RETRY_COUNT"; do
        value="$(replica_field "${name%=*}")"
        case "$value" in '' | "${name#*=}") continue ;; esac
        name="${name/Source_/}"
        printf ', %s_%s = %s' "$(sql_source)" "$(printf '%s' "${name%=*}" | tr '[:lower:]' '[:upper:]')" "${name#*=}"
    done
}
