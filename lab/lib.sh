# shellcheck shell=bash
# lib.sh: what the lab's scripts share: words for the person, the lab's places and names, locks. Sourced, never run.
# in: MM_CACHE MM_LAB_DIR MM_LAB_SUBNET MM_LAB_SERVER, each with a default

CHECKOUT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)"
export HOME="${HOME:-/root}" # unset in some CI runners
MM_CACHE="$(realpath -m "${MM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/mysql-master-master}")"
MM_LAB_DIR="$(realpath -m "${MM_LAB_DIR:-$CHECKOUT/.lab}")"
MM_LAB_SUBNET="${MM_LAB_SUBNET:-10.231.0}"
disk_dir() { printf '%s/hosts/%s\n' "$MM_LAB_DIR" "$1"; }        # HOST
disk_kind() { cat "$(disk_dir "$1")/kind" 2>/dev/null || true; } # HOST
# a lab that is there keeps its kind of server
MM_LAB_SERVER="${MM_LAB_SERVER:-$(disk_kind a)}"
MM_LAB_SERVER="${MM_LAB_SERVER:-mysql-9.7}"
export MM_CACHE MM_LAB_DIR MM_LAB_SUBNET MM_LAB_SERVER

# All chatter goes to stderr: `make env` is read by a shell.
note() { printf 'lab: %s\n' "$*" >&2; }

fail() { # WHAT [NEXT...]
    printf 'error: %s\n' "$1" >&2
    shift
    [ $# -eq 0 ] || printf '  next: %s\n' "$@" >&2
    exit 1
}

# Runs a command while no other run of the lab holds the same lock. What stays alive afterwards must close fd 9,
# or it would hold the lock for its whole life.
with_lock() { # NAME COMMAND...
    local lock="$1"
    shift
    mkdir -p "$(dirname "$lock")"
    (
        flock -n 9 || note "waiting for another run of the lab ($lock)"
        flock -w 1800 9 || fail "another run of the lab holds $lock for half an hour" "look for it with: fuser $lock"
        "$@"
    ) 9>"$lock"
}

require_root() {
    [ "$(id -u)" -eq 0 ] || fail "the lab makes network namespaces and mounts, and this user is not root" "run it as root"
}

# Everything of a lab in the kernel is named after its subnet, so that a run finds what an earlier one left behind even
# when the lab's folder is gone. Hexadecimal, because an interface name holds 15 characters.
lab_id() {
    local IFS=. octet id=mm
    for octet in $MM_LAB_SUBNET; do
        id+="$(printf %02x "$octet")"
    done
    printf '%s\n' "$id"
}

require_subnet_sane() {
    [[ $MM_LAB_SUBNET =~ ^((25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])(\.|$)){3}$ && $MM_LAB_SUBNET != *. ]] ||
        fail "MM_LAB_SUBNET is '$MM_LAB_SUBNET', and has to be the first three numbers of an address" "MM_LAB_SUBNET=10.231.0"
}
