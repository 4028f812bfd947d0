# cloned.sh: the peer has cloned this node: what that needed here goes, and what the peer has got is compared with what is here.

# end_clone: the names of all that is here were noted before it was cloned (ADMIT has what was offered then), those that the peer has got after. They
# are those of before, or those of now; where DDL came before the clone as well as after it they are neither, and prove nothing.
end_clone() {
    local before now theirs
    close_donor
    before="$(value_of offered "$ADMIT")" now="$(read_names_digest)" theirs="$(value_of names "$ADMIT")"
    if [ "$theirs" = "$now" ] || [ "$theirs" = "$before" ]; then
        :
    elif [ "$before" != "$now" ]; then
        warn MM_SEED_UNPROVEN "definitions changed on $NODE since the clone was offered: the names of the schemas, tables, routines and accounts that the peer has got could not be compared with those here"
    else
        fail MM_SEED_INCOMPLETE "the clone of $NODE does not hold the schemas, tables, routines and accounts that $NODE holds" \
            "pulumi config set mysql-master-master:converge with a new text, then run up again: it is cloned anew; if that ends here again, set seed.method to dump, and report it with this message"
    fi
    printf 'dump %s\n' "${ADMIT#admit }"
}
