# data-folder.sh: the server's data directory, and what a seed by mariabackup puts into it before that is data.

# read_data_folder: as the kernel names it, without a slash at its end.
read_data_folder() { readlink -f "$(read_fixed datadir)"; }

# received_folder DATA_FOLDER: where the peer keeps what is sent: new (the files), received (bytes= and receipt= of them), recovered and prepared (so far
# it is), told (what mariadb-backup says of them). On the file system of the data, for it is moved there; below the schema mysql, for every folder directly in a data directory counts as a schema,
# one that begins with a dot as well (seen on 10.11), and then the peer would not be empty.
received_folder() { echo "$1/mysql/.mm-seed"; }

# swap_folder DATA_FOLDER: while a swap goes on: new (what is not in its place so far), old (what was there before), failed (what was no good).
swap_folder() { echo "$1/.mm-seed"; }

# node_id_file DATA_FOLDER: by which a server without an uuid, and its data, are told from others (statements.sh). It stays there through a swap.
node_id_file() { printf '%s/mysql-master-master-id' "${1%/}"; }

# drop_received_files: files that were received and are of no more use; not while a swap is under way. Nothing where there can be none.
drop_received_files() {
    if ! is_mariadb || [ -n "$(recall swap)" ]; then return; fi
    rm -rf --one-file-system "$(received_folder "$(read_data_folder)")"
    rm -f "$STATE/receiver"
}
