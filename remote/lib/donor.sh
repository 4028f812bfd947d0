# donor.sh: what a clone needs on the source and on the recipient, beyond what is there: the plugin, and a right of the replication account.
# Neither goes into the binary log. The note `donor`:
#   plugin=ours    it was not there before; row: it was, by the option files, and all that comes with the source's data is its row in
#                  mysql.plugin; theirs: it was
#   right=ours

# open_donor: on the source. Status 1, with the server's words in $SCRATCH/words, where it does not let the program.
open_donor() {
    local known plugin=theirs
    known="$(recall donor)"
    if [ "$(value_of plugin "$known")" = ours ] || ! has_clone_plugin; then plugin=ours; fi
    # before it is done
    remember donor "plugin=$plugin right=ours"
    try_sql 'SET SESSION sql_log_bin = 0' "GRANT BACKUP_ADMIN ON *.* TO $(sql_account)" || return 1
    has_clone_plugin || try_sql "INSTALL PLUGIN clone SONAME 'mysql_clone.so'"
}

# close_donor: on both; the recipient has got the source's rights and plugins with its data.
close_donor() {
    local known
    known="$(recall donor)"
    [ -n "$known" ] || return 0
    with_write_access end_donor "$(value_of plugin "$known")"
    forget donor
}
end_donor() {
    revoke_clone_right
    case "$1" in
        ours)
            has_clone_plugin || return 0
            # named in the option files meanwhile: it is the server's own then, and its row alone is not
            if is_clone_permanent; then drop_plugin_row; else sql 'UNINSTALL PLUGIN clone'; fi
            ;;
        row) drop_plugin_row ;;
    esac
}
revoke_clone_right() {
    if has_account && sql "SHOW GRANTS FOR $(sql_account)" | grep BACKUP_ADMIN >/dev/null; then
        sql 'SET SESSION sql_log_bin = 0' "REVOKE BACKUP_ADMIN ON *.* FROM $(sql_account)"
    fi
}
drop_plugin_row() { sql 'SET SESSION sql_log_bin = 0' "DELETE FROM mysql.plugin WHERE name = 'clone'"; }
has_plugin_row() { [ -n "$(sql "SELECT 1 FROM mysql.plugin WHERE name = 'clone'")" ]; }
# With clone=FORCE_PLUS_PERMANENT the server takes it out for nobody (1702).
is_clone_permanent() { [ -n "$(sql "SELECT 1 FROM information_schema.plugins WHERE plugin_name = 'clone' AND load_option = 'FORCE_PLUS_PERMANENT'")" ]; }
