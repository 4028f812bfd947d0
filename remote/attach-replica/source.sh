# source.sh: whose link it is that is there, and whose server it is that answers.

# A source that this program did not set is somebody's replication; one that was changed behind its back is repaired.
require_ours() {
    [ -z "$FOLLOWED" ] || [ "$FOLLOWED" = "$WANTED" ] || [ -n "$(recall link)" ] ||
        fail MM_LINK_FOREIGN_SOURCE "$NODE follows $FOLLOWED, not $WANTED. Nothing was changed" \
            "if that link is no longer wanted, detach it by hand (STOP $(sql_replica); $(sql_forget_source)), then run up again"
}

# require_same_source ID: another server at the source's address has another log: to go on in it at the old place would apply what nobody knows.
# So the link is stopped before this ends in the refusal.
# A new peer that is seeded is told apart before (seed-offer.sh parts the origin from the old one).
require_same_source() {
    local known
    known="$(value_of uuid "$(recall link)")"
    if [ -z "$FOLLOWED" ] || [ -z "$known" ] || is_same_server "$known" "$1"; then return; fi
    sql "STOP $(sql_replica)"
    fail MM_LINK_OTHER_SOURCE "$NODE followed server $known at $WANTED, and now $1 answers there. $NODE was stopped from following it" \
        "if that is a restored copy, pulumi destroy and up again will tell whether the two fit; if it is a stranger, give the right host"
}

# require_configured_source ID: whoever answers is the server that was configured as the peer, and not another one behind the same name.
require_configured_source() {
    is_same_server "$PEER_UUID" "$1" || fail MM_LINK_OTHER_SOURCE "at $WANTED server $1 answers $NODE; the one that was configured is $PEER_UUID. $NODE was not changed" \
        "see what $PEER_HOST and its port mean on $NODE (names, NAT, a proxy); if the peer was installed anew, set converge to a new text; then run up again"
}

# require_same_logs: the source writes the log that this node has followed, or was seeded from; and this node the one that it had
# when it was configured, from which its peer was seeded. A receiver is stopped: at its next connection it would ask for what the node has.
require_same_logs() {
    local known own
    known="$(value_of log "$(recall link)")"
    # attached by hand since, and the note removed: that is a DBA's word for it
    if [ -z "$FOLLOWED$(recall link)" ] && [ "$(value_of source "$(recall seed)")" = "$PEER_UUID" ]; then known="$(value_of source_log "$(recall seed)")"; fi
    if [ -n "$known" ] && [ -n "$SOURCE_LOG" ] && [ "$known" != "$SOURCE_LOG" ]; then
        fail_log_reset "$PEER_HOST" "$NODE"
    fi
    own="$(ensure_log_id)"
    [ -z "$OWN_LOG" ] || [ "$own" = "$OWN_LOG" ] || fail_log_reset "$NODE" "$PEER_HOST"
}

# fail_log_reset SOURCE REPLICA
fail_log_reset() {
    local done="$NODE was not changed"
    if [ -n "$FOLLOWED" ]; then
        sql "STOP $(sql_replica)"
        done="$NODE was stopped from following $FOLLOWED"
    fi
    fail MM_LINK_LOG_RESET "the binary log of $1 was begun anew (RESET, or a restored copy): its names and numbers come again, and $2 may lack what was written since. $done" \
        "set converge to a new text, and compare the two nodes. Where $2 lacks nothing: attach it by hand where it is to go on, remove $STATE/link there, then run up again. Else pulumi destroy, empty b, and up seeds it anew"
}
