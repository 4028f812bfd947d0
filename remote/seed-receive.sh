# seed-receive.sh: on the peer, at the other end of the throw-away key: imports a dump while it comes. The step seed-admit has put it there.
# in:    those of seed-admit.sh; stdin: `expects N`, N lines of an inventory that the dump may bring, the dump with its inventory
# out:   received receipt=ID
# codes: MM_SEED_NODE_NOT_EMPTY MM_SEED_NODE_IN_USE MM_SEED_LOAD MM_SEED_CLONE
# parts: lib/overwrite.sh (may this node be overwritten?) lib/cut-clone.sh (what a clone has left) lib/import.sh (a dump goes in)

main() {
    exec 6<&0 </dev/null
    # the other end says how far it is; and a run before this one may have a statement to end
    TELL_SECONDS="$TIMEOUT_SECONDS" LOCK_SECONDS=600
    require_server
    open_state
    require_other_server
    read_expected
    require_overwritable
    require_unused
    receive
}

read_expected() {
    local first line count
    IFS= read -r first <&6 || true
    count="${first#expects }"
    [[ "$first" =~ ^expects\ [0-9]+$ ]] || fail_torn
    while [ "$count" -gt 0 ] && IFS= read -r line <&6; do
        printf '%s\n' "$line"
        count=$((count - 1))
    done >"$SCRATCH/wanted"
}

receive() {
    local receipt
    forget received
    begin_overwriting
    begin_log_anew ''
    # MariaDB's goes on behind GTIDs that are not known yet: seed-load.sh begins its log anew once more
    if has_gtid_domains; then note_first_log; else note_place; fi
    import_dump 0 no_bytes
    read_inventory "$SCRATCH/dump-end" >"$SCRATCH/wanted" || fail_torn
    # nobody is let in by the origin's accounts before the proof
    close_after_seed
    receipt="$(random_hex 8)"
    remember received "$(printf 'receipt=%s\n' "$receipt" && cat "$SCRATCH/wanted")"
    printf 'received receipt=%s\n' "$receipt"
}
no_bytes() { echo 0; }

fail_torn() { fail MM_SEED_LOAD "the dump did not come whole to $NODE; it is begun again by the next up" "see why the other node has ended it, then run up again"; }

{ main "$@"; }
