# held-up.sh: who waits behind a dump.

# read_held_up: who has waited for LOCK_WAIT_SECONDS and more for a table that the dump, or the count of its rows, is reading. The server does not tell
# whom somebody waits for (but from 8.0 on); the names in the statements do. A FLUSH of all tables (of a backup, with its read lock) names none: it waits for
# what was read before it came, and all who use one of those tables wait behind it.
read_held_up() {
    sql 'SHOW FULL PROCESSLIST' | awk -F'\t' -v limit="$LOCK_WAIT_SECONDS" '
        $8 ~ /^SELECT \/\*!40001 SQL_NO_CACHE \*\/ / || $8 ~ /^SELECT .table .*, COUNT\(\*\), / {
            name = $8
            sub(/.* FROM /, "", name)
            sub(/ (WHERE|ORDER BY) .*/, "", name)
            schema = $4
            if (name ~ /^`.*`\.`/) { schema = name; sub(/`\.`.*/, "", schema); gsub(/`/, "", schema) }
            sub(/^`.*`\.`/, "`", name)
            gsub(/`/, "", name)
            reading[name] = schema
            if ($6 + 0 > longest && $7 !~ /table flush/) longest = $6 + 0
        }
        $7 ~ /metadata lock|table flush/ && $6 + 0 >= limit {
            waiting[++count] = $8
            flushing_for[count] = toupper($8) ~ /FLUSH .*TABLES?( WITH READ LOCK)? *;?$/ ? $6 + 0 : 0
            who[count] = "connection " $1 " of " $2 " since " $6 " s"
        }
        END {
            for (i = 1; i <= count; i++) {
                if (flushing_for[i] && flushing_for[i] <= longest) { print who[i] " for a flush of tables"; exit }
                for (name in reading) {
                    if (index(waiting[i], name)) { print who[i] " for table " name; exit }
                    if (toupper(waiting[i]) ~ /^DROP (DATABASE|SCHEMA) / && index(waiting[i], reading[name])) { print who[i] " for schema " reading[name]; exit }
                }
            }
        }'
}
