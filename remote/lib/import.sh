# import.sh: a dump goes into this node, with the binary log off.
# in: TIMEOUT_SECONDS

# import_dump BYTES READ_DONE: what comes on descriptor 6; how many bytes and how far, for begin_job.
import_dump() {
    local status=0 before
    relax_for_import
    before="$(recall import-settings)"
    : >"$SCRATCH/said"
    { give_dump <&6 | spread_rows || : >"$SCRATCH/torn"; } |
        timeout "$TIMEOUT_SECONDS" "${LOCAL[@]}" -n "${IMPORT_OPTIONS[@]}" >"$SCRATCH/said" 2>"$SCRATCH/words" &
    begin_job "$!" importing "$1" "$2"
    await_job || status=$?
    exec 6<&-
    [ "$status" != 0 ] || [ ! -e "$SCRATCH/torn" ] || status=1
    [ "$status" = 0 ] || fail MM_SEED_LOAD "the import on $NODE ended with status $status (124: after $TIMEOUT_SECONDS s); it is half done, and begun again by the next up" \
        "mend what the server names, then run up again" "$(cat "$SCRATCH/words")"
    restore_after_import
    require_settings_restored "$before"
}

# give_dump < DUMP: dates such as 2024-02-31 are rows like others: the file's first SQL_MODE, under which its rows are written, lets them in. What may
# be its inventory, and its last line, are kept aside: of a stream there is no file to look into.
give_dump() {
    echo 'SET SESSION sql_log_bin = 0;'
    LC_ALL=C sed -e "0,/SQL_MODE='NO_AUTO_VALUE_ON_ZERO'/s//SQL_MODE='NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES'/" \
        -e "/^-- inventory: /w $SCRATCH/dump-end" -e "\$w $SCRATCH/dump-end" | bring_system_tables_at_once
}
