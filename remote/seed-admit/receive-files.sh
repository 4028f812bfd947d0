# receive-files.sh: what the throw-away key runs on the peer where files are sent, and not a dump.

# receive_files_script DATA_FOLDER: the text of it. The stream's files come into a folder of root's own, which counts for something with
# its `received` alone, written when the last file is there; what comes out is the number of bytes that came. A stream that was cut between
# two files looks whole from here: only the number of bytes that were sent tells.
receive_files_script() {
    printf 'PATH=%q folder=%q cut=%q\n' "$PATH" "$(received_folder "$1")" "$(swap_folder "$1")"
    cat <<'TEXT'
set -euo pipefail
umask 077
[ ! -e "$cut" ] || { echo "$cut is there, of a seed that was cut" >&2 && exit 1; }
rm -rf "$folder"
mkdir "$folder" "$folder/new"
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP TERM PIPE
dd bs=1M iflag=fullblock 2>"$folder/count" | mbstream -x -C "$folder/new"
sed -n 's/^\([0-9][0-9]*\) bytes.*/\1/p' "$folder/count" >"$folder/whole"
[ -s "$folder/whole" ]
# the last ones of the stream
[ -s "$folder/new/xtrabackup_info" ] || [ -s "$folder/new/mariadb_backup_info" ]
trap - EXIT
mv -f "$folder/whole" "$folder/received"
cat "$folder/received"
TEXT
}
