# judge-dump.sh: what a dump has brought: is it whole, and is it of the one moment at which its rows were counted?

# judge_dump: its inventory is in $SCRATCH/inventory then, its coordinates in DUMP_FILE, DUMP_POSITION and DUMP_GTID; or WHY is changed, waited or moved.
judge_dump() {
    note_state after
    CHANGED="$(list_differences "$SCRATCH/before" "$SCRATCH/after")"
    if [ -z "$CHANGED" ]; then require_views_valid; fi
    # 1412: a table whose definition is younger than the snapshot; 1049, 1146, 1305, 1356: something that is gone
    if [ -n "$CHANGED" ] || has_ended_with '1412|1049|1146|1305|1356'; then
        WHY=changed
        return
    fi
    # 1205: the one or the other has waited too long for a table: behind somebody who waited for the other one of them
    if has_ended_with 1205; then
        WHY=waited HELD_UP='somebody who waited for a table of it'
        return
    fi
    [ "$COUNTED" = yes ] || [ "$DIED" = yes ] || fail_session
    require_whole_dump "$DUMP_STATUS"
    # beside the dump's the session has a snapshot of its own: they are one if the log stood at the same place
    if [ "$DUMP_FILE $DUMP_POSITION" != "$LOCKED_FILE $LOCKED_POSITION" ]; then
        WHY=moved
        return
    fi
    sort "$SCRATCH/objects" "$SCRATCH/counts" >"$SCRATCH/inventory"
}

# has_ended_with CODES: the dump, or the count of its rows, said one of these errors.
has_ended_with() { cat "$SCRATCH/dump-words" "$SCRATCH/session-words" | grep -iE "(\\(|error )($1)\\b" >/dev/null; }

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

# require_whole_dump STATUS: of what is in the sink; and reads its coordinates, into DUMP_FILE, DUMP_POSITION and DUMP_GTID. They stand near its
# top: the line that --source-data writes, and the GTID set where GTIDs are on; MariaDB is asked for it.
require_whole_dump() {
    local top="$SCRATCH/dump-top"
    if [ "$1" -ne 0 ] || ! is_dump_complete; then
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

is_dump_complete() { tail -n 1 "$DUMP_LAST" | grep '^-- Dump completed' >/dev/null; }
