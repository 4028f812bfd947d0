# backup.sh: the backup's file on either host, and the throw-away key that delivers it.

SEED_MARK="mysql-master-master-seed-$PORT"

# withdraw_key: on the origin, both its halves.
withdraw_key() { rm -f "$STATE/copy-key" "$STATE/copy-key.pub"; }

# withdraw_admission KEYS: takes the throw-away key's line out of an authorized_keys file; other lines stay as they are.
withdraw_admission() {
    rm -f "$STATE/receive-backup"
    grep -q " $SEED_MARK\$" "$1" 2>/dev/null || return 0
    grep -v " $SEED_MARK\$" "$1" >"$SCRATCH/keys" || true
    # written into the file itself, so that owner, mode and label stay
    cat "$SCRATCH/keys" >"$1"
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
