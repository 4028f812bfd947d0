# receive-files.sh: what the throw-away key runs on the peer where files are sent, and not a dump.

# require_files_room BYTES: beside its own data; what is received is moved into its place, not copied.
require_files_room() {
    local folder free needed
    folder="$(read_data_folder)"
    free="$(df -Pk "$folder" | awk 'NR == 2 { printf "%.0f", $4 * 1024 }')"
    # and what is written on the origin meanwhile
    needed="$(awk -v bytes="$1" 'BEGIN { printf "%.0f", bytes * 1.1 }')"
    [ "$free" -gt "$needed" ] || fail MM_SEED_DISK "$folder on $NODE has $free bytes free, and the origin's files may take $needed. Nothing was changed" \
        "make room, then run up again"
}

# receive_files_script DATA_FOLDER: the text of it. The stream's files come into a folder of root's own, which counts for something with
# its `received` alone, written when the last file is there; what comes out is that. A stream that was cut between
# two files looks whole from here: only the number of bytes that were sent tells. One receiver that hangs, where the network was cut, gives way.
# sshd's environment may have a language, in which dd would tell its bytes. The disk gets the files as they come: all at once, at the end, they
# hold up whoever else writes there (seen: commits for 0.3 s).
receive_files_script() {
    printf 'export LC_ALL=C\nPATH=%q folder=%q cut=%q lock=%q\n' "$PATH" "$(received_folder "$1")" "$(swap_folder "$1")" "$STATE/receiver"
    cat <<'TEXT'
set -euo pipefail
umask 077
[ ! -e "$cut" ] || { echo "$cut is there, of a seed that was cut" >&2 && exit 1; }
exec 6<&0 8>>"$lock" </dev/null
flock -n 8 || { kill $(cat "$lock") 2>/dev/null || true; flock -w 30 8; } || { echo "another stream is being received" >&2 && exit 1; }
end() { kill "$count" "$sink" 2>/dev/null || true; rm -rf "$folder"; : >"$lock"; }
count='' sink=''
rm -rf "$folder"
mkdir "$folder" "$folder/new"
trap end EXIT
trap 'exit 1' HUP TERM PIPE
mkfifo "$folder/pipe"
dd bs=64k <&6 >"$folder/pipe" 2>"$folder/count" &
count=$!
mbstream -x -C "$folder/new" <"$folder/pipe" &
sink=$!
while sleep 0.1 && kill -0 "$sink" && sync -f "$folder"; do :; done >/dev/null 2>&1 6<&- 8>&- &
printf '%s\n' "$$" "$count" "$sink" >"$lock"
exec 6<&-
wait "$sink"
wait "$count"
bytes="$(sed -n 's/^\([0-9][0-9]*\) bytes.*/\1/p' "$folder/count")"
[ -n "$bytes" ]
# the last ones of the stream
[ -s "$folder/new/xtrabackup_info" ] || [ -s "$folder/new/mariadb_backup_info" ]
printf 'bytes=%s receipt=%s\n' "$bytes" "$(od -An -N8 -tx1 /dev/urandom | tr -d ' \n')" >"$folder/whole"
mv -f "$folder/whole" "$folder/received"
trap - EXIT
: >"$lock"
cat "$folder/received"
TEXT
}
