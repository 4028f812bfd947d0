# schemas.sh: which of a server's schemas are somebody's data.

# read_own_schemas: schemas that are somebody's data; a new server's empty `test` is not.
read_own_schemas() {
    sql "SELECT schema_name FROM information_schema.schemata WHERE schema_name NOT IN ($SYSTEM_SCHEMAS)
        AND NOT (schema_name = 'test' AND NOT EXISTS (SELECT 1 FROM information_schema.tables WHERE table_schema = 'test'))"
}
