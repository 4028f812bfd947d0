# inventory.sh: what a server holds, told so that two of them can be compared: its definitions, and the number and sum of its rows.

# read_definitions: NAME and what defines it, tab-separated, sorted; a line for each part of a schema, table, view, routine,
# trigger and event. Numbers that change with the rows are not among it.
read_definitions() {
    local theirs="NOT IN ($SYSTEM_SCHEMAS)" hidden='' reckoned='' checks=()
    ! has_index_expressions || hidden=', expression, is_visible'
    ! has_generated_columns || reckoned=', generation_expression'
    ! has_check_clauses || checks=("SELECT CONCAT(t.table_schema, '.', t.table_name), c.constraint_name, c.check_clause FROM information_schema.check_constraints c
        JOIN information_schema.table_constraints t USING (constraint_schema, constraint_name) WHERE t.table_schema $theirs")
    sql "SELECT schema_name, default_collation_name FROM information_schema.schemata WHERE schema_name $theirs" \
        "SELECT CONCAT(table_schema, '.', table_name), table_type, engine, table_collation, create_options, table_comment
            FROM information_schema.tables WHERE table_schema $theirs" \
        "SELECT CONCAT(table_schema, '.', table_name), ordinal_position, column_name, column_type, is_nullable, column_default, extra,
            collation_name$reckoned, column_comment FROM information_schema.columns WHERE table_schema $theirs" \
        "SELECT CONCAT(table_schema, '.', table_name), index_name, seq_in_index, non_unique, column_name, collation, sub_part, index_type$hidden
            FROM information_schema.statistics WHERE table_schema $theirs" \
        "SELECT CONCAT(constraint_schema, '.', table_name), constraint_name, update_rule, delete_rule, unique_constraint_schema, referenced_table_name
            FROM information_schema.referential_constraints WHERE constraint_schema $theirs" \
        "SELECT CONCAT(table_schema, '.', table_name), constraint_name, ordinal_position, column_name, referenced_column_name
            FROM information_schema.key_column_usage WHERE table_schema $theirs" \
        ${checks[@]+"${checks[@]}"} \
        "SELECT CONCAT(table_schema, '.', table_name), partition_name, subpartition_name, partition_expression, partition_description
            FROM information_schema.partitions WHERE partition_name IS NOT NULL AND table_schema $theirs" \
        "SELECT CONCAT(table_schema, '.', table_name), view_definition, definer, security_type FROM information_schema.views WHERE table_schema $theirs" \
        "SELECT CONCAT(routine_schema, '.', routine_name), routine_type, dtd_identifier, routine_definition, definer, sql_data_access, security_type
            FROM information_schema.routines WHERE routine_schema $theirs" \
        "SELECT CONCAT(specific_schema, '.', specific_name), ordinal_position, parameter_mode, parameter_name, dtd_identifier
            FROM information_schema.parameters WHERE specific_schema $theirs" \
        "SELECT CONCAT(trigger_schema, '.', trigger_name), event_object_table, action_timing, event_manipulation, action_order, action_statement, definer
            FROM information_schema.triggers WHERE trigger_schema $theirs" \
        "SELECT CONCAT(event_schema, '.', event_name), event_type, execute_at, interval_value, interval_field, starts, ends, status, event_definition, definer
            FROM information_schema.events WHERE event_schema $theirs" >"$SCRATCH/definitions"
    sort "$SCRATCH/definitions"
}

# read_places: which of the engine's tables stands behind each name, sorted. A swap (RENAME, EXCHANGE PARTITION) defines nothing anew,
# and a snapshot reads whichever table has the name now. What a running ALTER builds has no name yet.
read_places() {
    local tables
    tables="$(engine_tables)"
    [ -n "$tables" ] || return 0
    sql "SELECT REPLACE(SUBSTRING_INDEX(name, '#', 1), '/', '.'), name, table_id, space FROM information_schema.$tables
        WHERE name NOT LIKE '%/#sql%' AND SUBSTRING_INDEX(name, '/', 1) NOT IN ($SYSTEM_SCHEMAS)" >"$SCRATCH/places"
    sort "$SCRATCH/places"
}

# read_objects: what there is, by kind and name, a line each; asked in the open session.
read_objects() {
    local theirs="NOT IN ($SYSTEM_SCHEMAS)"
    ask_session "SELECT CONCAT('schema ', schema_name) FROM information_schema.schemata WHERE schema_name $theirs" \
        "SELECT CONCAT('view ', table_schema, '.', table_name) FROM information_schema.views WHERE table_schema $theirs" \
        "SELECT CONCAT(LOWER(routine_type), ' ', routine_schema, '.', routine_name) FROM information_schema.routines WHERE routine_schema $theirs" \
        "SELECT CONCAT('trigger ', trigger_schema, '.', trigger_name) FROM information_schema.triggers WHERE trigger_schema $theirs" \
        "SELECT CONCAT('event ', event_schema, '.', event_name) FROM information_schema.events WHERE event_schema $theirs"
}

# read_tables: SCHEMA, TABLE and an expression that sums up its rows, tab-separated, as the client escapes them; asked in the open
# session, which from then on gives values as on any other server. Each value counts by its bytes, an ENUM by its number; FLOAT is
# left out, which no dump carries whole, and so is what the server reckons itself. A checksum a value, not of them all together:
# those would meet max_allowed_packet.
read_tables() {
    local reckoned=''
    ! has_generated_columns || reckoned="AND COALESCE(generation_expression, '') = ''"
    ask_session "SET SESSION sql_mode = '', SESSION time_zone = '+00:00', SESSION group_concat_max_len = 16777216" \
        "SELECT table_schema, table_name, CONCAT('COALESCE(SUM(CRC32(CONCAT_WS(CHAR(44), 0', COALESCE((
            SELECT GROUP_CONCAT(', COALESCE(CRC32(\`', REPLACE(column_name, '\`', '\`\`'), IF(data_type IN ('enum', 'set'), '\` + 0', '\`'), '), CHAR(45))'
                ORDER BY ordinal_position SEPARATOR '') FROM information_schema.columns c WHERE c.table_schema = t.table_schema
                AND c.table_name = t.table_name AND data_type <> 'float' $reckoned), ''), '))), 0)')
            FROM information_schema.tables t WHERE table_type = 'BASE TABLE' AND $(sql_is_own '')"
}

# count_rows FILE: table SCHEMA.TABLE, its number of rows and their sum, for each line that read_tables has written there; then the accounts.
# Both as the session's snapshot has them. After each the transaction goes back to a savepoint: else it would keep every table that
# it has read from being altered, and whoever uses that table next would wait behind the one who wants to.
count_rows() {
    local schema table sum quoted back='ROLLBACK TO SAVEPOINT counted' watched=$SECONDS
    ask_session 'SAVEPOINT counted' || return 1
    while IFS=$'\t' read -r schema table sum; do
        # undoes the client's escapes (\\ \n \t), which are all that a backslash can mean here
        printf -v schema '%b' "$schema"
        printf -v table '%b' "$table"
        printf -v sum '%b' "$sum"
        quoted="\`${schema//\`/\`\`}\`.\`${table//\`/\`\`}\`"
        # many small tables may take as long as a large one
        if [ $((SECONDS - watched)) -ge "$TELL_SECONDS" ]; then
            watched=$SECONDS
            "$WHILE_ASKING"
        fi
        ask_session "SELECT $(quote_sql "table $schema.$table"), COUNT(*), $sum FROM $quoted" "$back" || return 1
    done <"$1"
    ask_session "SELECT CONCAT('account ', user, '@', host) FROM mysql.user" "$back"
}

# read_accounts: a line each, as in an inventory; none where an import was cut between two tables of accounts.
read_accounts() { try_sql "SELECT CONCAT('account ', user, '@', host) FROM mysql.user" || true; }

# read_inventory_here: objects, rows and accounts of this server, sorted, in one snapshot.
read_inventory_here() {
    if ! { open_session && ask_session 'START TRANSACTION WITH CONSISTENT SNAPSHOT' && read_objects && read_tables >"$SCRATCH/tables" &&
        count_rows "$SCRATCH/tables"; } >"$SCRATCH/here"; then
        fail MM_SQL_REFUSED "what $NODE's server holds cannot be read" "see the server's words, then run up again" "$(cat "$SCRATCH/session-words")"
    fi
    close_session
    sort "$SCRATCH/here"
}

# append_inventory < LINES: as comments, to stand below the dump's own trailer, and their number in the last line, which so tells whether
# the dump is whole.
append_inventory() { awk '{ print "-- inventory: " $0 } END { print "-- Dump completed, with an inventory of " NR " lines" }'; }

# read_inventory FILE: the lines of a whole file; nothing, and status 1, of one that is not.
read_inventory() {
    local lines
    lines="$(tail -n 1 "$1" | sed -n 's/^-- Dump completed, with an inventory of \([0-9]*\) lines$/\1/p')"
    [ -n "$lines" ] || return 1
    tail -n "$((lines + 1))" "$1" | head -n "$lines" | sed -n 's/^-- inventory: //p' >"$SCRATCH/inventory-read"
    [ "$(wc -l <"$SCRATCH/inventory-read")" -eq "$lines" ] || return 1
    cat "$SCRATCH/inventory-read"
}

# list_differences FILE OTHER: the first fields of lines that only one of two sorted files has, each once, 20 at most, in one line.
list_differences() { comm -3 "$1" "$2" | sed 's/^\t//' | cut -f 1 | sort -u | head -n 20 | tr '\n' ',' | sed 's/,$//; s/,/, /g'; }

# read_names_digest: of all that has a name here, accounts too.
read_names_digest() { { read_definitions | cut -f 1 | uniq && read_accounts | sort; } | sha256sum | cut -c 1-16; }
