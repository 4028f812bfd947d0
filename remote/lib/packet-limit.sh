# packet-limit.sh: max_allowed_packet of this node's server, for as long as an import takes.

# raise_packet_limit: for the import, whose rows are of any size that the origin has. What it was before is noted, and comes back however the
# import ends: by restore_packet_limit at the script's end, after a kill by the next import or at destroy.
raise_packet_limit() {
    [ -n "$(recall packet-limit)" ] || remember packet-limit "$(read_variable max_allowed_packet)"
    at_exit restore_packet_limit
    sql 'SET GLOBAL max_allowed_packet = 1073741824'
}
restore_packet_limit() {
    local before
    before="$(recall packet-limit)"
    [ -n "$before" ] || return 0
    # a server that does not answer has it from its option files, when it is there again
    try_sql "SET GLOBAL max_allowed_packet = $before" >/dev/null || true
    forget packet-limit
}
