# seed-load.sh: on the peer, imports the backup with the binary log off, and fixes the coordinates of both servers.
# in:    NODE PORT SOCKET LOGIN_USER LOGIN_PASSWORD OPTION_FILE SEED (wanted|done|parted) DUMP SOURCE_UUID BACKUP_FILE KEEP_BACKUP TIMEOUT_SECONDS SSH_USER
#        ACCOUNT ACCOUNT_HOST ACCOUNT_PASSWORD PEER_HOST PEER_PORT
# out:   seed source_file=FILE source_position=BYTES source_gtid=SET file=FILE position=BYTES
# codes: MM_SEED_NODE_NOT_EMPTY MM_SEED_BACKUP_MISSING MM_SEED_LOAD MM_SEED_LOGIN_LOST MM_SEED_NOT_PROVEN

main() {
    require_server
    open_state
    KEYS="$(keys_of_ssh_user)"
    case "$1" in
        up) ensure_seeded ;;
        down) part_from_origin ;;
    esac
}

ensure_seeded() {
    local state
    state="$(read_seed_state "$SOURCE_UUID")"
    if [ "$state" = 'done' ]; then
        note "already seeded from server $SOURCE_UUID"
    elif [ "$state" = parted ]; then
        resume_parted
    else
        require_empty "$state"
        require_backup
        load "$state"
    fi
    clean_up
    printf 'seed %s\n' "$(read_seed_coordinates)"
}

# A node may be overwritten when it holds nothing, or nothing but what an unfinished import of this program has left.
require_empty() {
    local schemas
    [ "$(read_server_uuid)" != "$SOURCE_UUID" ] || fail MM_SEED_NODE_NOT_EMPTY "$NODE is the origin itself. Nothing was changed" \
        "give the other host as $NODE, then run up again"
    schemas="$(read_own_schemas)"
    if [ -n "$schemas" ] && [ "$1" != unfinished ]; then
        fail MM_SEED_NODE_NOT_EMPTY "$NODE holds schemas of its own ($(printf '%s\n' "$schemas" | head -n 20 | tr '\n' ' ' | sed 's/ $//')); seeding would overwrite them. Nothing was changed in them" \
            "move them to the origin, or name a fresh host as $NODE; then run up again"
    fi
}

require_backup() {
    [ "$(value_of bytes "$DUMP")" = "$(wc -c <"$BACKUP_FILE" 2>/dev/null | tr -d ' ')" ] && tail -n 1 "$BACKUP_FILE" | grep -q '^-- Dump completed' && return
    fail MM_SEED_BACKUP_MISSING "$BACKUP_FILE on $NODE is not the backup that was sent (${DUMP:-no dump was made})" \
        "pulumi config set mysql-master-master:converge with a new text, so that it is made and sent again; then run up again. Where $NODE was emptied by hand while its peer follows it: pulumi destroy (all data of the origin stays), then up"
}

load() {
    local schema status=0 started=$SECONDS
    write_seed unfinished
    # a seed gives new coordinates: where an earlier link stood is of no more use
    forget link
    close_for_seed
    if [ "$1" = unfinished ]; then
        read_own_schemas | while IFS= read -r schema; do
            sql 'SET SESSION sql_log_bin = 0' "DROP DATABASE IF EXISTS \`${schema//\`/\`\`}\`"
        done
    fi
    # The installation's own transactions would count as errant, and forbid the backup's GTID set.
    if [ "$(read_gtid_mode)" = ON ]; then sql "$(sql_reset_binary_logs)"; fi
    note "importing $(value_of bytes "$DUMP") bytes, with the binary log off"
    { echo 'SET SESSION sql_log_bin = 0;' && cat "$BACKUP_FILE"; } |
        timeout "$TIMEOUT_SECONDS" "${LOCAL[@]}" --max-allowed-packet=1G --default-character-set=utf8mb4 --loose-binary-mode >/dev/null 2>"$SCRATCH/words" || status=$?
    [ "$status" = 0 ] || fail MM_SEED_LOAD "the import on $NODE ended with status $status (124: after $TIMEOUT_SECONDS s); it is half done, and begun again by the next up" \
        "mend what the server names, then run up again" "$(cat "$SCRATCH/words")"
    # accounts that came as rows of the mysql schema count from here on
    try_sql 'FLUSH LOCAL PRIVILEGES' || fail_login_lost
    try_sql 'SELECT 1' >/dev/null || fail_login_lost
    [ "$(read_gtid_mode)" != ON ] || [ "$(read_gtid_set)" = "$(value_of gtid "$DUMP")" ] ||
        fail MM_SEED_LOAD "after the import $NODE has the GTID set $(read_gtid_set), the backup has $(value_of gtid "$DUMP")" \
            "see who wrote on $NODE meanwhile, then run up again: the import is begun again"
    close_after_seed
    remember_seed "$(value_of file "$DUMP")" "$(value_of position "$DUMP")" "$(value_of gtid "$DUMP")"
    note "imported in $((SECONDS - started)) s"
}

fail_login_lost() {
    fail MM_SEED_LOGIN_LOST "the import is done, and with the origin's accounts $NODE no longer lets the program in over its socket" \
        "set mysql.login of node $NODE to an account that the origin has, then run up again" "$(cat "$SCRATCH/words")"
}

# remember_seed FILE POSITION GTID: of the source, beside this server's own coordinates after the import.
remember_seed() {
    local own
    own="$(read_coordinates)"
    write_seed 'done' "source_file=$1" "source_position=$2" "source_gtid=$3" "file=${own% *}" "position=${own#* }"
}

# Seeded by an earlier up, parted by destroy: with GTIDs it can be proven that this node only lags behind, and needs no seed.
resume_parted() {
    local errant purged theirs
    require_peer "$PEER_HOST" "$PEER_PORT" 20
    if ! have_both_gtids; then
        fail MM_SEED_NOT_PROVEN "$NODE holds what an earlier pair left, and without GTIDs nothing proves that it only lags behind. Nothing was changed" \
            "empty $NODE (or name a fresh host), remove /var/lib/mysql-master-master/$PORT there, then run up again"
    fi
    errant="$(peer_read "GTID_SUBTRACT($(quote_sql "$(read_gtid_set)"), @@global.gtid_executed)")"
    purged="$(peer_read "GTID_SUBTRACT(@@global.gtid_purged, $(quote_sql "$(read_gtid_set)"))")"
    [ -z "$errant$purged" ] || fail MM_SEED_NOT_PROVEN "$NODE holds what an earlier pair left: transactions that its peer lacks (${errant:-none}), and purged ones that it missed (${purged:-none}). Nothing was changed" \
        "empty $NODE (or name a fresh host), remove /var/lib/mysql-master-master/$PORT there, then run up again"
    note "was seeded before and has nothing that its peer lacks: it needs no seed"
    close_for_seed
    # the origin's log drops and makes the account again: it must be there to be dropped
    if ! has_account; then { echo 'SET SESSION sql_log_bin = 0' && sql_create_account; } | run_statements; fi
    close_after_seed
    theirs="$(read_peer_coordinates)"
    remember_seed "${theirs% *}" "${theirs#* }" "$(read_gtid_set)"
}

clean_up() {
    withdraw_admission "$KEYS"
    drop_unwanted_backup
}

# At destroy the data stays, and is marked as no longer following anybody.
part_from_origin() {
    clean_up
    [ "$(read_seed_state "$SOURCE_UUID")" != 'done' ] || change_seed parted
}

{ main "$@"; } </dev/null
