# dump.sh: one dump of this node's whole server, proven to be of one snapshot.

# The dump begins with a moment of global read lock. It waits behind long statements, and all of the origin waits behind it:
# so it gives up after LOCK_WAIT_SECONDS, or when it was held for LOCK_HOLD_MS, lets the origin go on, and tries again.
LOCK_WAIT_SECONDS=10
LOCK_HOLD_MS=3000

# Options of A's files for mysqldump that a dump may have: those which start_dump sets itself, and ones that change no row. Of the
# connection's the client must have the same. All else (where, ignore-table, no-data, force, …) is refused.
require_dump_options() {
    local word name ours foreign=''
    ours=" $(print_options "$MYSQL" | tr '\n' ' ') "
    while IFS= read -r word; do
        name="${word%%=*}" name="${name#--}" name="${name//_/-}" name="${name#loose-}" name="${name#skip-}"
        case "$name" in
            quick | opt | quote-names | max-allowed-packet | net-buffer-length | tz-utc | comments | set-charset | default-character-set) ;;
            single-transaction | routines | events | triggers | hex-blob | all-databases | source-data | master-data | set-gtid-purged) ;;
            add-drop-table | add-locks | create-options | extended-insert | disable-keys | lock-tables | column-statistics | dump-date) ;;
            order-by-primary | complete-insert | no-tablespaces | flush-privileges | no-autocommit | verbose) ;;
            compress | compression-algorithms | zstd-compression-level | plugin-dir | ssl* | tls* | get-server-public-key) ;;
            user | password* | host | port | socket | protocol | default-auth | connect-timeout)
                case "$ours" in *" $word "*) ;; *) foreign="$foreign, $word" ;; esac
                ;;
            *) foreign="$foreign, $word" ;;
        esac
    done < <(print_options "$DUMP_TOOL")
    [ -z "$foreign" ] || fail MM_SEED_DUMP_OPTIONS "$NODE's option files give mysqldump ${foreign#, }, by which the dump may leave rows out or change them. Nothing was changed" \
        "take that out of [mysqldump] on $NODE, then run up again"
}
# print_options PROGRAM: a line each; what its option files and the login's give it. Passwords come as *****.
print_options() {
    local files=()
    [ -z "$LOGIN_USER" ] || files=("--defaults-extra-file=$SCRATCH/login.cnf")
    "$1" ${files[@]+"${files[@]}"} --print-defaults 2>/dev/null | tail -n +2 | tr ' ' '\n' | grep '^--' || true
}

# try_dump: one dump, into the sink, and its inventory in $SCRATCH/inventory, both of one snapshot; WHY is empty then, else one of busy,
# prepared, late, moved, waited (HELD_UP tells who) and changed (CHANGED tells what). Ends the script for what no second try mends.
try_dump() {
    local status=0 counted=yes
    WHY='' CHANGED=''
    note_state before
    require_dumpable "$SCRATCH/undumpable"
    if ! { open_session && read_objects >"$SCRATCH/objects" && read_tables >"$SCRATCH/tables"; }; then fail_session; fi
    open_sink
    if ! lock_origin; then
        WHY=busy
        grep -q 1205 "$SCRATCH/session-words" || fail_session
        close_session
        return
    fi
    # prepared before the snapshot, it is in neither the dump nor the log after it; what is prepared later is in the log
    ask_session "$(sql_prepared)" >"$SCRATCH/prepared" || fail_session
    if [ -s "$SCRATCH/prepared" ]; then
        WHY=prepared
        close_session
        return
    fi
    start_dump
    if [ "$LOCK_ALL_TABLES" != true ]; then
        if ! await_snapshot; then WHY=late; fi
        ask_session 'UNLOCK TABLES' || fail_session
        note "$NODE's writes were held up for $(($(now_ms) - LOCKED_AT)) ms at most"
        if [ "$WHY" = late ] && kill "$DUMP_PID" 2>/dev/null; then
            await_job || true
            close_session
            return
        fi
    fi
    # while mysqldump reads the rows, their numbers are counted, in the same snapshot
    WHY=''
    WHILE_ASKING=watch_dump
    if ! count_rows "$SCRATCH/tables" >"$SCRATCH/counts"; then
        counted=no
        kill "$DUMP_PID" 2>/dev/null || true
    fi
    WHILE_ASKING=say_asking
    await_job watch_dump || status=$?
    settle_sink
    close_session
    [ "$WHY" != waited ] || return 0
    note_state after
    CHANGED="$(list_differences "$SCRATCH/before" "$SCRATCH/after")"
    if [ -z "$CHANGED" ]; then require_views_valid; fi
    # 1412: a table whose definition is younger than the snapshot; 1049, 1146, 1305, 1356: something that is gone
    if [ -n "$CHANGED" ] || cat "$SCRATCH/dump-words" "$SCRATCH/session-words" | grep -iE '(\(|error )(1412|1049|1146|1305|1356)\b' >/dev/null; then
        WHY=changed
        return
    fi
    [ "$counted" = yes ] || fail_session
    require_whole_dump "$status"
    # beside the dump's the session has a snapshot of its own: they are one if the log stood at the same place
    if [ "$DUMP_FILE $DUMP_POSITION" != "$LOCKED_FILE $LOCKED_POSITION" ]; then
        WHY=moved
        return
    fi
    sort "$SCRATCH/objects" "$SCRATCH/counts" >"$SCRATCH/inventory"
}

# A dump holds the definition of the table that it reads, by a stream for as long as the peer takes it in. Who wants to alter that table waits, and
# behind him all who use it: so the dump gives way.
watch_dump() {
    require_sink
    say_progress
    # the user has accepted that
    [ "$LOCK_ALL_TABLES" != true ] || return 0
    HELD_UP="$(read_held_up)"
    [ -n "$HELD_UP" ] || return 0
    WHY=waited
    kill "$DUMP_PID" 2>/dev/null || true
    try_sql "KILL $SESSION_ID" >/dev/null || true
}

# read_held_up: who has waited for LOCK_WAIT_SECONDS and more for a table that the dump, or the count of its rows, is reading. The server does not tell
# whom somebody waits for (but from 8.0 on); the names in the statements do.
read_held_up() {
    sql 'SHOW FULL PROCESSLIST' | awk -F'\t' -v limit="$LOCK_WAIT_SECONDS" '
        $8 ~ /^SELECT \/\*!40001 SQL_NO_CACHE \*\/ / || $8 ~ /^SELECT .table .*, COUNT\(\*\), / {
            name = $8
            sub(/.* FROM /, "", name)
            sub(/ (WHERE|ORDER BY) .*/, "", name)
            sub(/^`.*`\.`/, "`", name)
            gsub(/`/, "", name)
            reading[name] = 1
        }
        $7 ~ /metadata lock/ && $6 + 0 >= limit { waiting[++count] = $8; who[count] = "connection " $1 " of " $2 " since " $6 " s" }
        END {
            for (i = 1; i <= count; i++) for (name in reading) if (index(waiting[i], name)) { print who[i] " for table " name; exit }
        }'
}

# note_state NAME: what a dump must not see change, sorted, in $SCRATCH/NAME. What no dump carries is of it, the schema sys and
# tablespaces too, which are in no definition: so what is made after the look, and before the lock, is seen as a change. Accounts are, too,
# for before 8.0 and on MariaDB no snapshot holds them still: one that is made meanwhile would come with the dump, and again over the link.
note_state() {
    read_undumpable >"$SCRATCH/undumpable"
    { read_definitions && read_places && read_accounts && cat "$SCRATCH/undumpable"; } >"$SCRATCH/state"
    sort "$SCRATCH/state" >"$SCRATCH/$1"
}

# 1356 without any change: no second try mends that.
require_views_valid() {
    local view
    view="$(sed -n "s/.*View '\([^']*\)' references invalid .*/\1/p" "$SCRATCH/dump-words" | head -n 1)"
    [ -z "$view" ] || fail MM_SEED_DUMP "view $view on $NODE refers to what is not there, or what its definer may not use, and stops every dump; $NODE was only read" \
        "DROP VIEW, or ALTER it to what there is; then run up again" "$(cat "$SCRATCH/dump-words")"
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
        kill -0 "$DUMP_PID" 2>/dev/null || alive=no
        ! grep -aqE '^CHANGE (MASTER|REPLICATION SOURCE) TO' "$DUMP_TOP" || return 0
        sleep 0.01
    done
    return 1
}

# require_whole_dump STATUS: of what is in the sink; and reads its coordinates, into DUMP_FILE, DUMP_POSITION and DUMP_GTID. They stand near its
# top: the line that --source-data writes, and the GTID set where GTIDs are on; MariaDB is asked for it.
require_whole_dump() {
    local top="$SCRATCH/dump-top"
    if [ "$1" -ne 0 ] || ! tail -n 1 "$DUMP_LAST" | grep -q '^-- Dump completed'; then
        fail MM_SEED_DUMP "the dump on $NODE ended with status $1 (124: after $TIMEOUT_SECONDS s); $NODE was only read" \
            "mend what mysqldump names, then run up again" "$(cat "$SCRATCH/dump-words")"
    fi
    head -n 400 "$DUMP_TOP" | cut -c 1-100000 >"$top"
    DUMP_FILE="$(sed -n "s/^CHANGE .*_LOG_FILE='\([^']*\)'.*/\1/p" "$top" | head -n 1)"
    DUMP_POSITION="$(sed -n 's/^CHANGE .*_LOG_POS=\([0-9]*\).*/\1/p' "$top" | head -n 1)"
    DUMP_GTID="$(awk '/^SET @@GLOBAL.GTID_PURGED=/ { on = 1 } on { print } on && /;$/ { exit }' "$top" | tr -d '\n ' | sed -n "s/.*'\([^']*\)'.*/\1/p")"
    if [ -z "$DUMP_FILE" ] || [ -z "$DUMP_POSITION" ]; then
        fail MM_SEED_DUMP "the dump on $NODE carries no binary log coordinates" "see that mysqldump is of the server's series, then run up again"
    fi
    ! has_gtid_domains || DUMP_GTID="$(sql "SELECT $(sql_gtid_place "$DUMP_FILE" "$DUMP_POSITION")")"
    [ "$DUMP_GTID" != NULL ] || fail MM_SEED_DUMP "$NODE's binary log $DUMP_FILE, in which the dump began, is gone by now" \
        "let it keep its logs longer ($(log_expiry_variable)), then run up again"
    [ "$(read_gtid_mode)" != ON ] || [ -n "$DUMP_GTID" ] || [ -z "$(read_gtid_set)" ] ||
        fail MM_SEED_DUMP "the dump on $NODE carries no GTID set, though GTIDs are on" "see that mysqldump is of the server's series, then run up again"
}
