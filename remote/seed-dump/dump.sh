# dump.sh: one dump of this node's whole server, proven to be of one snapshot.

# The dump begins with a moment of global read lock. It waits behind long statements, and all of the origin waits behind it:
# so it gives up after LOCK_WAIT_SECONDS, or when it was held for LOCK_HOLD_MS, lets the origin go on, and tries again.
LOCK_WAIT_SECONDS=10
LOCK_HOLD_MS=3000

# try_dump: one dump, into the sink, and its inventory in $SCRATCH/inventory, both of one snapshot; WHY is empty then, else one of busy,
# prepared, late, moved, waited (HELD_UP tells who) and changed (CHANGED tells what). Ends the script for what no second try mends.
try_dump() {
    WHY='' COUNTED=yes DIED=no
    note_state before
    require_dumpable "$SCRATCH/undumpable"
    if ! { open_session && read_objects >"$SCRATCH/objects" && read_tables >"$SCRATCH/tables"; }; then fail_session; fi
    open_sink
    hold_snapshot
    [ -n "$WHY" ] || begin_dump
    [ -n "$WHY" ] || count_beside_dump
    close_session
    [ -n "$WHY" ] || judge_dump
}

# hold_snapshot: the origin is locked, and the session has its snapshot; or WHY tells why not.
hold_snapshot() {
    if ! lock_origin; then
        WHY=busy
        grep -q 1205 "$SCRATCH/session-words" || fail_session
        return
    fi
    # prepared before the snapshot, it is in neither the dump nor the log after it; what is prepared later is in the log
    ask_session "$(sql_prepared)" >"$SCRATCH/prepared" || fail_session
    [ ! -s "$SCRATCH/prepared" ] || WHY=prepared
}

# begin_dump: mysqldump has the same snapshot, and the origin is let go on. One that is ended for being late is waited for; one that has ended by
# itself meanwhile was not late.
begin_dump() {
    local late=no
    start_dump
    [ "$LOCK_ALL_TABLES" != true ] || return 0
    await_snapshot || late=yes
    ask_session 'UNLOCK TABLES' || fail_session
    note "$NODE's writes were held up for $(($(now_ms) - LOCKED_AT)) ms at most"
    if [ "$late" = yes ] && is_own_job "$DUMP_PID"; then
        end_own_job "$DUMP_PID"
        WHY=late
        await_job || true
    fi
}

# count_beside_dump: while mysqldump reads the rows, their numbers are counted, in the same snapshot; both have ended then, the dump with DUMP_STATUS.
count_beside_dump() {
    DUMP_STATUS=0
    WHILE_ASKING=watch_dump
    if ! count_rows "$SCRATCH/tables" >"$SCRATCH/counts"; then
        COUNTED=no
        end_own_job "$DUMP_PID"
    fi
    WHILE_ASKING=say_asking
    await_job watch_dump || DUMP_STATUS=$?
    settle_sink
}

# A dump holds the definition of the table that it reads, by a stream for as long as the peer takes it in. Who wants to alter that table waits, and
# behind him all who use it: so the dump gives way. And of a dump that has died no rows are counted.
watch_dump() {
    require_sink
    if has_dump_died; then
        DIED=yes
        try_sql "KILL $SESSION_ID" >/dev/null || true
        return
    fi
    say_progress
    # the user has accepted that
    [ "$LOCK_ALL_TABLES" != true ] || return 0
    HELD_UP="$(read_held_up)"
    [ -n "$HELD_UP" ] || return 0
    WHY=waited
    end_own_job "$DUMP_PID"
    try_sql "KILL $SESSION_ID" >/dev/null || true
}

# has_dump_died: it has ended, and what it wrote lacks the last line.
has_dump_died() {
    if is_own_job "$DUMP_PID" || ! is_sink_settled; then return 1; fi
    ! is_dump_complete
}

fail_session() {
    fail MM_SEED_DUMP "$NODE's server ended the connection that holds the dump's snapshot; $NODE was only read" \
        "mend what it names, then run up again" "$(cat "$SCRATCH/session-words")"
}

# lock_origin: from here on nothing is written; the session has its snapshot, and where the log stands then is in LOCKED_FILE and
# LOCKED_POSITION. Status 1 when the lock does not come in time.
lock_origin() {
    ask_session "SET SESSION lock_wait_timeout = $LOCK_WAIT_SECONDS" 'SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ' || return 1
    LOCKED_AT="$(now_ms)"
    ask_session 'FLUSH LOCAL TABLES WITH READ LOCK' 'START TRANSACTION WITH CONSISTENT SNAPSHOT' "$(sql_binary_log_status)" >"$SCRATCH/locked" || return 1
    IFS=$'\t' read -r LOCKED_FILE LOCKED_POSITION _ <"$SCRATCH/locked"
}

# start_dump: mysqldump in the background, its words in $SCRATCH/dump-words. Its own global read lock is shared with the session's.
start_dump() {
    local how=(--single-transaction) flush=() gtid=()
    ! has_gtid_mode || gtid=(--set-gtid-purged=AUTO)
    [ "$LOCK_ALL_TABLES" != true ] || how=(--lock-all-tables)
    [ "$CAN_INIT" = no ] || how=("--init-command=SET NAMES utf8mb4, SESSION lock_wait_timeout = $LOCK_WAIT_SECONDS, SESSION net_write_timeout = $TIMEOUT_SECONDS" "${how[@]}")
    # each line at once: the first ones are waited for, with all of the origin behind them. And a peer that is busy with one statement takes
    # no rows for longer than the 60 s after which a server gives its client up; an old mysqldump lets that not be said, and then ends with an error
    ! command -v stdbuf >/dev/null || flush=(stdbuf -oL)
    # what mysqldump does by itself is said, too, for an option file may say otherwise
    timeout "$TIMEOUT_SECONDS" ${flush[@]+"${flush[@]}"} "$DUMP_TOOL" ${CONNECTION[@]+"${CONNECTION[@]}"} "${how[@]}" --all-databases \
        "$(dump_coordinates_flag)" ${gtid[@]+"${gtid[@]}"} --opt --complete-insert --tz-utc --comments --set-charset --quote-names --routines --events --triggers --hex-blob --default-character-set=utf8mb4 --max-allowed-packet=1G \
        >"$DUMP_OUT" 2>"$SCRATCH/dump-words" 5>&- 7<&- 8>&- &
    DUMP_PID=$!
    # an estimate: text is about as long as the rows are in their tables
    begin_job "$DUMP_PID" "$SINK_WORD" "$((NEEDED / 2))" read_sunk
}

# await_snapshot: until the dump has its snapshot, by which the lock is of no more use; status 1 when it has ended before, or the
# time is over. mysqldump writes its coordinates right after it has the snapshot. The server is not asked: its list of transactions
# ends with error 3854 while somebody's statement holds a letter of four bytes (seen on 9.7.4).
await_snapshot() {
    local until=$((LOCKED_AT + LOCK_HOLD_MS)) alive=yes
    while [ "$(now_ms)" -lt "$until" ] && [ "$alive" = yes ]; do
        is_own_job "$DUMP_PID" || alive=no
        ! grep -aqE '^CHANGE (MASTER|REPLICATION SOURCE) TO' "$DUMP_TOP" || return 0
        sleep 0.01
    done
    return 1
}
