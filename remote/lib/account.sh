# account.sh: the replication account on this node's own server.

sql_account() { printf '%s@%s' "$(quote_sql "$ACCOUNT")" "$(quote_sql "$ACCOUNT_HOST")"; }
# read_account EXPRESSION: of its row; nothing where there is none.
read_account() { sql "SELECT $1 FROM mysql.user WHERE user = $(quote_sql "$ACCOUNT") AND host = $(quote_sql "$ACCOUNT_HOST")"; }
has_account() { [ -n "$(read_account 1)" ]; }

# The second grant lets each node see the other's test row, in a schema of the program's own.
sql_create_account() {
    local at_once='' later=''
    if [ "$TLS_REQUIRE" = true ]; then
        if has_alter_user; then at_once=' REQUIRE SSL'; else later="$(sql_require_encryption)"; fi
    fi
    printf '%s\n' "CREATE USER $(sql_account) IDENTIFIED BY $(quote_sql "$ACCOUNT_PASSWORD")$at_once" ${later:+"$later"}
    sql_grant
}
sql_grant() {
    echo "GRANT $(account_rights) ON *.* TO $(sql_account)"
    echo "GRANT SELECT ON mysql_master_master.* TO $(sql_account)"
}
grant_account() { sql_grant | run_statements; }
has_grants() {
    local grants
    grants="$(sql "SHOW GRANTS FOR $(sql_account)")"
    case "$grants" in *"$(account_rights) ON"*'SELECT ON '?mysql_master_master*) ;; *) return 1 ;; esac
}

# has_wanted_encryption: whether the account is let in over TLS alone, if the stack says so; and in clear, if it says that.
has_wanted_encryption() {
    local asks
    [ -n "$TLS_REQUIRE" ] || return 0
    asks="$(read_account ssl_type)"
    [ "$TLS_REQUIRE:$asks" != true: ] && { [ "$TLS_REQUIRE" = true ] || [ -z "$asks" ]; }
}
sql_require_encryption() { sql_require_tls "$(sql_account)" "$([ "$TLS_REQUIRE" = true ] && echo SSL || echo NONE)"; }

# digest_of PASSWORD: by which a changed one is noticed; salted with the server's id, and no clear text.
digest_of() { printf '%s/%s' "$(read_server_uuid)" "$1" | sha256sum | cut -c 1-32; }

# run_statements: each line of stdin is one; in one session, so that a first SET SESSION holds for all.
run_statements() {
    local lines
    mapfile -t lines
    sql "${lines[@]}"
}
