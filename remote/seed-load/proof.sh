# proof.sh: that this node holds what the origin's snapshot held, and nothing else.

# require_untouched: the seed is not in the log: what is there is somebody else's.
require_untouched() {
    local foreign
    foreign="$(find_foreign_event try_sql "${START% *}" "${START#* }")"
    [ -z "$foreign" ] || fail MM_SEED_LOAD "somebody wrote on $NODE during the seed ($foreign); $NODE is not used as it is" \
        "see what that was (mysqlbinlog); empty $NODE, remove $STATE/seed there, keep everybody off it, then run up again"
    [ "$(read_gtid_mode)" != ON ] || [ "$(read_gtid_set)" = "$(value_of gtid "$DUMP")" ] ||
        fail MM_SEED_LOAD "after the seed $NODE has the GTID set $(read_gtid_set), what was sent has $(value_of gtid "$DUMP")" \
            "see who wrote on $NODE meanwhile; empty $NODE, remove $STATE/seed there, then run up again"
}

require_complete() {
    read_inventory_here >"$SCRATCH/found"
    cmp -s "$SCRATCH/wanted" "$SCRATCH/found" || fail MM_SEED_INCOMPLETE "after the import $NODE does not hold what the origin's snapshot held: wanted $(comm -23 "$SCRATCH/wanted" "$SCRATCH/found" | list_lines), found $(comm -13 "$SCRATCH/wanted" "$SCRATCH/found" | list_lines)" \
        "pulumi config set mysql-master-master:converge with a new text, then run up again: the backup is made and imported anew; if that ends here again, report it with this message"
}

# warn_of_lost_logins: an account is worth nothing where the plugin that knows its password is not loaded, as an option file of the origin may have it.
warn_of_lost_logins() {
    local found
    sql "SELECT plugin_name FROM information_schema.plugins WHERE plugin_type = 'AUTHENTICATION' AND plugin_status = 'ACTIVE'" >"$SCRATCH/login-plugins"
    found="$(sql "SELECT plugin, user, host FROM mysql.user WHERE plugin <> ''" |
        awk -F'\t' 'NR == FNR { here[tolower($0)] = 1; next } !(tolower($1) in here) { print $2 "@" $3 " by " $1 }' "$SCRATCH/login-plugins" - | list_lines)"
    [ "$found" = nothing ] || [ -z "$found" ] || warn MM_SEED_LOGIN_PLUGIN "accounts that came with the origin's data cannot log in here, for their plugin is not loaded ($found)"
}

# prove_after_restart: once restarted, what only a restart shows (accounts, plugins, the option file) is seen now and not on a bad day. The
# node stays closed, and its log still holds nothing.
prove_after_restart() {
    local status=0 foreign log seed
    find_service
    log="$(read_variable log_error)"
    note "restarting $SERVICE, once"
    restart_service || status=$?
    if [ "$status" -ne 0 ]; then
        ! is_login_refused || fail_login_lost
        fail MM_SEED_NO_START "the import is done, and $NODE's server did not come up within $START_TIMEOUT_SECONDS s of a restart" \
            "read its error log, mend what it names, start it, then run up again" "$(last_server_words "$log")"
    fi
    is_read_only || fail MM_SEED_LOAD "$NODE takes writes after a restart: $(find_option_lines read_only | tr '\n' ' ')" \
        "remove what opens it, SET GLOBAL read_only = 1, then run up again"
    seed="$(read_seed_coordinates)"
    foreign="$(find_foreign_event try_sql "$(value_of file "$seed")" "$(value_of position "$seed")")"
    [ -z "$foreign" ] || fail MM_SEED_LOAD "somebody wrote on $NODE after the import ($foreign); $NODE is not used as it is" \
        "see what that was (mysqlbinlog); empty $NODE, remove $STATE/seed there, then run up again"
    change_seed 'done'
    end_seed
}
