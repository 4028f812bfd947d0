# server.sh: what the server says of itself, and of its replication.

tell_server() {
    tell server "$FLAVOUR" "$VERSION_TEXT" "$VERSION"
    # each of these is there or not, by series and flavour
    sql "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('server_id', 'server_uuid', 'gtid_mode', 'gtid_executed', 'gtid_purged',
        'lower_case_table_names', 'innodb_page_size', 'bind_address', 'skip_networking', 'log_bin', 'log_bin_basename', 'datadir',
        'binlog_expire_logs_seconds', 'binlog_expire_logs_auto_purge', 'read_only', 'sync_binlog', 'innodb_flush_log_at_trx_commit')" | sed 's/^/variable	/'
}

# tell_rights: what the login may not do; the status is 1 where the rest cannot be asked without it.
tell_rights() {
    local always once=''
    always="$(find_missing_rights "$RIGHTS_ALWAYS")"
    [ "$HOLDS_DATA" = yes ] || once="$(find_missing_rights "$RIGHTS_IMPORT")"
    [ -n "$always$once" ] || return 0
    tell rights "$(sql 'SELECT CURRENT_USER()')" "$always" "$once"
    [ -z "$always" ]
}

tell_replication() {
    local table
    tell_rows channel "SELECT c.channel_name, c.host, c.port, COALESCE(s.source_uuid, '') FROM performance_schema.replication_connection_configuration c
        LEFT JOIN performance_schema.replication_connection_status s USING (channel_name) WHERE c.host <> '' AND c.host <> '<NULL>'"
    # server id, host, port, source's id, uuid
    tell_rows replica "SHOW $(sql_replicas)"
    for table in replication_applier_global_filters replication_applier_filters; do
        tell_rows filter "SELECT DISTINCT CONCAT(filter_name, CHAR(32), filter_rule) FROM performance_schema.$table"
    done
    sql "$(sql_binary_log_status)" | awk -F'\t' '$3 != "" { print "filter\tBINLOG_DO_DB " $3 } $4 != "" { print "filter\tBINLOG_IGNORE_DB " $4 }'
    tell_rows persisted 'SELECT variable_name, variable_value FROM performance_schema.persisted_variables'
}
