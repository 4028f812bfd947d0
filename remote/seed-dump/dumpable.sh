# dumpable.sh: stops before a dump that could not carry all that this node holds.

# read_undumpable: NAME and KIND a line, tab-separated, of what this node holds and the stack does not accept. MEMORY tables hold as
# still as others under a lock, and are no more accepted for that: see volatile.
read_undumpable() {
    local kind statement
    for kind in $UNDUMPABLE; do
        case "$kind:$LOCK_ALL_TABLES:$ROUND_FLOATS" in unsafe:true:* | float:*:true) continue ;; esac
        statement="$(sql_undumpable "$kind")"
        [ -z "$statement" ] || sql "$statement" | sed "s/\$/	$kind/"
    done
}

# require_dumpable FILE: nothing stands in it that read_undumpable has written.
require_dumpable() {
    local kind names what='' next=''
    for kind in $UNDUMPABLE; do
        names="$(awk -F'\t' -v kind="$kind" '$2 == kind { print $1 }' "$1" | list_lines)"
        if [ -n "$names" ] && [ "$kind" != unsafe ]; then
            what="$what, $(name_undumpable "$kind") ($names)"
            next="$next; $(mend_undumpable "$kind")"
        fi
    done
    [ -z "$what" ] || fail MM_SEED_UNDUMPABLE "$NODE holds what the preflight refuses, made since it looked perhaps: ${what#, }. $NODE was only read" \
        "${next#; }; then run up again"
    names="$(cut -f 1 "$1" | list_lines)"
    [ -z "$names" ] || fail MM_SEED_ENGINE "$NODE has tables of engines without transactions ($names), which a dump cannot hold still. Nothing was changed" \
        "ALTER TABLE … ENGINE = InnoDB; or set accept.nonTransactionalTables, and the dump locks all tables against writes as long as it takes; then run up again"
}

name_undumpable() {
    case "$1" in
        volatile) echo 'MEMORY tables, which a restart of either server would empty on both' ;;
        versioned) echo 'system-versioned tables, whose history no dump carries' ;;
        float) echo 'FLOAT columns, of which a dump writes six digits' ;;
        lost) echo 'tables in the schema sys, which mysqldump leaves out' ;;
        tablespace) echo 'general tablespaces, which mysqldump does not make' ;;
    esac
}

mend_undumpable() {
    case "$1" in
        volatile) echo 'ALTER TABLE … ENGINE = InnoDB for the MEMORY tables, or drop them' ;;
        versioned) echo 'ALTER TABLE … DROP SYSTEM VERSIONING, where the history may go' ;;
        float) echo 'make FLOAT columns DOUBLE or DECIMAL, or set accept.floatRounding' ;;
        lost) echo 'move the tables in sys to another schema (RENAME TABLE)' ;;
        tablespace) echo 'ALTER TABLE … TABLESPACE = innodb_file_per_table for what is in the tablespaces, then DROP TABLESPACE' ;;
    esac
}
