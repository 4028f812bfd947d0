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

# The seed's marker: KEY=VALUE words in the node's memory, of which these functions alone know the form.
#   state=unfinished   the import has begun; source= own= (the uuids of the origin and of this very server)
#   state=imported     it is whole and proven; beside those source_file= source_position= source_gtid= (where the origin stood)
#                      file= position= (where this server's own log stood)
#   state=done         and proven after a restart
#   state=parted       destroy has ended the pair; the data is here still; beside those applied= (what this server had applied then)

# write_seed STATE [KEY=VALUE...]: of a seed from SOURCE_UUID into this server.
write_seed() {
    local state="$1"
    shift
    remember seed "state=$state source=$SOURCE_UUID own=$(read_server_uuid)${*:+ $*}"
}

# change_seed STATE [KEY=VALUE...]: what else is known of it stays.
change_seed() {
    local seed state="$1"
    shift
    seed="$(recall seed)"
    remember seed "state=$state ${seed#state=* }${*:+ $*}"
}

# part_seed: at destroy the data stays, and is marked as no longer following anybody; with its definitions and its GTID set, for a
# later up to compare: logs that were reset since, on both servers, say nothing of what was written before.
part_seed() {
    change_seed parted "applied=$(read_gtid_set)"
    read_definitions | cut -f 1 | uniq >"$SCRATCH/names"
    remember seed-names "$(cat "$SCRATCH/names")"
}

# read_seed_state SOURCE_UUID: the state of this very server's seed from that origin, or nothing. A marker of another data
# directory, or of another origin, counts for nothing.
read_seed_state() {
    local seed
    seed="$(recall seed)"
    is_seed_own && [ "$(value_of source "$seed")" = "$1" ] || return 0
    value_of state "$seed"
}

# read_noted_seed_state: the state as it was noted, whatever server or origin it is about: for steps that ask no server.
read_noted_seed_state() { value_of state "$(recall seed)"; }

# is_seed_whole: whether the origin's data is here, so that no backup is needed any more.
is_seed_whole() { case "$(read_seed_state "$SOURCE_UUID")" in imported | 'done') ;; *) return 1 ;; esac }

# is_seed_own: whether the marker is about this server's data directory.
is_seed_own() { [ "$(value_of own "$(recall seed)")" = "$(read_server_uuid)" ]; }

# read_seed_coordinates: source_file=... to position=..., as they were written; nothing before the import is whole.
read_seed_coordinates() { recall seed | sed -n 's/.* \(source_file=.*\)/\1/p'; }

# read_unsafe_tables: tables whose rows --single-transaction does not hold still: what is written to them during the dump would
# be in it, and come again over the link.
read_unsafe_tables() {
    sql "SELECT CONCAT(table_schema, '.', table_name, ' ', engine) FROM information_schema.tables WHERE table_type = 'BASE TABLE'
        AND engine NOT IN ('InnoDB', 'BLACKHOLE', 'PERFORMANCE_SCHEMA') AND table_schema NOT IN ($SYSTEM_SCHEMAS) LIMIT 20" | tr '\n' ',' | sed 's/,$//'
}

# raise_packet_limit: for the import, whose rows are of any size that the origin has. What it was before is noted, and comes back however the
# import ends: by restore_packet_limit at the script's end, after a kill by the next import or at destroy.
raise_packet_limit() {
    [ -n "$(recall packet-limit)" ] || remember packet-limit "$(read_variable max_allowed_packet)"
    at_exit restore_packet_limit
    sql 'SET GLOBAL max_allowed_packet = 1073741824'
}
restore_packet_limit() {
    local before
    before="$(recall packet-limit)"
    [ -n "$before" ] || return 0
    # a server that does not answer has it from its option files, when it is there again
    try_sql "SET GLOBAL max_allowed_packet = $before" >/dev/null || true
    forget packet-limit
}

keys_of_ssh_user() { printf '%s/.ssh/authorized_keys' "$(getent passwd "$SSH_USER" | cut -d : -f 6)"; }

# claim_backup_file: the file is not there, or this program's own; from here on it is the latter.
claim_backup_file() {
    [ ! -e "$BACKUP_FILE" ] || [ "$(recall backup)" = "$BACKUP_FILE" ] ||
        fail MM_SEED_BACKUP_EXISTS "$BACKUP_FILE is there on $NODE, and not from this program. Nothing was changed" \
            "move it away, or set seed.backupFile; then run up again"
    remember backup "$BACKUP_FILE"
}

# received_backup: where the peer keeps the received file until it is imported: in its place, or in the node's memory, where a
# restart of the host would clear that place.
received_backup() {
    case "$BACKUP_FILE:$(stat -f -c %T "$(dirname "$BACKUP_FILE")")" in
        /tmp/* | /var/tmp/* | /run/* | /dev/* | *:tmpfs | *:ramfs) echo "$STATE/received-backup" ;;
        *) echo "$BACKUP_FILE" ;;
    esac
}

# drop_unwanted_backup: this program's own file goes, unless it is to be kept; then it is put into its place, and stays known as
# the program's, so that a later seed may replace it.
drop_unwanted_backup() {
    [ "$(recall backup)" = "$BACKUP_FILE" ] || return 0
    if [ "$KEEP_BACKUP" != true ]; then
        rm -f "$BACKUP_FILE" "$STATE/received-backup"
        forget backup
    elif [ -e "$STATE/received-backup" ]; then
        put_in_place "$STATE/received-backup" "$BACKUP_FILE"
    fi
}

# put_in_place FILE PLACE: whole or not at all, also from one file system to another.
put_in_place() {
    PLACED="$(mktemp "$2.mm-XXXXXX")"
    at_exit drop_placed
    mv -fT "$1" "$PLACED"
    mv -fT "$PLACED" "$2"
}
drop_placed() { rm -f "$PLACED"; }
