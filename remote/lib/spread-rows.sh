# spread-rows.sh: the rows of a large table go into this node through several connections at once, for one keeps one core busy.

SPREAD_AT_MOST=4
# what each connection of an import is given, the main one, too
IMPORT_OPTIONS=(--max-allowed-packet=1G --loose-binary-mode --loose-skip-force)

# spread_rows < DUMP > DUMP: what comes out is for the main connection, which puts what it answers into $SCRATCH/said. From a table's third
# statement of rows on (each has some 1 MB) they go to the other connections in turn. Those begin when the main one has made the table, and have
# ended before it goes on behind the rows: so what follows, triggers too, meets the whole table. Tables of the schema mysql stay in their
# transaction (system-tables.sh), and so does one that the dump loads in a transaction of its own, which is faster (MariaDB's bulk insert).
# Each of the others is prepared as the dump prepares its own session.
spread_rows() {
    local cores
    cores="$(nproc 2>/dev/null || echo 1)"
    if [ "$cores" -lt 2 ]; then
        cat
        return
    fi
    write_spreader
    LC_ALL=C awk -v count="$((cores < SPREAD_AT_MOST ? cores : SPREAD_AT_MOST))" -v run="bash $SCRATCH/spreader" -v said="$SCRATCH/said" '
        /^DELIMITER / { body = !/^DELIMITER ;$/ }
        !begun && (/^SET SESSION sql_log_bin/ || /^\/\*M?![0-9]+ SET / && !/GLOBAL/) { prepare = prepare $0 "\n" }
        /^USE `/ && !body { use = $0; begun = 1; apart = /^USE `mysql`;/ }
        /^set autocommit=0;/ { whole = 1 }
        /^commit;/ { whole = 0 }
        going_on { give(); next }
        /^INSERT INTO `/ && begun && !body && !apart && !whole {
            if (++statements > 2 && !spread) { settle_main(); spread = 1 }
            if (spread) { to = run " " (++turn % count); if (!(to in open)) { open[to] = 1; print prepare use | to } }
            give()
            next
        }
        { if (statements) end_table(); print }
        END { if (statements && !failed) end_table(); exit failed }
        function give() {
            going_on = !/;$/
            if (!spread) { print; return }
            print | to
            if (!going_on) fflush(to)
        }
        # an empty line is nothing to a client; with no client left it ends this program
        function settle_main(   mark, last) {
            mark = "rows are spread from here on " ++marks
            print "COMMIT;\nUNLOCK TABLES;\nSELECT \047" mark "\047;"
            while (last != mark) {
                print ""
                fflush()
                system("sleep 0.02")
                while ((getline last <said) > 0) if (last == mark) break
                close(said)
            }
        }
        function end_table(   each) {
            for (each in open) if (close(each) != 0) failed = 1
            split("", open)
            statements = spread = 0
            if (failed) exit
        }'
}

# One connection beside the main one. Its words go behind those.
write_spreader() {
    {
        printf '%q ' timeout "$TIMEOUT_SECONDS" "${LOCAL[@]}" "${IMPORT_OPTIONS[@]}"
        printf '>/dev/null 2>>%q\n' "$SCRATCH/words"
    } >"$SCRATCH/spreader"
}
