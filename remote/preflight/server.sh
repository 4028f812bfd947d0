# server.sh: what the server says of itself, and of its replication.

tell_server() {
    tell server "$FLAVOUR" "$VERSION_TEXT" "$VERSION"
    # what its series says, for remedies
    tell word replica "$(sql_replica)"
    tell word forget-source "$(sql_forget_source)"
    tell word end-channel "$(sql_end_channel "'NAME'")"
    tell word reset-logs "$(sql_reset_binary_logs)"
    # each of these is there or not, by series and flavour
    sql "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('hostname', 'server_id', 'gtid_mode', 'gtid_executed', 'gtid_purged',
        'gtid_strict_mode', 'gtid_domain_id', 'lower_case_table_names', 'innodb_page_size', 'default_storage_engine',
        'explicit_defaults_for_timestamp', 'innodb_default_row_format', 'innodb_native_foreign_keys', 'partial_revokes',
        'mandatory_roles', 'bind_address', 'skip_networking', 'log_bin', 'log_bin_basename', 'datadir', 'binlog_expire_logs_seconds',
        'expire_logs_days', 'binlog_expire_logs_auto_purge', 'read_only', 'sync_binlog', 'innodb_flush_log_at_trx_commit')" | sed 's/^/variable	/'
    tell variable server_uuid "$(read_server_uuid)"
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
    if has_channel_tables; then tell_channels; else tell_channels_by_status; fi
    # server id, host, port, source's id, uuid
    sql "SHOW $(sql_replicas)" | tell_replicas
    if has_filter_tables; then
        for table in replication_applier_global_filters replication_applier_filters; do
            tell_rows filter "SELECT DISTINCT CONCAT(filter_name, CHAR(32), filter_rule) FROM performance_schema.$table"
        done
    else
        sql_vertical "$(sql_all_channels)" | sed -n 's/^ *\(Replicate_[A-Za-z_]*\): \(..*\)/filter\t\1 \2/p' | grep -v 'Replicate_Ignore_Server_Ids' || true
    fi
    sql "$(sql_binary_log_status)" | awk -F'\t' '$3 != "" { print "filter\tBINLOG_DO_DB " $3 } $4 != "" { print "filter\tBINLOG_IGNORE_DB " $4 }'
    if has_persisted_variables; then tell_rows persisted 'SELECT variable_name, variable_value FROM performance_schema.persisted_variables'; fi
}

tell_channels() {
    tell_rows channel "SELECT c.channel_name, c.host, c.port, COALESCE(s.source_uuid, '') FROM performance_schema.replication_connection_configuration c
        LEFT JOIN performance_schema.replication_connection_status s USING (channel_name) WHERE c.host <> '' AND c.host <> '<NULL>'"
}

# name, host, port, and nothing for the source's uuid.
tell_channels_by_status() {
    sql_vertical "$(sql_all_channels)" | awk -v forgets="$(! forgets_source || echo yes)" '{ at = index($0, ":"); name = substr($0, 1, at - 1); gsub(/ /, "", name); value[name] = substr($0, at + 2) }
        name == "Master_Log_File" && value["Master_Host"] != "" && (forgets || value[name] != "") { print "channel\t" value["Connection_name"] "\t" value["Master_Host"] "\t" value["Master_Port"] "\t" }'
}

# Servers without an uuid list none; the fifth column of 5.5 is another one.
tell_replicas() {
    if has_server_uuid; then sed 's/^/replica\t/'; else awk -F'\t' '{ print "replica\t" $1 "\t" $2 "\t" $3 "\t\tserver-id-" $1 }'; fi
}
