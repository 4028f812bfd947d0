# shellcheck shell=bash
# network.sh: a lab's bridge, the hosts' places on it, and what is done to them there. Sourced.

address_of() { printf '%s.%d\n' "$MM_LAB_SUBNET" "$((10 + $(printf '%d' "'$1") - 96))"; } # HOST

mac_of() { # HOST
    local id="${LAB_ID#mm}"
    printf '02:6d:%s:%s:%s:%02x\n' "${id:0:2}" "${id:2:2}" "${id:4:2}" "$((10 + $(printf '%d' "'$1") - 96))"
}

ensure_bridge() {
    ip link show "$LAB_ID" >/dev/null 2>&1 || ip link add "$LAB_ID" type bridge
    ip addr replace "$MM_LAB_SUBNET.1/24" dev "$LAB_ID"
    ip link set "$LAB_ID" up
}

connect_host() { # HOST
    local name
    name="$(kernel_name "$1")"
    ip netns add "$name"
    ip link add "$name" type veth peer name host0 netns "$name"
    ip link set "$name" master "$LAB_ID" up
    # the same for each new host in its place: the others would go on sending to the old one's for a while
    ip -n "$name" link set host0 address "$(mac_of "$1")"
    ip -n "$name" addr add "$(address_of "$1")/24" dev host0
    ip -n "$name" link set host0 up
    ip -n "$name" link set lo up
}

cut_hosts() { set_links down "$@"; }
mend_hosts() { set_links up "$@"; }

set_links() { # up|down HOST...
    local state="$1" host
    shift
    claim_subnet
    for host in "$@"; do
        ip link set "$(kernel_name "$host")" "$state"
    done
}

shut_hosts() { # HOST PORT
    open_hosts "$@"
    # the host itself goes on reaching its port: what is local is routed before this rule
    ip -n "$(kernel_name "$1")" rule add ipproto 6 sport "$2" blackhole
}

open_hosts() { # HOST PORT
    claim_subnet
    ip -n "$(kernel_name "$1")" rule delete ipproto 6 sport "$2" blackhole 2>/dev/null || true # it was open
}
