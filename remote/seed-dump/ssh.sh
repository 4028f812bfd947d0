# ssh.sh: the way to the peer, with the throw-away key: what it admits that for decides what happens there.

# ssh_to_peer: stdin goes there, stdout comes from there. zstd's fastest level: one core packs as much as a fast network takes.
ssh_to_peer() {
    local strict=yes ciphers
    [ -n "$COPY_HOST_KEY" ] || strict=no
    printf 'mm-peer %s\n' "$COPY_HOST_KEY" >"$SCRATCH/known_hosts"
    if [ "$(value_of packed "$OFFER")" = yes ]; then exec < <(exec zstd -q -1 -c); fi
    ciphers="$(read_ciphers)"
    exec timeout "$TIMEOUT_SECONDS" ssh ${ciphers:+-o Ciphers="$ciphers"} -F /dev/null -i "$STATE/copy-key" -p "$COPY_PORT" -o BatchMode=yes -o IdentitiesOnly=yes \
        -o IdentityAgent=none -o StrictHostKeyChecking="$strict" -o UserKnownHostsFile="$SCRATCH/known_hosts" -o GlobalKnownHostsFile=/dev/null \
        -o HostKeyAlias=mm-peer -o ConnectTimeout=20 -o ServerAliveInterval=15 -o ServerAliveCountMax=8 -o LogLevel=ERROR \
        "$COPY_USER@$COPY_HOST" receive
}

# read_ciphers: those that ssh offers by itself, AES-GCM first, with which a core sends twice as much as with ssh's own first choice, ChaCha20;
# nothing where the processor knows no AES, or ssh does not tell.
read_ciphers() {
    grep -qw aes /proc/cpuinfo 2>/dev/null || return 0
    { ssh -F /dev/null -G mm-peer </dev/null 2>/dev/null || true; } | awk '$1 == "ciphers" {
        for (each = split($2, name, ","); each > 0; each--) if (name[each] ~ /-gcm@/) fast = name[each] "," fast; else rest = "," name[each] rest
        print (fast == "" ? substr(rest, 2) : substr(fast, 1, length(fast) - 1) rest)
    }'
}
