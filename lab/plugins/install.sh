#!/usr/bin/env bash
# install.sh: puts the lab's stand-ins for the official plugins into a Pulumi home.
# in:  PULUMI_HOME_DIR, the home, never the user's own
# out: one line a plugin on stderr: installed, there already, or the official one kept
set -euo pipefail

HERE="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)"
readonly HERE CHECKOUT="${HERE%/*/*}"
# The launcher's second line. Whatever has another one is not ours, and is not touched.
readonly MARK='// A stand-in of the mysql-master-master lab, not an official plugin.'

main() {
    [ -n "${1:-}" ] || fail "usage: install.sh PULUMI_HOME_DIR"
    local home fingerprint
    home="$(realpath -m "$1")"
    require_home_of_its_own "$home"
    fingerprint="$(read_fingerprint)"
    ensure_stand_in "$home" command 1.2.1 "$fingerprint"
    ensure_stand_in "$home" mysql 3.3.2 "$fingerprint"
    ensure_stand_in "$home" random 4.21.2 "$fingerprint"
}

require_home_of_its_own() { # HOME_DIR
    [ "$1" != "$(realpath -m "${HOME:-/root}/.pulumi")" ] ||
        fail "$1 is your own Pulumi home, where a stand-in could be taken for an official plugin" \
            "give another folder, and set PULUMI_HOME to it"
}

# What a stand-in is made of: its sources, its packages, and the Node that their native parts were built for.
read_fingerprint() {
    cat "$HERE"/*.ts "$CHECKOUT/package-lock.json" <(node --version) | sha256sum | cut -c 1-16
}

ensure_stand_in() { # HOME_DIR NAME VERSION FINGERPRINT
    local folder="$1/plugins/resource-$2-v$3" launcher build
    launcher="$folder/pulumi-resource-$2"
    build="$folder/build-$4"
    if is_foreign "$folder" "$launcher"; then
        say "kept pulumi-resource-$2 $3, which is not a stand-in"
        return
    fi
    if [ -d "$build" ] && [ "$(read_launcher_build "$launcher")" = "build-$4" ]; then
        say "the stand-in for pulumi-resource-$2 $3 (lab only) is there already"
        return
    fi
    [ -d "$build" ] || make_build "$2" "$build"
    write_launcher "$launcher" "$2" "$3" "build-$4"
    remove_old_builds "$folder" "build-$4"
    say "installed the stand-in for pulumi-resource-$2 $3 (lab only)"
}

# An executable without our mark, or the traces of a download that is under way.
is_foreign() { # FOLDER LAUNCHER
    if [ -e "$2" ]; then
        [ "$(head -c 4096 "$2" | tr -d '\0' | sed -n 2p)" != "$MARK" ]
    else
        [ -e "$1.partial" ] || [ -e "$1/PulumiPlugin.yaml" ]
    fi
}

read_launcher_build() { # LAUNCHER
    [ ! -e "$1" ] || sed -n 's|^require("./\(build-[0-9a-f]*\)/.*|\1|p' "$1"
}

# Made beside its place and moved into it, so that a build that is there is whole.
make_build() { # NAME BUILD
    local half="$2.$$"
    mkdir -p "$half"
    # shellcheck disable=SC2064 # the folder's name is known now
    trap "rm -rf '$half'" EXIT
    (cd "$CHECKOUT" && node -r ts-node/register/transpile-only "$HERE/pack.ts" "$1" "$half")
    # another run may have made it meanwhile: the contents are the same
    mv -T "$half" "$2" 2>/dev/null || [ -d "$2" ]
    rm -rf "$half"
    trap - EXIT
}

# The launcher is replaced in one step: a plugin that is starting sees the old build or the new one, both whole.
write_launcher() { # LAUNCHER NAME VERSION BUILD
    cat >"$1.$$" <<EOF
#!/usr/bin/env node
$MARK
// Stands in for pulumi-resource-$2 $3.
require("./$4/$2.js");
EOF
    chmod 755 "$1.$$"
    mv -f "$1.$$" "$1"
}

# A plugin that runs loads from its build later on, too: only what is a day old goes.
remove_old_builds() { # FOLDER BUILD
    find "$1" -mindepth 1 -maxdepth 1 -name 'build-*' ! -name "$2" -mmin +1440 -exec rm -rf {} +
}

say() { printf 'plugins: %s\n' "$*" >&2; }

fail() { # WHAT [NEXT]
    printf 'error: %s\n' "$1" >&2
    [ $# -lt 2 ] || printf '  next: %s\n' "$2" >&2
    exit 1
}

main "$@" </dev/null
