# service.sh: restarting this node's server through the host's own service manager.

has_systemd() { [ -d /run/systemd/system ]; }

find_service() {
    local name
    if [ -z "$SERVICE" ]; then
        for name in mysqld mysql mariadb; do
            if is_service "$name"; then
                SERVICE="$name"
                break
            fi
        done
    fi
    [ -n "$SERVICE" ] || fail MM_NODE_NO_SERVICE "$NODE's server runs under no service name that is known (mysqld, mysql, mariadb)" \
        "set mysql.service of node $NODE"
}

# is_service NAME: where there is a service manager, what it runs: an init script beside it may be of a server that does not run.
is_service() { if has_systemd; then systemctl is-active -q "$1" 2>/dev/null; else [ -x "/etc/init.d/$1" ]; fi; }

# restart_service: status 0 when the server answers within START_TIMEOUT_SECONDS: a crash recovery may outlast the service
# manager's own patience, so the server's answer decides, and only a unit that has failed, or fails again and again, ends the
# waiting early.
restart_service() {
    local deadline=$((SECONDS + START_TIMEOUT_SECONDS))
    ask_anew
    if has_systemd; then
        # a server that failed to start has used up the starts that its unit allows; its next one must not be refused for that
        systemctl reset-failed "$SERVICE" 2>/dev/null || true
        timeout "$START_TIMEOUT_SECONDS" systemctl restart "$SERVICE" 9>&- >/dev/null 2>&1 || true
    else
        timeout "$START_TIMEOUT_SECONDS" service "$SERVICE" restart 9>&- </dev/null >/dev/null 2>&1 || true
    fi
    until try_sql 'SELECT 1' >/dev/null; do
        ! is_login_refused || return 1
        [ "$SECONDS" -lt "$deadline" ] || return 1
        ! has_systemd || ! has_failed || return 1
        sleep 0.1
    done
}

# A unit with Restart=on-failure is started again for ever where one start takes longer than 2 s (5 in 10 s are its limit): its
# third one has said enough. Older service managers (before systemd 235) do not count them.
has_failed() {
    local restarts
    ! systemctl is-failed -q "$SERVICE" || return 0
    restarts="$(systemctl show -p NRestarts "$SERVICE" 2>/dev/null || true)"
    restarts="${restarts#NRestarts=}"
    [ "${restarts:-0}" -ge 3 ]
}

# last_server_words: the end of the server's error log, for a message.
last_server_words() {
    local log="$1" unit words
    if [ -r "$log" ]; then
        grep -a 'ERROR' "$log" | tail -n 4 || true
    elif has_systemd; then
        # the journal knows a unit by its own name, and by no alias
        unit="$(systemctl show -p Id "$SERVICE" 2>/dev/null | sed -n 's/^Id=//p' || true)"
        words="$(journalctl -u "${unit:-$SERVICE}" -n 50 --no-pager -o cat 2>/dev/null || true)"
        printf '%s\n' "$words" | grep -a 'ERROR' | tail -n 4 || printf '%s\n' "$words" | tail -n 5
    fi
}
