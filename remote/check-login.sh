# check-login.sh: proves that the replication account can log in to the peer from this node, over the network.
# At destroy it drops the account here: it came with the data, and its drop on the peer no longer reaches this node.
# in:    NODE PORT SOCKET LOGIN_USER LOGIN_PASSWORD ACCOUNT ACCOUNT_HOST ACCOUNT_PASSWORD PEER_HOST PEER_PORT
# out:   login account=NAME server=HOST:PORT
# codes: MM_ACCOUNT_GRANTS MM_SEED_CLONE
# parts: lib/donor.sh (a clone that was cut)

main() {
    require_server
    case "$1" in
        up) check_login ;;
        down) drop_here ;;
    esac
}

check_login() {
    local grants
    require_peer "$PEER_HOST" "$PEER_PORT" 20
    grants="$(try_peer 'SHOW GRANTS')"
    case "$grants" in
        *'REPLICATION SLAVE'*) ;;
        *) fail MM_ACCOUNT_GRANTS "$ACCOUNT logs in to $PEER_HOST:$PEER_PORT from $NODE but lacks REPLICATION SLAVE" \
            "compare SHOW GRANTS there: an anonymous or more specific account may take the login" ;;
    esac
    note "$ACCOUNT logs in to $PEER_HOST:$PEER_PORT"
    printf 'login account=%s server=%s:%s\n' "$ACCOUNT" "$PEER_HOST" "$PEER_PORT"
}

drop_here() {
    open_state
    # of a run that was killed: it would bring the account, and more, when nobody looks for it any more
    end_running_clone
    # only what came to this very server with a seed of this program's
    if is_seed_own && has_account; then
        with_write_access sql 'SET SESSION sql_log_bin = 0' "DROP USER $(sql_account)"
        note "dropped $(sql_account)"
    fi
}

{ main "$@"; } </dev/null
