# mariabackup.sh: what both hosts have to know of a seed by mariabackup: what keeps a host from it.

# tell_files: what the peer tells of itself, as KEY=VALUE words with ~ for blanks: files= is yes, or why it cannot take part; layout=.
# Nothing of a server that is not MariaDB.
tell_files() {
    local why
    is_mariadb || return 0
    why="$(read_files_obstacle peer)"
    printf ' files=%s layout=%s' "$(printf '%s' "${why:-yes}" | tr ' ' '~')" "$(read_files_layout | tr ' ' '~')"
}

# read_files_obstacle origin|peer: one line that says why this host cannot take part, or nothing.
read_files_obstacle() {
    local folder
    folder="$(read_data_folder)"
    {
        list_tool_obstacles "$1"
        list_folder_obstacles "$folder"
        list_server_obstacles
        if [ "$1" = origin ]; then list_origin_obstacles "$folder"; else list_peer_obstacles "$folder"; fi
    } >"$SCRATCH/obstacles"
    [ ! -s "$SCRATCH/obstacles" ] || list_lines <"$SCRATCH/obstacles"
}

list_tool_obstacles() {
    local version
    find_backup_tool
    if ! has_backup_stages; then
        echo "mariadb-backup of its release ($VERSION_TEXT) holds every commit up while it copies what is not in InnoDB (that of 10.11.8 does not)"
    elif [ -z "$BACKUP_TOOL" ]; then
        echo 'it has no mariadb-backup (install the package of that name in the server'\''s version)'
    else
        version="$(read_tool_version)"
        # the files' form belongs to a release: another one's program reads them at its peril
        [ "$(parse_version "$version")" = "$VERSION" ] || echo "its mariadb-backup is of ${version:-an unknown version} and its server of $VERSION_TEXT"
    fi
    [ "$1" = origin ] || command -v mbstream >/dev/null || echo 'it has no mbstream (of the package mariadb-backup)'
}
read_tool_version() { "$BACKUP_TOOL" --no-defaults --version 2>&1 | sed -n 's/.*server \([0-9][0-9.]*[^ ]*\).*/\1/p' | head -n 1; }

# The files travel as one folder, and are one folder afterwards.
list_folder_obstacles() { # DATA_FOLDER
    local name path
    case "$1" in *[[:space:]]*) echo "its data directory has a blank in its name ($1)" ;; esac
    for name in innodb_data_home_dir innodb_log_group_home_dir innodb_undo_directory aria_log_dir_path; do
        path="$(read_variable "$name")"
        case "$path" in '' | NULL) continue ;; /*) ;; *) path="$1/$path" ;; esac
        [ "$(readlink -f "$path")" = "$1" ] || echo "$name is $path"
    done
    path="$(read_variable innodb_data_file_path)"
    case "$path" in */*) echo "innodb_data_file_path is $path" ;; esac
    find "$1" -mindepth 1 -maxdepth 2 \( -name '*.isl' -o -type l \( -xtype d -o -path "$1/*/*" \) \) 2>/dev/null |
        head -n 3 | sed 's/^/it leads out of the data directory: /'
}

list_server_obstacles() {
    local name
    for name in innodb_encrypt_tables innodb_encrypt_log aria_encrypt_tables wsrep_on; do
        case "$(try_sql "SELECT @@global.$name")" in '' | 0 | OFF) ;; *) echo "$name is on" ;; esac
    done
}

list_origin_obstacles() { # DATA_FOLDER
    local foreign
    # Aria and MyISAM are held still only for as long as their copy takes; RocksDB and others are not carried
    sql "$(sql_undumpable unsafe)" | head -n 5 | sed 's/^/table not in InnoDB: /'
    [ "$(sql 'SELECT COUNT(*) FROM information_schema.innodb_tablespaces_encryption WHERE encryption_scheme <> 0')" = 0 ] ||
        echo 'it has encrypted tables'
    [ "$(read_variable log_bin)" = 1 ] || echo 'its binary log is off'
    [ -n "$BACKUP_TOOL" ] || return 0
    foreign="$(list_foreign_options | list_lines)"
    [ -z "$foreign" ] || echo "its option files give mariadb-backup $foreign"
}

# What is moved must be movable.
list_peer_obstacles() { # DATA_FOLDER
    awk -v below="$1/" 'index($5, below) == 1 { print "a file system is mounted in its data directory: " $5 }' /proc/self/mountinfo | head -n 3
    [ -d "$1/mysql" ] || echo "its data directory has no folder mysql"
}

# read_files_layout: one line, which must be the same on both: else the files of one are not those of the other.
read_files_layout() {
    printf 'version=%s machine=%s' "$VERSION" "$(uname -m)"
    sql "SELECT CONCAT(' page=', @@global.innodb_page_size, ' case=', @@global.lower_case_table_names, ' files=', @@global.innodb_data_file_path, ' undo=', @@global.innodb_undo_tablespaces)"
}

# read_files_bytes: how many bytes the files have, about.
read_files_bytes() { sql "SELECT COALESCE(SUM(file_size), 0) FROM information_schema.innodb_sys_tablespaces"; }
