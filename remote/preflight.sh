# preflight.sh: looks at one node before anything changes anywhere; changes nothing itself.
# in:    NODE PORT SOCKET LOGIN_USER LOGIN_PASSWORD ROLE (origin|peer) PEER_FACTS (the origin's line, for the peer)
# out:   preflight uuid=UUID server=FLAVOUR-VERSION port=PORT gtid=MODE lower_case_table_names=N
# codes: MM_PREFLIGHT_REFUSED, with one problem a line

main() {
    local uuid
    require_server
    PROBLEMS=''
    uuid="$(read_server_uuid)"
    look_at_replication
    check_tools
    check_replication
    if [ "$ROLE" = origin ]; then check_origin; else check_peer "$uuid"; fi
    if [ -n "$PROBLEMS" ]; then
        fail MM_PREFLIGHT_REFUSED "$NODE cannot become half of this pair. Nothing was changed$PROBLEMS" \
            "mend each of these, then run up again; docs/errors.md explains every line"
    fi
    printf 'preflight uuid=%s server=%s-%s port=%s gtid=%s lower_case_table_names=%s\n' "$uuid" "$FLAVOUR" "${VERSION_TEXT%%-*}" \
        "$PORT" "$(read_gtid_mode)" "$(read_variable lower_case_table_names)"
}

problem() { PROBLEMS="$PROBLEMS
  - $1"; }

check_tools() {
    local tool
    for tool in awk sed ssh flock timeout sync; do
        command -v "$tool" >/dev/null || problem "$NODE has no program $tool; install it"
    done
    [ "$(id -u)" = 0 ] || problem "the SSH user of $NODE does not become root; use root, or a user with passwordless sudo"
    since 80000 || problem "$NODE runs $FLAVOUR $VERSION_TEXT; this release builds pairs of MySQL 8.0 and later"
}

# Replication that is there already must be this pair's own: the node then remembers its source (attach-replica.sh).
check_replication() {
    local source filters
    filters="$(read_filters | sort -u | tr '\n' ' ')"
    [ -z "$filters" ] || problem "$NODE has replication or binary log filters (${filters% }), with which rows would go missing silently; remove them"
    case "$(count_channels)" in 0) return ;; 1) ;; *) problem "$NODE has several replication channels; a pair takes one, without a name" && return ;; esac
    source="$(replica_field Source_Host)"
    [ -z "$source" ] || [ -n "$(recall link)" ] ||
        problem "$NODE already replicates from $source:$(replica_field Source_Port); if that is no longer wanted: STOP $(sql_replica); RESET $(sql_replica) ALL"
}

# Filters of option files and of channels, of what is applied and of what is logged.
read_filters() {
    since 80000 || return 0
    sql 'SELECT CONCAT(filter_name, CHAR(32), filter_rule) FROM performance_schema.replication_applier_global_filters' \
        'SELECT CONCAT(filter_name, CHAR(32), filter_rule) FROM performance_schema.replication_applier_filters'
    sql "$(sql_binary_log_status)" | awk -F'\t' '$3 != "" { print "BINLOG_DO_DB " $3 } $4 != "" { print "BINLOG_IGNORE_DB " $4 }'
}

check_origin() {
    local unsafe
    # asked as long as no seed was made from here
    [ -z "$(recall link)" ] || return 0
    unsafe="$(read_unsafe_tables)"
    [ -z "$unsafe" ] || problem "$NODE has tables of engines without transactions ($unsafe), which a dump cannot hold still; ALTER TABLE … ENGINE = InnoDB"
}

check_peer() {
    local schemas theirs
    [ "$1" != "$(value_of uuid "$PEER_FACTS")" ] ||
        problem "both nodes are the server $1: either both addresses lead to one host, or the data directory was copied (then move auto.cnf away on $NODE and restart it)"
    theirs="$(value_of server "$PEER_FACTS")"
    [ "$(series_of "$FLAVOUR-$VERSION_TEXT")" = "$(series_of "$theirs")" ] ||
        problem "$NODE runs $FLAVOUR $VERSION_TEXT and its peer $theirs; accounts travel in the mysql schema, so both need the same series"
    [ "$(read_gtid_mode)" = "$(value_of gtid "$PEER_FACTS")" ] ||
        problem "$NODE runs with gtid_mode $(read_gtid_mode) and its peer with $(value_of gtid "$PEER_FACTS"); make both the same"
    [ "$(read_variable lower_case_table_names)" = "$(value_of lower_case_table_names "$PEER_FACTS")" ] ||
        problem "$NODE runs with another lower_case_table_names than its peer; it is fixed when a server is initialised, so initialise $NODE anew"
    schemas="$(read_own_schemas)"
    [ -z "$schemas" ] || [ -n "$(read_seed_state "$(value_of uuid "$PEER_FACTS")")" ] ||
        problem "$NODE holds $(printf '%s\n' "$schemas" | wc -l | tr -d ' ') schemas of its own ($(printf '%s\n' "$schemas" | head -n 20 | tr '\n' ' ' | sed 's/ $//')), which seeding would overwrite; is it really the fresh node?"
}

series_of() { printf '%s' "$1" | sed 's/^\([A-Za-z]*-[0-9]*\.[0-9]*\).*/\1/'; }

{ main "$@"; } </dev/null
