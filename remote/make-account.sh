# make-account.sh: the replication account on the origin, and its password; it reaches the peer in the backup.
# in:    NODE PORT SOCKET LOGIN_USER LOGIN_PASSWORD ACCOUNT ACCOUNT_HOST ACCOUNT_PASSWORD
#        MADE_ELSEWHERE (yes: a mysql.User resource makes and drops it; only its password is kept here, for that resource
#        cannot change it on a node that is read-only)
# out:   account name=NAME host=PATTERN
# codes: MM_ACCOUNT_EXISTS MM_ACCOUNT_MISSING

main() {
    require_server
    open_state
    WHO="$(quote_sql "$ACCOUNT")@$(quote_sql "$ACCOUNT_HOST")"
    MARK="account=$ACCOUNT@$ACCOUNT_HOST"
    case "$1" in
        up) ensure_account ;;
        down) drop_account ;;
    esac
}

ensure_account() {
    local digest
    digest="$(digest_of "$ACCOUNT_PASSWORD")"
    if [ "$MADE_ELSEWHERE" = yes ] && [ -z "$(recall account)" ]; then
        has_account || fail MM_ACCOUNT_MISSING "$NODE has no account $WHO, though a mysql.User resource made it" \
            "run pulumi refresh, so that the resource sees it too; then run up again"
    elif ! has_account; then
        with_write_access create_account
        note "made $WHO with REPLICATION SLAVE and REPLICATION CLIENT, and SELECT on the program's own schema"
    elif [ -z "$(recall account)" ]; then
        fail MM_ACCOUNT_EXISTS "$NODE already has an account $WHO that this program did not make. Nothing was changed" \
            "name another one in account.name, or drop it on $NODE if nobody needs it; then run up again"
    elif [ "$(value_of digest "$(recall account)")" != "$digest" ]; then
        with_write_access change_password
        note "gave $WHO its new password"
    fi
    remember account "$MARK digest=$digest"
    printf 'account name=%s host=%s\n' "$ACCOUNT" "$ACCOUNT_HOST"
}

drop_account() {
    [ "$(value_of account "$(recall account)")" = "$ACCOUNT@$ACCOUNT_HOST" ] || return 0
    if [ "$MADE_ELSEWHERE" != yes ] && has_account; then with_write_access sql "DROP USER $WHO"; fi
    forget account
}

has_account() { [ -n "$(sql "SELECT 1 FROM mysql.user WHERE user = $(quote_sql "$ACCOUNT") AND host = $(quote_sql "$ACCOUNT_HOST")")" ]; }
create_account() {
    sql "CREATE USER $WHO IDENTIFIED BY $(quote_sql "$ACCOUNT_PASSWORD")" \
        "GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO $WHO" "GRANT SELECT ON mysql_master_master.* TO $WHO"
}
change_password() { sql "$(sql_set_password "$WHO" "$(quote_sql "$ACCOUNT_PASSWORD")")"; }

main "$@" </dev/null
