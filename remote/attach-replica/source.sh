# source.sh: whose link it is that is there, and whose server it is that answers.

# A source that this program did not set is somebody's replication; one that was changed behind its back is repaired.
require_ours() {
    [ -z "$FOLLOWED" ] || [ "$FOLLOWED" = "$WANTED" ] || [ -n "$(recall link)" ] ||
        fail MM_LINK_FOREIGN_SOURCE "$NODE follows $FOLLOWED, not $WANTED. Nothing was changed" \
            "if that link is no longer wanted, detach it by hand (STOP $(sql_replica); RESET $(sql_replica) ALL), then run up again"
}

# require_same_source ID: another server at the source's address has another log: to go on in it at the old place would apply what nobody knows.
# A new peer that is seeded is told apart before (seed-offer.sh parts the origin from the old one).
require_same_source() {
    local known
    known="$(value_of uuid "$(recall link)")"
    if [ -z "$FOLLOWED" ] || [ -z "$known" ] || [ "$known" = "$1" ]; then return; fi
    sql "STOP $(sql_replica)"
    fail MM_LINK_OTHER_SOURCE "$NODE followed server $known at $WANTED, and now $1 answers there. $NODE was stopped from following it" \
        "if that is a restored copy, pulumi destroy and up again will tell whether the two fit; if it is a stranger, give the right host"
}

# require_configured_source ID: whoever answers is the server that was configured as the peer, and not another one behind the same name.
require_configured_source() {
    [ "$1" = "$PEER_UUID" ] || fail MM_LINK_OTHER_SOURCE "at $WANTED server $1 answers $NODE; the one that was configured is $PEER_UUID. $NODE was not changed" \
        "see what $PEER_HOST and its port mean on $NODE (names, NAT, a proxy); if the peer was installed anew, set converge to a new text; then run up again"
}
