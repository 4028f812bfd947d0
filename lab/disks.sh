# shellcheck shell=bash
# disks.sh: a host's folder: an overlay on the base, its data directory, its keys. Sourced.
# $MM_LAB_DIR/hosts/HOST holds: upper and work (the overlay), root (where it is mounted), mysql (the data directory),
# known_host, console (what the boot said), kind (of server; written last, so that a disk with it is whole). disk_dir and disk_kind are in lib.sh.

is_disk_whole() { [ -f "$(disk_dir "$1")/kind" ]; } # HOST

require_same_kind() { # HOST
    local kind
    kind="$(disk_kind "$1")"
    [ -z "$kind" ] || [ "$kind" = "$MM_LAB_SERVER" ] ||
        fail "host $1 has $kind, and MM_LAB_SERVER asks for $MM_LAB_SERVER" "make it anew: lab/hosts.sh reset $1"
}

ensure_key() {
    (umask 077 && mkdir -p "$MM_LAB_DIR/ssh")
    [ -f "$MM_LAB_DIR/ssh/id_ed25519.pub" ] && return # written last by ssh-keygen
    rm -f "$MM_LAB_DIR/ssh/id_ed25519"
    ssh-keygen -q -t ed25519 -N '' -C lab -f "$MM_LAB_DIR/ssh/id_ed25519"
}

# Rewritten as a whole: a host that was made anew has a new key, and no line of an old one may stay.
write_known_hosts() {
    local file="$MM_LAB_DIR/ssh/known_hosts"
    [ -d "$MM_LAB_DIR/ssh" ] || return 0
    (umask 077 && find "$MM_LAB_DIR/hosts" -mindepth 2 -maxdepth 2 -name known_host -exec cat {} + | sort >"$file.tmp")
    mv "$file.tmp" "$file"
}

make_disk() { # HOST
    local host="$1" dir base
    dir="$(disk_dir "$host")"
    base="$(base_dir "$MM_LAB_SERVER")"
    rm -rf --one-file-system "$dir"
    mkdir -p "$dir"/{upper,work,root}
    # A plain directory: on an overlay the clone plugin crashes the server (EXDEV).
    cp -a "$base/var/lib/mysql" "$dir/mysql"
    rm -f "$dir/mysql/auto.cnf" # else both hosts have one server_uuid
    mount_disk "$host"
    write_identity "$host" "$dir/root"
    write_access "$dir/root"
    [ ! -d "$dir/root/usr/local/mysql/bin" ] || write_old_mysql_service "$dir/root" "$MM_LAB_SERVER"
    umount "$dir/root"
    printf '%s,%s.example.com %s\n' "$(address_of "$host")" "$host" \
        "$(cut -d ' ' -f 1,2 "$dir/upper/etc/ssh/ssh_host_ed25519_key.pub")" >"$dir/known_host"
    printf '%s\n' "$MM_LAB_SERVER" >"$dir/kind"
}

# The source's name is how a later run finds the mount, whatever became of the folder.
mount_disk() { # HOST
    local dir
    dir="$(disk_dir "$1")"
    mount -t overlay "$(kernel_name "$1")" \
        -o "lowerdir=$(base_dir "$(disk_kind "$1" | grep . || printf '%s' "$MM_LAB_SERVER")"),upperdir=$dir/upper,workdir=$dir/work" "$dir/root"
}

# What makes a host itself: its name, the others' names, an empty machine id (systemd draws a new one), ssh host keys.
write_identity() { # HOST ROOT
    local host="$1" root="$2" letter
    printf '%s\n' "$host" >"$root/etc/hostname"
    {
        printf '127.0.0.1 localhost\n%s.1 lab\n' "$MM_LAB_SUBNET" # 5.5 refuses clients whose address has no name
        for letter in {a..z}; do
            printf '%s %s.example.com %s\n' "$(address_of "$letter")" "$letter" "$letter"
        done
    } >"$root/etc/hosts"
    : >"$root/etc/machine-id"
    rm -f "$root/var/lib/dbus/machine-id" "$root"/etc/ssh/ssh_host_*
    ssh-keygen -q -t ed25519 -N '' -C '' -f "$root/etc/ssh/ssh_host_ed25519_key"
}

# root and deploy log in with the lab's key; deploy may say sudo for what README.md lists, and for nothing else.
write_access() { # ROOT
    local root="$1" home
    chroot "$root" useradd --create-home --shell /bin/bash deploy
    sed -n 's/^   \(deploy ALL=(root).*\)/\1/p' "$CHECKOUT/README.md" >"$root/etc/sudoers.d/deploy"
    chmod 440 "$root/etc/sudoers.d/deploy"
    for home in root home/deploy; do
        (umask 077 && mkdir -p "$root/$home/.ssh")
        cp "$MM_LAB_DIR/ssh/id_ed25519.pub" "$root/$home/.ssh/authorized_keys"
        chmod 600 "$root/$home/.ssh/authorized_keys"
    done
    chroot "$root" chown -R deploy: /home/deploy
    # The tests open many connections at once, and try wrong keys on purpose.
    printf '%s\n' 'UseDNS no' 'MaxStartups 100:30:200' 'MaxSessions 100' >"$root/etc/ssh/sshd_config.d/lab.conf"
    # sshd of bookworm and before stops at a word it does not know
    ! grep -q persourcepenalties "$root/usr/sbin/sshd" || printf 'PerSourcePenalties no\n' >>"$root/etc/ssh/sshd_config.d/lab.conf"
}
