# overwrite.sh: when this node may be overwritten: its data goes for good, so nobody's may be there, and nobody at work.

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
