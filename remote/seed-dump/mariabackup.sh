# mariabackup.sh: this node's files, streamed to the peer while the server works on.

# mariabackup locks in four stages, and waits for each without end (its own limit, ftwrl-wait-timeout, gives up behind any statement, so that
# it never gets through on a busy server; seen on 10.11). START waits for LOCK TABLES … WRITE and long CREATE … SELECT, and holds up nobody.
# FLUSH and BLOCK_DDL wait for DDL, and hold other DDL up, with all that waits for that; BLOCK_COMMIT holds up every write.
STAGE_WAIT_SECONDS=10
STAGE_HOLD_SECONDS=30
COMMIT_HOLD_SECONDS=3
# How often it looks for more of InnoDB's log, in milliseconds. Where it has all of it already when it is to end the looking, within BLOCK_COMMIT,
# it sleeps for 200 ms (seen on 10.11.19: of 12 backups at 1 ms 3, at 10 ms none); where it has not, commits wait until it looks.
LOG_COPY_INTERVAL=10

# send_files: what the peer gets is noted, as of a dump.
send_files() {
    local before
    sql "$(sql_prepared)" >"$SCRATCH/prepared"
    [ ! -s "$SCRATCH/prepared" ] || fail MM_SEED_PREPARED "XA transactions are prepared on $NODE ($(list_prepared)): on the peer, nobody would end them. $NODE was only read" \
        "XA COMMIT or XA ROLLBACK them (or let their transaction manager), then run up again"
    before="$(read_names_digest)"
    send_whole
    if [ "$before" != "$(read_names_digest)" ]; then
        note "definitions changed on $NODE while its files were sent: what the peer has got is not compared with them"
        before=''
    fi
    remember_dump "bytes=$SENT_BYTES" "receipt=$SENT_RECEIPT" "names=$before"
}

# send_whole: from here to `receive` on the peer, whole; DUMP_FILE, DUMP_POSITION, DUMP_GTID are the place of what was sent in the binary
# log, SENT_BYTES how much it is, SENT_RECEIPT what the peer calls it. Three tries for what another moment may mend.
send_whole() {
    local try
    require_backup_tool
    find_backup_options
    SENT_TOTAL="$(read_files_bytes)"
    at_exit end_files
    for try in 1 2 3; do
        [ "$try" = 1 ] || sleep 5
        try_send
        case "$WHY" in
            '')
                note "streamed to $COPY_HOST: $(describe_end "$SENT_BYTES" "$(read_job_time)")"
                return
                ;;
            late) fail MM_SEED_DUMP "the stream of $NODE's files was not done within $TIMEOUT_SECONDS s. $NODE was only read" \
                "set seed.timeoutSeconds to more, then run up again" ;;
            busy) note "try $try: its lock was not to be had, or held for too long ($STAGE); $NODE goes on meanwhile" ;;
            sent) fail MM_SEED_COPY "$NODE's files did not arrive whole at $COPY_HOST port $COPY_PORT (it has got $(grep . "$SCRATCH/received" || echo nothing)). $NODE was only read" \
                "let $NODE reach sshd on $COPY_HOST (copy.host, copy.port), and see that there is room for its files; then run up again" "$(cat "$SCRATCH/words")" ;;
            elsewhere) fail MM_SEED_DUMP "mariadb-backup on $NODE has reached another server than the one on port $PORT, whose data directory is not $(read_data_folder). What it sent is not used" \
                "set mysql.socket of node $NODE to where its server listens, or seed.method to stream; then run up again" "$(grep -aE '^\[.*(Connecting to|different values)|^  .* in ' "$SCRATCH/stream-words" | head -n 4)" ;;
            broken) fail MM_SEED_DUMP "mariadb-backup on $NODE ended with status $BACKUP_STATUS; $NODE was only read" \
                "mend what it names, then run up again" "$(tail -n 5 "$SCRATCH/stream-words")" ;;
        esac
    done
    fail MM_SEED_BUSY "mariadb-backup's lock on $NODE was not to be had, or held for too long, three times ($STAGE). $NODE was only read" \
        "wait until long DDL and LOCK TABLES have ended (SHOW PROCESSLIST), then run up again" "$(sql 'SHOW FULL PROCESSLIST' | awk '!/\tSleep\t/ && ++found <= 8 { print substr($0, 1, 150) }')"
}

# try_send: WHY is empty, or one of busy, late, sent (it did not arrive), broken (mariabackup failed) and elsewhere (it was at another server).
try_send() {
    local status=0
    WHY='' STAGE='' STAGE_SEEN=0 STAGE_SINCE="$(now_ms)" SENT_BYTES=''
    rm -f "$SCRATCH/stream" "$SCRATCH/counted"
    mkfifo "$SCRATCH/stream" "$SCRATCH/counted"
    "$BACKUP_TOOL" "${BACKUP_OPTIONS[@]}" "${BACKUP_WAY[@]}" --backup --stream=mbstream --target-dir="$SCRATCH/backup" --datadir="$(read_data_folder)" \
        "--log-copy-interval=$LOG_COPY_INTERVAL" >"$SCRATCH/stream" 2>"$SCRATCH/stream-words" &
    BACKUP_PID=$!
    dd bs=64k <"$SCRATCH/stream" >"$SCRATCH/counted" 2>"$SCRATCH/count" &
    COUNT_PID=$!
    ssh_to_peer <"$SCRATCH/counted" >"$SCRATCH/received" 2>"$SCRATCH/words" &
    COPY_PID=$!
    begin_job "$BACKUP_PID" streaming "$SENT_TOTAL" read_passed_on
    end_with_script "$BACKUP_PID" "$COUNT_PID" "$COPY_PID"
    watch_send
    BACKUP_STATUS=0
    await_job 2>/dev/null || BACKUP_STATUS=$?
    BACKUP_PID=''
    wait "$COUNT_PID" 2>/dev/null || status=$?
    wait "$COPY_PID" || status=$?
    COUNT_PID='' COPY_PID=''
    [ -z "$WHY" ] || return 0
    SENT_BYTES="$(sed -n 's/^\([0-9][0-9]*\) bytes.*/\1/p' "$SCRATCH/count")"
    if [ "$status" != 0 ] && [ "$BACKUP_STATUS" = 0 ]; then
        WHY=sent
    elif [ "$BACKUP_STATUS" != 0 ] || ! tail -n 1 "$SCRATCH/stream-words" | grep -q 'completed OK!$'; then
        # where the way broke, its own words are of no use
        if [ -s "$SCRATCH/words" ]; then WHY=sent; else WHY=broken; fi
    elif grep -aq "option 'datadir' has different values" "$SCRATCH/stream-words"; then
        WHY=elsewhere
    elif [ "$(value_of bytes "$(cat "$SCRATCH/received")")" != "$SENT_BYTES" ]; then
        WHY=sent
    else
        SENT_RECEIPT="$(value_of receipt "$(cat "$SCRATCH/received")")"
        read_sent_place
    fi
}

# mariabackup does not hear TERM while it waits for a lock (seen): it takes the lock later, and goes on.
end_files() {
    local pid
    [ -z "$COPY_PID" ] || kill "$COPY_PID" 2>/dev/null || true
    # waited for, lest bash tells how they ended
    for pid in "$BACKUP_PID" "$COUNT_PID"; do [ -z "$pid" ] || { kill -KILL "$pid" && wait "$pid"; } 2>/dev/null || true; done
}
BACKUP_PID='' COUNT_PID='' COPY_PID=''

# watch_send: until mariabackup ends, or is ended, lest it holds others up.
watch_send() {
    local said=$SECONDS started=$SECONDS looks=0
    while kill -0 "$BACKUP_PID" 2>/dev/null; do
        sleep 0.05
        looks=$((looks + 1))
        # its words are read every 0.2 s alone: each time takes five processes
        if [ $((looks % 4)) = 0 ] && is_stage_too_long; then
            WHY=busy
        elif [ $((SECONDS - started)) -ge "$TIMEOUT_SECONDS" ]; then
            WHY=late
        elif ! kill -0 "$COPY_PID" 2>/dev/null; then
            # nobody takes what it gives
            kill -KILL "$BACKUP_PID" 2>/dev/null || true
            return
        fi
        if [ -n "$WHY" ]; then
            kill -KILL "$BACKUP_PID" 2>/dev/null || true
            return
        fi
        [ $((SECONDS - said)) -ge "$TELL_SECONDS" ] || continue
        said=$SECONDS
        say_progress
    done
}

# read_passed_on: by the counting stage.
read_passed_on() { read_written "${COUNT_PID:-none}" || echo 0; }

is_stage_too_long() {
    local stage size limit
    size="$(wc -c <"$SCRATCH/stream-words")"
    # what has come since the last look, however much that is, and a line that was half there
    stage="$(tail -c "+$((STAGE_SEEN + 1))" "$SCRATCH/stream-words" | read_stage "$STAGE")"
    STAGE_SEEN=$((size > 100 ? size - 100 : 0))
    if [ -n "$stage" ] && [ "$stage" != "$STAGE" ]; then
        STAGE="$stage"
        STAGE_SINCE="$(now_ms)"
    fi
    case "$STAGE" in
        '' | done | 'holds START') return 1 ;;
        *BLOCK_COMMIT) limit=$COMMIT_HOLD_SECONDS ;;
        waits*) limit=$STAGE_WAIT_SECONDS ;;
        *) limit=$STAGE_HOLD_SECONDS ;;
    esac
    [ $(($(now_ms) - STAGE_SINCE)) -ge $((limit * 1000)) ]
}

# read_stage KNOWN < WORDS: the last one: waits STAGE, holds STAGE, or done; nothing where there is none, and it is still the one that is known.
# A release without stages (has_backup_stages) says but that it begins, and takes the last one at once.
read_stage() {
    awk -v stage="$1" '
        !/^\[[0-9]+\] [-0-9]+ [:0-9]+ / { next }
        { words = $0; sub(/^\[[0-9]+\] [-0-9]+ [:0-9]+ /, "", words) }
        words ~ /^Start(ing|ed) BACKUP STAGE [A-Z_]+$/ { stage = found = "waits " $NF }
        words ~ /^Acquired locks for BACKUP STAGE [A-Z_]+$/ { stage = found = "holds " $NF }
        words == "Acquiring BACKUP LOCKS..." && stage == "" { stage = found = "holds BLOCK_COMMIT" }
        words == "All tables unlocked" { stage = found = "done" }
        END { if (found != "") print found }'
}

# The GTIDs are asked of the server: what mariabackup tells of them leaves out what was applied from another server.
read_sent_place() {
    local place
    place="$(sed -n "s/.*binlog position: filename '\([^']*\)', position '\([0-9]*\)'.*/\1 \2/p" "$SCRATCH/stream-words" | tail -n 1)"
    DUMP_FILE="${place% *}" DUMP_POSITION="${place#* }"
    [ -n "$place" ] || fail MM_SEED_DUMP "mariadb-backup on $NODE told no binary log coordinates" "see that the binary log is on, then run up again"
    DUMP_GTID="$(sql "SELECT $(sql_gtid_place "$DUMP_FILE" "$DUMP_POSITION")")"
    [ "$DUMP_GTID" != NULL ] || fail MM_SEED_DUMP "$NODE's binary log $DUMP_FILE, in which the stream ended, is gone by now" \
        "let it keep its logs longer ($(log_expiry_variable)), then run up again"
}
