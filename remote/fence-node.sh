# fence-node.sh: gives this node its role. Passive: read-only, now and after a restart. Active: writable, now and after a restart.
# in:    NODE PORT SOCKET LOGIN_USER LOGIN_PASSWORD OPTION_FILE ROLE (active|passive) PEER_ROLE (active|passive|gone)
#        EVENTS (yes: they run here) PEER_EVENTS (what the other one has given up, its line; empty where it has not)
#        PEER_HOST PEER_PORT ACCOUNT ACCOUNT_PASSWORD CATCH_UP_SECONDS
# out:   role ROLE [events=SCHEMA.NAME,... in hexadecimal digits | events=none]: which of its events were enabled when it gave them up
#        (what destroy undoes of it is in lock-host.sh, which comes after the channels are gone)
# codes: MM_ROLE_BUSY MM_ROLE_PEER_WRITABLE MM_ROLE_PEER_STOPPED MM_ROLE_BEHIND MM_ROLE_OPTION_OVERRIDDEN MM_LINK_LOG_RESET MM_LINK_BEHIND

main() {
    local events=''
    require_server
    open_state
    find_server
    [ "$PEER_ROLE" = gone ] || require_not_parted
    FILE="$(written_option_file)"
    OPENED=no
    case "$ROLE" in
        passive) fence ;;
        active) open_for_writes ;;
    esac
    if [ "$EVENTS" = yes ]; then
        take_events
    else
        remember_before_fence
        give_up_events
        events=" $(recall events)"
    fi
    [ "$PEER_ROLE" = gone ] || remember peer-role "$PEER_ROLE"
    printf 'role %s%s\n' "$ROLE" "$events"
}

fence() {
    local role_before
    # a run that was killed in between has closed the file over an open server
    if [ -e "$STATE/closing" ]; then role_before="$(recall closing)"; else role_before="$(block_role "$FILE")"; fi
    require_not_persisted read_only=1 super_read_only=1 event_scheduler=OFF
    is_fenced || require_successor "$role_before"
    remember_before_fence
    # the file first: a restart in between must not open the node
    is_fenced || remember closing "$role_before"
    write_role "$(passive_role)"
    if is_fenced; then
        forget closing
        return
    fi
    # it waits for running commits, and later ones wait behind it: bounded, so that a long transaction does not stall the node
    if ! try_sql 'SET SESSION lock_wait_timeout = 10' "SET GLOBAL $(fence_variable) = 1"; then
        write_role "$role_before"
        forget closing
        fail MM_ROLE_BUSY "$NODE could not be made read-only within 10 s: a transaction holds it up. It is as it was before" \
            "see SHOW PROCESSLIST on $NODE, end what hangs, then run up again" "$(cat "$SCRATCH/words")"
    fi
    forget closing
    note "is read-only, and stays so after a restart"
}

# require_successor ROLE-BEFORE: closed for a switchover only when the other one can take over: it answers, follows this server with both threads, and is not far
# behind. Else nobody would take writes.
require_successor() {
    # the peer's own
    local REPLICA_STATUS=''
    [ "$PEER_ROLE" = active ] || return 0
    open_peer "$PEER_HOST" "$PEER_PORT"
    try_peer 'SELECT 1' >/dev/null || fail_successor "$PEER_HOST does not answer" "$(cat "$SCRATCH/words")"
    if [ "$(peer_read @@global.read_only)" != 1 ]; then
        # open already, and this one was to be closed before: it alone is put right. Where both took writes, it is a switchover like others
        case "$1" in "$ROLE_LINE: passive"*) return ;; esac
        # opened while this one was gone (shut_out_gone): the writes are there, and this one must take none
        case "$(peer_sql 'SHOW GRANTS')" in *'REPLICATION SLAVE'*) ;; *) return ;; esac
    fi
    REPLICA_STATUS="$(peer_vertical "SHOW $(sql_replica) STATUS")" || fail_successor "$PEER_HOST does not tell its replica status" "$(cat "$SCRATCH/words")"
    are_threads_running || fail_successor "on $PEER_HOST the receiver says $(replica_field Replica_IO_Running) and the applier $(replica_field Replica_SQL_Running)" \
        "$(replica_field Last_IO_Error) $(replica_field Last_SQL_Error)"
    require_continued_log
    mark_own_log
    wait_until "$CATCH_UP_SECONDS" has_peer_applied_mark || fail_successor "$PEER_HOST has not applied within $CATCH_UP_SECONDS s what $NODE had written before" ''
}
# In a log that was begun anew, names, numbers and GTIDs come again: that the other one is past them says nothing.
require_continued_log() {
    local known
    known="$(recall log)"
    [ -n "$known" ] || return 0
    look_at_own_log
    is_log_continued "$known" || fail MM_LINK_LOG_RESET "the binary log of $NODE was begun anew (RESET, or a restored copy): nothing tells whether $PEER_HOST has what was written since. $NODE stays open; nothing was changed" \
        "set active back, set converge to a new text, and up: it stops the link, and says how to go on"
}

fail_successor() {
    fail MM_ROLE_PEER_STOPPED "$1: it cannot take over from $NODE, which stays open. Nothing was changed" \
        "mend the link (a new text in converge lets every step look again), then run up again; where that host is lost, set active back, and gone to it" "$2"
}

open_for_writes() {
    local wanted=(read_only=0 super_read_only=0)
    [ "$EVENTS" = yes ] || wanted+=(event_scheduler=OFF)
    require_not_persisted "${wanted[@]}"
    if is_read_only; then
        OPENED=yes
        remember_before_fence
        [ "$PEER_ROLE" = gone ] || require_all_applied
    elif [ "$PEER_ROLE $(recall peer-role)" = 'passive active' ]; then
        # both took writes until now
        require_all_applied
    fi
    # also where somebody has opened it by hand meanwhile, or both took writes; a gone one that took none has nothing of its own
    if [ "$PEER_ROLE" = gone ] && { [ "$OPENED" = yes ] || [ "$(recall peer-role)" = active ]; }; then
        part_from_gone
        with_write_access shut_out_gone
    fi
    if [ "$EVENTS" = yes ]; then write_role ''; else write_role "$(eventless_role)"; fi
    forget closing
    require_writable_after_restart
    if is_read_only; then
        if has_super_read_only; then sql 'SET GLOBAL super_read_only = 0'; fi
        sql 'SET GLOBAL read_only = 0'
        note 'takes writes, and still does after a restart'
    fi
}

# What the gone one had sent is applied first: nobody else has it any more. Then the link is cut for good: an old master that comes back
# with transactions of its own must not feed the new one. Noted before it is done, so that no step attaches it again.
part_from_gone() {
    require_gone
    look_at_replication
    if [ -z "$(replica_field Source_Host)" ]; then
        # parted by hand
        note_parted
        return
    fi
    ! has_dropped_received ||
        warn MM_LINK_BEHIND "the server of $NODE was started since it last heard from $PEER_HOST, and relay_log_recovery throws away at a start what was received and not applied: if it lagged then, that is missing. It has all up to $(read_applied_place); what came after is in the binary log of $PEER_HOST, should its disks come back"
    # a link by MariaDB's GTIDs whose threads both stand throws away what it has received when either is started (seen on 10.11): the applier
    # is mended first, while the receiver runs
    ! is_held_by_slave_pos || fail_unapplied
    # where this ends in a refusal, it goes on as before: the gone one may be back, and nothing else would start it
    [ "$(replica_field Replica_IO_Running)" = No ] || at_exit receive_again
    sql "STOP $(sql_replica) IO_THREAD"
    wait_until "$CATCH_UP_SECONDS" has_applied_received_or_stopped || true
    has_applied_all_received || fail_unapplied
    note_parted
    sql "STOP $(sql_replica)" "$(sql_forget_source)"
    note "has applied all that it had received from $PEER_HOST, and follows it no more"
}

fail_unapplied() {
    local first=''
    ! is_by_slave_pos || first="save the files of its relay log first, for to start a link by GTID both of whose threads stand throws them away; "
    fail MM_ROLE_BEHIND "$NODE has received more from $PEER_HOST than it has applied (its applier runs: $(replica_field Replica_SQL_Running)), and $PEER_HOST is gone; $NODE stays closed" \
        "${first}see SHOW $(sql_replica) STATUS on $NODE; mend what stops its applier, then run up again. Where it waits for the rest of a transaction that $PEER_HOST never sent: STOP $(sql_replica); $(sql_forget_source); on $NODE gives that up" "$(replica_field Last_SQL_Error)"
}

# A relay log that was begun at a start holds nothing until the source has been heard from (seen on 8.0.15: Relay_Log_Pos 4).
has_dropped_received() {
    is_same_value "$(read_variable relay_log_recovery)" 1 && [ "$(replica_field Replica_IO_Running)" != Yes ] && [ "$(replica_field Relay_Log_Pos)" = 4 ]
}

# A host that is called gone by mistake, or whose network is cut elsewhere, would go on taking writes beside this one. So would one that does not let
# the program in: a server with too many connections says no, too.
require_gone() {
    local closed words next="take gone out: with active, up moves the writes in good order; or, where that host is to be given up, stop its server or cut it off first; then run up again"
    # open already beside it; one that is still closed may have been cut before it was opened
    [ "$OPENED" = yes ] || ! is_parted || return 0
    open_peer "$PEER_HOST" "$PEER_PORT"
    if closed="$(try_peer 'SELECT @@global.read_only')"; then
        [ "$closed" = 1 ] || fail MM_ROLE_PEER_WRITABLE "$PEER_HOST is called gone, but answers $NODE and takes writes; $NODE stays as it is, for both would" "$next"
        return
    fi
    words="$(cat "$SCRATCH/words")"
    case "$words" in
        *'ERROR 2002 '* | *'ERROR 2003 '*) require_silence "$next" ;;
        *'ERROR 2005 '*) fail MM_ROLE_PEER_WRITABLE "$PEER_HOST is called gone, and $NODE cannot tell whether it takes writes, for it does not know that name; $NODE stays as it is, for both might" \
            "give $NODE that name again (DNS, or a line in its /etc/hosts; where that host is lost for good, with an address that nobody has); then run up again" "$words" ;;
        *) fail MM_ROLE_PEER_WRITABLE "$PEER_HOST is called gone, but somebody answers $NODE there, and does not tell whether it takes writes; $NODE stays as it is, for both might" "$next" "$words" ;;
    esac
}

# require_silence NEXT: a new connection may be kept out (a firewall) while the link's own one stands. A source with nothing to send lets hear from itself
# in each heartbeat period: half of slave_net_timeout, 30 s by default (1800 s before MySQL 5.7.7). A receiver notices only after the whole of it that
# nothing comes any more.
SILENCE_SECONDS=35
require_silence() {
    local period heard
    look_at_replication
    [ "$(replica_field Replica_IO_Running)" = Yes ] || return 0
    period="$(read_heartbeat_period)"
    if [ "${period%%.*}" -lt 1 ] || [ "${period%%.*}" -ge "$SILENCE_SECONDS" ]; then
        fail MM_ROLE_PEER_WRITABLE "$PEER_HOST is called gone, and lets no new connection of $NODE's in, but its link is not known to be dead, and nobody can tell in $SILENCE_SECONDS s (its heartbeat period is $period s, 0: none); $NODE stays as it is" \
            "see SHOW $(sql_replica) STATUS on $NODE; where that host is lost: STOP $(sql_replica) IO_THREAD on $NODE; then run up again"
    fi
    heard="$(read_heard)"
    note "its link to $PEER_HOST is not known to be dead: waiting for $SILENCE_SECONDS s at most whether it still brings anything"
    if wait_until "$SILENCE_SECONDS" has_heard_or_lost "$heard" && [ "$(replica_field Replica_IO_Running)" = Yes ]; then
        fail MM_ROLE_PEER_WRITABLE "$PEER_HOST is called gone, and lets no new connection of $NODE's in, but its link still brings what is written there; $NODE stays as it is, for both would take writes" "$1"
    fi
}
read_heard() { printf '%s %s %s' "$(replica_field Source_Log_File)" "$(replica_field Read_Source_Log_Pos)" "$(sql "$(sql_heartbeats)")"; }
has_heard_or_lost() { # HEARD
    look_at_replication
    [ "$(replica_field Replica_IO_Running)" != Yes ] || [ "$(read_heard)" != "$1" ]
}

note_parted() { is_parted || remember link "$(recall link) parted=gone"; }
receive_again() {
    is_parted || is_held_by_slave_pos || try_sql "START $(sql_replica) IO_THREAD" >/dev/null
}
is_held_by_slave_pos() { is_by_slave_pos && [ "$(replica_field Replica_SQL_Running)" != Yes ]; }

# Nor may it take what is written here from now on: it would go over rows of its own that never arrived. The right to ask for them goes, out
# of the log, which it would read; and its connections, of which it may have one still. What it may see else tells it why.
shut_out_gone() {
    local host id
    sql "SELECT host FROM mysql.user WHERE user = $(quote_sql "$ACCOUNT")" >"$SCRATCH/logins"
    while IFS= read -r host; do
        sql 'SET SESSION sql_log_bin = 0' "REVOKE REPLICATION SLAVE ON *.* FROM $(quote_sql "$ACCOUNT")@$(quote_sql "$host")"
        note "$ACCOUNT@$host may no longer replicate from here: $PEER_HOST cannot follow $NODE when it comes back"
    done <"$SCRATCH/logins"
    sql 'SHOW PROCESSLIST' | awk -F'\t' -v account="$ACCOUNT" '$2 == account { print $1 }' | while IFS= read -r id; do
        # 1094: it has ended by itself
        try_sql "KILL $id" >/dev/null || grep -q 1094 "$SCRATCH/words" || sql "KILL $id"
    done
}
has_applied_received_or_stopped() { has_applied_all_received || [ "$(replica_field Replica_SQL_Running)" != Yes ]; }

# Opened only after the peer is closed (unless both are to be open) and its last transaction is applied here.
require_all_applied() {
    require_peer "$PEER_HOST" "$PEER_PORT" 20
    if [ "$PEER_ROLE" = passive ] && [ "$(peer_read @@global.read_only)" != 1 ]; then
        fail MM_ROLE_PEER_WRITABLE "$PEER_HOST still takes writes, so $NODE stays as it is" "run up again; see that nobody lifts the fence on $PEER_HOST"
    fi
    mark_peer_log
    # asked again and again, and not in one statement: the wait is seen, and ends with the run
    wait_until "$CATCH_UP_SECONDS" has_applied_mark && return
    fail MM_ROLE_BEHIND "$NODE has not applied all that $PEER_HOST wrote, within $CATCH_UP_SECONDS s; it stays as it is, and $PEER_HOST stays closed" \
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
