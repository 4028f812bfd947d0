# files.sh: the files that the origin has streamed become data that a server can work on. swap.sh puts them into its place.

# take_over_files: what was received takes the place of all that was here; of a run that was cut after that it is there already.
take_over_files() {
    : >"$SCRATCH/wanted"
    if ! is_received_here; then
        prepare_received
        require_overwritable
        require_unused
        forget received
        begin_overwriting
        begin_log_anew ''
        # the swap begins it anew again
        note_first_log method=mariabackup
        swap_data "$(value_of receipt "$DUMP")"
        note "works on the data that was received"
    fi
    require_receipt
    is_read_only || fail MM_SEED_LOAD "$NODE takes writes with the data that was received: $(find_option_lines read_only | tr '\n' ' ')" \
        "remove what opens it, SET GLOBAL read_only = 1, then run up again"
    require_untouched
    require_files_whole
    # what the origin had applied of an earlier peer is nothing that this node goes on from
    sql "SET GLOBAL gtid_slave_pos = ''"
    begin_log_anew "$(value_of gtid "$DUMP")"
    remember_seed 'done' "$(value_of file "$DUMP")" "$(value_of position "$DUMP")" "$(value_of gtid "$DUMP")"
    end_seed
}

# is_received_here: what is here is what DUMP tells of.
is_received_here() {
    local sent
    sent="$(value_of receipt "$DUMP")"
    [ -n "$sent" ] && [ "$(read_seed_state "$SOURCE_UUID") $(value_of receipt "$(recall received)")" = "unfinished $sent" ]
}

# require_files_whole: all that has a name on the origin has it here, and nothing is here that must not be.
require_files_whole() {
    local found wanted kind
    local again="then pulumi config set mysql-master-master:converge with a new text, so that the files are sent again, and run up again"
    look_at_replication
    found="$(read_followed)"
    [ -z "$found" ] || fail MM_SEED_LOAD "$NODE follows $found, with the data that was received" "RESET SLAVE ALL there, then run up again"
    for kind in unsafe volatile; do
        found="$(sql "$(sql_undumpable "$kind")" | list_lines)"
        [ -z "$found" ] || fail MM_SEED_ENGINE "tables of engines without transactions were made on the origin while its files were sent ($found)" \
            "ALTER TABLE … ENGINE = InnoDB there, or set seed.method to dump; $again"
    done
    found="$(sql "$(sql_prepared)" | cut -f 1,4 | list_lines)"
    [ -z "$found" ] || fail MM_SEED_PREPARED "XA transactions were prepared on the origin while its files were sent ($found), and are here, too" \
        "XA COMMIT or XA ROLLBACK them on the origin (or let their transaction manager); $again"
    wanted="$(value_of names "$DUMP")"
    [ -z "$wanted" ] || [ "$wanted" = "$(read_names_digest)" ] ||
        fail MM_SEED_INCOMPLETE "$NODE does not hold the schemas, tables, routines and accounts that the origin held when its files were sent" \
            "pulumi config set mysql-master-master:converge with a new text, then run up again; if that ends here again, set seed.method to dump, and report it with this message"
}

# prepare_received: in: DUMP (its bytes= are those that the origin has sent). What was received is made whole, and its owner and modes
# are those of the data here. Begun again where it was cut: it is the recovery after a crash, which may be cut as well.
prepare_received() {
    local folder place
    folder="$(received_folder "$(read_data_folder)")"
    [ "$(cat "$folder/received" 2>/dev/null || echo none)" = "bytes=$(value_of bytes "$DUMP") receipt=$(value_of receipt "$DUMP")" ] ||
        fail MM_SEED_BACKUP_MISSING "the files in $folder on $NODE are not those that were sent (${DUMP:-none were})" \
            "pulumi config set mysql-master-master:converge with a new text, so that they are sent again; then run up again"
    [ -e "$folder/recovered" ] || recover_received "$folder"
    if [ ! -e "$folder/prepared" ]; then
        make_received_alike "$folder"
        sync_folder "$folder"
        : >"$folder/prepared"
    fi
    place="$(read_received_place "$folder/told")"
    [ "$place" = "$(value_of file "$DUMP") $(value_of position "$DUMP")" ] ||
        fail MM_SEED_INCOMPLETE "the files on $NODE are of another place in the origin's log (${place:-none}) than those that were sent (${DUMP#dump }). $NODE's data is as it was" \
            "pulumi config set mysql-master-master:converge with a new text, so that they are sent again; then run up again"
}
recover_received() { # FOLDER
    local status=0 started
    require_backup_tool
    note "preparing the $(value_of bytes "$DUMP") bytes that were received"
    started="$(now_ms)"
    "$BACKUP_TOOL" "--defaults-file=$1/new/backup-my.cnf" --prepare "--target-dir=$1/new" "--use-memory=$(read_spare_memory)" \
        >/dev/null 2>"$SCRATCH/words" &
    PREPARE_PID=$!
    at_exit end_prepare
    end_with_script "$PREPARE_PID"
    wait_until "$TIMEOUT_SECONDS" has_prepare_ended || end_prepare
    wait "$PREPARE_PID" 2>/dev/null || status=$?
    PREPARE_PID=''
    [ "$status" != 0 ] || tail -n 1 "$SCRATCH/words" | grep -q 'completed OK!$' || status=1
    [ "$status" = 0 ] ||
        fail MM_SEED_LOAD "mariadb-backup could not prepare the received files on $NODE (status $status; 137: after $TIMEOUT_SECONDS s). $NODE's data is as it was" \
            "mend what it names, then run up again" "$(tail -n 5 "$SCRATCH/words")"
    : >"$1/recovered"
    note "prepared: $(describe_end "$(value_of bytes "$DUMP")" "$(($(now_ms) - started))")"
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

# read_received_place FOLDER: FILE POSITION of the origin, as its mariadb-backup has told them there. The last line is of the last file; the GTIDs
# in it leave out what was applied from others.
read_received_place() { { tail -qn 1 "$1/xtrabackup_binlog_info" "$1/mariadb_backup_binlog_info" 2>/dev/null || true; } | awk -F'\t' '{ print $1, $2; exit }'; }
