# verify-rows.sh: a row written on this node is on its peer within 1 second.
# in:    NODE PORT SOCKET LOGIN_USER LOGIN_PASSWORD PEER_HOST PEER_PORT ACCOUNT ACCOUNT_PASSWORD CATCH_UP_SECONDS
# out:   rows from=NODE to=HOST:PORT
# codes: MM_LINK_BEHIND MM_LINK_ROW_LATE MM_LINK_SCHEMA

main() {
    require_server
    open_state
    case "$1" in
        up)
            require_peer "$PEER_HOST" "$PEER_PORT" 20
            require_caught_up
            require_own_row_test
            prove_rows
            # the peer has dropped the schema, too, before its own test makes it again
            require_caught_up
            printf 'rows from=%s to=%s:%s\n' "$NODE" "$PEER_HOST" "$PEER_PORT"
            ;;
        down) if has_row_test && [ -z "$(read_foreign_rows)" ]; then drop_row_test; fi ;;
    esac
}

# What was written before the link ran may take its time; only then can a row's second be measured.
require_caught_up() {
    mark_own_log
    wait_until "$CATCH_UP_SECONDS" has_peer_applied_mark ||
        fail MM_LINK_BEHIND "$PEER_HOST has not applied within $CATCH_UP_SECONDS s what $NODE had written before" \
            "give it time (SHOW $(sql_replica) STATUS there), then run up again"
}

# A busy machine may miss one second; a link that works does not miss five in a row. A closed node is opened for the statements
# alone, not for the waits.
prove_rows() {
    local try token took
    for try in 1 2 3 4 5; do
        token="$(random_hex 16)"
        with_write_access write_row "$token"
        took="$(measure_arrival "$token")"
        if [ "$took" -le 1000 ]; then
            drop_row_test
            note "a row was on $PEER_HOST $took ms later"
            return 0
        fi
        note "try $try: a row took $took ms to $PEER_HOST"
    done
    drop_row_test
    fail MM_LINK_ROW_LATE "five rows written on $NODE were not on $PEER_HOST within 1 s (the last: $took ms; 5000 and more: not seen)" \
        "see the lag on $PEER_HOST (SHOW $(sql_replica) STATUS) and its load, then run up again" "$(cat "$SCRATCH/words")"
}

require_own_row_test() {
    local foreign
    foreign="$(read_foreign_rows)"
    [ -z "$foreign" ] || fail MM_LINK_SCHEMA "schema mysql_master_master on $NODE, by whose name a link is proven in a schema of its own, holds what this program has not made: $foreign. It stays as it is" \
        "move that into a schema of another name, then run up again"
}

write_row() {
    sql 'CREATE DATABASE IF NOT EXISTS mysql_master_master' \
        'CREATE TABLE IF NOT EXISTS mysql_master_master.row_test (token CHAR(32) NOT NULL PRIMARY KEY) ENGINE=InnoDB' \
        "INSERT INTO mysql_master_master.row_test VALUES ('$1')"
    now_ms >"$SCRATCH/written"
}

measure_arrival() {
    local started
    started="$(cat "$SCRATCH/written")"
    until [ -n "$(try_peer "SELECT 1 FROM mysql_master_master.row_test WHERE token = '$1'" || true)" ] || [ $(($(now_ms) - started)) -ge 5000 ]; do sleep 0.02; done
    echo $(($(now_ms) - started))
}

{ main "$@"; } </dev/null
