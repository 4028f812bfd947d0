# ssh.sh: the way to the peer, with the throw-away key: what it admits that for decides what happens there.

# ssh_to_peer: stdin goes there, stdout comes from there. zstd's fastest level: one core packs as much as a fast network takes.
ssh_to_peer() {
    local strict=yes
    [ -n "$COPY_HOST_KEY" ] || strict=no
    printf 'mm-peer %s\n' "$COPY_HOST_KEY" >"$SCRATCH/known_hosts"
    if [ "$(value_of packed "$OFFER")" = yes ]; then exec < <(exec zstd -q -1 -c); fi
    exec timeout "$TIMEOUT_SECONDS" ssh -F /dev/null -i "$STATE/copy-key" -p "$COPY_PORT" -o BatchMode=yes -o IdentitiesOnly=yes \
        -o IdentityAgent=none -o StrictHostKeyChecking="$strict" -o UserKnownHostsFile="$SCRATCH/known_hosts" -o GlobalKnownHostsFile=/dev/null \
        -o HostKeyAlias=mm-peer -o ConnectTimeout=20 -o ServerAliveInterval=15 -o ServerAliveCountMax=8 -o LogLevel=ERROR \
        "$COPY_USER@$COPY_HOST" receive
}
