# physical.sh: the files that the origin has streamed become data that a server can work on. swap.sh puts them into its place.

# prepare_received: in: DUMP (its bytes= are those that the origin has sent). What was received is made whole, and its owner and modes
# are those of the data here. Begun again where it was cut: it is the recovery after a crash, which may be cut as well.
prepare_received() {
    local folder
    folder="$(received_folder "$(read_data_folder)")"
    [ "$(cat "$folder/received" 2>/dev/null || echo none)" = "$(value_of bytes "$DUMP")" ] ||
        fail MM_SEED_BACKUP_MISSING "the files in $folder on $NODE are not those that were sent (${DUMP:-none were})" \
            "pulumi config set mysql-master-master:converge with a new text, so that they are sent again; then run up again"
    [ ! -e "$folder/prepared" ] || return 0
    [ -e "$folder/recovered" ] || recover_received "$folder"
    make_received_alike "$folder"
    sync_folder "$folder"
    : >"$folder/prepared"
}
recover_received() { # FOLDER
    local status=0
    find_backup_tool
    [ -n "$BACKUP_TOOL" ] || fail MM_HOST_NO_CLIENT "$NODE has no mariadb-backup" "install mariadb-backup of the server's version on $NODE"
    note "preparing the $(cat "$1/received") bytes that were received"
    "$BACKUP_TOOL" "--defaults-file=$1/new/backup-my.cnf" --prepare "--target-dir=$1/new" "--use-memory=$(read_spare_memory)" \
        >/dev/null 2>"$SCRATCH/words" &
    PREPARE_PID=$!
    at_exit end_prepare
    wait_until "$TIMEOUT_SECONDS" has_prepare_ended || end_prepare
    wait "$PREPARE_PID" 2>/dev/null || status=$?
    PREPARE_PID=''
    [ "$status" != 0 ] || tail -n 1 "$SCRATCH/words" | grep -q 'completed OK!$' || status=1
    [ "$status" = 0 ] ||
        fail MM_SEED_LOAD "mariadb-backup could not prepare the received files on $NODE (status $status; 137: after $TIMEOUT_SECONDS s). $NODE's data is as it was" \
            "mend what it names, then run up again" "$(tail -n 5 "$SCRATCH/words")"
    : >"$1/recovered"
}
has_prepare_ended() { ! kill -0 "$PREPARE_PID" 2>/dev/null; }
end_prepare() { [ -z "$PREPARE_PID" ] || kill -KILL "$PREPARE_PID" 2>/dev/null || true; }

# read_spare_memory: a quarter of what is free, 1 GB at most: the old server still runs beside it.
read_spare_memory() { awk '/^MemAvailable:/ { free = int($2 / 1024 / 4) } END { print (free < 64 ? 64 : free > 1024 ? 1024 : free) "M" }' /proc/meminfo; }

# What is mariadb-backup's own stays behind, beside the data; a binary log that came along (newer releases send the last one) is the origin's.
make_received_alike() { # FOLDER
    local data="${1%/mysql/*}" name
    mkdir -p "$1/told"
    find "$1/new" -mindepth 1 -maxdepth 1 -type f \( -name 'xtrabackup_*' -o -name 'mariadb_backup_*' -o -name backup-my.cnf \) -exec mv -t "$1/told" {} +
    name="$(read_received_place "$1/told")"
    [ -z "${name%% *}" ] || find "$1/new" -mindepth 1 -maxdepth 1 -name "${name%%.[0-9]*}.[0-9]*" -exec rm {} +
    chown -R --reference="$data/mysql" "$1/new"
    find "$1/new" -type d -exec chmod --reference="$data/mysql" {} +
    find "$1/new" -type f -exec chmod --reference="$data/mysql/db.frm" {} +
    ! command -v selinuxenabled >/dev/null || ! selinuxenabled || chcon -R --reference="$data/mysql" "$1/new"
}

# read_backup_coordinates: FILE POSITION GTID of the origin, of what was received and prepared, or of a swap that is under way.
read_backup_coordinates() {
    local swap
    swap="$(recall swap)"
    if [ -n "$swap" ]; then
        echo "$(value_of file "$swap") $(value_of position "$swap") $(value_of gtid "$swap")"
    else
        read_received_place "$(received_folder "$(read_data_folder)")/told"
    fi
}
# The last line is of the last file; GTIDs come as the server had them, which leaves out what was applied from others.
read_received_place() { { tail -qn 1 "$1/xtrabackup_binlog_info" "$1/mariadb_backup_binlog_info" 2>/dev/null || true; } | awk -F'\t' '{ gsub(/ /, "", $3); print $1, $2, $3; exit }'; }

# drop_received: what was received and is of no more use; not while a swap is under way.
drop_received() {
    [ -n "$(recall swap)" ] || rm -rf --one-file-system "$(received_folder "$(read_data_folder)")"
}
