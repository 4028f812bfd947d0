# shellcheck shell=bash
# bases.sh: the kinds of server the lab knows, and the folder tree each kind's hosts are booted from. Sourced.
# A base is made once and only read afterwards: hosts put an overlay on it.

# One line a kind: name, Debian suite, packages of the server, and the function that makes the tree.
# mariadb-backup comes in the server's own version, for Debian ties the two; 10.5 is left without it, as a host that has none.
server_kinds() {
    cat <<'TABLE'
mysql-9.7       sid       mysql-server,zstd                    base_from_debian
mysql-9.7-python  sid     mysql-server,zstd,python3            base_from_debian
mysql-8.0       sid       libaio1t64,libnuma1,mysql-client     base_of_old_mysql
mysql-5.7       sid       libaio1t64,libnuma1,mysql-client     base_of_old_mysql
mysql-5.6       bookworm  libaio1,libncurses5,libnuma1,perl    base_of_old_mysql
mysql-5.5       bookworm  libaio1,libncurses5,libnuma1,perl    base_of_old_mysql
mariadb-11.8    trixie    mariadb-server,mariadb-backup        base_from_debian
mariadb-10.11   bookworm  mariadb-server,mariadb-backup,zstd   base_from_debian
mariadb-10.5    bullseye  mariadb-server                       base_from_debian
TABLE
}

readonly HOST_PACKAGES=openssh-server,openssh-client,systemd,systemd-sysv,dbus,iproute2,procps,sudo

base_dir() { printf '%s/bases/%s\n' "$MM_CACHE" "$1"; } # KIND

require_kind() { # KIND
    server_kinds | awk -v kind="$1" '$1 == kind { found = 1 } END { exit !found }' ||
        fail "MM_LAB_SERVER is '$1', which the lab does not know" "choose one of: $(server_kinds | awk '{ print $1 }' | xargs)"
}

ensure_base() { # KIND
    require_kind "$1"
    is_base_current "$1" || with_lock "$MM_CACHE/bases/$1.lock" make_base "$1"
}

# Whether it is there with all packages that the kind asks for: one that was made for a shorter list is made anew.
is_base_current() { # KIND
    local base package packages
    base="$(base_dir "$1")"
    [ -d "$base" ] || return 1
    packages="$(server_kinds | awk -v kind="$1" '$1 == kind { print $3 }')"
    for package in ${packages//,/ }; do
        has_base_package "$base" "$package" || return 1
    done
}

has_base_package() { # BASE PACKAGE
    local list
    for list in "$1/var/lib/dpkg/info/$2".list "$1/var/lib/dpkg/info/$2":*.list; do
        [ ! -e "$list" ] || return 0
    done
    return 1
}

# Made beside its place and moved into it, so that a base that is there is whole.
make_base() { # KIND
    local kind="$1" base suite packages maker started=$SECONDS
    base="$(base_dir "$kind")"
    ! is_base_current "$kind" || return 0 # another run made it while this one waited
    read -r suite packages maker < <(server_kinds | awk -v kind="$kind" '$1 == kind { print $2, $3, $4 }')
    note "making the base of $kind in $base (about a minute, once)"
    remove_half_made_base "$base.tmp"
    # In the background and waited for: a function that is used as a condition would go on after its failures.
    "$maker" "$base.tmp" "$suite" "$packages" "$kind" >"$base.log" 2>&1 &
    wait "$!" || {
        tail -n 20 "$base.log" >&2
        fail "could not make the base of $kind; the whole log is in $base.log" "see that the registries answer: apt-get update"
    }
    move_base_aside "$base"
    mv "$base.tmp" "$base"
    rm -f "$base.log"
    note "made the base of $kind in $((SECONDS - started)) s"
}

# A host that was booted from the old one reads on in it, under whatever name: it goes when no host is left that has it mounted.
move_base_aside() { # BASE
    rm -rf --one-file-system "$1".old-*.unused
    [ -d "$1" ] || return 0
    if findmnt -rn -t overlay -o OPTIONS | grep -qE "lowerdir=$1(,|\$)"; then
        mv "$1" "$1.old-$(date +%s)"
        note "hosts run on the old base, which is kept beside it: rm -rf $1.old-* when they are gone"
    else
        mv "$1" "$1.old-$$.unused"
        rm -rf --one-file-system "$1.old-$$.unused"
    fi
}

base_from_debian() { # DIRECTORY SUITE PACKAGES KIND
    # Check-Valid-Until: a mirror that is frozen in time is good enough for a lab.
    # path-exclude: nobody reads manuals there, and the tree is 60 MB smaller.
    mmdebstrap --quiet --variant=minbase --aptopt='Acquire::Check-Valid-Until "false"' \
        --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
        --dpkgopt='path-exclude=/usr/share/doc/*' --include="$3,$HOST_PACKAGES" "$2" "$1"
}

# A killed mmdebstrap leaves its mounts of /proc, /sys and /dev in the tree: rm would follow them into this machine.
remove_half_made_base() { # DIRECTORY
    local mount
    findmnt -rn -o TARGET | awk -v below="$1/" 'index($0, below) == 1' | sort -r | while IFS= read -r mount; do
        umount -l "$(printf '%b' "$mount")"
    done
    rm -rf --one-file-system "$1"
}
