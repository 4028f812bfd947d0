# system-tables.sh: the tables of the schema mysql, accounts among them, change at once and not one after the other.

# bring_system_tables_at_once < DUMP > DUMP: a dump drops each of these tables and makes it anew. A server that is restarted in between
# does not come up without `user`, and lets nobody in without what `plugin` held (both seen). So of the server's own ones, the
# rows alone are taken, in one transaction at the end of the schema's part: where their engine knows none, in far less time. The part
# has ended where another schema's begins, or where the dump has its last line: one that was cut changes none of these tables.
bring_system_tables_at_once() {
    sql "SELECT table_name FROM information_schema.tables WHERE table_schema = 'mysql' AND table_type = 'BASE TABLE' AND table_name IN ($SERVER_TABLES)" >"$SCRATCH/system-tables"
    LC_ALL=C awk -v known="$SCRATCH/system-tables" '
        BEGIN { while ((getline name < known) > 0) here[name] = 1 }
        # what a routine, a trigger or an event does is not what the dump does
        /^DELIMITER / { body = !/^DELIMITER ;$/ }
        !body { whole = /^-- Dump completed, with an inventory of [0-9]+ lines$/ }
        /^USE `/ && !body { end_part(); inside = /^USE `mysql`;/ }
        !inside || body { print; next }
        going_on { if (kept) rows[++count] = $0; going_on = !/;$/; next }
        # what stands between the first two backticks: the table that the statement is about
        { name = substr($0, index($0, "`") + 1); name = substr(name, 1, index(name, "`") - 1); known_here = name in here }
        /^DROP TABLE IF EXISTS `/ && known_here { rows[++count] = "DELETE FROM `" name "`;"; next }
        /^CREATE TABLE / && known_here { kept = 0; going_on = !/;$/; next }
        /^INSERT INTO `/ && known_here { kept = 1; rows[++count] = $0; going_on = !/;$/; next }
        # they would end the transaction
        /^LOCK TABLES `/ { unlocked = known_here }
        (/^LOCK TABLES `/ || /^\/\*!40000 ALTER TABLE `.* KEYS \*\/;$/) && known_here { next }
        /^UNLOCK TABLES;/ && unlocked { next }
        { print }
        END { if (whole) end_part() }
        function end_part(   i) {
            if (count) {
                print "START TRANSACTION;"
                for (i = 1; i <= count; i++) print rows[i]
                print "COMMIT;"
            }
            count = 0
        }'
}
