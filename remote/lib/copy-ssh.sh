# copy-ssh.sh: the way from the origin to the peer, by the throw-away key that the peer admits for one command.

# find_copy_way: it is in COPY_SSH then, which takes what is to be sent on stdin, as `receive`; its words are what the peer has to say.
find_copy_way() {
    local strict=yes
    [ -n "$COPY_HOST_KEY" ] || strict=no
    printf 'mm-peer %s\n' "$COPY_HOST_KEY" >"$SCRATCH/known_hosts"
    COPY_SSH=(timeout "$TIMEOUT_SECONDS" ssh -F /dev/null -i "$STATE/copy-key" -p "$COPY_PORT" -o BatchMode=yes -o IdentitiesOnly=yes
        -o IdentityAgent=none -o StrictHostKeyChecking="$strict" -o UserKnownHostsFile="$SCRATCH/known_hosts" -o GlobalKnownHostsFile=/dev/null
        -o HostKeyAlias=mm-peer -o ConnectTimeout=20 -o ServerAliveInterval=15 -o ServerAliveCountMax=8 -o LogLevel=ERROR
        "$COPY_USER@$COPY_HOST" receive)
}
