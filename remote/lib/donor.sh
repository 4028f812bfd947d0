# donor.sh: what a clone needs on the source and on the recipient, beyond what is there: the plugin, and a right of the replication account.
# Neither goes into the binary log. The note `donor`:
#   plugin=ours    it was not there before; row: it was, by the option files, and all that comes with the source's data is its row in
#                  mysql.plugin; theirs: it was
#   from=HOST:PORT on the recipient alone: whom it clones

# open_donor: on the source. Status 1, with the server's words in $SCRATCH/words, where it does not let the program.
open_donor() {
    local known plugin=theirs
    known="$(recall donor)"
    if [ "$(value_of plugin "$known")" = ours ] || ! has_clone_plugin; then plugin=ours; fi
    # before it is done
    remember donor "plugin=$plugin"
    try_sql 'SET SESSION sql_log_bin = 0' "GRANT BACKUP_ADMIN ON *.* TO $(sql_account)" || return 1
    has_clone_plugin || try_sql "INSTALL PLUGIN clone SONAME 'mysql_clone.so'"
}

# close_donor: on both; the recipient has got the source's rights and plugins with its data. A clone that still runs needs both, and ends first.
close_donor() {
    local known plugin
    known="$(recall donor)"
    [ -n "$known" ] || return 0
    if [ -n "$(value_of from "$known")" ]; then end_running_clone; else end_donations; fi
    plugin="$(value_of plugin "$known")"
    # a clone that was cut has the plugin in use for a moment after its connection has gone (1883); the fence is off for each try alone
    wait_until 60 with_write_access end_donor "$plugin" || with_write_access sql 'UNINSTALL PLUGIN clone'
    forget donor
}
# end_donor PLUGIN: status 1 where the server does not take the plugin out so far.
end_donor() {
    revoke_clone_right
    case "$1" in
        ours)
            has_clone_plugin || return 0
            # named in the option files meanwhile: it is the server's own then, and its row alone is not
            if is_clone_permanent; then drop_plugin_row; else try_sql 'UNINSTALL PLUGIN clone'; fi
            ;;
        row) drop_plugin_row ;;
    esac
}
revoke_clone_right() {
    if has_account && sql "SHOW GRANTS FOR $(sql_account)" | grep BACKUP_ADMIN >/dev/null; then
        sql 'SET SESSION sql_log_bin = 0' "REVOKE BACKUP_ADMIN ON *.* FROM $(sql_account)"
    fi
}
drop_plugin_row() { sql 'SET SESSION sql_log_bin = 0' "DELETE FROM mysql.plugin WHERE name = 'clone'"; }
has_plugin_row() { [ -n "$(sql "SELECT 1 FROM mysql.plugin WHERE name = 'clone'")" ]; }
# With clone=FORCE_PLUS_PERMANENT the server takes it out for nobody (1702).
is_clone_permanent() { [ -n "$(sql "SELECT 1 FROM information_schema.plugins WHERE plugin_name = 'clone' AND load_option = 'FORCE_PLUS_PERMANENT'")" ]; }

# end_donations: on the source. Where a run was killed the peer's server goes on cloning, and its plugin lets nobody take it out meanwhile.
end_donations() {
    [ -n "$(read_donations)" ] || return 0
    note "ends a clone of $NODE that a run which was killed has left"
    # before that: the peer comes again by itself
    with_write_access revoke_clone_right
    wait_until 60 are_donations_ended ||
        fail MM_SEED_CLONE "$NODE is still being cloned as $(sql_account), though the right to that is taken away" \
            "KILL those connections (SHOW PROCESSLIST on $NODE), then run again"
}
are_donations_ended() {
    local found id
    found="$(read_donations)"
    for id in $found; do try_sql "KILL $id" >/dev/null || true; done
    [ -z "$found" ]
}
# read_donations: the connections by which the account clones this server.
read_donations() { read_connections | awk -F'\t' -v ours="$ACCOUNT@" 'tolower($3) == "clone" && index($2, ours) == 1 { print $1 }'; }

# end_running_clone: on the recipient. The server goes on when its client has gone: when all of the program's is undone it would replace
# everything here, and restart as the source's open twin. A clone that the program has not begun is left alone.
end_running_clone() {
    local limit="${START_TIMEOUT_SECONDS:-600}"
    [ -n "$(value_of from "$(recall donor)")" ] || return 0
    ! is_clone_over || return 0
    note "ends the clone of $(value_of from "$(recall donor)") that a run which was killed has left"
    kill_clone
    wait_until "$limit" is_clone_over ||
        fail MM_SEED_CLONE "a clone that was begun before has not ended on $NODE after $limit s" \
            "where its server runs, KILL the connection that performance_schema.clone_status names (pid); where not, see its error log, and start it; then run again" "$(cat "$SCRATCH/words")"
    require_server
}
kill_clone() {
    local id from
    from="$(value_of from "$(recall donor)")"
    id="$(try_sql "SELECT pid FROM performance_schema.clone_status WHERE state = 'In Progress' AND source = $(quote_sql "$from")")" || return 0
    [ -z "$id" ] || try_sql "KILL QUERY $id" >/dev/null || true
}

# is_clone_over: told by a server that answers, also where it forgot the clone because it died in it (1146: the plugin is not there), or takes it for
# one in progress still, though of no connection (seen on 9.7). A refused login says that it has ended, too. No answer says nothing: the server
# restarts at the end.
is_clone_over() {
    local state
    if state="$(try_sql "SELECT state FROM performance_schema.clone_status WHERE NOT (state = 'In Progress' AND pid = 0)")"; then
        [ "$state" != 'In Progress' ]
    else
        grep -q 'ERROR 1146' "$SCRATCH/words" || is_login_refused
    fi
}
