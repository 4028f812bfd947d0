# seed.sh: what the steps of a seed share.

SEED_MARK='mysql-master-master-seed'

# withdraw_admission KEYS: takes the throw-away key's line out of an authorized_keys file; other lines stay as they are.
withdraw_admission() {
    rm -f "$STATE/receive-backup"
    grep -q " $SEED_MARK\$" "$1" 2>/dev/null || return 0
    grep -v " $SEED_MARK\$" "$1" >"$SCRATCH/keys" || true
    # written into the file itself, so that owner, mode and label stay
    cat "$SCRATCH/keys" >"$1"
}

# read_seed_state SOURCE_UUID: what the marker says of this very server: done (seeded from that source), parted (by destroy),
# unfinished, or nothing. A marker of another data directory, or of another source, counts for nothing.
read_seed_state() {
    local seed state
    seed="$(recall seed)"
    state="$(value_of state "$seed")"
    [ "$(value_of own "$seed")" = "$(read_server_uuid)" ] || return 0
    [ "$(value_of source "$seed")" = "$1" ] || return 0
    printf '%s' "$state"
}

digest_of() { printf '%s/%s' "$(read_server_uuid)" "$1" | sha256sum | cut -c 1-32; }

# remember_before_fence: what read_only and the events were before this program first touched them, for destroy to bring back.
remember_before_fence() {
    local super=0
    [ -z "$(recall before-fence)" ] || return 0
    if has_super_read_only; then super="$(read_variable super_read_only)"; fi
    remember before-fence "read_only=$(read_variable read_only) super_read_only=$super event_scheduler=$(read_variable event_scheduler)"
}

# set_events ON|OFF: a scheduler that is DISABLED at start cannot be set, and runs nothing.
set_events() { [ "$(read_variable event_scheduler)" = DISABLED ] || sql "SET GLOBAL event_scheduler = $1"; }
