# service-stop.sh: stopping this node's server through the host's own service manager; restart_service starts a stopped one.

# stop_service DATA_FOLDER: status 0 when no server stands in that folder any more: an orderly end may outlast the service manager's patience.
stop_service() {
    if has_systemd; then
        timeout "$START_TIMEOUT_SECONDS" systemctl stop "$SERVICE" 9>&- >/dev/null 2>&1 || true
    else
        timeout "$START_TIMEOUT_SECONDS" service "$SERVICE" stop 9>&- </dev/null >/dev/null 2>&1 || true
    fi
    wait_until "$START_TIMEOUT_SECONDS" is_folder_left "$1"
}

# is_folder_left DATA_FOLDER
is_folder_left() { [ -z "$(find_server_in "$1")" ]; }

# find_server_in DATA_FOLDER: the first server that stands there, as `process NUMBER (PROGRAM)`. A server's working directory is its data
# directory, but somebody's shell may stand there, too, or what was begun in that. By whatever name it runs, it has its engine's files open.
find_server_in() {
    local process program
    for process in /proc/[0-9]*; do
        [ "$(readlink "$process/cwd" 2>/dev/null || true)" = "$1" ] || continue
        program="$(readlink "$process/exe" 2>/dev/null || true)" program="${program% (deleted)}"
        case "$program" in
            */mysqld | */mysqld-* | */mariadbd | */mariadbd-*) ;;
            *) [ -n "$(find "$process/fd" \( -lname "$1/ibdata*" -o -lname "$1/aria_log_control" \) -print -quit 2>/dev/null || true)" ] || continue ;;
        esac
        echo "process ${process#/proc/} ($program)"
        return
    done
}
