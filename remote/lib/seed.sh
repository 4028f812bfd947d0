# seed.sh: what is noted of a seed.

# The seed's marker: KEY=VALUE words in the node's memory, of which these functions alone know the form.
#   state=unfinished   the seed is to begin on an empty node; source= own= (the uuids of the origin and of this very server);
#                      file= position= (where this server's own log stood): it has begun; method= where that is clone or mariabackup;
#                      folders= (of a clone: those in the data directory before it that are no schema's, cut-clone.sh)
#   state=imported     it is whole and proven; beside source= and own= the places from which each follows the other: source_log= (the id of
#                      the origin's log, own-log.sh) source_file= source_position= source_gtid= (the GTIDs that the backup holds, on
#                      MariaDB the last one of each domain; empty where GTIDs are off) file= position= (where this server's own log stands now)
#   state=done         and proven after a restart, or found to need no seed (then the places are those of that moment); used=yes: the link
#                      that began there is ended, and its place behind this server
#   state=parted       destroy has ended the pair; the data is here still; beside those applied= (the GTIDs that this server had then; empty
#                      where GTIDs are off)
# Beside it are notes of their own: seed-expects (what an unfinished import may have left here: lines as in an inventory), received (of an
# unfinished one that came by another method than dump, and whole: receipt= of it; of a stream its inventory below that; of a clone all that
# was told of it), seed-names (of a parted one: what was defined here).

# write_seed STATE [KEY=VALUE...]: of a seed from SOURCE_UUID into this server.
write_seed() {
    local state="$1"
    shift
    remember seed "state=$state source=$SOURCE_UUID own=$(ensure_server_uuid)${*:+ $*}"
}

# change_seed STATE [KEY=VALUE...]: what else is known of it stays.
change_seed() { change_note seed "$@"; }

# read_seed_state SOURCE_UUID: the state of this very server's seed from that origin, or nothing. A marker of another data
# directory, or of another origin, counts for nothing.
read_seed_state() {
    local seed
    seed="$(recall seed)"
    is_seed_own && [ "$(value_of source "$seed")" = "$1" ] || return 0
    value_of state "$seed"
}

# read_noted_seed_state: the state as it was noted, whatever server or origin it is about: for steps that ask no server.
read_noted_seed_state() { value_of state "$(recall seed)"; }

# is_seed_whole: whether the origin's data is here, so that no backup is needed any more.
is_seed_whole() { case "$(read_seed_state "$SOURCE_UUID")" in imported | 'done') ;; *) return 1 ;; esac }

# is_seed_own: whether the marker is about this server's data directory; one that has no uuid yet is younger than any marker.
is_seed_own() {
    local own
    own="$(read_server_uuid)"
    [ -n "$own" ] && [ "$(value_of own "$(recall seed)")" = "$own" ]
}

# read_seed_coordinates: source_file=... to position=..., as they were written; nothing before the import is whole.
read_seed_coordinates() { recall seed | sed -n 's/.* \(source_file=.*\)/\1/p'; }

# part_seed: at destroy the data stays, and is marked as no longer following anybody; with its definitions and its GTID set, for a
# later up to compare: logs that were reset since, on both servers, say nothing of what was written before.
part_seed() {
    change_seed parted "applied=$(read_gtid_set)"
    read_definitions | cut -f 1 | uniq >"$SCRATCH/names"
    remember seed-names "$(cat "$SCRATCH/names")"
}
