# seed-look.sh: tells whether this node wants a seed; changes nothing.
# in:    NODE PORT SOCKET LOGIN_USER LOGIN_PASSWORD SOURCE_UUID
# out:   seed wanted FACTS (read_copy_facts, tell_files) | seed done | seed parted

main() {
    local facts
    require_server
    case "$(read_seed_state "$SOURCE_UUID")" in
        imported | done) echo 'seed done' ;;
        parted) echo 'seed parted' ;;
        *)
            require_rights "$RIGHTS_IMPORT"
            facts="$(read_copy_facts)$(tell_files)"
            echo "seed wanted $facts"
            ;;
    esac
}

{ main "$@"; } </dev/null
