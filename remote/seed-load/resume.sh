# resume.sh: a node that holds what an earlier pair left: whether it goes on from there, and needs no seed.

# Seeded by an earlier up, parted by destroy: with GTIDs it can be proven that this node only lags behind, and needs no seed.
resume_parted() {
    local errant purged theirs changed parted gone known
    local next="empty $NODE (or name a fresh host), remove /var/lib/mysql-master-master/$PORT there, set converge to a new text, then run up again"
    require_peer "$PEER_HOST" "$PEER_PORT" 20
    if ! have_both_gtids; then
        fail MM_SEED_NOT_PROVEN "$NODE holds what an earlier pair left, and without GTIDs nothing proves that it only lags behind. Nothing was changed" \
            "$next"
    fi
    parted="$(value_of applied "$(recall seed)")"
    known="$(value_of source_log "$(recall seed)")"
    [ -z "$known" ] || [ "$known" = "$SOURCE_LOG" ] || fail MM_SEED_NOT_PROVEN "$NODE holds what an earlier pair left, and the binary log of $PEER_HOST was begun anew since (RESET, or a restored copy): its GTIDs come again, and prove nothing. Nothing was changed" \
        "$next"
    gone="$(sql "SELECT GTID_SUBTRACT($(quote_sql "$parted"), @@global.gtid_executed)" | plain_gtid_set)"
    [ -n "$gone" ] || gone="$(peer_read "GTID_SUBTRACT($(quote_sql "$parted"), @@global.gtid_executed)" | plain_gtid_set)"
    if [ -z "$parted" ] || [ -n "$gone" ]; then
        fail MM_SEED_NOT_PROVEN "$NODE holds what an earlier pair left, and nothing proves that it only lags behind: of what it had applied when the two parted (${parted:-not noted}), the logs of the two no longer know all (${gone:-none}). Nothing was changed" \
            "if the logs were reset, what was written before cannot be told: $next"
    fi
    errant="$(peer_read "GTID_SUBTRACT($(quote_sql "$(read_gtid_set)"), @@global.gtid_executed)")"
    purged="$(peer_read "GTID_SUBTRACT(@@global.gtid_purged, $(quote_sql "$(read_gtid_set)"))")"
    [ -z "$errant$purged" ] || fail MM_SEED_NOT_PROVEN "$NODE holds what an earlier pair left: transactions that its peer lacks (${errant:-none}), and purged ones that it missed (${purged:-none}). Nothing was changed" \
        "$next"
    changed="$(read_changed_names)"
    [ -z "$changed" ] || fail MM_SEED_NOT_PROVEN "$NODE holds what an earlier pair left, but not all of it or more, and its log does not say so ($changed). Nothing was changed" \
        "$next"
    note "was seeded before and has nothing that its peer lacks: it needs no seed"
    close_for_seed
    # the origin's log drops and makes the account again: it must be there to be dropped
    if ! has_account; then { echo 'SET SESSION sql_log_bin = 0' && sql_create_account; } | run_statements; fi
    close_after_seed
    theirs="$(read_peer_coordinates)"
    remember_seed 'done' "${theirs% *}" "${theirs#* }" "$(read_gtid_set)"
    forget seed-names
}

# read_changed_names: what was made or dropped here since destroy.
read_changed_names() {
    [ -e "$STATE/seed-names" ] || return 0
    read_definitions | cut -f 1 | uniq >"$SCRATCH/names"
    recall seed-names | sed '/^$/d' >"$SCRATCH/names-before"
    list_differences "$SCRATCH/names-before" "$SCRATCH/names"
}
