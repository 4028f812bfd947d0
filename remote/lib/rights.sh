# rights.sh: what the login over the socket must be allowed to do; README.md has the same lists.

RIGHTS_ALWAYS='SELECT, INSERT, CREATE, DROP, RELOAD, PROCESS, LOCK TABLES, SHOW VIEW, TRIGGER, EVENT, CREATE USER, REPLICATION SLAVE, REPLICATION CLIENT, SYSTEM_VARIABLES_ADMIN, REPLICATION_SLAVE_ADMIN, CONNECTION_ADMIN, XA_RECOVER_ADMIN, GRANT OPTION'
# SUPER: functions and triggers are made while the binary log is on (1419); SYSTEM_USER: objects whose definer is root (1227)
RIGHTS_IMPORT='UPDATE, DELETE, ALTER, INDEX, REFERENCES, CREATE VIEW, CREATE ROUTINE, ALTER ROUTINE, SUPER, SYSTEM_USER'
# beside these, for a clone, on both: the plugin comes and goes, and the replication account gets BACKUP_ADMIN meanwhile
RIGHTS_CLONE='DELETE, BACKUP_ADMIN, CLONE_ADMIN'

# find_missing_rights LIST: those of the list that the login has not on *.*, its active roles included; with commas between.
find_missing_rights() {
    local grants held right missing=''
    grants="$(sql 'SHOW GRANTS')"
    held=", $(printf '%s\n' "$grants" | sed -n 's/^GRANT \(.*\) ON \*\.\* TO .*/\1/p' | tr ',' '\n' | sed 's/^ *//' | tr '\n' ',' | sed 's/,/, /g')"
    # not -q: it would stop reading, and the pipe break, on its first hit
    if printf '%s\n' "$grants" | grep ' ON \*\.\* TO .* WITH GRANT OPTION' >/dev/null; then held="${held}GRANT OPTION, "; fi
    while IFS= read -r right; do
        case "$held" in *", $right, "* | *', ALL PRIVILEGES, '*) continue ;; esac
        # SUPER is the old word for what became three; to look at prepared transactions, to back up and to clone are other matters
        case "$right:$held" in XA_* | BACKUP_* | CLONE_*) ;; *_ADMIN:*', SUPER, '*) continue ;; esac
        missing="$missing, $right"
    done < <(printf '%s\n' "$1" | sed 's/, /\n/g' | while IFS= read -r right; do series_right "$right"; done | sed 's/, /\n/g' | awk '!seen[$0]++')
    printf '%s' "${missing#, }"
}

# require_rights LIST: asked before anything is changed.
require_rights() {
    local missing login option=''
    missing="$(find_missing_rights "$1")"
    [ -n "$missing" ] || return 0
    login="$(sql 'SELECT CURRENT_USER()')"
    case "$missing" in
        'GRANT OPTION') option=' WITH GRANT OPTION' missing=USAGE ;;
        *', GRANT OPTION') option=' WITH GRANT OPTION' missing="${missing%, GRANT OPTION}" ;;
    esac
    fail MM_SQL_RIGHTS "$login, by whom the program logs in on $NODE, lacks $missing$option on *.*. Nothing was changed" \
        "GRANT $missing ON *.* TO $(quote_sql "${login%@*}")@$(quote_sql "${login##*@}")$option; on $NODE, or set mysql.login to an account that has them; then run up again"
}
