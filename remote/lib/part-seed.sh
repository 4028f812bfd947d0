# part-seed.sh: how destroy leaves a seed's note. Apart from seed.sh, which nearly every script takes along: this takes inventory.sh with it.

# part_seed: at destroy the data stays, and is marked as no longer following anybody; with its definitions and its GTID set, for a
# later up to compare: logs that were reset since, on both servers, say nothing of what was written before.
part_seed() {
    change_seed parted "applied=$(read_gtid_set)"
    read_definitions | cut -f 1 | uniq >"$SCRATCH/names"
    remember seed-names "$(cat "$SCRATCH/names")"
}
