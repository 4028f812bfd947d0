# attach-replica.sh: makes this node follow its peer, and keeps it so.
# in:    NODE PORT SOCKET LOGIN_USER LOGIN_PASSWORD PEER_HOST PEER_PORT ACCOUNT ACCOUNT_PASSWORD PEER_UUID
#        SOURCE_LOG OWN_LOG (the ids of both logs, as they were when the nodes were configured)
#        SOURCE_FILE SOURCE_POSITION GATE (yes: the source's log may hold nothing but what came from here)
#        GTID (yes: on MariaDB, a link that begins goes by GTID)
#        CATCH_UP_SECONDS RETRY_SECONDS RETRY_COUNT (empty: the server's own) TLS_REQUIRE TLS_CA TLS_VERIFY_HOST
# out:   link source=HOST:PORT uuid=UUID
# codes: MM_LINK_FOREIGN_SOURCE MM_LINK_ERRANT MM_LINK_COORDINATES_LOST MM_LINK_OTHER_SOURCE MM_LINK_LOG_RESET MM_LINK_LOG_PURGED MM_LINK_NOT_RUNNING MM_LINK_BEHIND MM_LINK_IN_CLEAR MM_TLS_MISSING MM_ROLE_PEER_WRITABLE MM_NODE_SKIPS_ERRORS
# parts: attach-replica/source.sh (whose link, whose server?) attach-replica/place.sh (from where may it go on?) attach-replica/channel.sh (the statements)

main() {
    require_server
    open_state
    WANTED="$PEER_HOST:$PEER_PORT"
    restore_strict_mode
    look_at_replication
    FOLLOWED="$(read_followed)"
    case "$1" in
        up) follow ;;
        down) part ;;
    esac
}

# Whether the link is this program's, and the server at its other end the right one; how it travels; then what is not as it should be.
follow() {
    local id
    require_not_parted
    require_peer "$PEER_HOST" "$PEER_PORT" 60
    id="$(read_peer_id)"
    choose_way
    require_ours
    require_strict_applier
    require_same_source "$id"
    require_configured_source "$id"
    require_same_logs
    id="$PEER_UUID"
    ENCRYPTED="$(read_peer_tls)"
    CA="$(channel_ca_path)"
    require_no_downgrade
    ensure_channel_ca "$CA"
    ensure_channel
    drop_channel_cas "$CA"
    remember link "source=$WANTED uuid=$id${SOURCE_LOG:+ log=$SOURCE_LOG} password=$(digest_of "$ACCOUNT_PASSWORD")"
    ensure_link_running
    [ "$ENCRYPTED" = 1 ] || warn MM_LINK_IN_CLEAR "$PEER_HOST offers no TLS: rows travel to $NODE in clear; the password does not, it goes encrypted with the key that $PEER_HOST shows"
    printf 'link source=%s uuid=%s\n' "$WANTED" "$id"
}

ensure_channel() {
    require_no_anonymous
    if ! is_channel_wanted; then
        require_known_place
        [ -n "$FOLLOWED" ] || require_not_errant
        attach
    elif [ "$(read_channel_tls)" != "$(wanted_tls "$ENCRYPTED" "$CA")" ]; then
        renew_login ", $(sql_channel_tls "$ENCRYPTED" "$CA")"
    elif [ "$(value_of password "$(recall link)")" != "$(digest_of "$ACCOUNT_PASSWORD")" ] || ! is_receiving || [ -n "$(sql_changed_retry)" ]; then
        renew_login ''
    fi
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

# A link that was encrypted stays so: whoever sits in between could take TLS out of what the source offers.
require_no_downgrade() {
    if [ "$ENCRYPTED" = 1 ] || [ "$(replica_field Source_SSL_Allowed)" != Yes ] || [ "$TLS_REQUIRE" = false ]; then return; fi
    fail MM_TLS_MISSING "$NODE followed $WANTED encrypted, and now that server offers no TLS. Nothing was changed" \
        "give it its TLS back (tls_version, ssl_cert and ssl_key there), or set tls.require to false where rows may travel in clear; then run up again"
}

is_receiving() { [ "$(replica_field Replica_IO_Running)" = Yes ]; }
# as it is now; what was seen is then what replica_field reads
is_running() { look_at_replication && are_threads_running; }

ensure_link_running() {
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
    has_channel_tables || return 0
    try_sql 'SELECT LAST_ERROR_MESSAGE FROM performance_schema.replication_applier_status_by_worker WHERE LAST_ERROR_NUMBER <> 0 LIMIT 1' || true
}

# At destroy: stops and forgets, if the channel is ours; first what the source has written up to now is applied, where that can be.
part() {
    if [ "$FOLLOWED" = "$WANTED" ]; then
        await_last_rows ||
            warn MM_LINK_BEHIND "parts from $WANTED without all that was written there (receiver: $(replica_field Replica_IO_Running), applier: $(replica_field Replica_SQL_Running)); what it lacks is on $PEER_HOST alone"
        use_up_seed
        sql "STOP $(sql_replica)" "$(sql_forget_source)"
        note "no longer follows $WANTED"
    fi
    drop_channel_cas
    forget link
}

# await_last_rows: status 1 where not all that the source has written up to now comes to be applied. A log that was begun anew took along
# what this node knows of the peer's GTIDs: it would wait for ever for what it has.
await_last_rows() {
    [ -z "$OWN_LOG" ] || [ "$(ensure_log_id)" = "$OWN_LOG" ] || return 1
    open_peer "$PEER_HOST" "$PEER_PORT"
    are_threads_running && try_peer 'SELECT 1' >/dev/null || return 1
    mark_peer_log
    wait_until "$CATCH_UP_SECONDS" has_applied_mark_or_stopped || return 1
    has_applied_mark
}
has_applied_mark_or_stopped() { has_applied_mark || ! is_running; }

{ main "$@"; } </dev/null
