# held-up.sh: who waits behind a dump.

# read_held_up: who has waited for LOCK_WAIT_SECONDS and more for a table that the dump, or the count of its rows, is reading. The server does not tell
# whom somebody waits for (but from 8.0 on); the names in the statements do.
read_held_up() {
    sql 'SHOW FULL PROCESSLIST' | awk -F'\t' -v limit="$LOCK_WAIT_SECONDS" '
        $8 ~ /^SELECT \/\*!40001 SQL_NO_CACHE \*\/ / || $8 ~ /^SELECT .table .*, COUNT\(\*\), / {
            name = $8
            sub(/.* FROM /, "", name)
            sub(/ (WHERE|ORDER BY) .*/, "", name)
            sub(/^`.*`\.`/, "`", name)
            gsub(/`/, "", name)
            reading[name] = 1
        }
        $7 ~ /metadata lock/ && $6 + 0 >= limit { waiting[++count] = $8; who[count] = "connection " $1 " of " $2 " since " $6 " s" }
        END {
            for (i = 1; i <= count; i++) for (name in reading) if (index(waiting[i], name)) { print who[i] " for table " name; exit }
        }'
}
