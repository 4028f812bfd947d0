# strict-mode.sh: MariaDB's gtid_strict_mode, which is off for the moment in which a link's first place is set: in strict mode a server that
# has written meanwhile does not take a place before that (1947), though what it wrote itself it will pass over.

# suspend_strict_mode: what it was before is noted, and comes back however the script ends: by restore_strict_mode at its end, after a kill at
# the next attach or at destroy.
suspend_strict_mode() {
    [ "$(read_variable gtid_strict_mode)" != 0 ] || return 0
    at_exit restore_strict_mode
    remember strict-mode 1
    sql 'SET GLOBAL gtid_strict_mode = 0'
}
restore_strict_mode() {
    [ -n "$(recall strict-mode)" ] || return 0
    # a server that does not answer is asked again by the next step of that kind
    try_sql 'SET GLOBAL gtid_strict_mode = 1' >/dev/null || return 0
    forget strict-mode
}
