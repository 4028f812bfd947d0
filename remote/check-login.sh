# check-login.sh: proves that the replication account can log in to the peer from this node, over the network.
# in:    NODE PORT SOCKET LOGIN_USER LOGIN_PASSWORD ACCOUNT ACCOUNT_PASSWORD PEER_HOST PEER_PORT
# out:   login account=NAME server=HOST:PORT
# codes: MM_ACCOUNT_LOGIN MM_ACCOUNT_GRANTS

main() {
    local grants
    require_client
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

{ main "$@"; } </dev/null
