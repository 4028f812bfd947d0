# make-account.sh: the replication account on the origin, and its password; it reaches the peer in the backup.
# in:    NODE PORT SOCKET LOGIN_USER LOGIN_PASSWORD ACCOUNT ACCOUNT_HOST ACCOUNT_PASSWORD TLS_REQUIRE
#        MADE_ELSEWHERE (yes: mysql.User and mysql.Grant make it; its passwords and its end are here, for those cannot
#        change anything on a node that is read-only)
# out:   account name=NAME host=PATTERN
# codes: MM_ACCOUNT_EXISTS MM_ACCOUNT_MISSING MM_ACCOUNT_LEFT

main() {
    require_server
    open_state
    WHO="$(sql_account)"
    MARK="account=$ACCOUNT@$ACCOUNT_HOST"
    case "$1" in
        up) ensure_account ;;
        down) drop_account ;;
    esac
}

ensure_account() {
    local known digest
    known="$(recall account)"
    # a marker of another account says nothing about this one
    if [ -n "$known" ] && [ "$(value_of account "$known")" != "$ACCOUNT@$ACCOUNT_HOST" ]; then
        warn MM_ACCOUNT_LEFT "the account $(value_of account "$known") of before stays on both servers; drop it when nobody needs it"
        known=''
    fi
    digest="$(digest_of "$ACCOUNT_PASSWORD")"
    if ! has_account; then
        if [ "$MADE_ELSEWHERE" = yes ]; then
            # made anew there, it has another password
            forget account
            fail MM_ACCOUNT_MISSING "$NODE has no account $WHO, though a mysql.User resource made it" \
                "run pulumi refresh, so that the resource sees it too; then run up again"
        fi
        # known before it is made: a run that is cut in between must find its own account, not somebody's
        remember account "$MARK digest=unfinished"
        with_write_access create_account
        note "made $WHO with $(account_rights), and SELECT on the program's own schema"
    elif [ -z "$known" ] && [ "$MADE_ELSEWHERE" != yes ]; then
        fail MM_ACCOUNT_EXISTS "$NODE already has an account $WHO that this program did not make. Nothing was changed" \
            "name another one in account.name, or drop it on $NODE if nobody needs it; then run up again"
    elif [ "$(value_of digest "$known")" != "$digest" ] || [ "$(value_of stored "$known")" != "$(read_stored_password)" ]; then
        with_write_access change_password
        note "gave $WHO its password"
    fi
    # a node that was opened while its peer was gone has taken the right to replicate from that account (fence-node.sh)
    if ! is_parted && ! has_grants; then with_write_access grant_account; fi
    if ! has_wanted_encryption; then with_write_access sql "$(sql_require_encryption)"; fi
    remember account "$MARK digest=$digest stored=$(read_stored_password)"
    printf 'account name=%s host=%s\n' "$ACCOUNT" "$ACCOUNT_HOST"
}

drop_account() {
    [ "$(value_of account "$(recall account)")" = "$ACCOUNT@$ACCOUNT_HOST" ] || return 0
    if has_account; then with_write_access sql "DROP USER $WHO"; fi
    forget account
}

# By which it is noticed that somebody else has changed the password: a hash of what the server keeps of it.
read_stored_password() { read_account "SHA2($(password_column), 256)"; }

create_account() { sql_create_account | run_statements; }
change_password() { sql "$(sql_set_password "$WHO" "$(quote_sql "$ACCOUNT_PASSWORD")")"; }

{ main "$@"; } </dev/null
