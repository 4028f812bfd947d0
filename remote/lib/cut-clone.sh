# cut-clone.sh: what a clone that was cut leaves in the recipient's data directory. The server takes its files away itself, at once or when it starts
# again, but not the folders of the origin's schemas (seen on 9.7, whatever had cut it): no schema of such a name could be made there any more (3678).

# list_other_folders: folders directly in the data directory that the server itself may have made, and that are no schema's, sorted. A schema's folder has
# only these characters, all others of its name are written as @ and more; where it has such a one it counts here as well.
list_other_folders() {
    local data_folder
    data_folder="$(read_data_folder)"
    sql 'SELECT schema_name FROM information_schema.schemata' | sort >"$SCRATCH/schemas"
    find "$data_folder" -mindepth 1 -maxdepth 1 -type d -user "$(stat -c %u "$data_folder")" ! -name '*[!0-9A-Za-z_@]*' -printf '%f\n' | sort | comm -23 - "$SCRATCH/schemas"
}

# clear_cut_clone: where the marker says that a clone was begun here: those that were not there before, and are empty. Only where the server has no
# schemas of its own, so that each of them is no schema's.
clear_cut_clone() {
    local seed folder data_folder gone='' left=''
    seed="$(recall seed)"
    case "$seed" in 'state=unfinished '*' method=clone '*' folders='*) is_seed_own || return 0 ;; *) return 0 ;; esac
    data_folder="$(read_data_folder)"
    value_of folders "$seed" | tr ',' '\n' >"$SCRATCH/before"
    list_other_folders | comm -23 - "$SCRATCH/before" >"$SCRATCH/new"
    while IFS= read -r folder; do
        # it takes no folder that holds anything
        if rmdir "$data_folder/$folder" 2>/dev/null; then gone="$gone $folder"; else left="$left $data_folder/$folder"; fi
    done <"$SCRATCH/new"
    [ -z "$gone" ] || note "removed the empty folders that a clone that was cut has left in $data_folder:$gone"
    [ -n "$left" ] || return 0
    [ "$VERB" = up ] || { note "leaves what has come into the data directory since it was to be cloned:$left" && return; }
    fail MM_SEED_CLONE "on $NODE these folders are no schema's, have come since it was to be cloned, and are not empty:$left; they were not touched" \
        "stop the server of $NODE, move them out of its data directory, start it, then run up again"
}
