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

# is_folder_left DATA_FOLDER: a server's working directory is its data directory.
is_folder_left() {
    local process
    for process in /proc/[0-9]*; do
        [ "$(readlink "$process/cwd" 2>/dev/null || true)" != "$1" ] || [ "$process" = "/proc/$$" ] || return 1
    done
}
