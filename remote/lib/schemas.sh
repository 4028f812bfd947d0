# schemas.sh: which of a server's schemas and tables are somebody's data, and which of these a dump cannot hold still.

# read_own_schemas: schemas that are somebody's data; a new server's empty `test` is not.
read_own_schemas() {
    sql "SELECT schema_name FROM information_schema.schemata WHERE schema_name NOT IN ($SYSTEM_SCHEMAS)
        AND NOT (schema_name = 'test' AND NOT EXISTS (SELECT 1 FROM information_schema.tables WHERE table_schema = 'test'))"
}

# sql_unsafe_tables: those whose rows --single-transaction does not hold still, with their engines: what is written to them during
# the dump would be in it, and come again over the link.
sql_unsafe_tables() {
    echo "SELECT CONCAT(table_schema, '.', table_name, ' ', engine) FROM information_schema.tables WHERE table_type = 'BASE TABLE'
        AND engine NOT IN ('InnoDB', 'BLACKHOLE', 'PERFORMANCE_SCHEMA') AND table_schema NOT IN ($SYSTEM_SCHEMAS)"
}
