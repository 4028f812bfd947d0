# seed-admit.sh: on the peer, lets the throw-away key in, to deliver the backup file and for nothing else.
# in:    NODE PORT SOCKET LOGIN_USER LOGIN_PASSWORD SEED OFFER SSH_USER BACKUP_FILE SOURCE_UUID
# out:   admit yes | admit no

main() {
    open_state
    # the home of the SSH user, not of root, to whom sudo may have taken us
    KEYS="$(keys_of_ssh_user)"
    case "$1" in
        up)
            require_server
            admit
            ;;
        down) withdraw_admission "$KEYS" ;;
    esac
}

admit() {
    local key as_root='' limits='no-pty,no-port-forwarding,no-X11-forwarding,no-agent-forwarding'
    withdraw_admission "$KEYS"
    if [ "$SEED" != wanted ] || [ "$OFFER" = 'offer none' ] || is_seed_whole; then
        echo 'admit no'
        return
    fi
    claim_backup_file
    key="$(value_of key "$OFFER" | tr ',' ' ')"
    # what a copy that was killed has left would fill the disk
    rm -f "$(received_backup)".mm-??????
    receive_script >"$STATE/receive-backup"
    [ "$SSH_USER" = root ] || as_root='sudo -n '
    if [ -s "$KEYS" ] && [ -n "$(tail -c 1 "$KEYS")" ]; then echo >>"$KEYS"; fi
    printf 'command="%sbash %s/receive-backup",%s %s %s\n' "$as_root" "$STATE" "$limits" "$key" "$SEED_MARK" >>"$KEYS"
    echo 'admit yes'
}

# The file appears whole or not at all, readable by root only; what comes out is its size in bytes.
receive_script() {
    # the inner shell expands these
    # shellcheck disable=SC2016
    printf 'set -e\numask 077\nfile=%q\nnew="$(mktemp "$file.mm-XXXXXX")"\ntrap '\''rm -f "$new"'\'' EXIT\ncat >"$new"\nmv -fT "$new" "$file"\nwc -c <"$file"\n' "$(received_backup)"
}

{ main "$@"; } </dev/null
