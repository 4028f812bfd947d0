# seed-offer.sh: on the origin, makes the throw-away key with which the backup will be copied; the peer admits it next.
# in:    NODE PORT SEED (wanted|done|rejoin) BACKUP_FILE KEEP_BACKUP
# out:   offer key=TYPE,BASE64 | offer none

main() {
    open_state
    case "$1" in
        up) offer ;;
        down) withdraw ;;
    esac
}

offer() {
    if [ "$SEED" != wanted ]; then
        rm -f "$STATE/copy-key" "$STATE/copy-key.pub"
        echo 'offer none'
        return
    fi
    if [ ! -e "$STATE/copy-key" ] || [ ! -e "$STATE/copy-key.pub" ]; then
        rm -f "$STATE/copy-key" "$STATE/copy-key.pub"
        ssh-keygen -q -t ed25519 -N '' -C mysql-master-master-seed -f "$STATE/copy-key"
    fi
    printf 'offer key=%s\n' "$(cut -d ' ' -f 1,2 "$STATE/copy-key.pub" | tr ' ' ',')"
}

# What an unfinished run has left here.
withdraw() {
    rm -f "$STATE/copy-key" "$STATE/copy-key.pub"
    forget dump
    # a file that is kept stays known as the program's own, so that a later seed may replace it
    if [ "$KEEP_BACKUP" != true ] && [ "$(recall dumping)" = "$BACKUP_FILE" ]; then
        rm -f "$BACKUP_FILE"
        forget dumping
    fi
}

{ main "$@"; } </dev/null
