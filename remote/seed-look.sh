# seed-look.sh: tells whether this node wants a seed; changes nothing.
# in:    NODE PORT
# out:   seed wanted | seed done | seed rejoin

main() {
    case "$(value_of state "$(recall seed)")" in
        done) echo 'seed done' ;;
        parted) echo 'seed rejoin' ;;
        *) echo 'seed wanted' ;;
    esac
}

{ main "$@"; } </dev/null
