#!/usr/bin/env bash
# hosts.sh: real hosts on this machine, each with a systemd, an sshd, a MySQL server and an address of its own.
# in:  MM_LAB_DIR (the lab's folder, default .lab), MM_LAB_SUBNET (10.231.0), MM_LAB_SERVER (host a's, else mysql-9.7)
# out: $MM_LAB_DIR/ssh/id_ed25519 opens root@ and deploy@ (sudo) on every host; $MM_LAB_DIR/ssh/known_hosts knows them
# shellcheck source-path=SCRIPTDIR
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. "$(dirname "${BASH_SOURCE[0]}")/bases.sh"
. "$(dirname "${BASH_SOURCE[0]}")/old-mysql.sh"
. "$(dirname "${BASH_SOURCE[0]}")/leftovers.sh"
. "$(dirname "${BASH_SOURCE[0]}")/disks.sh"
. "$(dirname "${BASH_SOURCE[0]}")/network.sh"

usage() {
    cat >&2 <<'TEXT'
hosts.sh up HOST...         boot them; a host that runs is left as it is, one that was killed starts with its data
hosts.sh reset HOST...      boot them as new ones, all their data gone
hosts.sh reboot HOST...     restart them, orderly
hosts.sh kill HOST...       cut their power; up HOST... boots them with their data
hosts.sh down [HOST...]     remove them at once (all of the lab when none is named)
hosts.sh cut HOST...        take them off the network; mend HOST... puts them back
hosts.sh shut HOST PORT     a firewall that swallows what a host's TCP port answers to others; open HOST PORT takes it away
hosts.sh base               make what they are booted from, and no host
hosts.sh ssh HOST [CMD...]  root's shell on a host, or one command
hosts.sh status             what there is
HOST is a letter: a is a.example.com at MM_LAB_SUBNET.11, b is .12, and so on
TEXT
    exit 2
}

main() {
    local action="${1:-}" host
    [ $# -gt 0 ] || usage
    shift
    require_subnet_sane
    case "$action" in
        up | reset | reboot | kill | cut | mend | ssh) [ $# -gt 0 ] || usage ;;
        shut | open) [[ $# -eq 2 && $2 =~ ^[1-9][0-9]{0,4}$ ]] || usage ;;
    esac
    for host in "$@"; do
        [[ $host =~ ^[a-z]$ ]] || fail "'$host' is no host of the lab" "name it by one letter: a, b, c"
        case "$action" in ssh | shut | open) break ;; esac # the rest is a command, or a port
    done
    case "$action" in
        up | reset | reboot | kill | down | cut | mend | shut | open)
            require_root
            require_cgroups
            require_kind "$MM_LAB_SERVER"
            with_lock "$RUN_DIR.lock" "${action}_hosts" "$@"
            ;;
        base)
            require_root
            ensure_base "$MM_LAB_SERVER"
            ;;
        ssh) enter_host "$@" ;;
        status) print_status ;;
        *) usage ;;
    esac
}

up_hosts() { # HOST...
    claim_subnet
    ensure_base "$MM_LAB_SERVER"
    ensure_key
    ensure_bridge
    in_parallel up_host "$@"
    write_known_hosts
}

reset_hosts() { # HOST...
    claim_subnet
    in_parallel remove_host "$@"
    up_hosts "$@"
}

reboot_hosts() { # HOST...
    claim_subnet
    in_parallel reboot_host "$@"
}

kill_hosts() { # HOST...
    claim_subnet
    in_parallel kill_processes "$@"
}

down_hosts() { # [HOST...]
    local owner
    owner="$(read_foreign_lab)"
    if [ -n "$owner" ]; then
        note "leaving the hosts on $MM_LAB_SUBNET alone: they belong to the lab in $owner"
        return 0
    fi
    if [ $# -gt 0 ]; then
        in_parallel remove_host "$@"
        write_known_hosts
        return 0
    fi
    clear_all_hosts
    ! ip link show "$LAB_ID" >/dev/null 2>&1 || ip link delete "$LAB_ID"
    rm -rf --one-file-system "$MM_LAB_DIR/hosts" "$MM_LAB_DIR/ssh" "$RUN_DIR"
    [ ! -d "$MM_LAB_DIR" ] || rmdir --ignore-fail-on-non-empty "$MM_LAB_DIR"
}

# Each in a process of its own; all are waited for, so that a failure leaves nobody running unseen.
in_parallel() { # FUNCTION HOST...
    local action="$1" host pid failed=0 pids=()
    shift
    for host in "$@"; do
        "$action" "$host" &
        pids+=("$!")
    done
    for pid in "${pids[@]}"; do
        wait "$pid" || failed=1
    done
    [ "$failed" -eq 0 ] || exit 1
}

up_host() { # HOST
    local host="$1" started=$SECONDS
    require_same_kind "$host"
    if is_disk_whole "$host" && [ -n "$(read_nspawn "$host" "$(disk_dir "$host")/root")" ]; then
        wait_until_ready "$host"
        return 0
    fi
    clear_host "$host"
    is_disk_whole "$host" || make_disk "$host"
    mount_disk "$host"
    connect_host "$host"
    boot_host "$host"
    wait_until_ready "$host"
    note "$host.example.com ($(address_of "$host")) runs $(disk_kind "$host") after $((SECONDS - started)) s"
}

remove_host() { # HOST
    clear_host "$1"
    rm -rf --one-file-system "$(disk_dir "$1")"
}

reboot_host() { # HOST
    local host="$1" before
    before="$(read_init "$host")"
    [ -n "$before" ] || fail "host $host does not run" "boot it: lab/hosts.sh up $host"
    ssh_root "$host" systemctl reboot || true # the connection may be cut before the answer
    for _ in $(seq 300); do
        sleep 0.1
        [ "$(read_init "$host")" != "$before" ] || continue
        wait_until_ready "$host"
        return 0
    done
    fail "host $host was told to reboot and has not after 30 s" "look at $(disk_dir "$host")/console"
}

boot_host() { # HOST
    local name dir cgroup
    name="$(kernel_name "$1")"
    dir="$(disk_dir "$1")"
    cgroup="$(cgroup_dir "$1")"
    mkdir -p "$cgroup"
    (
        printf '%s\n' "$BASHPID" >"$cgroup/cgroup.procs"
        # 133 is systemd-nspawn's way to say that the host asked for a reboot.
        # shellcheck disable=SC2016 # expanded by the inner shell
        SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 exec setsid bash -c 'while "$@"; [ $? -eq 133 ]; do :; done' "$name" \
            systemd-nspawn --quiet --boot --directory="$dir/root" \
            --bind="$dir/mysql:/var/lib/mysql" --machine="$name" --network-namespace-path="/run/netns/$name" \
            --register=no --keep-unit --console=pipe --settings=no --resolv-conf=off --timezone=off --link-journal=no
    ) </dev/null >"$dir/console" 2>&1 9>&- & # fd 9 is this run's lock: the host outlives the run
}

wait_until_ready() { # HOST
    local host="$1"
    for _ in $(seq 200); do
        # The loop on the host's side spares a connection for each look.
        # shellcheck disable=SC2016 # expanded by the host's shell
        if ssh_root "$host" 'for i in $(seq 600); do mysql -e "SELECT 1" && exit; sleep 0.1; done; exit 9' >/dev/null 2>&1; then
            return 0
        elif [ $? -eq 9 ]; then
            fail "host $host answers and its MySQL does not after 60 s" "lab/hosts.sh ssh $host journalctl -u mysql" "as a new host: lab/hosts.sh reset $host"
        fi
        sleep 0.1
    done
    fail "host $host has no sshd that answers after 20 s" "look at $(disk_dir "$host")/console" "as a new host: lab/hosts.sh reset $host"
}

ssh_root() { # HOST [CMD...]
    local host="$1"
    shift
    ssh -F /dev/null -q -i "$MM_LAB_DIR/ssh/id_ed25519" -o IdentitiesOnly=yes -o BatchMode=yes -o ConnectTimeout=5 \
        -o UserKnownHostsFile="$(disk_dir "$host")/known_host" -o StrictHostKeyChecking=yes "root@$(address_of "$host")" "$@"
}

enter_host() { # HOST [CMD...]
    [ -d "$(disk_dir "$1")" ] || fail "there is no host $1 in $MM_LAB_DIR" "boot it: lab/hosts.sh up $1"
    ssh_root "$@"
}

print_status() {
    local dir host state
    for dir in "$MM_LAB_DIR"/hosts/?; do
        [ -d "$dir" ] || continue
        host="${dir##*/}"
        state=down
        [ -z "$(read_nspawn "$host" "$dir/root")" ] || state=up
        printf '%s  %-14s  %-14s  %-12s  %s\n' "$host" "$host.example.com" "$(address_of "$host")" "$(disk_kind "$host")" "$state"
    done
}

main "$@"
