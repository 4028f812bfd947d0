# lock-host.sh: takes this host for the stack, before the first change on it; another stack's is refused (lib/owner.sh). A swap of its data
# that was cut is brought to its end (lib/swap.sh).
# At destroy it is the last one here: it undoes what a killed run has left (lib/sweep.sh), lifts the fence, and gives the host back.
# in:    NODE PORT SOCKET LOGIN_USER LOGIN_PASSWORD OPTION_FILE IDENTITY STACK ACCEPT_OTHER_STACK (true: the state of the stack that has it is lost)
#        PEER_HOST PEER_PORT ACCOUNT ACCOUNT_HOST MADE_ELSEWHERE (yes: a mysql.User makes it) KEEP_BACKUP SSH_USER
# out:   lock NODE

main() {
    case "$1" in
        up)
            open_state
            finish_cut_swap
            sweep_scratch
            printf 'lock %s\n' "$NODE"
            ;;
        down)
            open_node
            sweep
            sweep_scratch
            forget owner
            ;;
    esac
}

{ main "$@"; } </dev/null
