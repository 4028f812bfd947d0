# seed-admit.sh: on the peer, lets the throw-away key in, to deliver the backup file or the origin's files, or to feed the import, and for nothing else; or takes a clone.
# in:    NODE PORT SOCKET LOGIN_USER LOGIN_PASSWORD SEED OFFER SSH_USER BACKUP_FILE SOURCE_UUID CONVERGE
#        SOURCE_LOG (the id of the origin's log)
#        RECEIVER (the text of seed-receive.sh with its parameters, which are among these)
#        OPTION_FILE SERVICE START_TIMEOUT_SECONDS TIMEOUT_SECONDS ACCOUNT ACCOUNT_HOST ACCOUNT_PASSWORD PEER_HOST PEER_PORT
#        TLS_REQUIRE TLS_CA TLS_VERIFY_HOST
# out:   admit method=dump|stream|mariabackup | admit method=clone file=FILE position=BYTES gtid=SET bytes=N offered=DIGEST names=DIGEST receipt=ID | admit no
# codes: MM_SEED_NODE_NOT_EMPTY MM_SEED_NODE_IN_USE MM_SEED_CLONE MM_SEED_LOGIN_LOST MM_SEED_PREPARED MM_SEED_ENGINE MM_SEED_LOAD MM_SEED_DISK
#        MM_SEED_NO_START MM_SEED_OTHER_DATA
# parts: seed-admit/clone.sh (takes a clone) lib/donor.sh (what that needs; one that was cut) seed-admit/receive-files.sh (takes files) lib/overwrite.sh (may this node be overwritten?)
#        lib/swap.sh (a swap that was cut)

main() {
    open_state
    # the home of the SSH user, not of root, to whom sudo may have taken us
    KEYS="$(keys_of_ssh_user)"
    case "$1" in
        up)
            finish_cut_swap
            require_server
            admit
            ;;
        down)
            withdraw_admission "$KEYS"
            finish_cut_swap
            if [ -n "$(recall donor)" ]; then
                require_server
                close_donor
            fi
            ;;
    esac
}

admit() {
    local method
    withdraw_admission "$KEYS"
    if [ "$SEED" != wanted ] || [ "$OFFER" = 'offer none' ] || is_seed_whole; then
        echo 'admit no'
        return
    fi
    # also where another method is taken now: it would replace what that brings
    end_running_clone
    method="$(value_of method "$OFFER")"
    [ "$method" = mariabackup ] || drop_received_files
    case "$method" in
        clone)
            clone_origin
            return
            ;;
        mariabackup)
            : >"$SCRATCH/wanted"
            require_other_server
            require_overwritable
            require_files_room "$(value_of bytes "$OFFER")"
            { tell_unpacking && receive_files_script "$(read_data_folder)"; } >"$STATE/receive-backup"
            ;;
        # its arguments are in it: the SSH user may run this file as root without any
        stream) { tell_unpacking && printf 'set -- up %q\n%s\n' "$CALLER" "$RECEIVER"; } >"$STATE/receive-backup" ;;
        *)
            claim_backup_file
            # what a copy that was killed has left would fill the disk
            rm -f "$(received_backup)".mm-??????
            { tell_unpacking && receive_script; } >"$STATE/receive-backup"
            ;;
    esac
    # of a clone that was tried before
    close_donor
    admit_key
    printf 'admit method=%s\n' "$method"
}

# tell_unpacking: the receiver's first line. What comes cut looks whole to it: the receiver's own look at the end tells.
tell_unpacking() { [ "$(value_of packed "$OFFER")" != yes ] || printf 'exec < <(exec %q -dqc)\n' "$(command -v zstd)"; }

admit_key() {
    local key as_root='' limits='no-pty,no-port-forwarding,no-X11-forwarding,no-agent-forwarding'
    key="$(value_of key "$OFFER" | tr ',' ' ')"
    [ "$SSH_USER" = root ] || as_root='sudo -n '
    if [ -s "$KEYS" ] && [ -n "$(tail -c 1 "$KEYS")" ]; then echo >>"$KEYS"; fi
    printf 'command="%sbash %s/receive-backup",%s %s %s\n' "$as_root" "$STATE" "$limits" "$key" "$SEED_MARK" >>"$KEYS"
}

# The file appears whole or not at all, readable by root only; what comes out is its size in bytes.
receive_script() {
    # the inner shell expands these
    # shellcheck disable=SC2016
    printf 'set -e\numask 077\nfile=%q\nnew="$(mktemp "$file.mm-XXXXXX")"\ntrap '\''rm -f "$new"'\'' EXIT\ncat >"$new"\nmv -fT "$new" "$file"\nwc -c <"$file"\n' "$(received_backup)"
}

{ main "$@"; } </dev/null
