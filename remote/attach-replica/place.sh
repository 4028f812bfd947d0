# place.sh: from where in its source's log this node may go on. With MySQL's GTIDs it asks for what it lacks; else only a link that stands
# tells the place, or the seed's coordinates, once. MariaDB's gtid_slave_pos outlives a link, but anybody can set it.

# require_known_place: the seed's coordinates would apply again what came since; a place in another source's log says nothing here.
require_known_place() {
    local hint=''
    if [ "$WAY" = auto ]; then
        require_places_done
        return
    fi
    if [ "$FOLLOWED" = "$WANTED" ]; then return; fi
    if [ -z "$FOLLOWED$(recall link)" ]; then
        [ "$GATE" = yes ] || [ "$(value_of used "$(recall seed)")" != yes ] ||
            fail MM_LINK_COORDINATES_LOST "$NODE followed $WANTED before, and destroy has ended that link: the seed's place is an old one. Nothing was changed" \
                "let pulumi destroy run to its end (all data of the origin stays), empty $NODE, then up seeds it anew"
        return
    fi
    ! has_gtid_domains || hint=" (its gtid_slave_pos is $(read_variable gtid_slave_pos), if nobody has set it)"
    [ -z "$FOLLOWED" ] ||
        fail MM_LINK_COORDINATES_LOST "$NODE was pointed at $FOLLOWED behind the program's back. Nothing was changed" \
            "nobody but a DBA can tell where to go on$hint: attach it to $WANTED by hand at the right coordinates, then run up again"
    fail MM_LINK_COORDINATES_LOST "$NODE no longer follows $WANTED, and where it stopped is gone with its channel. Nothing was changed" \
        "nobody but a DBA can tell what it lacks$hint: attach it by hand at the right coordinates, or seed anew"
}

# What has no GTID is never asked for by one: a link that goes by places brings it first. The applier of a server whose GTIDs are on stops
# at it, and says so.
require_places_done() {
    [ "$FOLLOWED $(read_channel_way)" = "$WANTED place" ] || return 0
    MARK="$(read_peer_coordinates)"
    wait_until "$CATCH_UP_SECONDS" has_applied_mark_or_stopped || true
    has_applied_mark || fail MM_LINK_BEHIND "$NODE followed $WANTED by file and position before GTIDs were on, and has not applied all that was written there; by GTID it would never ask for what has none. Nothing was changed" \
        "see SHOW $(sql_replica) STATUS on $NODE, and mend what stops it; where its applier stops at a transaction without GTID: pulumi destroy (all data of the origin stays), empty b, then up seeds it anew" \
        "$(replica_field Last_IO_Error) $(replica_field Last_SQL_Error)"
}

# A server whose GTIDs were off for a while has written what a link by GTID passes over, once they are on again.
require_no_anonymous() {
    local found way='pulumi destroy (all data of the origin stays), empty b, then up seeds it anew'
    [ "$WAY $FOLLOWED $(read_channel_way)" = "auto $WANTED auto" ] && ! is_receiving || return 0
    case "$(replica_field Exec_Source_Log_Pos)" in '' | 0) return ;; esac
    [ "$GATE" != yes ] || way="see with mysqlbinlog what they are, apply on $NODE by hand what is wanted, STOP $(sql_replica); $(sql_forget_source); there, then run up again"
    found="$(find_event try_peer "$(replica_field Relay_Source_Log_File)" "$(replica_field Exec_Source_Log_Pos)" pick_anonymous '')"
    [ -z "$found" ] || [ "$found" = 'no log' ] ||
        fail MM_LINK_BEHIND "$PEER_HOST has written without GTIDs ($found) what $NODE has not applied, and would never ask for by GTID. Nothing was changed" "$way"
}
# before 5.7 such a transaction begins without a mark
pick_anonymous() {
    awk -F'\t' '!found && ($3 == "Anonymous_Gtid" || $3 == "Query" && $6 ~ /^BEGIN/ && before != "Gtid") { print $1 " " $2; found = 1 } { before = $3 }'
}

# use_up_seed: once the link that began at the seed's place is ended, that place is behind this node.
use_up_seed() {
    [ "$(read_noted_seed_state)" != 'done' ] || [ "$(value_of used "$(recall seed)")" = yes ] || change_seed 'done' used=yes
}

# The gate: nothing may reach this node from the source's log but what it sent there itself.
require_not_errant() {
    local errant what how way="apply what is wanted on $NODE by hand, then empty $PEER_HOST and run up again"
    [ "$GATE" = yes ] || return 0
    if [ -n "$(recall link)" ]; then
        way="if $PEER_HOST wrote them as the active node, $NODE only lags behind: attach it by hand ($(sql_change_source) … $(sql_source)_AUTO_POSITION = 1), then run up again"
    else
        [ "$(peer_read @@global.read_only)" = 1 ] || fail MM_ROLE_PEER_WRITABLE "$PEER_HOST takes writes, before $NODE follows it. $NODE was not changed" \
            "SET GLOBAL read_only = 1 there, see who has written what, then run up again"
    fi
    if [ "$WAY" = auto ]; then
        what=' has transactions of its own' how='mysqlbinlog --include-gtids'
        errant="$(sql "SELECT GTID_SUBTRACT($(quote_sql "$(peer_read @@global.gtid_executed | plain_gtid_set)"), @@global.gtid_executed)")"
    else
        what="'s log holds events that did not come from $NODE" how=mysqlbinlog
        errant="$(find_foreign_event try_peer "$SOURCE_FILE" "$SOURCE_POSITION" "$(read_variable server_id)")"
    fi
    [ -z "$errant" ] || fail MM_LINK_ERRANT "$PEER_HOST$what ($errant), which $NODE would replay over its data. $NODE was not changed" \
        "see what they are ($how); $way"
}

# require_unpurged FILE POSITION: the source still has what this node is going to ask for; else the receiver would stop with
# error 1236, after the channel was changed.
require_unpurged() {
    local gone=''
    if [ "$WAY" = auto ]; then
        gone="$(peer_read "GTID_SUBTRACT(@@global.gtid_purged, $(quote_sql "$(read_gtid_set)"))" | plain_gtid_set)"
    elif ! has_peer_log_to "$1" "$2"; then
        gone="log $1 to position $2"
    fi
    [ -z "$gone" ] || fail_purged "$gone"
}
fail_purged() {
    local way
    way="let $PEER_HOST keep its logs longer ($(log_expiry_variable)); where it follows $NODE, pulumi destroy first (all data stays), for it would lose what is dropped here; then empty $NODE (or name a fresh host), remove $STATE/seed and $STATE/link there, set converge to a new text, and run up again: it is seeded anew"
    # the origin is never emptied
    [ "$GATE" != yes ] || way="whether $NODE lacks anything of it only a DBA can tell: see what it was, and attach it by hand"
    fail MM_LINK_LOG_PURGED "$PEER_HOST no longer has what $NODE would ask for ($1). $NODE was not changed" "$way"
}
