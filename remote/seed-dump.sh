# seed-dump.sh: on the origin, sends everything with its coordinates and an inventory: as a file that is copied to the peer, as a stream into its
# import, or as the server's own files (mariabackup); and ends what a clone has needed here.
# in:    NODE PORT SOCKET LOGIN_USER LOGIN_PASSWORD SEED CONVERGE BACKUP_FILE KEEP_BACKUP TIMEOUT_SECONDS
#        LOCK_ALL_TABLES (true: the origin takes no writes during the dump, so that tables of any engine hold still)
#        ROUND_FLOATS (true: columns of type float are dumped, with six digits)
#        COPY_HOST COPY_PORT COPY_USER COPY_HOST_KEY (empty: the check was left out by hostKeyCheck: false)
#        ADMIT OFFER (the peer's line, and this node's own one before it) PEER_UUID ACCOUNT ACCOUNT_HOST
# out:   dump method=METHOD file=FILE position=BYTES gtid=SET bytes=N receipt=ID names=DIGEST | dump none
# codes: MM_HOST_NO_CLIENT MM_SEED_ENGINE MM_SEED_UNDUMPABLE MM_SEED_DISK MM_SEED_BUSY MM_SEED_CHANGED MM_SEED_LOCKED MM_SEED_PREPARED MM_SEED_DUMP MM_SEED_DUMP_OPTIONS MM_SEED_COPY MM_SEED_INCOMPLETE MM_SEED_UNPROVEN MM_SEED_CLONE
# parts: seed-dump/dumpable.sh (what no dump carries) seed-dump/dump-options.sh (what option files may tell mysqldump) seed-dump/dump.sh (one dump, of one snapshot)
#        seed-dump/held-up.sh (who waits behind it) seed-dump/judge-dump.sh (is it whole, and of one moment?) seed-dump/sink.sh (where it goes)
#        seed-dump/ssh.sh (the way to the peer) seed-dump/mariabackup.sh (the server's files) seed-dump/cloned.sh (a clone was taken) lib/donor.sh (what it needed)
#        lib/dump-tool.sh (mysqldump)

main() {
    local told
    require_server
    open_state
    METHOD="$(value_of method "$ADMIT")"
    if [ "$SEED" != wanted ] || [ -z "$METHOD" ]; then
        # offered anew, and no longer wanted
        close_donor
        drop_unwanted_backup
        withdraw_key
        echo 'dump none'
        return
    fi
    if [ "$METHOD" = clone ]; then
        end_clone
        return
    fi
    told="$(recall dump)"
    # a finished dump serves the same peer until converge asks for another look, or its coordinates are of a log that was begun anew
    WANTED_FOR="$PEER_UUID/$(printf '%s' "$CONVERGE" | sha256sum | cut -c 1-12)/$(value_of id "$(recall log)")/$METHOD"
    if [ "$(value_of for "$told")" != "$WANTED_FOR" ]; then
        # before anything is claimed; each try looks again
        read_undumpable >"$SCRATCH/undumpable"
        require_dumpable "$SCRATCH/undumpable"
        if [ "$METHOD" = mariabackup ]; then
            send_files
        else
            send_dump
        fi
        told="$(recall dump)"
    fi
    drop_unwanted_backup
    withdraw_key
    printf 'dump %s\n' "${told#* }"
}

send_dump() {
    measure_data
    if [ "$METHOD" = dump ]; then
        claim_backup_file
        require_room
        rm -f "$BACKUP_FILE".mm-??????
        PART="$(mktemp "$BACKUP_FILE.mm-XXXXXX")"
        at_exit drop_sink
    fi
    make_dump
    if [ "$METHOD" = dump ]; then send_file; else send_stream; fi
}

# The size of now, not a cached one; text and hexadecimal digits take up to twice the room.
measure_data() { NEEDED="$(sql_fresh 'SELECT 2 * COALESCE(SUM(data_length), 0) FROM information_schema.tables')"; }

require_room() {
    local free
    free="$(df -Pk "$(dirname "$BACKUP_FILE")" | awk 'NR == 2 { printf "%.0f", $4 * 1024 }')"
    [ "$free" -gt "$NEEDED" ] || fail MM_SEED_DISK "$(dirname "$BACKUP_FILE") on $NODE has $free bytes free, and the dump may take $NEEDED" \
        "make room, or set seed.backupFile to a larger file system; then run up again"
}

# make_dump: in the sink, whole, and its inventory in $SCRATCH/inventory; three tries for what another moment may mend.
make_dump() {
    local try
    find_dump_tool
    require_dump_options
    note "dumping all databases $([ "$METHOD" = stream ] && echo "into $COPY_HOST" || echo "into $BACKUP_FILE")"
    [ "$LOCK_ALL_TABLES" != true ] ||
        warn MM_SEED_LOCKED "takes no writes during the dump, for accept.nonTransactionalTables"
    for try in 1 2 3; do
        [ "$try" = 1 ] || sleep 5
        require_no_long_statements
        try_dump
        case "$WHY" in
            '') return ;;
            busy) note "try $try: a statement on $NODE holds up the dump's lock; $NODE goes on meanwhile" ;;
            prepared) note "try $try: XA transactions are prepared on $NODE ($(list_prepared)), which no dump can carry" ;;
            late) note "try $try: the dump did not begin while the lock was held; $NODE goes on meanwhile" ;;
            moved) note "try $try: the dump began at another place in the log than the count of its rows; it is thrown away" ;;
            waited) note "try $try: the dump was in somebody's way ($HELD_UP); it is thrown away" ;;
            changed) note "try $try: definitions changed during the dump (${CHANGED:-a table was made anew}); it is thrown away" ;;
        esac
        drop_sink
    done
    case "$WHY" in
        changed) fail MM_SEED_CHANGED "definitions on $NODE changed during each of three dumps (${CHANGED:-see below}); no dump was kept, and $NODE was only read" \
            "hold CREATE, ALTER, DROP, TRUNCATE and RENAME back until the seed is done, then run up again" "$(cat "$SCRATCH/dump-words")" ;;
        prepared) fail MM_SEED_PREPARED "XA transactions are prepared on $NODE ($(list_prepared)): a dump does not hold them, and the peer would never get them. $NODE was only read" \
            "XA COMMIT or XA ROLLBACK them (or let their transaction manager), then run up again" ;;
        late) fail MM_SEED_BUSY "the dump on $NODE did not begin within $LOCK_HOLD_MS ms of read lock, three times. $NODE was only read" \
            "see what loads $NODE, then run up again" ;;
        moved) fail MM_SEED_BUSY "the dump on $NODE began at another place in the log than the count of its rows, three times. $NODE was only read" \
            "see what writes on $NODE past its read lock, then run up again" ;;
        waited) fail MM_SEED_BUSY "the dump on $NODE was in somebody's way three times ($HELD_UP), and all who use that table would wait behind. $NODE was only read" \
            "hold ALTER, DROP, TRUNCATE and the like back until the seed is done, then run up again" ;;
        *) fail_busy ;;
    esac
}

list_prepared() { cut -f 1,4 "$SCRATCH/prepared" | awk '{ print "format " $1 " xid " $2 }' | list_lines; }

# Older ones than the lock would wait are waited for before it is asked for at all.
require_no_long_statements() { wait_until 30 has_no_long_statements || fail_busy; }
has_no_long_statements() { [ -z "$(read_long_statements)" ]; }
read_long_statements() {
    read_statements "$LOCK_WAIT_SECONDS" | awk -F'\t' 'NR <= 5 { print "connection " $1 " since " $3 " s" }'
}
fail_busy() {
    fail MM_SEED_BUSY "long statements on $NODE ($(read_long_statements | tr '\n' ';')) would hold up the dump's moment of read lock, and all of $NODE behind it. $NODE was only read" \
        "wait until they have ended (SHOW PROCESSLIST), then run up again"
}

send_file() {
    local bytes received
    append_inventory <"$SCRATCH/inventory" >>"$PART"
    mv -fT "$PART" "$BACKUP_FILE"
    bytes="$(wc -c <"$BACKUP_FILE" | tr -d ' ')"
    exec 6<"$BACKUP_FILE"
    ssh_to_peer <&6 >"$SCRATCH/received" 2>"$SCRATCH/words" &
    begin_job "$!" copying "$bytes" read_input_position
    await_job || true
    exec 6<&-
    received="$(cat "$SCRATCH/received")"
    [ "$received" = "$bytes" ] || fail MM_SEED_COPY "$bytes bytes went from $NODE to $COPY_HOST port $COPY_PORT, and ${received:-none} arrived" \
        "let $NODE reach sshd on $COPY_HOST (copy.host, copy.port), and see that there is room for the file; then run up again" "$(cat "$SCRATCH/words")"
    note "copied to $COPY_HOST:$BACKUP_FILE: $(describe_end "$bytes" "$(read_job_time)")"
    remember_dump "bytes=$bytes"
}

send_stream() {
    end_stream
    note "streamed into $COPY_HOST: $(describe_end "$STREAMED" "$(read_job_time)")"
    remember_dump "bytes=$STREAMED" "receipt=$RECEIPT"
}

remember_dump() { remember dump "for=$WANTED_FOR method=$METHOD file=$DUMP_FILE position=$DUMP_POSITION gtid=$DUMP_GTID $*"; }

{ main "$@"; } </dev/null
