# import-settings.sh: what this node's server has otherwise for as long as an import takes: rows of any size that the origin has are let in, and
# no commit waits for the disk. Nobody is served meanwhile, and a node whose import was cut is seeded anew.

import_settings() { printf '%s\n' max_allowed_packet=1073741824 innodb_flush_log_at_trx_commit=0; }

# relax_for_import: what it was before is noted, and comes back however the import ends: by restore_after_import at the script's end, after
# a kill by the next import or at destroy.
relax_for_import() {
    local each before=''
    if [ -z "$(recall import-settings)" ]; then
        for each in $(import_settings); do before="$before ${each%%=*}=$(read_variable "${each%%=*}")"; done
        remember import-settings "${before# }"
    fi
    at_exit restore_after_import
    for each in $(import_settings); do sql "SET GLOBAL ${each%%=*} = ${each#*=}"; done
}

# restore_after_import: a server that does not answer has them from its option files, when it is there again.
restore_after_import() {
    local each
    [ -n "$(recall import-settings)" ] || return 0
    for each in $(recall import-settings); do try_sql "SET GLOBAL ${each%%=*} = ${each#*=}" >/dev/null || true; done
    forget import-settings
}

# require_settings_restored NOTE: as they were noted, the running server has them again.
require_settings_restored() {
    local each now
    for each in $1; do
        now="$(read_variable "${each%%=*}")"
        [ "$now" = "${each#*=}" ] || fail MM_SEED_LOAD "after the import $NODE has ${each%%=*} = $now, and had ${each#*=} before" \
            "SET GLOBAL ${each%%=*} = ${each#*=} on $NODE, then run up again"
    done
}
