# fence-node.sh: gives this node its role. Passive: read-only, now and after a restart. Active: writable, now and after a restart.
# in:    NODE PORT SOCKET LOGIN_USER LOGIN_PASSWORD OPTION_FILE ROLE (active|passive) PEER_ROLE (active|passive|gone)
#        PEER_HOST PEER_PORT ACCOUNT ACCOUNT_PASSWORD CATCH_UP_SECONDS
# out:   role ROLE (what destroy undoes of it is in configure-node.sh, which comes after the channels are gone)
# codes: MM_ROLE_BUSY MM_ROLE_PEER_WRITABLE MM_ROLE_BEHIND MM_ROLE_OPTION_OVERRIDDEN

main() {
    require_server
    open_state
    find_server
    FILE="$(written_option_file)"
    case "$ROLE" in
        passive) fence ;;
        active) open_for_writes ;;
    esac
    printf 'role %s\n' "$ROLE"
}

fence() {
    local role_before
    role_before="$(block_role "$FILE")"
    remember_before_fence
    # the file first: a restart in between must not open the node
    write_role "$(passive_role)"
    if ! is_fenced; then
        # it waits for running commits, and later ones wait behind it: bounded, so that a long transaction does not stall the node
        if ! try_sql 'SET SESSION lock_wait_timeout = 10' "SET GLOBAL $(fence_variable) = 1"; then
            write_role "$role_before"
            fail MM_ROLE_BUSY "$NODE could not be made read-only within 10 s: a transaction holds it up. It is as it was before" \
                "see SHOW PROCESSLIST on $NODE, end what hangs, then run up again" "$(cat "$SCRATCH/words")"
        fi
        note "is read-only, and stays so after a restart"
    fi
    set_events OFF
}

open_for_writes() {
    local events
    if is_read_only; then
        remember_before_fence
        if [ "$PEER_ROLE" != gone ]; then require_all_applied; fi
    fi
    write_role ''
    require_writable_after_restart
    if is_read_only; then
        if has_super_read_only; then sql 'SET GLOBAL super_read_only = 0'; fi
        sql 'SET GLOBAL read_only = 0'
        note 'takes writes, and still does after a restart'
    fi
    events="$(value_of event_scheduler "$(recall before-fence)")"
    case "$events" in ON | OFF) set_events "$events" ;; esac
}

# Opened only after the peer is closed (unless both are to be open) and its last transaction is applied here.
require_all_applied() {
    local gtid file position
    require_peer "$PEER_HOST" "$PEER_PORT" 20
    if [ "$PEER_ROLE" = passive ] && [ "$(peer_read @@global.read_only)" != 1 ]; then
        fail MM_ROLE_PEER_WRITABLE "$PEER_HOST still takes writes, so $NODE stays closed" "run up again; see that nobody lifts the fence on $PEER_HOST"
    fi
    if have_both_gtids && has_wait_for_gtid_set; then
        gtid="$(peer_read @@global.gtid_executed | plain_gtid_set)"
        [ "$(sql "SELECT WAIT_FOR_EXECUTED_GTID_SET($(quote_sql "$gtid"), $CATCH_UP_SECONDS)")" = 0 ] && return
    else
        read -r file position <<<"$(read_peer_coordinates)"
        case "$(sql "SELECT $(sql_wait_for_position)($(quote_sql "$file"), $position, $CATCH_UP_SECONDS)")" in -1 | NULL | '') ;; *) return ;; esac
    fi
    fail MM_ROLE_BEHIND "$NODE has not applied all that $PEER_HOST wrote, within $CATCH_UP_SECONDS s; it stays closed, and so does $PEER_HOST" \
        "see SHOW $(sql_replica) STATUS on $NODE; then run up again, or set active back"
}

require_writable_after_restart() {
    local name
    for name in read_only super_read_only; do
        ! is_on_after_restart "$name" ||
            fail MM_ROLE_OPTION_OVERRIDDEN "$NODE is to take writes, but would be read-only after a restart: $(find_option_lines "$name" | tr '\n' ' ')" \
                "remove that line, then run up again"
    done
}

{ main "$@"; } </dev/null
