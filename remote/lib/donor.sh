# donor.sh: what a clone needs on the source and on the recipient, beyond what is there: the plugin, and a right of the replication account.
# Neither goes into the binary log. The note `donor`: plugin=ours (it was not there before) right=ours

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
    [ -n "$(recall donor)" ] || return 0
    with_write_access end_donor "$(value_of plugin "$(recall donor)")"
    forget donor
}
end_donor() {
    if has_account && sql "SHOW GRANTS FOR $(sql_account)" | grep BACKUP_ADMIN >/dev/null; then
        sql 'SET SESSION sql_log_bin = 0' "REVOKE BACKUP_ADMIN ON *.* FROM $(sql_account)"
    fi
    if [ "$1" = ours ] && has_clone_plugin; then sql 'UNINSTALL PLUGIN clone'; fi
}
