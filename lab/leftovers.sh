# shellcheck shell=bash
# leftovers.sh: what the hosts of this subnet have in the kernel (processes, mounts, namespaces, links), and taking it
# away. Sourced. Found by the names that lab_id gives, so it works when the run that made it was killed, and when the
# lab's folder was deleted under it.

LAB_ID="$(lab_id)"
RUN_DIR="/run/mysql-master-master/$LAB_ID"

kernel_name() { printf '%s-%s\n' "$LAB_ID" "$1"; } # HOST

cgroup_root() { findmnt -rn -t cgroup2 -o TARGET | head -n 1; }

require_cgroups() {
    [ -n "$(cgroup_root)" ] || fail "this machine has no cgroup2 tree mounted, and a host's systemd needs one" \
        "mount it: mount -t cgroup2 cgroup2 /sys/fs/cgroup/unified"
}

# One cgroup a host: else all hosts share one tree, and the systemd in a host cannot stop what is not a unit's main
# process. It is also the proof that a process is this host's: nothing else is ever put there.
cgroup_dir() { # HOST
    printf '%s/%s\n' "$(cgroup_root)" "$(kernel_name "$1")"
}

read_processes() { # HOST
    local dir
    dir="$(cgroup_dir "$1")"
    [ ! -d "$dir" ] || find "$dir" -name cgroup.procs -exec cat {} + 2>/dev/null || true # it may vanish while we look
}

# The process that is the host's frame: systemd-nspawn itself, booted from this directory (any, when none is given).
read_nspawn() { # HOST [DIRECTORY]
    local pid
    for pid in $(read_processes "$1"); do
        if { tr '\0' '\n' <"/proc/$pid/cmdline"; } 2>/dev/null |
            awk -v name="--machine=$(kernel_name "$1")" -v tree="${2:-}" '
                NR == 1 && !/systemd-nspawn$/ { exit }
                $0 == name { named = 1 }
                tree == "" || $0 == "--directory=" tree { placed = 1 }
                END { exit !(named && placed) }'; then
            printf '%s\n' "$pid"
            return
        fi
    done
}

# The host's own init, a child of systemd-nspawn. It is another process after each boot.
read_init() { # HOST
    local frame
    frame="$(read_nspawn "$1")"
    [ -z "$frame" ] || pgrep -P "$frame" || true
}

read_leftover_hosts() {
    {
        find "$(cgroup_root)" -maxdepth 1 -name "$LAB_ID-?" -printf '%f\n'
        [ ! -d /run/netns ] || find /run/netns -maxdepth 1 -name "$LAB_ID-?" -printf '%f\n'
        findmnt -rn -t overlay -o SOURCE || true
    } | sed -n "s/^$LAB_ID-\([a-z]\)$/\1/p" | sort -u
}

# Takes away all that a host has outside its folder. There is nothing to be gentle about: this is a power cut, and
# killing systemd-nspawn alone would leave the host's systemd and server running.
clear_host() { # HOST
    local host="$1" name mount
    name="$(kernel_name "$host")"
    kill_processes "$host"
    while read -r mount; do
        umount "$mount" 2>/dev/null || umount -l "$mount"
    done < <(findmnt -rn -t overlay -S "$name" -o TARGET | while IFS= read -r mount; do printf '%b\n' "${mount%//deleted}"; done)
    [ ! -e "/run/netns/$name" ] || ip netns delete "$name"
    # it may go by itself meanwhile, with the namespace that held its other end
    ! ip link show "$name" >/dev/null 2>&1 || ip link delete "$name" 2>/dev/null || ! ip link show "$name" >/dev/null 2>&1
}

# The cgroup goes only after the last process has: while a big mysqld gives its memory back, it is busy.
kill_processes() { # HOST
    local dir pids
    dir="$(cgroup_dir "$1")"
    for _ in $(seq 400); do
        [ -d "$dir" ] || return 0
        pids="$(read_processes "$1")"
        # shellcheck disable=SC2086 # one word a process
        [ -z "$pids" ] || kill -KILL $pids 2>/dev/null || true # some are gone by now
        find "$dir" -depth -type d -exec rmdir {} + 2>/dev/null || sleep 0.05
    done
    fail "host $1 still has processes 20 s after their kill: $(xargs <<<"$pids")" "look at them: ps -fp '$(xargs <<<"$pids")'"
}

# A lab of another folder may live on this subnet: it is not ours to touch. One whose folder is gone, or of which no
# process is left, is a leftover.
read_foreign_lab() {
    local owner=''
    [ ! -f "$RUN_DIR/owner" ] || owner="$(<"$RUN_DIR/owner")"
    if [ -n "$owner" ] && [ "$owner" != "$MM_LAB_DIR" ] && [ -d "$owner" ] && is_any_host_alive; then
        printf '%s\n' "$owner"
    fi
}

is_any_host_alive() {
    local host
    for host in $(read_leftover_hosts); do
        [ -z "$(read_processes "$host")" ] || return 0
    done
    return 1
}

claim_subnet() {
    local owner other
    owner="$(read_foreign_lab)"
    [ -z "$owner" ] || fail "subnet $MM_LAB_SUBNET is in use by the lab in $owner" \
        "give this lab a subnet of its own: export MM_LAB_SUBNET=10.231.1" "or remove the other one: MM_LAB_DIR='$owner' make down"
    other="$(ip -o -4 addr show | awk -v start="$MM_LAB_SUBNET." -v bridge="$LAB_ID" 'index($4, start) == 1 && $2 != bridge { print $2; exit }')"
    [ -z "$other" ] || fail "subnet $MM_LAB_SUBNET is in use by this machine's interface $other" \
        "give the lab another subnet: export MM_LAB_SUBNET=10.231.1"
    if [ -f "$RUN_DIR/owner" ] && [ "$(<"$RUN_DIR/owner")" != "$MM_LAB_DIR" ]; then
        clear_all_hosts
    fi
    mkdir -p "$RUN_DIR"
    printf '%s\n' "$MM_LAB_DIR" >"$RUN_DIR/owner"
}

clear_all_hosts() {
    local host
    for host in $(read_leftover_hosts); do
        note "removing host $host"
        clear_host "$host"
    done
}
