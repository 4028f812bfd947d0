# seed.sh: what the steps of a seed share.

SEED_MARK='mysql-master-master-seed'

# withdraw_admission KEYS: takes the throw-away key's line out of an authorized_keys file; other lines stay as they are.
withdraw_admission() {
    rm -f "$STATE/receive-backup"
    grep -q " $SEED_MARK\$" "$1" 2>/dev/null || return 0
    grep -v " $SEED_MARK\$" "$1" >"$SCRATCH/keys" || true
    # written into the file itself, so that owner, mode and label stay
    cat "$SCRATCH/keys" >"$1"
}

# read_seed_state SOURCE_UUID: what the marker says of this very server: done (seeded from that source), parted (by destroy),
# unfinished, or nothing. A marker of another data directory, or of another source, counts for nothing.
read_seed_state() {
    local seed state
    seed="$(recall seed)"
    state="$(value_of state "$seed")"
    [ "$(value_of own "$seed")" = "$(read_server_uuid)" ] || return 0
    [ "$(value_of source "$seed")" = "$1" ] || return 0
    printf '%s' "$state"
}

# read_unsafe_tables: tables whose rows --single-transaction does not hold still: what is written to them during the dump would
# be in it, and come again over the link.
read_unsafe_tables() {
    sql "SELECT CONCAT(table_schema, '.', table_name, ' ', engine) FROM information_schema.tables WHERE table_type = 'BASE TABLE'
        AND engine NOT IN ('InnoDB', 'BLACKHOLE', 'PERFORMANCE_SCHEMA') AND table_schema NOT IN ($SYSTEM_SCHEMAS) LIMIT 20" | tr '\n' ',' | sed 's/,$//'
}

keys_of_ssh_user() { printf '%s/.ssh/authorized_keys' "$(getent passwd "$SSH_USER" | cut -d : -f 6)"; }

# claim_backup_file: the file is not there, or this program's own; from here on it is the latter.
claim_backup_file() {
    [ ! -e "$BACKUP_FILE" ] || [ "$(recall backup)" = "$BACKUP_FILE" ] ||
        fail MM_SEED_BACKUP_EXISTS "$BACKUP_FILE is there on $NODE, and not from this program. Nothing was changed" \
            "move it away, or set seed.backupFile; then run up again"
    remember backup "$BACKUP_FILE"
}

# drop_unwanted_backup: this program's own file goes, unless it is to be kept; then it stays known as such, so that a later
# seed may replace it.
drop_unwanted_backup() {
    if [ "$KEEP_BACKUP" != true ] && [ "$(recall backup)" = "$BACKUP_FILE" ]; then
        rm -f "$BACKUP_FILE"
        forget backup
    fi
}
