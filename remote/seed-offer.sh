# seed-offer.sh: on the origin, chooses by which method the data goes to the peer, and makes what the peer needs for it: a throw-away key that it
# admits next, or a donor to clone from.
# in:    NODE PORT SOCKET LOGIN_USER LOGIN_PASSWORD SEED (wanted|done|parted) PEER_UUID BACKUP_FILE KEEP_BACKUP
#        COMPRESS (true: on its way, where both hosts can)
#        METHOD (auto|dump|stream|clone|mariabackup) PEER_FACTS (the peer's line, of seed-look.sh) LOCK_ALL_TABLES TLS_REQUIRE TLS_VERIFY_HOST
#        ACCOUNT ACCOUNT_HOST OWN_HOST PEER_HOST (each as the other node reaches it)
# out:   offer method=METHOD key=TYPE,BASE64 | offer method=mariabackup key=TYPE,BASE64 bytes=N | offer method=clone plugin=ours|theirs names=DIGEST | offer none
#        and packed=yes behind it, where what travels is compressed
# codes: MM_LINK_BEHIND MM_LINK_FOREIGN_SOURCE MM_ROLE_CLOSED MM_SEED_METHOD MM_SEED_SLOWER MM_SEED_CLONE
# parts: seed-offer/method.sh (by which method?) lib/donor.sh (what a clone needs)

main() {
    require_server
    open_state
    case "$1" in
        up) offer ;;
        down) withdraw ;;
    esac
}

offer() {
    local linked
    linked="$(value_of uuid "$(recall link)")"
    # a link to that very peer says that it was seeded; then `wanted` is an old answer
    if [ "$SEED" != wanted ] || [ "$linked" = "$PEER_UUID" ]; then
        withdraw_offer
        echo 'offer none'
        return
    fi
    if [ -n "$linked" ]; then part_from_old_peer; fi
    choose_method
    choose_packing
    if [ "$CHOSEN" = clone ]; then
        withdraw_key
        printf 'offer method=clone plugin=%s names=%s%s\n' "$(value_of plugin "$(recall donor)")" "$(read_names_digest)" "$PACKED"
    else
        close_donor
        offer_key
    fi
}

offer_key() {
    if [ ! -e "$STATE/copy-key" ] || [ ! -e "$STATE/copy-key.pub" ]; then
        withdraw_key
        ssh-keygen -q -t ed25519 -N '' -C mysql-master-master-seed -f "$STATE/copy-key"
    fi
    printf 'offer method=%s key=%s%s%s\n' "$CHOSEN" "$(cut -d ' ' -f 1,2 "$STATE/copy-key.pub" | tr ' ' ',')" \
        "$([ "$CHOSEN" != mariabackup ] || printf ' bytes=%s' "$(read_files_bytes)")" "$PACKED"
}

# A new peer is seeded in the old one's place: its log is another one, so the channel to the old one goes, gate and new
# coordinates come. What the old one had sent is applied before: nobody else has it any more.
part_from_old_peer() {
    local followed known
    look_at_replication
    followed="$(read_followed)" known="$(value_of source "$(recall link)")"
    if [ -n "$followed" ]; then
        [ "$followed" = "$known" ] ||
            fail MM_LINK_FOREIGN_SOURCE "$NODE follows $followed, not its old peer $known, and a new peer is to be seeded from it. Nothing was changed" \
                "if that link is no longer wanted, detach it by hand (STOP $(sql_replica); $(sql_forget_source)), then run up again"
        # what it has not even received is there alone
        ! is_read_only ||
            fail MM_ROLE_CLOSED "$NODE is closed, so its old peer takes the writes, and a new peer is to be seeded from $NODE. Nothing was changed" \
                "set active to $NODE's label first, and run up with the old peer; or, where that host is lost, set gone to it and active to $NODE's label, and run up; then give the new one"
        [ "$(replica_field Replica_IO_Running)" = Yes ] || warn MM_LINK_BEHIND "its receiver does not run: what $followed has written since is there alone"
        wait_until 60 has_applied_all_received ||
            fail MM_LINK_BEHIND "$NODE has received more from its old peer than it has applied, and a new peer is to be seeded from it. Nothing was changed" \
                "see SHOW $(sql_replica) STATUS on $NODE; let it apply the rest (START $(sql_replica) SQL_THREAD), then run up again"
        sql "STOP $(sql_replica)" "$(sql_forget_source)"
        note "no longer follows its old peer"
    fi
    # taken from the account for the old peer's sake, when this node was opened while that was gone (fence-node.sh)
    if is_parted && has_account && ! has_grants; then with_write_access grant_account; fi
    forget link
}

withdraw_offer() {
    withdraw_key
    close_donor
}

# What an unfinished run has left here.
withdraw() {
    withdraw_offer
    forget dump
    drop_unwanted_backup
}

{ main "$@"; } </dev/null
