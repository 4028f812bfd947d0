# gtid.sh: how a server gives GTIDs: what it is to be before the first link, and that it stays so.

# choose_gtid_settings: what the setting mysql.gtid means in this series, before what the stack sets besides. By MariaDB's GTIDs a link needs more:
# a source whose log loses its end in a crash gives those GTIDs out again, to other rows, and no replica says so; and with parallel appliers
# what one domain has applied tells nothing of another one (both seen on 10.11).
choose_gtid_settings() {
    local lines
    [ "$GTID" = yes ] || return 0
    if has_gtid_mode; then
        lines=$'gtid_mode=ON\nenforce_gtid_consistency=ON'
    elif has_gtid_domains; then
        lines=$'sync_binlog=1\ninnodb_flush_log_at_trx_commit=1\nslave_parallel_threads=0'
    else
        fail MM_NODE_GTID_MODE "$NODE's series has no GTIDs (it runs $VERSION_TEXT), and mysql.gtid is set. Nothing was changed" \
            "take mysql.gtid out: the links then go by file and position"
    fi
    SETTINGS="$lines${SETTINGS:+
$SETTINGS}"
}

# With a restart, what was written before it has no GTID, and a link that goes on by GTID never asks for that. An option that the stack no
# longer sets is gone at the next restart.
require_steady_gtid_mode() {
    local wish running had way='pulumi destroy (all data of the origin stays), empty b, then up with the new options'
    wish="$(printf '%s\n' "$SETTINGS" | sed -n 's/^gtid[-_]mode=//p')"
    had="$(recall options | sed -n 's/^gtid[-_]mode=//p')"
    running="$(read_gtid_mode)"
    [ -n "$(recall link)$(replica_field Source_Host)" ] || return 0
    [ -n "$wish" ] || [ -z "$had" ] ||
        fail MM_NODE_GTID_MODE "$NODE is linked, and the stack no longer sets its gtid_mode ($had): from its next restart it would write what the other node never asks for by GTID. Nothing was changed" \
            "set mysql.options.gtid_mode of node $NODE to $had again; or $way"
    [ -z "$wish" ] || is_same_value "$running" "$wish" ||
        fail MM_NODE_GTID_MODE "$NODE is linked and runs with gtid_mode = $running; wanted is $wish, and what was written before that would never be asked for by GTID. Nothing was changed" \
            "change it online on both nodes by hand, as MySQL's manual says (OFF, OFF_PERMISSIVE, ON_PERMISSIVE, ON), then run up again; or $way"
}

# Two servers that write GTIDs into one domain would hand out the same ones. A node that has a domain of its own keeps it, for good; one that is
# linked keeps what it has, too: sessions that are open go on in their old domain, and a second one beside it is begun before anybody writes
# here. preflight/judgePair.ts reckons as this does.
choose_gtid_domain() {
    local kept running
    kept="$(block_settings "$1" | sed -n 's/^gtid_domain_id=//p')"
    case "$(has_gtid_domains || echo none)"$'\n'"$SETTINGS" in none* | *$'\n'gtid_domain_id=*) GTID_DOMAIN_ID='' ;; esac
    [ -n "$GTID_DOMAIN_ID" ] || return 0
    running="$(read_variable gtid_domain_id)"
    if [ -n "$kept" ]; then
        GTID_DOMAIN_ID="$kept"
    elif [ -n "$(recall link)$(replica_field Source_Host)" ]; then
        GTID_DOMAIN_ID=''
    elif [ "$running" != 0 ]; then
        GTID_DOMAIN_ID="$running"
    fi
}

# With another domain, or after the next restart with the server's default, a node that is followed by GTID could write into its peer's.
require_steady_gtid_domain() {
    local had wish
    is_by_slave_pos || return 0
    had="$(recall options | sed -n 's/^gtid_domain_id=//p')"
    wish="$(sed -n 's/^gtid_domain_id=//p' "$SCRATCH/wanted")"
    [ "$had" != "$wish" ] && [ "$wish" != "$(read_variable gtid_domain_id)" ] || return 0
    fail MM_NODE_GTID_DOMAIN "$NODE is linked by GTID and writes into gtid_domain_id ${had:-$(read_variable gtid_domain_id)}; wanted is ${wish:-its default}. Nothing was changed" \
        "set mysql.options.gtid_domain_id of node $NODE to what it was, or take it out where it was not; for another domain pulumi destroy (all data of the origin stays), empty b, then up"
}
