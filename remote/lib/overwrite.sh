# overwrite.sh: when this node may be overwritten, and what is noted from there on: its data goes for good, so nobody's may be there, and nobody at work.
# in: SOURCE_UUID; $SCRATCH/wanted: what the seed may bring, as lines of an inventory

require_other_server() {
    [ "$(read_server_uuid)" != "$SOURCE_UUID" ] || fail MM_SEED_NODE_NOT_EMPTY "$NODE is the origin itself. Nothing was changed" \
        "give the other host as $NODE, then run up again"
}

require_overwritable() { if has_own_leftovers; then require_own_leftovers; else require_empty; fi; }

# A seed that was cut before its place was noted has left nothing.
has_own_leftovers() { [ "$(read_seed_state "$SOURCE_UUID")" = unfinished ] && [ -n "$(value_of file "$(recall seed)")" ]; }

# A node may be overwritten when it holds nothing, …
require_empty() {
    local schemas
    schemas="$(read_own_schemas)"
    [ -z "$schemas" ] || fail_not_empty "holds schemas of its own ($(printf '%s\n' "$schemas" | list_lines)); seeding would overwrite them. Nothing was changed in them"
}

# … or nothing but what an unfinished import of this program has left: schemas and accounts of the backup, accounts from before the
# import, and a log in which nothing was written since.
require_own_leftovers() {
    local from foreign
    from="$(recall seed)" foreign=''
    # of a clone, and of files, anything may be here that the origin has, as its engine's own pages
    case "$(value_of method "$from")" in clone | mariabackup) ;; *) foreign="$(list_unexpected)" ;; esac
    [ -n "$foreign" ] ||
        foreign="$(find_foreign_event try_sql "$(value_of file "$from")" "$(value_of position "$from")")"
    # also where that was written into a log of another name
    if [ -z "$foreign" ] && [ "$(read_gtid_mode)" = ON ]; then
        foreign="$(sql "SELECT GTID_SUBTRACT(@@global.gtid_executed, $(quote_sql "$(read_origin_gtids)"))" | plain_gtid_set)"
    fi
    [ -z "$foreign" ] || fail_not_empty "holds what is not of the import that was begun there ($(printf '%s\n' "$foreign" | list_lines)): somebody uses it meanwhile. Nothing was changed in it"
}

# list_unexpected: schemas and accounts that are neither the backup's nor from before.
list_unexpected() {
    read_own_schemas | sed 's/^/schema /' | sort >"$SCRATCH/schemas"
    read_accounts | sort >"$SCRATCH/accounts"
    recall seed-expects | sort -u - "$SCRATCH/wanted" >"$SCRATCH/expected"
    sort "$SCRATCH/schemas" "$SCRATCH/accounts" | comm -23 - "$SCRATCH/expected"
}

# read_origin_gtids: those of the backup; where there is none, all that the origin has now.
read_origin_gtids() {
    local set
    set="$(value_of gtid "${DUMP:-}")"
    if [ -n "$set" ]; then
        printf '%s' "$set"
    else
        require_peer "$PEER_HOST" "$PEER_PORT" 20
        peer_read @@global.gtid_executed | plain_gtid_set
    fi
}

fail_not_empty() { fail MM_SEED_NODE_NOT_EMPTY "$NODE $1" "move them to the origin, or name a fresh host as $NODE (or empty it by hand, and remove $STATE/seed there); then run up again"; }

# Who is connected now may write while the import runs, or be in the middle of it.
require_unused() {
    wait_until 10 is_unused || fail MM_SEED_NODE_IN_USE "$NODE is in use by $(read_other_sessions | list_lines), and is to be overwritten. Nothing was changed" \
        "end those connections, then run up again"
}
is_unused() { [ -z "$(read_other_sessions)" ]; }
read_other_sessions() {
    read_connections | awk -F'\t' -v ours="$ACCOUNT@" '$2 !~ /^unauthenticated user@/ && index($2, ours) != 1 && ++found <= 20 { print $2 " since " $4 " s" }'
}

# begin_overwriting: from here on this node is the seed's. What somebody writes on an open node is not of the seed, so it is closed first; and
# what came until then is somebody's.
begin_overwriting() {
    local schema
    # known before its first trace
    note_expected
    close_for_seed
    require_overwritable
    # a seed gives new coordinates: where an earlier link stood is of no more use
    forget link
    read_own_schemas | while IFS= read -r schema; do
        sql 'SET SESSION sql_log_bin = 0' "DROP DATABASE IF EXISTS \`${schema//\`/\`\`}\`"
    done
    clear_cut_clone
    # without its place: the node is empty so far, and what is found there later is not of the seed
    write_seed unfinished
}

# note_place [KEY=VALUE...]: where this server's own log stands: from here on there is nothing in it.
note_place() {
    START="$(read_coordinates)"
    write_seed unfinished "file=${START% *}" "position=${START#* }" "$@"
}

# note_first_log [KEY=VALUE...]: the log has just been begun anew, and is to be once more, which leads back to this place: whatever is in it
# from its first byte on is somebody's, before that and after.
note_first_log() {
    START="$(sql 'SHOW BINARY LOGS' | cut -f 1 | sed -n 1p) 4"
    write_seed unfinished "file=${START% *}" "position=${START#* }" "$@"
}

# begin_log_anew GTID: the installation's own transactions would count as errant, and forbid the backup's GTID set. On MariaDB the new log goes
# on behind the origin's GTIDs: with those of an earlier node of this one's domain and id its own ones would come twice.
begin_log_anew() {
    [ "$(read_gtid_mode)" = ON ] || has_gtid_domains || return 0
    sql "$(sql_reset_binary_logs)"
    if has_gtid_domains; then sql "SET GLOBAL gtid_binlog_state = $(quote_sql "$1")"; fi
    keep_log_id
}

# What may be here, should this seed be cut.
note_expected() {
    { recall seed-expects && read_accounts && cat "$SCRATCH/wanted"; } | sort -u >"$SCRATCH/expects"
    remember seed-expects "$(cat "$SCRATCH/expects")"
}

fail_login_lost() {
    fail MM_SEED_LOGIN_LOST "the origin's data is on $NODE, and with the origin's accounts $NODE no longer lets the program in over its socket" \
        "set mysql.login of node $NODE to an account that the origin has, then run up again" "$(cat "$SCRATCH/words")"
}
