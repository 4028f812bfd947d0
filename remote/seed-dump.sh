# seed-dump.sh: on the origin, dumps everything with its coordinates and copies the file to the peer, host to host.
# in:    NODE PORT SOCKET LOGIN_USER LOGIN_PASSWORD SEED CONVERGE BACKUP_FILE KEEP_BACKUP TIMEOUT_SECONDS
#        COPY_HOST COPY_PORT COPY_USER COPY_HOST_KEY (empty: the check was left out by hostKeyCheck: false)
#        ADMIT (the peer's line) PEER_UUID
# out:   dump file=FILE position=BYTES gtid=SET bytes=N | dump none
# codes: MM_SEED_ENGINE MM_SEED_DISK MM_HOST_NO_CLIENT MM_SEED_BUSY MM_SEED_DUMP MM_SEED_COPY

main() {
    local told
    require_server
    open_state
    if [ "$SEED" != wanted ] || [ "$ADMIT" != 'admit yes' ]; then
        drop_unwanted_backup
        rm -f "$STATE/copy-key" "$STATE/copy-key.pub"
        echo 'dump none'
        return
    fi
    told="$(recall dump)"
    # a finished dump serves the same peer until converge asks for another look
    WANTED_FOR="$PEER_UUID/$(printf '%s' "$CONVERGE" | sha256sum | cut -c 1-12)"
    if [ "$(value_of for "$told")" != "$WANTED_FOR" ]; then
        require_room
        make_dump
        copy_dump
        told="$(recall dump)"
    fi
    drop_unwanted_backup
    rm -f "$STATE/copy-key" "$STATE/copy-key.pub"
    printf 'dump %s\n' "${told#* }"
}

require_room() {
    local needed free unsafe
    unsafe="$(read_unsafe_tables)"
    [ -z "$unsafe" ] || fail MM_SEED_ENGINE "$NODE has tables of engines without transactions ($unsafe), which a dump cannot hold still. Nothing was changed" \
        "ALTER TABLE … ENGINE = InnoDB, then run up again"
    claim_backup_file
    # the size of now, not a cached one; text and hexadecimal digits take up to twice the room
    needed="$(sql 'SET SESSION information_schema_stats_expiry = 0' 'SELECT 2 * COALESCE(SUM(data_length), 0) FROM information_schema.tables')"
    free="$(df -Pk "$(dirname "$BACKUP_FILE")" | awk 'NR == 2 { printf "%.0f", $4 * 1024 }')"
    [ "$free" -gt "$needed" ] || fail MM_SEED_DISK "$(dirname "$BACKUP_FILE") on $NODE has $free bytes free, and the dump may take $needed" \
        "make room, or set seed.backupFile to a larger file system; then run up again"
}

# The dump begins with a moment of global read lock. It waits behind long statements, and all of the origin waits behind it:
# so it gives up after LOCK_WAIT_SECONDS, lets the origin go on, and tries again.
LOCK_WAIT_SECONDS=10

make_dump() {
    local try status
    DUMP_TOOL="${MYSQL%/*}/mysqldump"
    [ -x "$DUMP_TOOL" ] || DUMP_TOOL="$(command -v mysqldump || true)"
    [ -n "$DUMP_TOOL" ] || fail MM_HOST_NO_CLIENT "$NODE has no mysqldump" "install the client programs of the server's series on $NODE"
    note "dumping all databases into $BACKUP_FILE"
    PART="$(mktemp "$BACKUP_FILE.XXXXXX")"
    at_exit drop_part
    for try in 1 2 3; do
        require_no_long_statements
        status=0
        run_dump || status=$?
        grep -q 1205 "$SCRATCH/words" || break
        note "try $try: a statement on $NODE holds up the dump's lock; $NODE goes on meanwhile"
        sleep 5
    done
    [ "$status" = 0 ] || ! grep -q 1205 "$SCRATCH/words" || fail_busy
    if [ "$status" -ne 0 ] || ! tail -n 1 "$PART" | grep -q '^-- Dump completed'; then
        fail MM_SEED_DUMP "the dump on $NODE ended with status $status (124: after $TIMEOUT_SECONDS s); $NODE was only read" \
            "mend what mysqldump names, then run up again" "$(cat "$SCRATCH/words")"
    fi
    read_dump_coordinates
    mv -fT "$PART" "$BACKUP_FILE"
}

drop_part() { rm -f "$PART"; }

run_dump() {
    local bounded=()
    # read whole, for a tool that is cut off by a quick reader counts as failed
    case "$("$DUMP_TOOL" --no-defaults --help 2>/dev/null)" in
        *--init-command*) bounded=("--init-command=SET SESSION lock_wait_timeout = $LOCK_WAIT_SECONDS") ;;
    esac
    timeout "$TIMEOUT_SECONDS" "$DUMP_TOOL" ${CONNECTION[@]+"${CONNECTION[@]}"} ${bounded[@]+"${bounded[@]}"} --single-transaction --all-databases \
        "$(dump_coordinates_flag)" --routines --events --triggers --hex-blob --default-character-set=utf8mb4 --max-allowed-packet=1G \
        >"$PART" 2>"$SCRATCH/words"
}

# Older ones than the lock would wait are waited for before it is asked for at all.
require_no_long_statements() { wait_until 30 has_no_long_statements || fail_busy; }
has_no_long_statements() { [ -z "$(read_long_statements)" ]; }
read_long_statements() {
    sql "SELECT CONCAT('connection ', id, ' since ', time, ' s') FROM information_schema.processlist
        WHERE command IN ('Query', 'Execute') AND time >= $LOCK_WAIT_SECONDS AND id <> CONNECTION_ID() AND user NOT IN ('system user', 'event_scheduler')
        LIMIT 5"
}
fail_busy() {
    fail MM_SEED_BUSY "long statements on $NODE ($(read_long_statements | tr '\n' ';')) would hold up the dump's moment of read lock, and all of $NODE behind it. $NODE was only read" \
        "wait until they have ended (SHOW PROCESSLIST), then run up again"
}

# Both stand near the top of the file: the line that --source-data writes, and the GTID set where GTIDs are on.
read_dump_coordinates() {
    local top="$SCRATCH/top"
    head -n 400 "$PART" | cut -c 1-100000 >"$top"
    DUMP_FILE="$(sed -n "s/^CHANGE .*_LOG_FILE='\([^']*\)'.*/\1/p" "$top" | head -n 1)"
    DUMP_POSITION="$(sed -n 's/^CHANGE .*_LOG_POS=\([0-9]*\).*/\1/p' "$top" | head -n 1)"
    DUMP_GTID="$(awk '/^SET @@GLOBAL.GTID_PURGED=/ { on = 1 } on { print } on && /;$/ { exit }' "$top" | tr -d '\n ' | sed -n "s/.*'\([^']*\)'.*/\1/p")"
    if [ -z "$DUMP_FILE" ] || [ -z "$DUMP_POSITION" ]; then
        fail MM_SEED_DUMP "the dump on $NODE carries no binary log coordinates" "see that mysqldump is of the server's series, then run up again"
    fi
    [ "$(read_gtid_mode)" != ON ] || [ -n "$DUMP_GTID" ] || [ -z "$(read_gtid_set)" ] ||
        fail MM_SEED_DUMP "the dump on $NODE carries no GTID set, though GTIDs are on" "see that mysqldump is of the server's series, then run up again"
}

copy_dump() {
    local bytes received strict=yes started=$SECONDS
    bytes="$(wc -c <"$BACKUP_FILE" | tr -d ' ')"
    [ -n "$COPY_HOST_KEY" ] || strict=no
    printf 'mm-peer %s\n' "$COPY_HOST_KEY" >"$SCRATCH/known_hosts"
    received="$(timeout "$TIMEOUT_SECONDS" ssh -F /dev/null -i "$STATE/copy-key" -p "$COPY_PORT" -o BatchMode=yes -o IdentitiesOnly=yes \
        -o IdentityAgent=none -o StrictHostKeyChecking="$strict" -o UserKnownHostsFile="$SCRATCH/known_hosts" -o GlobalKnownHostsFile=/dev/null \
        -o HostKeyAlias=mm-peer -o ConnectTimeout=20 -o ServerAliveInterval=15 -o ServerAliveCountMax=8 -o LogLevel=ERROR \
        "$COPY_USER@$COPY_HOST" receive <"$BACKUP_FILE" 2>"$SCRATCH/words")" || true
    [ "$received" = "$bytes" ] || fail MM_SEED_COPY "$bytes bytes went from $NODE to $COPY_HOST port $COPY_PORT, and ${received:-none} arrived" \
        "let $NODE reach sshd on $COPY_HOST (copy.host, copy.port), and see that there is room for the file; then run up again" "$(cat "$SCRATCH/words")"
    note "copied $bytes bytes to $COPY_HOST:$BACKUP_FILE in $((SECONDS - started)) s"
    remember dump "for=$WANTED_FOR file=$DUMP_FILE position=$DUMP_POSITION gtid=$DUMP_GTID bytes=$bytes"
}

{ main "$@"; } </dev/null
