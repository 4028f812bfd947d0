# lock-host.sh: takes this host for the stack, before the first change on it; another stack's is refused (lib/owner.sh).
# in:    NODE PORT IDENTITY STACK ACCEPT_OTHER_STACK (true: the state of the stack that has it is lost)
# out:   lock NODE

main() {
    open_state
    case "$1" in
        up) printf 'lock %s\n' "$NODE" ;;
        down) forget owner ;;
    esac
}

{ main "$@"; } </dev/null
