# seed-look.sh: tells whether this node wants a seed; changes nothing.
# in:    NODE PORT SOCKET LOGIN_USER LOGIN_PASSWORD SOURCE_UUID
# out:   seed wanted FACTS (read_copy_facts, tell_physical) | seed done | seed parted

main() {
    require_server
    case "$(read_seed_state "$SOURCE_UUID")" in
        imported | done) echo 'seed done' ;;
        parted) echo 'seed parted' ;;
        *)
            require_rights "$RIGHTS_IMPORT"
            echo "seed wanted $(read_copy_facts)$(tell_physical)"
            ;;
    esac
}

{ main "$@"; } </dev/null
