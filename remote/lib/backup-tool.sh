# backup-tool.sh: mariadb-backup, as this host has it, and what its option files make of it.

# find_backup_tool: its path in BACKUP_TOOL; nothing where there is none.
find_backup_tool() { BACKUP_TOOL="$(find_program mariabackup mariadb-backup)"; }

require_backup_tool() {
    { find_backup_tool && [ -n "$BACKUP_TOOL" ]; } || fail MM_HOST_NO_CLIENT "$NODE has no mariadb-backup" "install mariadb-backup of the server's version on $NODE, then run up again"
}

# find_backup_options: in BACKUP_OPTIONS which option files it reads, the login among them (its password must be in none of its arguments), and in
# BACKUP_WAY, which wins over all of them, to which server it goes. Of two files that are named it reads the first one alone, and then no
# section [client] of root's; so the server's own file and the login come in one.
find_backup_options() {
    local file="$SCRATCH/backup.cnf" word socket="$SOCKET"
    BACKUP_OPTIONS=()
    find_server
    : >"$file"
    for word in "${SERVER_DEFAULTS[@]+"${SERVER_DEFAULTS[@]}"}"; do
        case "$word" in
            --defaults-file=*) printf '!include %s\n' "${word#*=}" >>"$file" && BACKUP_OPTIONS=("--defaults-file=$file") ;;
            --defaults-extra-file=*) printf '!include %s\n' "${word#*=}" >>"$file" ;;
            *) BACKUP_OPTIONS+=("$word") ;;
        esac
    done
    {
        echo '[mariabackup]'
        if [ -n "$LOGIN_USER" ]; then
            option_line user "$LOGIN_USER"
            option_line password "$LOGIN_PASSWORD"
        else
            read_client_login
        fi
    } >>"$file"
    case "${BACKUP_OPTIONS[0]:-}" in --defaults-file=*) ;; *) BACKUP_OPTIONS=("--defaults-extra-file=$file" "${BACKUP_OPTIONS[@]+"${BACKUP_OPTIONS[@]}"}") ;; esac
    [ -n "$socket" ] || socket="$(read_variable socket)"
    case "$socket" in /*) ;; *) socket="$(read_data_folder)/$socket" ;; esac
    BACKUP_WAY=(--host=localhost --protocol=socket)
    [ ! -S "$socket" ] || BACKUP_WAY+=("--socket=$socket")
    [ -z "$LOGIN_USER" ] || BACKUP_WAY+=("--user=$LOGIN_USER")
}
# What root's own client uses.
read_client_login() {
    local word
    { my_print_defaults client client-server client-mariadb mysql mariadb-client 2>/dev/null || true; } | while IFS= read -r word; do
        case "$word" in --user=* | --password=*) word="${word#--}" && option_line "${word%%=*}" "${word#*=}" ;; esac
    done
}

# list_foreign_options: a line each: what the option files give mariadb-backup, by which it might leave something out, or copy it otherwise.
# Its own --print-defaults tells nothing of the sections that are its own alone (seen on 10.11).
list_foreign_options() {
    local word name
    find_backup_options
    if ! my_print_defaults "${BACKUP_OPTIONS[@]}" xtrabackup mariabackup mariadb-backup >"$SCRATCH/backup-options" 2>/dev/null; then
        echo 'what my_print_defaults cannot read'
        return
    fi
    while IFS= read -r word; do
        name="${word%%=*}" name="${name#--}" name="${name//_/-}" name="${name#loose-}"
        case "$name" in
            # BACKUP_WAY says it, or try_send
            host | port | socket | protocol | datadir | target-dir | backup | log-copy-interval) ;;
            user | ssl* | tls* | plugin-dir | secure-auth) ;;
            parallel | throttle | open-files-limit | use-memory | verbose | tmpdir | check-privileges | slave-info | galera-info) ;;
            password) [ -z "$LOGIN_USER" ] || [ "${word#*=}" = "$LOGIN_PASSWORD" ] || echo 'another password than mysql.login' ;;
            *) case "$word" in *=*) echo "--$name=${word#*=}" ;; *) echo "--$name" ;; esac ;;
        esac
    done <"$SCRATCH/backup-options"
}
