# address.sh: where the server is to listen, so that its peer reaches it.

# A server that listens on loopback only cannot be reached by its peer: its own address is added. What is in the block stays.
choose_bind_address() {
    local listens kept address
    kept="$(recall bind-address)"
    listens="$(read_listens)"
    case "$BIND_ADDRESS" in
        keep) BIND_ADDRESS='' ;;
        '')
            if ! is_loopback_only "$listens"; then
                BIND_ADDRESS="$kept"
                # an earlier pair may have opened it, whose block is gone: the next restart would close it
                listens="$(read_effective_options | sed -n 's/^bind_address=//p' | tail -n 1)"
                if [ -n "$kept" ] || [ -z "$listens" ] || ! is_loopback_only "$listens"; then return; fi
            fi
            address="$(read_own_address)"
            if takes_address_list; then BIND_ADDRESS="$listens,$address"; else BIND_ADDRESS="$(any_address)"; fi
            remember bind-address "$BIND_ADDRESS"
            note "listened on $listens only, where no peer reaches it; will listen on $BIND_ADDRESS"
            ;;
    esac
    [ -z "$BIND_ADDRESS" ] || has_bind_address ||
        fail MM_NODE_ADDRESS "$NODE's server listens on ${listens:-what it has by default}, and its series does not tell whether it does so by now. Nothing was changed" \
            "make bind_address right by hand in its option files ($(find_option_lines bind_address | tr '\n' ' ')), restart it, and leave mysql.bindAddress out; then run up again"
    [ "$(read_variable skip_networking)" = 0 ] || fail MM_NODE_NO_NETWORK "$NODE's server runs with skip_networking. Nothing was changed" \
        "remove skip_networking from its option files ($(find_option_lines skip_networking | tr '\n' ' ')), then run up again"
}

is_loopback_only() { ! printf '%s\n' "$1" | tr ',' '\n' | grep -vE '^(127\.|::1$|localhost$)' >/dev/null; }

# read_listens: where the server has no variable for it, what its option files say; nothing means all addresses.
read_listens() { if has_bind_address; then read_variable bind_address | sed 's/^NULL$/*/'; else read_effective_options | sed -n 's/^bind_address=//p' | tail -n 1 | grep . || echo '*'; fi; }

# The address that HOST means, if it is this host's own; else the one that the SSH connection came in by.
read_own_address() {
    local own candidate
    own="$(hostname -I 2>/dev/null || true)"
    for candidate in $({ getent ahosts "$HOST" || true; } | awk '{ print $1 }' | sort -u) "$SSH_ADDRESS"; do
        case " $own " in *" $candidate "*) printf '%s' "$candidate" && return ;; esac
    done
    fail MM_NODE_ADDRESS "$NODE listens on loopback only, and $HOST is no address of this host ($own). Nothing was changed" \
        "set mysql.bindAddress of node $NODE to the address that its peer can reach"
}
