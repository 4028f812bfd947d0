# undumpable.sh: what a dump of this server would change, leave out or not hold still, and what no restart leaves whole. The preflight
# asks for it, and so does the dump itself, for a migration may come between the two.

UNDUMPABLE='unsafe volatile versioned float lost tablespace'

# sql_undumpable KIND: its names; a WHERE that more can be added to. Nothing where this server knows no such thing.
sql_undumpable() {
    local own table="CONCAT(table_schema, '.', table_name)"
    own="$(sql_is_own '')"
    case "$1" in
        # what is written to them during a --single-transaction would be in the dump, and come again over the link; with their engines
        unsafe) echo "SELECT CONCAT(table_schema, '.', table_name, ' ', engine) FROM information_schema.tables WHERE table_type = 'BASE TABLE'
            AND engine NOT IN ('InnoDB', 'BLACKHOLE', 'PERFORMANCE_SCHEMA') AND $own" ;;
        # empty after a restart, and the server then tells its log that they are
        volatile) echo "SELECT $table FROM information_schema.tables WHERE engine = 'MEMORY' AND table_type = 'BASE TABLE' AND $own" ;;
        versioned) echo "SELECT $table FROM information_schema.tables WHERE table_type = 'SYSTEM VERSIONED' AND $own" ;;
        float) echo "SELECT CONCAT(c.table_schema, '.', c.table_name, '.', c.column_name) FROM information_schema.columns c
            JOIN information_schema.tables t USING (table_schema, table_name) WHERE c.data_type = 'float' AND t.table_type = 'BASE TABLE' AND $(sql_is_own c.)" ;;
        # mysqldump leaves the schema sys out
        lost) echo "SELECT $table FROM information_schema.tables WHERE table_schema = 'sys' AND table_type = 'BASE TABLE' AND table_name <> 'sys_config'" ;;
        tablespace) [ -z "$(engine_tablespaces)" ] ||
            echo "SELECT name FROM information_schema.$(engine_tablespaces) WHERE space_type = 'General' AND name <> 'mysql'" ;;
    esac
}
