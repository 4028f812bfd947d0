# host.sh: what can be told of the host without its server.

tell_host() { # SSH_CONNECTION
    local tool name address
    tell root "$(id -u)"
    tell bash "${BASH_VERSINFO[0]}.${BASH_VERSINFO[1]}"
    for tool in awk sed grep cmp ssh ssh-keygen flock timeout sync mktemp getent df stat sha256sum base64 gzip; do
        command -v "$tool" >/dev/null || tell missing "$tool"
    done
    [ -n "$(find_program mysqldump mariadb-dump)" ] || tell missing mysqldump
    for name in seed link account owner dump backup; do
        tell mark "$name" "$(recall "$name")" "$(stat -c %Y "$STATE/$name" 2>/dev/null || true)"
    done
    tell now "$(date +%s)"
    for address in $(hostname -I 2>/dev/null || true); do
        tell address "$address"
    done
    for address in $(read_addresses "$HOST"); do
        tell self "$address"
    done
    tell reached "$(printf '%s' "$1" | cut -d ' ' -f 3)"
    tell_disk "${BACKUP_FILE%/*}/" backup
    tell_client mysql "$(find_program mysql mariadb)"
    tell_client mysqldump "$(find_program mysqldump mariadb-dump)"
    # not from this program
    if [ -e "$BACKUP_FILE" ] && [ "$(recall backup)" != "$BACKUP_FILE" ]; then tell backup-file "$BACKUP_FILE"; fi
    tell selinux "$(getenforce 2>/dev/null || true)"
}

# tell_client NAME PROGRAM: its release: after Distrib in clients up to 5.7, and in MariaDB's, where it is after from since 11.
tell_client() {
    [ -z "$2" ] || tell client "$1" "$({ "$2" --version 2>/dev/null || true; } |
        sed -n 's/.*Distrib \([^ ,]*\).*/\1/p; t; s/.* from \([0-9][^ ,]*\).*/\1/p; t; s/.* Ver \([^ ,]*\).*/\1/p' | head -n 1)"
}

# read_addresses NAME: what the name means here; nothing where it is unknown, which getent counts as its failure.
read_addresses() { { getent ahosts "$1" || true; } | awk '{ print $1 }' | sort -u; }

# tell_disk FOLDER NAME: its free bytes, and the number of its file system, by which two folders on one are known.
tell_disk() {
    if [ -d "$1" ]; then
        tell disk "$2" "$(df -Pk "$1" | awk 'NR == 2 { printf "%.0f", $4 * 1024 }')" "$(stat -c %d "$1")" "$1"
    else
        tell disk "$2" none none "$1"
    fi
}

# How the peer looks from here: what its name means, and whether its ports answer.
tell_network() {
    local address
    [ -n "$PEER_HOST" ] || return 0
    for address in $(read_addresses "$PEER_HOST"); do
        tell resolved "$address"
    done
    probe server "$PEER_HOST" "$PEER_PORT"
    [ -z "$COPY_HOST" ] || probe sshd "$COPY_HOST" "$COPY_PORT"
}

# probe NAME HOST PORT: connects, and tells the first words that come, which name a server's version. The server counts it as
# one connection that was given up.
probe() {
    local status=0 greeting
    # the inner shell expands these; one read, for a server that has greeted says nothing more
    # shellcheck disable=SC2016
    greeting="$(timeout 5 bash -c 'exec 3<>"/dev/tcp/$1/$2" || exit 1; timeout 2 dd bs=64 count=1 <&3 2>/dev/null | tr -c "[:print:]" "\n"; exit 0' \
        probe "$2" "$3" 2>"$SCRATCH/words")" || status=$?
    case "$status" in
        0) tell tcp "$1" open "$(printf '%s\n' "$greeting" | grep -E -m 1 '^([0-9]+\.[0-9]|SSH-)' || true)" ;;
        124) tell tcp "$1" closed 'no answer within 5 s' ;;
        *) tell tcp "$1" closed "$(tail -n 1 "$SCRATCH/words" | sed 's/^.*: //')" ;;
    esac
}
