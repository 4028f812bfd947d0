# attach-replica.sh: makes this node follow its peer, and keeps it so.
# in:    NODE PORT SOCKET LOGIN_USER LOGIN_PASSWORD PEER_HOST PEER_PORT ACCOUNT ACCOUNT_PASSWORD PEER_UUID
#        SOURCE_LOG OWN_LOG (the ids of both logs, as they were when the nodes were configured)
#        SOURCE_FILE SOURCE_POSITION GATE (yes: the source's log may hold nothing but what came from here)
#        CATCH_UP_SECONDS RETRY_SECONDS RETRY_COUNT (empty: the server's own) TLS_REQUIRE TLS_CA TLS_VERIFY_HOST
# out:   link source=HOST:PORT uuid=UUID
# codes: MM_LINK_FOREIGN_SOURCE MM_LINK_ERRANT MM_LINK_COORDINATES_LOST MM_LINK_OTHER_SOURCE MM_LINK_LOG_RESET MM_LINK_LOG_PURGED MM_LINK_NOT_RUNNING MM_LINK_BEHIND MM_LINK_IN_CLEAR MM_TLS_MISSING MM_ROLE_PEER_WRITABLE MM_NODE_SKIPS_ERRORS

main() {
    require_server
    open_state
    WANTED="$PEER_HOST:$PEER_PORT"
    case "$1" in
        up) follow ;;
        down) part ;;
    esac
}

follow() {
    local found auto=0 uuid
    require_not_parted
    look_at_replication
    found="$(replica_field Source_Host)"
    require_peer "$PEER_HOST" "$PEER_PORT" 60
    uuid="$(try_peer 'SELECT @@global.server_uuid' || peer_read "CONCAT('server-id-', @@global.server_id)")"
    if have_both_gtids; then auto=1; fi
    require_ours "$found"
    require_strict_applier
    require_same_source "$found" "$uuid"
    require_configured_peer "$uuid"
    require_same_logs "$found"
    ENCRYPTED="$(read_peer_tls)"
    CA="$(channel_ca_path)"
    require_no_downgrade
    ensure_channel_ca "$CA"
    if [ -z "$found" ]; then
        require_not_errant "$auto"
        attach "$auto" "$([ "$auto" = 1 ] && echo "by GTID" || echo "from $SOURCE_FILE $SOURCE_POSITION")"
    elif [ "$found:$(replica_field Source_Port):$(replica_field Source_User):$(replica_field Auto_Position)" != "$WANTED:$ACCOUNT:${auto#0}" ] &&
        [ "$found:$(replica_field Source_Port):$(replica_field Source_User):$(replica_field Auto_Position)" != "$WANTED:$ACCOUNT:$auto" ]; then
        require_known_position "$found" "$auto"
        attach "$auto" "again, for it followed $found:$(replica_field Source_Port)"
    elif [ "$(read_channel_tls)" != "$(wanted_tls "$ENCRYPTED" "$CA")" ]; then
        renew_login ", $(sql_channel_tls "$ENCRYPTED" "$CA")"
    elif [ "$(value_of password "$(recall link)")" != "$(digest_of "$ACCOUNT_PASSWORD")" ] || ! is_receiving || [ -n "$(sql_changed_retry)" ]; then
        renew_login ''
    fi
    drop_channel_cas "$CA"
    remember link "source=$WANTED uuid=$uuid${SOURCE_LOG:+ log=$SOURCE_LOG} password=$(digest_of "$ACCOUNT_PASSWORD")"
    require_link_running
    [ "$ENCRYPTED" = 1 ] || warn MM_LINK_IN_CLEAR "$PEER_HOST offers no TLS: rows travel to $NODE in clear; the password does not, it goes encrypted with the key that $PEER_HOST shows"
    printf 'link source=%s uuid=%s\n' "$WANTED" "$uuid"
}

# A source that this program did not set is somebody's replication; one that was changed behind its back is repaired.
require_ours() {
    [ -z "$1" ] || [ "$1:$(replica_field Source_Port)" = "$WANTED" ] || [ -n "$(recall link)" ] ||
        fail MM_LINK_FOREIGN_SOURCE "$NODE follows $1:$(replica_field Source_Port), not $WANTED. Nothing was changed" \
            "if that link is no longer wanted, detach it by hand (STOP $(sql_replica); RESET $(sql_replica) ALL), then run up again"
}

# Another server at the source's address has another log: to go on in it at the old place would apply what nobody knows.
# A new peer that is seeded is told apart before (seed-offer.sh parts the origin from the old one).
require_same_source() {
    local known
    known="$(value_of uuid "$(recall link)")"
    if [ -z "$1" ] || [ -z "$known" ] || [ "$known" = "$2" ]; then return; fi
    sql "STOP $(sql_replica)"
    fail MM_LINK_OTHER_SOURCE "$NODE followed server $known at $WANTED, and now $2 answers there. $NODE was stopped from following it" \
        "if that is a restored copy, pulumi destroy and up again will tell whether the two fit; if it is a stranger, give the right host"
}

# A link that was encrypted stays so: whoever sits in between could take TLS out of what the source offers.
require_no_downgrade() {
    if [ "$ENCRYPTED" = 1 ] || [ "$(replica_field Source_SSL_Allowed)" != Yes ] || [ "$TLS_REQUIRE" = false ]; then return; fi
    fail MM_TLS_MISSING "$NODE followed $WANTED encrypted, and now that server offers no TLS. Nothing was changed" \
        "give it its TLS back (tls_version, ssl_cert and ssl_key there), or set tls.require to false where rows may travel in clear; then run up again"
}

# An applier that passes over what it cannot apply lets the pair differ, and says nothing.
require_strict_applier() {
    local name value found=''
    for name in $(skipping_variables); do
        value="$(read_variable "$name")"
        case "$value" in OFF | 0 | STRICT) ;; *) found="$found, $name = $value" ;; esac
    done
    [ -z "$found" ] || fail MM_NODE_SKIPS_ERRORS "$NODE's applier passes over errors (${found#, }). Nothing was changed" \
        "take that out of its option files$(for name in $(skipping_variables); do find_option_lines "$name" | sed 's/^/ (/; s/$/)/'; done), restart it or SET GLOBAL it back, then run up again"
}

# Whoever answers is the server that was configured as the peer, and not another one behind the same name.
require_configured_peer() {
    [ "$1" = "$PEER_UUID" ] || fail MM_LINK_OTHER_SOURCE "at $WANTED server $1 answers $NODE; the one that was configured is $PEER_UUID. $NODE was not changed" \
        "see what $PEER_HOST and its port mean on $NODE (names, NAT, a proxy); if the peer was installed anew, set converge to a new text; then run up again"
}

# require_same_logs FOUND: the source writes the log that this node has followed, or was seeded from; and this node the one that it had
# when it was configured, from which its peer was seeded.
require_same_logs() {
    local known own
    known="$(value_of log "$(recall link)")"
    # attached by hand since, and the note removed: that is a DBA's word for it
    if [ -z "$1$(recall link)" ] && [ "$(value_of source "$(recall seed)")" = "$PEER_UUID" ]; then known="$(value_of source_log "$(recall seed)")"; fi
    if [ -n "$known" ] && [ -n "$SOURCE_LOG" ] && [ "$known" != "$SOURCE_LOG" ]; then
        [ -z "$1" ] || sql "STOP $(sql_replica)"
        fail_log_reset "$PEER_HOST" "$NODE" "$NODE does not follow it any more"
    fi
    own="$(ensure_log_id)"
    [ -z "$OWN_LOG" ] || [ "$own" = "$OWN_LOG" ] || fail_log_reset "$NODE" "$PEER_HOST" "$NODE was not changed"
}

# fail_log_reset SOURCE REPLICA DONE
fail_log_reset() {
    fail MM_LINK_LOG_RESET "the binary log of $1 was begun anew (RESET, or a restored copy): its names and numbers come again, and $2 may lack what was written since. $3" \
        "set converge to a new text, and compare the two nodes. Where $2 lacks nothing: attach it by hand where it is to go on, remove $STATE/link there, then run up again. Else pulumi destroy, empty b, and up seeds it anew"
}

# The gate: nothing may reach this node from the source's log but what it sent there itself.
require_not_errant() {
    local errant way="apply what is wanted on $NODE by hand, then empty $PEER_HOST and run up again"
    if [ -n "$(recall link)" ]; then
        # attached before: the coordinates of the seed would apply again what is here already
        [ "$1" = 1 ] || fail MM_LINK_COORDINATES_LOST "$NODE no longer follows $WANTED, and where it stopped is gone with its channel. Nothing was changed" \
            "without GTIDs nobody but a DBA can tell what it lacks: attach it by hand at the right coordinates, or seed anew"
        way="if $PEER_HOST wrote them as the active node, $NODE only lags behind: attach it by hand ($(sql_change_source) … $(sql_source)_AUTO_POSITION = 1), then run up again"
    elif [ "$GATE" = yes ]; then
        [ "$(peer_read @@global.read_only)" = 1 ] || fail MM_ROLE_PEER_WRITABLE "$PEER_HOST takes writes, before $NODE follows it. $NODE was not changed" \
            "SET GLOBAL read_only = 1 there, see who has written what, then run up again"
    fi
    [ "$GATE" = yes ] || return 0
    if [ "$1" = 1 ]; then
        errant="$(sql "SELECT GTID_SUBTRACT($(quote_sql "$(peer_read @@global.gtid_executed | plain_gtid_set)"), @@global.gtid_executed)")"
        [ -z "$errant" ] || fail MM_LINK_ERRANT "$PEER_HOST has transactions of its own ($errant), which $NODE would replay over its data. $NODE was not changed" \
            "see what they are (mysqlbinlog --include-gtids); $way"
    else
        errant="$(find_foreign_event try_peer "$SOURCE_FILE" "$SOURCE_POSITION" "$(read_variable server_id)")"
        [ -z "$errant" ] || fail MM_LINK_ERRANT "$PEER_HOST's log holds events that did not come from $NODE ($errant), which $NODE would replay over its data. $NODE was not changed" \
            "see what they are (mysqlbinlog); $way"
    fi
}

# require_unpurged AUTO FILE POSITION: the source still has what this node is going to ask for; else the receiver would stop with
# error 1236, after the channel was changed.
require_unpurged() {
    local gone='' way="let $PEER_HOST keep its logs longer (binlog_expire_logs_seconds); then empty $NODE (or name a fresh host), remove $STATE/seed and $STATE/link there, and run up again: it is seeded anew"
    if [ "$1" = 1 ]; then
        gone="$(peer_read "GTID_SUBTRACT(@@global.gtid_purged, $(quote_sql "$(read_gtid_set)"))" | plain_gtid_set)"
    elif ! try_peer 'SHOW BINARY LOGS' | awk -F'\t' -v file="$2" -v position="$3" '$1 == file && $2 >= position { found = 1 } END { exit !found }'; then
        gone="log $2 to position $3"
    fi
    [ -n "$gone" ] || return 0
    # the origin is never emptied
    [ "$GATE" != yes ] || way="whether $NODE lacks anything of it only a DBA can tell: see what it was, and attach it by hand"
    fail MM_LINK_LOG_PURGED "$PEER_HOST no longer has what $NODE would ask for ($gone). $NODE was not changed" "$way"
}

# With GTIDs a replica asks for what it lacks; without, the position in the right source's log is lost.
require_known_position() {
    [ "$1:$(replica_field Source_Port)" = "$WANTED" ] || [ "$2" = 1 ] ||
        fail MM_LINK_COORDINATES_LOST "$NODE was pointed at $1:$(replica_field Source_Port) behind the program's back. Nothing was changed" \
            "without GTIDs nobody but a DBA can tell where to go on: attach it to $WANTED by hand at the right coordinates, then run up again"
}

# attach AUTO WHY: host, account and coordinates in one statement; apart, the server silently starts at its source's first log.
attach() {
    local source options file="$SOURCE_FILE" position="$SOURCE_POSITION"
    source="$(sql_source)"
    options="${source}_HOST = $(quote_sql "$PEER_HOST"), ${source}_PORT = $PEER_PORT, ${source}_USER = $(quote_sql "$ACCOUNT"), ${source}_PASSWORD = $(quote_sql "$ACCOUNT_PASSWORD")"
    if [ "$1" != 1 ] && [ -n "$(replica_field Source_Host)" ]; then
        # same source, other account or port: go on exactly where the applier stands, which is told only once it stands
        hold_replica
        file="$(replica_field Relay_Source_Log_File)" position="$(replica_field Exec_Source_Log_Pos)"
    fi
    require_unpurged "$1" "$file" "$position"
    if [ "$1" = 1 ]; then
        options="$options, ${source}_AUTO_POSITION = 1"
    else
        options="$options, ${source}_LOG_FILE = $(quote_sql "$file"), ${source}_LOG_POS = $position"
    fi
    if [ -n "$RETRY_SECONDS" ]; then options="$options, ${source}_CONNECT_RETRY = $RETRY_SECONDS, ${source}_RETRY_COUNT = $RETRY_COUNT"; fi
    options="$options, $(sql_channel_tls "$ENCRYPTED" "$CA")"
    # without TLS an account of caching_sha2_password logs in only with the source's public key
    if has_source_public_key; then options="$options, GET_${source}_PUBLIC_KEY = 1"; fi
    sql "STOP $(sql_replica)" "$(sql_change_source) $options" "START $(sql_replica)"
    HELD=''
    note "follows $WANTED $2"
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

# The applier goes on meanwhile, and the coordinates stay.
renew_login() {
    sql "STOP $(sql_replica) IO_THREAD" "$(sql_change_source) $(sql_source)_PASSWORD = $(quote_sql "$ACCOUNT_PASSWORD")$1$(sql_changed_retry)" "START $(sql_replica)"
    note "its receiver logs in to $WANTED anew (it was running: $(replica_field Replica_IO_Running))"
}

is_receiving() { [ "$(replica_field Replica_IO_Running)" = Yes ]; }
is_running() { look_at_replication && is_receiving && [ "$(replica_field Replica_SQL_Running)" = Yes ]; }

require_link_running() {
    if ! is_running; then
        sql "START $(sql_replica)"
        note "started the receiver and the applier"
    fi
    wait_until 30 is_running && return
    fail MM_LINK_NOT_RUNNING "$NODE follows $WANTED, but after 30 s its receiver says $(replica_field Replica_IO_Running) and its applier $(replica_field Replica_SQL_Running)" \
        "mend what the server names, then run up again" "$(replica_field Last_IO_Error) $(replica_field Last_SQL_Error) $(read_worker_error)"
}

# What a parallel applier's status only hints at.
read_worker_error() {
    since 50700 || return 0
    try_sql 'SELECT LAST_ERROR_MESSAGE FROM performance_schema.replication_applier_status_by_worker WHERE LAST_ERROR_NUMBER <> 0 LIMIT 1' || true
}

# At destroy: stops and forgets, if the channel is ours; first what the source has written up to now is applied, where that can be.
part() {
    look_at_replication
    if [ "$(replica_field Source_Host):$(replica_field Source_Port)" = "$WANTED" ]; then
        has_last_rows ||
            warn MM_LINK_BEHIND "parts from $WANTED without all that was written there (receiver: $(replica_field Replica_IO_Running), applier: $(replica_field Replica_SQL_Running)); what it lacks is on $PEER_HOST alone"
        sql "STOP $(sql_replica)" "RESET $(sql_replica) ALL"
        note "no longer follows $WANTED"
    fi
    drop_channel_cas
    forget link
}

# A log that was begun anew took along what this node knows of the peer's GTIDs: it would wait for ever for what it has.
has_last_rows() {
    [ -z "$OWN_LOG" ] || [ "$(ensure_log_id)" = "$OWN_LOG" ] || return 1
    open_peer "$PEER_HOST" "$PEER_PORT"
    are_threads_running && try_peer 'SELECT 1' >/dev/null || return 1
    mark_peer_log
    wait_until "$CATCH_UP_SECONDS" has_applied_or_stopped || return 1
    has_applied_mark
}
has_applied_or_stopped() { has_applied_mark || ! is_running; }

{ main "$@"; } </dev/null
