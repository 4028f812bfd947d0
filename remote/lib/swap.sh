# swap.sh: files that were received and prepared take the place of this node's data. What the swap was at is noted before it is done, so that the
# next run goes on from there wherever this one was killed; and meanwhile the data directory is root's own, so that no server begins to
# work in a half of it, neither by hand nor when the host boots.
#   the note `swap`: state=out    the server is to be stopped, and the old data to be moved aside
#                    state=in     all of it is aside; the new is to be moved in
#                    state=start  the new is in; the server is to be started
#                    state=done   it answers; the old data may go
#                    state=back   it does not; the new is to be moved out
#                    state=return all of it is out, or never was in; the old is to be moved in, and the server to be started on it
#                    why=         (of these two) refused: it came up and lets the program in no more; place: something could not be moved
#                    folder= owner= mode= (the data directory) service= names= (of the logs' and InnoDB's files) log= (the server's error log)
#                    timeout= (of the server's start) receipt= (of what was received; in the note `received` once it is in its place)

# open_node: require_server and open_state, in the order in which they can be: a swap that was cut has left a server that does not run.
open_node() {
    if [ -z "$(recall swap)" ]; then
        require_server
        open_state
    else
        open_state
        finish_cut_swap
        require_server
    fi
}

# swap_data RECEIPT: status 0 when the server works on what was received. Else it works on the old data again, and the
# script ends. The binary log, where it is in the data directory, begins anew; one that is elsewhere goes on.
swap_data() {
    local folder
    folder="$(read_data_folder)"
    find_service
    remember swap "state=out folder=$folder owner=$(stat -c %u:%g "$folder") mode=$(stat -c %a "$folder") service=$SERVICE names=$(read_data_names) log=$(read_error_log "$folder") timeout=$START_TIMEOUT_SECONDS receipt=$1"
    go_on_with_swap
}

# finish_cut_swap: what a run that was killed has begun; needs no server. Nothing where there is none.
finish_cut_swap() {
    [ -n "$(recall swap)" ] || return 0
    require_folder_of_swap
    note "a swap of its data was cut ($(value_of state "$(recall swap)")); it goes on from there"
    require_client
    go_on_with_swap
}

# require_folder_of_swap: the node's own id stays in its data directory from the beginning of a swap to its end. Where it is gone, so is what else was
# there: somebody has emptied the directory since, and what lies in it now, a backup that he has brought back, is not the old data.
require_folder_of_swap() {
    local folder own
    folder="$(value_of folder "$(recall swap)")" own="$(value_of own "$(recall seed)")"
    [ -z "$own" ] || [ "$(cat "$(node_id_file "$folder")" 2>/dev/null || true)" != "${own##*-}" ] || return 0
    fail MM_SEED_OTHER_DATA "a swap of $NODE's data was cut, and $folder is no longer the data directory in which it began: nothing in it was touched" \
        "see to it that the server works on the data that is to stay, remove $(swap_folder "$folder") and $STATE/swap, then run up again"
}

# Nobody may be left to hear it, and that is no reason to stop here.
say_swap() { note "$@" || true; }

change_swap() { change_note swap "$@"; }

# What ends a step that nobody hears any more does not end this: it would leave a server that does not run.
go_on_with_swap() {
    local swap folder work
    trap '' PIPE HUP TERM
    swap="$(recall swap)"
    folder="$(value_of folder "$swap")" SERVICE="$(value_of service "$swap")" START_TIMEOUT_SECONDS="$(value_of timeout "$swap")"
    work="$(swap_folder "$folder")"
    while :; do
        case "$(value_of state "$(recall swap)")" in
            out)
                say_swap "stopping $SERVICE, to put the received data into its place"
                stop_service "$folder" || fail_stop "$folder" "$work"
                shut_folder "$folder"
                if move_old_out "$folder" "$work"; then change_swap in; else change_swap return why=place; fi
                ;;
            in)
                shut_folder "$folder"
                if move_all "$work/new" "$folder"; then change_swap start; else change_swap back why=place; fi
                ;;
            start)
                sync_folder "$folder"
                open_folder "$folder"
                say_swap "starting $SERVICE on the received data"
                if restart_service; then
                    change_swap 'done'
                elif is_login_refused; then
                    keep_words "$(cat "$SCRATCH/words")"
                    change_swap back why=refused
                else
                    change_swap back
                fi
                ;;
            'done')
                remember received "receipt=$(value_of receipt "$swap")"
                rm -rf --one-file-system "$work"
                forget swap
                forget swap-words
                heed_signals
                return
                ;;
            back)
                say_swap "bringing the old data back"
                keep_words "$(last_server_words "$(value_of log "$swap")")"
                stop_service "$folder" || fail_stop "$folder" "$work"
                shut_folder "$folder"
                move_data "$folder" "$work/failed" || fail_apart "$work"
                sync_folder "$folder"
                change_swap return
                ;;
            return) return_old "$folder" "$work" ;;
        esac
    done
}

# return_old DATA_FOLDER WORK_FOLDER: ends the script.
return_old() {
    local words why next='read its error log, mend what it names; then run up again'
    shut_folder "$1"
    move_all "$2/old" "$1" || fail_apart "$2"
    sync_folder "$1"
    open_folder "$1"
    restart_service || fail MM_SEED_NO_START "$NODE's old data is back in its place, and its server does not come up with it, either" \
        "$next" "$(last_server_words "$(value_of log "$(recall swap)")")"
    why="$(value_of why "$(recall swap)")" words="$(recall swap-words)"
    rm -rf --one-file-system "$2"
    forget swap
    forget swap-words
    case "$why" in
        refused) fail MM_SEED_LOGIN_LOST "with the origin's accounts $NODE no longer lets the program in over its socket; its old data is back" \
            "set mysql.login of node $NODE to an account that the origin has, then run up again" "$words" ;;
        place) fail MM_SEED_LOAD "the received data could not be moved into its place on $NODE; its old data is back" "mend what is named, then run up again" "$words" ;;
        *) fail MM_SEED_NO_START "$NODE's server did not come up with the data that was received; its old data is back" "$next" "$words" ;;
    esac
}

# keep_words WORDS: the first ones count; a later run says them, too.
keep_words() { [ -n "$(recall swap-words)" ] || remember swap-words "$1"; }

fail_apart() { # WORK_FOLDER
    fail MM_SEED_NO_START "$NODE's data is in two places, ${1%/*} and $1/old, and could not be put together again; its server is stopped" \
        "mend what is named, then run up again: it goes on from there" "$(cat "$SCRATCH/move-words")"
}

# fail_stop DATA_FOLDER WORK_FOLDER: where nothing was moved so far, the server goes on as it was.
fail_stop() {
    local stands after='nothing of its data was moved since'
    stands="$(find_server_in "$1")"
    if [ "$(value_of state "$(recall swap)")" = out ] && [ ! -e "$2" ]; then
        open_folder "$1"
        forget swap
        after='it is asked to start again on its own data, of which nothing was moved'
        if restart_service; then after='it works on its own data again, of which nothing was moved'; fi
    fi
    fail MM_SEED_NO_START "$NODE's server did not stop within $START_TIMEOUT_SECONDS s${stands:+: $stands}; $after" \
        "see why it does not end, then run up again"
}

# shut_folder DATA_FOLDER: the server gives root's rights away before it enters.
shut_folder() {
    chown 0:0 "$1"
    chmod 700 "$1"
}
open_folder() {
    chmod "$(value_of mode "$(recall swap)")" "$1"
    chown "$(value_of owner "$(recall swap)")" "$1"
}
sync_folder() { sync -f "$1" 2>/dev/null || sync; }

# move_old_out DATA_FOLDER WORK_FOLDER: what was received lies in the old schema mysql; it is taken out first.
move_old_out() {
    local received
    received="$(received_folder "$1")"
    [ -e "$2" ] || mv -T "$received" "$2" 2>"$SCRATCH/move-words" || return
    move_data "$1" "$2/old" || return
    sync_folder "$1"
}

# move_data DATA_FOLDER PLACE: all that is the server's data; not what else somebody keeps there, certificates, the server's own id, logs of errors.
move_data() {
    local entry
    mkdir -p "$2"
    for entry in "$1"/*; do
        ! is_data "$entry" || move_entry "$entry" "$2" || return
    done
}
# move_all FOLDER PLACE: nothing of it may be hidden, nor in its place already.
move_all() {
    local entry
    for entry in "$1"/*; do
        [ ! -e "$entry" ] || move_entry "$entry" "$2" || return
    done
}
move_entry() { # FILE PLACE
    if [ -e "$2/${1##*/}" ]; then
        echo "$2/${1##*/} is there already" >"$SCRATCH/move-words"
    elif mv -T "$1" "$2/${1##*/}" 2>"$SCRATCH/move-words"; then
        return
    fi
    keep_words "$(cat "$SCRATCH/move-words")"
    return 1
}

# is_data FILE: of what lies directly in a data directory. A folder is a schema when something of a schema is in it.
is_data() {
    local name="${1##*/}" each
    if [ -d "$1" ]; then
        case "$name" in mysql | performance_schema | sys) return 0 ;; esac
        [ -n "$(find "$1" -mindepth 1 -maxdepth 1 \( -name db.opt -o -name '*.frm' -o -name '*.ibd' \) -print -quit)" ]
        return
    fi
    case "$name" in
        ibdata* | ib_logfile* | ib_buffer_pool* | ib_lru_dump | ibtmp* | undo[0-9]*) return 0 ;;
        aria_log.* | aria_log_control | ddl_recovery*.log | tc.log | *.[Tt][Rr][Gg]) return 0 ;;
        multi-master.info | master*.info | relay-log*.info) return 0 ;;
    esac
    for each in $(value_of names "$(recall swap)" | tr ',' ' '); do
        case "$name" in "$each" | "$each".[0-9]* | "$each".index | "$each".state | "$each"-*.[0-9]* | "$each"-*.index) return 0 ;; esac
    done
    return 1
}

# read_data_names: what the server's options call the files of its logs, and of InnoDB's own space; with commas.
read_data_names() {
    {
        try_sql 'SELECT @@global.log_bin_basename' 'SELECT @@global.relay_log_basename' 'SELECT @@global.relay_log_info_file'
        read_variable innodb_data_file_path | tr ';' '\n' | cut -d : -f 1
    } | sed 's|.*/||; /^NULL$/d; /^$/d' | sort -u | tr '\n' ',' | sed 's/,$//'
}

read_error_log() { # DATA_FOLDER
    local log
    log="$(read_variable log_error)"
    case "$log" in '' | /*) printf '%s' "$log" ;; *) printf '%s/%s' "$1" "$log" ;; esac
}
