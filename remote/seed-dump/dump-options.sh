# dump-options.sh: what A's option files may tell mysqldump.

# Options of A's files for mysqldump that a dump may have: those which start_dump sets itself, and ones that change no row. Of the
# connection's the client must have the same. All else (where, ignore-table, no-data, force, …) is refused.
require_dump_options() {
    local word name ours foreign=''
    ours=" $(print_options "$MYSQL" | tr '\n' ' ') "
    while IFS= read -r word; do
        name="${word%%=*}" name="${name#--}" name="${name//_/-}" name="${name#loose-}" name="${name#skip-}"
        case "$name" in
            quick | opt | quote-names | max-allowed-packet | net-buffer-length | tz-utc | comments | set-charset | default-character-set) ;;
            single-transaction | routines | events | triggers | hex-blob | all-databases | source-data | master-data | set-gtid-purged) ;;
            add-drop-table | add-locks | create-options | extended-insert | disable-keys | lock-tables | column-statistics | dump-date) ;;
            order-by-primary | complete-insert | no-tablespaces | flush-privileges | no-autocommit | verbose) ;;
            compress | compression-algorithms | zstd-compression-level | plugin-dir | ssl* | tls* | get-server-public-key) ;;
            user | password* | host | port | socket | protocol | default-auth | connect-timeout)
                case "$ours" in *" $word "*) ;; *) foreign="$foreign, $word" ;; esac
                ;;
            *) foreign="$foreign, $word" ;;
        esac
    done < <(print_options "$DUMP_TOOL")
    [ -z "$foreign" ] || fail MM_SEED_DUMP_OPTIONS "$NODE's option files give mysqldump ${foreign#, }, by which the dump may leave rows out or change them. Nothing was changed" \
        "take that out of [mysqldump] on $NODE, then run up again"
}
# print_options PROGRAM: a line each; what its option files and the login's give it. Passwords come as *****.
print_options() {
    local files=()
    [ -z "$LOGIN_USER" ] || files=("--defaults-extra-file=$SCRATCH/login.cnf")
    "$1" ${files[@]+"${files[@]}"} --print-defaults 2>/dev/null | tail -n +2 | tr ' ' '\n' | grep '^--' || true
}
