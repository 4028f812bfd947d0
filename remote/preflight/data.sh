# data.sh: what the server holds, and who is busy on it.

tell_data() {
    local own="table_schema NOT IN ($SYSTEM_SCHEMAS)" kind statement
    # those of read_own_schemas in remote/lib, with every letter of their names, and when their oldest table was made
    tell_rows schema "SELECT schema_name, COALESCE(MIN(UNIX_TIMESTAMP(create_time)), '') FROM information_schema.schemata
        LEFT JOIN information_schema.tables ON table_schema = schema_name WHERE schema_name NOT IN ($SYSTEM_SCHEMAS)
        GROUP BY schema_name HAVING schema_name <> 'test' OR COUNT(table_name) > 0 ORDER BY schema_name"
    tell_rows account "SELECT CONCAT(user, '@', host) FROM mysql.user"
    tell_rows size 'SELECT COALESCE(SUM(data_length), 0), COALESCE(SUM(data_length + index_length), 0) FROM information_schema.tables'
    read_connections | sed 's/^/connection	/'
    [ "$HOLDS_DATA" = yes ] || return 0
    for kind in $UNDUMPABLE; do
        statement="$(sql_undumpable "$kind")"
        [ -z "$statement" ] || tell_rows "$kind" "$statement ORDER BY 1"
    done
    tell_rows keyless "SELECT CONCAT(t.table_schema, '.', t.table_name) FROM information_schema.tables t LEFT JOIN information_schema.table_constraints k
        ON k.table_schema = t.table_schema AND k.table_name = t.table_name AND k.constraint_type = 'PRIMARY KEY'
        WHERE t.table_type = 'BASE TABLE' AND k.constraint_name IS NULL AND t.$own ORDER BY 1"
    tell_rows prepared "$(sql_prepared)"
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
