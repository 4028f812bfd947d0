# own-log.sh: which binary log this node's server writes. One that was begun anew (RESET, a restored copy) has the names and numbers of the
# old one, and a replica would go on in it as in that: at a place of the same name, or after GTIDs that were given twice. Neither
# server minds, once the new log has passed that place; what stands before it is missing on the replica for good.
#   id=NUMBER (the birth of the log that was there at the first look) file= born= size= (of the newest log at the last look)

# ensure_log_id: the id of the noted log where that one goes on, else a new one; what there is now is noted. A node whose log does not
# go on follows nobody any more.
ensure_log_id() {
    local known id
    known="$(recall log)"
    look_at_own_log
    id="$LOG_BORN"
    if [ -n "$known" ] && is_log_continued "$known"; then
        id="$(value_of id "$known")"
    elif [ -n "$known" ] && [ -n "$(recall link)" ]; then
        # the server has forgotten which GTIDs it has: at its next connection the receiver would ask for all of them again
        sql "STOP $(sql_replica)"
        note "its binary log was begun anew (RESET, or a restored copy): stopped following $(value_of source "$(recall link)")"
    fi
    note_own_log "$id"
    printf '%s\n' "$id"
}

# keep_log_id: after this program's own reset, of a node that nobody follows so far.
keep_log_id() {
    local id
    id="$(value_of id "$(recall log)")"
    look_at_own_log
    note_own_log "${id:-$LOG_BORN}"
}

look_at_own_log() {
    OWN_LOGS="$(try_sql 'SHOW BINARY LOGS')" || fail_unread_log try_sql 'the list of logs'
    IFS=$'\t' read -r LOG_FILE LOG_SIZE _ <<<"$(printf '%s\n' "$OWN_LOGS" | tail -n 1)"
    LOG_BORN="$(read_log_birth "$LOG_FILE")"
}
note_own_log() { remember log "id=$1 file=$LOG_FILE born=$LOG_BORN size=$LOG_SIZE"; }

# is_log_continued NOTE: the noted file is there, the same and no shorter; or it was purged, and all that is there is younger. A log of
# another name is a new one, which goes on in the old one's place where GTIDs say so.
is_log_continued() {
    local file size oldest
    file="$(value_of file "$1")"
    oldest="$(printf '%s\n' "$OWN_LOGS" | head -n 1 | cut -f 1)"
    if [ "${oldest%.*}" != "${file%.*}" ]; then
        [ "$(read_gtid_mode)" = ON ]
        return
    fi
    size="$(printf '%s\n' "$OWN_LOGS" | awk -F'\t' -v file="$file" '$1 == file { print $2 }')"
    if [ -n "$size" ]; then
        [ "$size" -ge "$(value_of size "$1")" ] && [ "$(read_log_birth "$file")" = "$(value_of born "$1")" ]
    else
        [ "$((10#${oldest##*.}))" -gt "$((10#${file##*.}))" ]
    fi
}

# read_log_birth FILE: the second in which it was begun, which is the time of its first event; no statement tells it. Of an encrypted log
# the same bytes in cipher, a number by chance: below a header of 512 bytes, which alone changes with the master key.
read_log_birth() {
    local path at=4
    path="$(read_log_folder)/$1"
    case "$(od -An -tx1 -N4 "$path")" in *fd*) at=516 ;; esac
    od -An -tu4 -j"$at" -N4 "$path" | tr -d ' '
}
