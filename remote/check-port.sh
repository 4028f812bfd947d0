# check-port.sh: opens a TCP connection to the peer's server, once both listen where they will: what comes after needs it.
# in:    NODE PORT PEER_HOST PEER_PORT PEER_LISTENS (the peer's bind_address)
# out:   reach HOST:PORT
# codes: MM_PEER_UNREACHABLE

main() {
    wait_until 10 can_connect || fail MM_PEER_UNREACHABLE "from $NODE, nothing answers at $PEER_HOST port $PEER_PORT (there: $(read_address)); the server there listens on ${PEER_LISTENS:-what it has by default}" \
        "open the port for $NODE (firewall, security group), let $PEER_HOST mean the right address on $NODE, or set mysql.bindAddress of the other node; then run up again" \
        "$(tail -n 1 "$SCRATCH/words")"
    printf 'reach %s:%s\n' "$PEER_HOST" "$PEER_PORT"
}

# The address and the port are arguments of a bash of its own: it can be ended where a firewall swallows the packets.
# shellcheck disable=SC2016 # that bash expands them
can_connect() { timeout 5 bash -c 'exec 3<>"/dev/tcp/$1/$2"' connect "$PEER_HOST" "$PEER_PORT" 2>"$SCRATCH/words"; }

read_address() { { getent ahosts "$PEER_HOST" || true; } | awk 'NR == 1 { print $1; found = 1 } END { if (!found) print "no address" }'; }

{ main "$@"; } </dev/null
