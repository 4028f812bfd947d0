# data.sh: what the server holds, and who is busy on it.

tell_data() {
    local own="table_schema NOT IN ($SYSTEM_SCHEMAS)"
    # those of read_own_schemas in remote/lib, with every letter of their names, and when their oldest table was made
    tell_rows schema "SELECT schema_name, COALESCE(MIN(UNIX_TIMESTAMP(create_time)), '') FROM information_schema.schemata
        LEFT JOIN information_schema.tables ON table_schema = schema_name WHERE schema_name NOT IN ($SYSTEM_SCHEMAS)
        GROUP BY schema_name HAVING schema_name <> 'test' OR COUNT(table_name) > 0 ORDER BY schema_name"
    tell_rows account "SELECT CONCAT(user, '@', host) FROM mysql.user"
    tell_rows size 'SELECT COALESCE(SUM(data_length), 0), COALESCE(SUM(data_length + index_length), 0) FROM information_schema.tables'
    read_connections | sed 's/^/connection	/'
    [ "$HOLDS_DATA" = yes ] || return 0
    tell_rows unsafe "$(sql_unsafe_tables) ORDER BY 1"
    tell_rows volatile "SELECT CONCAT(table_schema, '.', table_name) FROM information_schema.tables WHERE engine = 'MEMORY' AND table_type = 'BASE TABLE' AND $own ORDER BY 1"
    tell_rows versioned "SELECT CONCAT(table_schema, '.', table_name) FROM information_schema.tables WHERE table_type = 'SYSTEM VERSIONED' AND $own ORDER BY 1"
    tell_rows float "SELECT CONCAT(c.table_schema, '.', c.table_name, '.', c.column_name) FROM information_schema.columns c
        JOIN information_schema.tables t USING (table_schema, table_name) WHERE c.data_type = 'float' AND t.table_type = 'BASE TABLE' AND c.$own ORDER BY 1"
    tell_rows keyless "SELECT CONCAT(t.table_schema, '.', t.table_name) FROM information_schema.tables t LEFT JOIN information_schema.table_constraints k
        ON k.table_schema = t.table_schema AND k.table_name = t.table_name AND k.constraint_type = 'PRIMARY KEY'
        WHERE t.table_type = 'BASE TABLE' AND k.constraint_name IS NULL AND t.$own ORDER BY 1"
    tell_rows prepared "$(sql_prepared)"
    tell_rows lost "SELECT CONCAT(table_schema, '.', table_name) FROM information_schema.tables WHERE table_schema = 'sys'
        AND table_type = 'BASE TABLE' AND table_name <> 'sys_config' ORDER BY 1"
    [ -z "$(engine_tablespaces)" ] || tell_rows tablespace "SELECT name FROM information_schema.$(engine_tablespaces) WHERE space_type = 'General' AND name <> 'mysql' ORDER BY 1"
    read_statements 10 | sed 's/^/statement	/'
    tell_transactions
}

# Asked again where a running statement holds a letter of four bytes: the server then ends the question with error 3854 (seen on 9.7.4).
tell_transactions() {
    local found
    found="$(wait_until 5 try_sql "SELECT trx_mysql_thread_id, TIMESTAMPDIFF(SECOND, trx_started, NOW()) AS age FROM information_schema.innodb_trx
        WHERE trx_mysql_thread_id NOT IN (0, CONNECTION_ID()) HAVING age >= 10")" || found=''
    [ -z "$found" ] || printf '%s\n' "$found" | sed 's/^/transaction	/'
}
