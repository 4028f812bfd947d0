# running.sh: options that a running server takes.

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
