# running.sh: the running server: it takes at once what it can, and is restarted for the rest, where that is safe.

# An option that is nothing to a running server: it waits for the next start, and is no reason for one.
AT_START_ALONE=relay_log_recovery

# apply_running_values FILE: what can be set in the running server is set there; only the rest needs a restart.
apply_running_values() {
    local name value restart='' words
    while IFS='=' read -r name value; do
        if has_running_value "$name" "$value"; then continue; fi
        if change_running "$name" "$value"; then
            note "set $name = $value in the running server (sessions that are open keep what they had)"
        else
            restart="$restart $name"
        fi
    done <"$SCRATCH/wanted"
    [ -z "$restart" ] && return
    require_nothing_volatile "$1" "$restart"
    note "restarting $SERVICE, for${restart} cannot change in a running server"
    local log events
    log="$(read_variable log_error)"
    events="$(read_variable event_scheduler)"
    if restart_service; then
        restore_events "$events"
        return
    fi
    words="$(last_server_words "$log")"
    put_back_and_start "$1" "$words"
}

# change_running NAME VALUE: status 1 where it takes a restart.
change_running() {
    case "${1//-/_}" in
        # sessions that are open keep the old id, and what they write would come back from the peer as another server's: again and again
        server_id) return 1 ;;
        gtid_mode) walk_to_gtid_mode "$2" ;;
        *) try_sql "SET GLOBAL $1 = $(sql_value "$2")" ;;
    esac
    has_running_value "$1" "$2"
}

# walk_to_gtid_mode MODE: a running server goes one step at a time, and takes the last one when all is over that was begun without a GTID.
walk_to_gtid_mode() {
    local modes=(OFF OFF_PERMISSIVE ON_PERMISSIVE ON) at=0 to=0 enforce
    has_gtid_steps || return 0
    while [ "$at" -lt 3 ] && ! is_same_value "${modes[at]}" "$(read_gtid_mode)"; do at=$((at + 1)); done
    while [ "$to" -lt 3 ] && ! is_same_value "${modes[to]}" "$1"; do to=$((to + 1)); done
    # it comes first, wherever the setting stands
    enforce="$(sed -n 's/^enforce[-_]gtid[-_]consistency=//p' "$SCRATCH/wanted")"
    [ -z "$enforce" ] || [ "$to" -lt 3 ] || try_sql "SET GLOBAL enforce_gtid_consistency = $(sql_value "$enforce")" || return 0
    while [ "$at" -ne "$to" ]; do
        if [ "$at" -lt "$to" ]; then at=$((at + 1)); else at=$((at - 1)); fi
        [ "${modes[at]}" != ON ] || wait_until 10 has_no_anonymous_transaction || return 0
        try_sql "SET GLOBAL gtid_mode = ${modes[at]}" || return 0
    done
}
has_no_anonymous_transaction() { [ "$(sql "SHOW GLOBAL STATUS LIKE 'Ongoing_anonymous_transaction_count'" | cut -f 2)" = 0 ]; }

# require_nothing_volatile FILE NAMES: a restart empties MEMORY tables, and the server then tells its log so: the other node would
# empty its own. The option file is put back before this ends in the refusal, for the next restart may be somebody else's.
require_nothing_volatile() {
    local tables
    # rows that the server cannot count may be there
    tables="$(sql_fresh "$(sql_undumpable volatile) AND COALESCE(table_rows, 1) > 0 ORDER BY 1 LIMIT 20" | list_lines)"
    [ -n "$tables" ] || return 0
    put_back "$1"
    fail MM_NODE_VOLATILE "$NODE has rows in MEMORY tables ($tables), and would have to be restarted for$2: its server would lose them, and empty those tables on its peer as well. It was not restarted, and its option file is as before" \
        "on the node that takes the writes ALTER TABLE … ENGINE = InnoDB, or empty them there, if their rows may go; or set those options and restart $NODE's server yourself, at a time of your choice; then run up again"
}

# restore_events STATE: what was SET GLOBAL alone is gone with a restart, and events that nobody runs any more are missed late.
restore_events() {
    [ "$(read_variable event_scheduler)" != "$1" ] || return 0
    case "$1" in ON | OFF) ;; *) return ;; esac
    try_sql "SET GLOBAL event_scheduler = $1" || return 0
    note "set event_scheduler = $1 in the running server, as it was before the restart; no option file says so"
}

put_back_and_start() {
    local done_now="its option file is as before"
    put_back "$1"
    # a start that goes on trying with the bad options would use up the good one's
    ! has_systemd || systemctl stop "$SERVICE" 9>&- 2>/dev/null || true
    if restart_service || restart_service; then done_now="$done_now and it runs again"; else done_now="$done_now, but it does not start with that either"; fi
    fail MM_NODE_NO_START "$NODE's server did not come up with the new options within $START_TIMEOUT_SECONDS s; $done_now" \
        "read its words and its error log, mend what they name, then run up again" "$2"
}

require_running_values() {
    local name value from=''
    while IFS='=' read -r name value; do
        if has_running_value "$name" "$value"; then continue; fi
        ! has_persisted_variables ||
            from="$(sql "SELECT CONCAT(VARIABLE_SOURCE, ' ', VARIABLE_PATH) FROM performance_schema.variables_info WHERE VARIABLE_NAME = '$name'")"
        fail MM_NODE_VALUE_DIFFERS "$NODE runs with $name = $(read_running "$name") instead of $value, from ${from:-an unknown place} $(find_option_lines "$name" | tr '\n' ' ')" \
            "remove what overrides it, then run up again"
    done <"$SCRATCH/wanted"
    is_same_value "$(read_variable log_bin)" 1 || fail MM_NODE_VALUE_DIFFERS "$NODE runs without a binary log" \
        "remove skip_log_bin or disable_log_bin from its option files, then run up again"
}

# read_running NAME: the running value, in the form in which an option file would give it.
read_running() {
    case "$1" in
        log_bin) { try_sql 'SELECT @@global.log_bin_basename' || read_coordinates | sed 's/\.[0-9]* .*//'; } | sed 's#.*/##' ;;
        relay_log) read_variable relay_log | sed 's#.*/##' ;;
        *) try_sql "SELECT @@global.$(printf '%s' "$1" | tr - _)" || true ;;
    esac
}
has_running_value() { [ "$1" = "$AT_START_ALONE" ] || is_same_value "$(read_running "$1")" "$2"; }
