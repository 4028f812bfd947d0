# strict-mode.sh: MariaDB's gtid_strict_mode, which is off for the moment in which a link's first place is set.

# restore_strict_mode: what it was before is noted (attach-replica/channel.sh), and comes back however that ends: at the script's end, after a
# kill at the next attach or at destroy.
restore_strict_mode() {
    local before
    before="$(recall strict-mode)"
    [ -n "$before" ] || return 0
    # a server that does not answer has it from its option files, when it is there again
    try_sql "SET GLOBAL gtid_strict_mode = $before" >/dev/null || true
    forget strict-mode
}
