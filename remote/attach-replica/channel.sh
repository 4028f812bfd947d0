# channel.sh: the channel to the source: what it is like, and the statements that change it.

# The WAY in which a replica asks its source: auto (MySQL's GTIDs, where both have gtid_mode on), slave_pos (MariaDB's, where that is wanted and each
# writes into a domain of its own), or place (file and position). By MariaDB's a link begins, or never goes: what one that stands by
# place has applied may be of one domain.
choose_way() {
    WAY=place
    if have_both_gtids; then
        WAY=auto
    elif has_gtid_domains; then
        if [ -n "$FOLLOWED" ]; then
            [ "$(read_channel_way)" = place ] || WAY=slave_pos
        elif [ "$GTID" = yes ] && [ "$(read_variable gtid_domain_id)" != "$(peer_read @@global.gtid_domain_id)" ]; then
            WAY=slave_pos
        fi
    fi
}
# read_channel_way: of the channel that was looked at. current_pos is none of ours: it would ask for what the peer may not have.
read_channel_way() {
    case "$(replica_field Auto_Position) $(replica_field Using_Gtid)" in
        '1 '*) echo auto ;;
        *' Slave_Pos') echo slave_pos ;;
        *' Current_Pos') echo current_pos ;;
        *) echo place ;;
    esac
}

# is_channel_wanted: source, account and way are as they should be.
is_channel_wanted() { [ "$FOLLOWED $(replica_field Source_User) $(read_channel_way)" = "$WANTED $ACCOUNT $WAY" ]; }

# attach: host, account and coordinates in one statement; apart, the server silently starts at its source's first log.
attach() {
    local how="again, for it followed $FOLLOWED" file="$SOURCE_FILE" position="$SOURCE_POSITION" first=() place
    case "${FOLLOWED:+standing }$WAY" in
        auto)
            how='by GTID'
            ;;
        slave_pos)
            require_unpurged "$file" "$position"
            place="$(peer_read "$(sql_gtid_place "$file" "$position")")"
            [ "$place" != NULL ] || fail_purged "log $file to position $position"
            how="from $file $position, by GTID from ${place:-the first one}"
            suspend_strict_mode
            first=("SET GLOBAL gtid_slave_pos = $(quote_sql "$place")")
            ;;
        place)
            how="from $file $position"
            ;;
        'standing place')
            # same source, other account or port: go on exactly where the applier stands, which is told only once it stands
            hold_replica
            file="$(replica_field Relay_Source_Log_File)" position="$(replica_field Exec_Source_Log_Pos)"
            case "$position" in
                '' | 0) fail MM_LINK_COORDINATES_LOST "$NODE does not tell where in the log of $FOLLOWED it stands. Nothing was changed" \
                    "see its error log; attach it by hand at the right coordinates, or seed anew" ;;
            esac
            ;;
    esac
    # one that stands by GTID knows its place itself; MySQL's tells what it will ask for
    case "$WAY" in auto | place) require_unpurged "$file" "$position" ;; esac
    # a RESET without ALL, by hand, leaves behind where the applier of a link stood that is gone: START would trip over it (1872)
    [ -n "$FOLLOWED" ] || first=("$(sql_forget_source)" "${first[@]+"${first[@]}"}")
    sql "STOP $(sql_replica)" "${first[@]+"${first[@]}"}" "$(sql_change_source) $(sql_channel "$file" "$position")" "START $(sql_replica)"
    HELD=''
    restore_strict_mode
    note "follows $WANTED $how"
}

# sql_channel FILE POSITION: all of its options.
sql_channel() {
    local source options
    source="$(sql_source)"
    options="${source}_HOST = $(quote_sql "$PEER_HOST"), ${source}_PORT = $PEER_PORT, ${source}_USER = $(quote_sql "$ACCOUNT"), ${source}_PASSWORD = $(quote_sql "$ACCOUNT_PASSWORD")"
    case "$WAY" in
        auto) options="$options, ${source}_AUTO_POSITION = 1" ;;
        slave_pos) options="$options, $(sql_use_gtid slave_pos)" ;;
        place) options="$options, ${source}_LOG_FILE = $(quote_sql "$1"), ${source}_LOG_POS = $2$(! has_gtid_domains || echo ", $(sql_use_gtid no)")" ;;
    esac
    if [ -n "$RETRY_SECONDS" ]; then options="$options, ${source}_CONNECT_RETRY = $RETRY_SECONDS$(! has_retry_count || echo ", ${source}_RETRY_COUNT = $RETRY_COUNT")"; fi
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
