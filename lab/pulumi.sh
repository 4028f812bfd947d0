# shellcheck shell=bash
# shellcheck disable=SC2034 # names for the scripts that source this
# pulumi.sh: where the engine and its plugins are. Sourced, after lib.sh.

readonly ENGINE_VERSION=3.259.0
CHECKOUT_ID="$(printf %s "$CHECKOUT" | sha256sum | cut -c 1-8)"
ENGINE_DIR="$MM_CACHE/engine-$ENGINE_VERSION"

# One home a checkout, so that each runs the stand-ins of its own sources.
STAND_IN_HOME="$MM_CACHE/pulumi-home/$CHECKOUT_ID"

# In a shell that has read `make env` PULUMI_HOME may be the stand-ins': that is not the user's.
USER_PULUMI_HOME="${PULUMI_HOME:-$HOME/.pulumi}"
[[ $USER_PULUMI_HOME != "$MM_CACHE"/* ]] || USER_PULUMI_HOME="$HOME/.pulumi"

plugin_versions() {
    cat <<'TABLE'
command v1.2.1
mysql v3.3.2
random v4.21.2
TABLE
}

has_plugins() { # PULUMI_HOME
    local name version
    while read -r name version; do
        [ -x "$1/plugins/resource-$name-$version/pulumi-resource-$name" ] || return 1
    done < <(plugin_versions)
}

has_engine_on_path() { command -v pulumi >/dev/null; }

engine_path() {
    if has_engine_on_path; then
        printf '%s\n' "$PATH"
    else
        printf '%s\n' "$ENGINE_DIR:$PATH"
    fi
}
