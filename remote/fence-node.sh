# fence-node.sh: gives this node its role. Passive: read-only, now and after a restart. Active: writable, now and after a restart.
# in:    NODE PORT SOCKET LOGIN_USER LOGIN_PASSWORD OPTION_FILE ROLE (active|passive) PEER_ROLE (active|passive|gone)
#        PEER_HOST PEER_PORT ACCOUNT ACCOUNT_PASSWORD CATCH_UP_SECONDS
# out:   role ROLE
# codes: MM_ROLE_BUSY MM_ROLE_PEER_WRITABLE MM_ROLE_BEHIND MM_ROLE_OPTION_OVERRIDDEN

main() {
    require_server
    open_state
    find_server
    FILE="$(recall option-file)"
    [ -n "$FILE" ] || FILE="$(find_option_file)"
    case "$1:$ROLE" in
        up:passive) fence ;;
        up:active) open_for_writes ;;
        down:*) lift_fence && return ;;
    esac
    printf 'role %s\n' "$ROLE"
}

fence() {
    local options='read_only=1
event_scheduler=OFF'
    ! has_super_read_only || options="$options
super_read_only=1"
    remember_before_fence
    # the file first: a restart in between must not open the node
    write_role "$ROLE_LINE: passive
$options"
    set_events OFF
    is_fenced && return
    # it waits for running commits; bounded, so that one long transaction does not hold up every later statement for ever
    if ! try_sql 'SET SESSION lock_wait_timeout = 30' "SET GLOBAL $(fence_variable) = 1"; then
        fail MM_ROLE_BUSY "$NODE could not be made read-only within 30 s: a transaction holds it up" \
            "see SHOW PROCESSLIST on $NODE, end what hangs, then run up again" "$(cat "$SCRATCH/words")"
    fi
    note "is read-only, and stays so after a restart"
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
    if [ "$(read_gtid_mode)" = ON ] && has_wait_for_gtid_set; then
        gtid="$(peer_read @@global.gtid_executed | plain_gtid_set)"
        [ "$(sql "SELECT WAIT_FOR_EXECUTED_GTID_SET($(quote_sql "$gtid"), $CATCH_UP_SECONDS)")" = 0 ] && return
    else
        read -r file position <<<"$(try_peer "$(sql_binary_log_status)" | awk -F'\t' 'NR == 1 { print $1, $2 }')"
        case "$(sql "SELECT $(sql_wait_for_position)($(quote_sql "$file"), $position, $CATCH_UP_SECONDS)")" in -1 | NULL | '') ;; *) return ;; esac
    fi
    fail MM_ROLE_BEHIND "$NODE has not applied all that $PEER_HOST wrote, within $CATCH_UP_SECONDS s; it stays closed, and so does $PEER_HOST" \
        "see SHOW $(sql_replica) STATUS on $NODE; then run up again, or set active back"
}

# At destroy: as it was before the program first touched it.
lift_fence() {
    local before
    before="$(recall before-fence)"
    write_role ''
    [ -n "$before" ] || return 0
    if has_super_read_only; then sql "SET GLOBAL super_read_only = $(value_of super_read_only "$before")"; fi
    sql "SET GLOBAL read_only = $(value_of read_only "$before")"
    case "$(value_of event_scheduler "$before")" in ON | OFF) set_events "$(value_of event_scheduler "$before")" ;; esac
    forget before-fence
    note "read-only as before: $before"
}

fence_variable() { if has_super_read_only; then echo super_read_only; else echo read_only; fi; }
is_fenced() { [ "$(read_variable "$(fence_variable)")" = 1 ]; }
is_read_only() { [ "$(read_variable read_only)" = 1 ]; }

# write_role LINES: the second part of the managed block; the node's settings above it stay.
write_role() {
    local settings
    [ -e "$FILE" ] || [ -n "$1" ] || return 0
    require_whole_block "$FILE"
    settings="$(block_settings "$FILE")"
    [ -n "$settings$1" ] || return 0
    with_block "$FILE" "$settings${1:+
$1}" >"$SCRATCH/option-file"
    cmp -s "$FILE" "$SCRATCH/option-file" || install_text "$FILE" <"$SCRATCH/option-file"
    [ -n "$1" ] || return 0
    case "$(read_effective_options | sed -n 's/^read_only=//p' | tail -n 1)" in
        1 | ON | on) ;;
        *) fail MM_ROLE_OPTION_OVERRIDDEN "$NODE would be writable after a restart: $(find_option_lines read_only | tr '\n' ' ')" "remove that line, then run up again" ;;
    esac
}

require_writable_after_restart() {
    local name
    for name in read_only super_read_only; do
        case "$(read_effective_options | sed -n "s/^$name\$/$name=1/; s/^$name=//p" | tail -n 1 | tr '[:upper:]' '[:lower:]')" in
            1 | on | true)
                fail MM_ROLE_OPTION_OVERRIDDEN "$NODE is to take writes, but would be read-only after a restart: $(find_option_lines "$name" | tr '\n' ' ')" \
                    "remove that line, then run up again"
                ;;
        esac
    done
}

{ main "$@"; } </dev/null
