#!/usr/bin/env bash
# tools.sh: gets what the lab, the program and the checks need, each only when it is missing.
# in:  names out of: apt node base engine plugins java (all but the last when none is given; that is for old servers alone)
# out: nothing on stdout; lab/env.sh says where the things are
# shellcheck source-path=SCRIPTDIR
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. "$(dirname "${BASH_SOURCE[0]}")/pulumi.sh"

readonly LANGUAGE_HOST_VERSION=3.192.0 # the newest that builds from modules here; it runs newer SDKs

main() {
    local tool
    [ $# -gt 0 ] || set -- apt node base engine plugins
    for tool in "$@"; do
        case "$tool" in
            apt | node | base | engine | plugins | java) "ensure_$tool" >&2 ;;
            *) fail "'$tool' is nothing that this can get" "choose out of: apt node base engine plugins java" ;;
        esac
    done
}

ensure_apt() {
    local extra=()
    [ -s /etc/ssl/certs/ca-certificates.crt ] || extra=(ca-certificates)
    ensure_packages "${extra[@]}" <<'TABLE'
mmdebstrap mmdebstrap
systemd-nspawn systemd-container
ip iproute2
ssh openssh-client
openssl openssl
pgrep procps
flock util-linux
make make
git git
curl curl
shellcheck shellcheck
shfmt shfmt
TABLE
}

# The client of the registry that old servers come from.
ensure_java() {
    ensure_packages <<'TABLE'
mvn maven
unzip unzip
TABLE
}

# A command that is there needs no package: the machine may have it from elsewhere.
ensure_packages() { # [PACKAGE...] < lines of COMMAND PACKAGE
    local command package missing=("$@")
    while read -r command package; do
        command -v "$command" >/dev/null || missing+=("$package")
    done
    [ "${#missing[@]}" -gt 0 ] || return 0
    command -v apt-get >/dev/null || fail "this machine lacks ${missing[*]} and has no apt-get" "install them by hand"
    require_root
    note "installing ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    apt-get -qq update </dev/null
    # systemd-container recommends a whole systemd; the lab needs systemd-nspawn alone
    apt-get -qq -y install --no-install-recommends -o Dpkg::Use-Pty=0 "${missing[@]}" </dev/null
}

ensure_node() {
    local found
    found="$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null || printf 0)"
    [ "$found" -ge 20 ] || fail "node is missing or older than 20 (found: $found)" "install Node.js 20 or newer"
    with_lock "$MM_CACHE/npm-$CHECKOUT_ID.lock" install_node_modules
}

# npm writes its own lock file into node_modules last, so an install that was cut is done again.
install_node_modules() {
    local mark="$CHECKOUT/node_modules/.package-lock.json"
    [ ! -f "$mark" ] || [ "$mark" -ot "$CHECKOUT/package-lock.json" ] || return 0
    note "installing the npm packages"
    # Not `npm ci`: it refuses a lock file without the packages of other platforms, and a closed registry has none of
    # those to write in. With --no-save the locked versions are installed, and the lock file stays as it is.
    (cd "$CHECKOUT" && npm install --no-save --no-audit --no-fund </dev/null)
    touch "$mark"
}

ensure_base() { "$CHECKOUT/lab/hosts.sh" base; }

ensure_engine() {
    ! has_engine_on_path || return 0
    [ -x "$ENGINE_DIR/pulumi" ] || with_lock "$MM_CACHE/engine.lock" install_engine
}

# Made under another name and moved into place, so that a folder that is there is whole.
install_engine() {
    [ ! -x "$ENGINE_DIR/pulumi" ] || return 0 # another run made it while this one waited
    rm -rf "$ENGINE_DIR" "$ENGINE_DIR.tmp"
    mkdir -p "$ENGINE_DIR.tmp"
    download_engine "$ENGINE_DIR.tmp" || build_engine "$ENGINE_DIR.tmp"
    mv "$ENGINE_DIR.tmp" "$ENGINE_DIR"
}

# The installer writes below HOME and into the shell's profile; a HOME of its own keeps both away from the user.
download_engine() { # DIRECTORY
    local installer
    can_reach_pulumi || return 1
    note "downloading Pulumi $ENGINE_VERSION with the official installer"
    installer="$(curl -fsSL --connect-timeout 5 --max-time 60 https://get.pulumi.com)" || return 1
    HOME="$1" timeout 600 sh -s -- --version "$ENGINE_VERSION" <<<"$installer" || return 1
    mv "$1"/.pulumi/bin/* "$1" || return 1
    rm -rf "$1/.pulumi"
}

build_engine() { # DIRECTORY
    local go started=$SECONDS
    go="$(read_go)"
    [ -n "$go" ] || fail "the official Pulumi download is out of reach, and Go 1.26 or newer is missing to build the engine" \
        "put pulumi on PATH, or install Go"
    note "building Pulumi $ENGINE_VERSION from Go modules (about 6 minutes, once)"
    build_module "$go" "$1" cli "v$ENGINE_VERSION"
    build_module "$go" "$1" language-host "v$LANGUAGE_HOST_VERSION"
    note "built Pulumi in $((SECONDS - started)) s"
}

# Without the version flag the engine says that it has none.
build_module() { # GO DIRECTORY MODULE VERSION
    (cd "$CHECKOUT/lab/engine/$3" && GOBIN="$2" GOTOOLCHAIN=local GOFLAGS="-mod=readonly -buildvcs=false" GOWORK=off "$1" install \
        -trimpath -tags osusergo,grpcnotrace \
        -ldflags "-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=$4" tool </dev/null)
}

read_go() {
    local go version
    for go in go /usr/local/go/bin/go; do
        version="$(GOTOOLCHAIN=local "$go" env GOVERSION 2>/dev/null || true)"
        if [ -n "$version" ] && printf '%s\n' go1.26 "$version" | sort -C -V; then
            printf '%s\n' "$go"
            return
        fi
    done
}

ensure_plugins() {
    ! has_plugins "$USER_PULUMI_HOME" || return 0
    ensure_engine
    with_lock "$MM_CACHE/plugins.lock" install_plugins
}

# The official ones go where `pulumi up` itself would put them; the stand-ins never do.
install_plugins() {
    ! has_plugins "$USER_PULUMI_HOME" || return 0
    if ! download_plugins; then
        local said
        note "the official plugins are out of reach: using the lab's stand-ins for command, mysql and random"
        said="$("$CHECKOUT/lab/plugins/install.sh" "$STAND_IN_HOME" 2>&1)" || fail "could not install the stand-ins: $said"
    fi
}

# A closed network stays closed: it is tried once a boot of this machine, not at every command.
download_plugins() {
    local boot failed="$MM_CACHE/plugin-download-failed" name version
    boot="$(cat /proc/sys/kernel/random/boot_id)"
    [ "$(cat "$failed" 2>/dev/null || true)" != "$boot" ] || return 1
    if can_reach_pulumi; then
        while read -r name version; do
            PATH="$(engine_path)" PULUMI_HOME="$USER_PULUMI_HOME" PULUMI_SKIP_UPDATE_CHECK=true \
                timeout 300 pulumi plugin install resource "$name" "$version" </dev/null || break
        done < <(plugin_versions)
        ! has_plugins "$USER_PULUMI_HOME" || return 0
    fi
    printf '%s\n' "$boot" >"$failed"
    return 1
}

can_reach_pulumi() { curl -fsS --connect-timeout 5 --max-time 15 -o /dev/null https://get.pulumi.com 2>/dev/null; }

main "$@"
