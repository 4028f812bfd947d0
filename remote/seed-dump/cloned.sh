# cloned.sh: the peer has cloned this node: what that needed here goes, and what the peer has got is compared with what is here.

# end_clone: the names of all that is here were noted before (OFFER), those that the peer has got after (ADMIT). Where no DDL came in between,
# they are the same.
end_clone() {
    local before now theirs
    close_donor
    before="$(value_of names "$OFFER")" now="$(read_names_digest)" theirs="$(value_of names "$ADMIT")"
    if [ "$before" != "$now" ]; then
        note "definitions changed on $NODE while it was cloned: what the peer has got is not compared with them"
    elif [ "$theirs" != "$now" ]; then
        fail MM_SEED_INCOMPLETE "the clone of $NODE does not hold the schemas, tables, routines and accounts that $NODE holds" \
            "pulumi config set mysql-master-master:converge with a new text, then run up again: it is cloned anew; if that ends here again, set seed.method to dump, and report it with this message"
    fi
    printf 'dump %s\n' "${ADMIT#admit }"
}
