#!/usr/bin/env bash
# env.sh: what a shell needs so that plain `pulumi preview`, `up` and `destroy` work on the dev stack.
# out: export lines, for `eval "$(make -s env)"`
# shellcheck source-path=SCRIPTDIR
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. "$(dirname "${BASH_SOURCE[0]}")/pulumi.sh"

main() {
    "$CHECKOUT/lab/tools.sh" engine plugins
    mkdir -p "$MM_LAB_DIR/state" # the engine does not make it
    say PATH "$(engine_path)"
    say PULUMI_BACKEND_URL "file://$MM_LAB_DIR/state"
    # the lab's own, whatever the person's shell has: with another one the dev stack of before could not be read
    say PULUMI_CONFIG_PASSPHRASE lab
    say PULUMI_SKIP_UPDATE_CHECK true
    if has_plugins "$USER_PULUMI_HOME"; then
        say PULUMI_HOME "$USER_PULUMI_HOME"
    else
        say PULUMI_HOME "$STAND_IN_HOME"
        say PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION true # else the engine looks for newer ones, and waits
    fi
    say MM_CACHE "$MM_CACHE"
    say MM_LAB_DIR "$MM_LAB_DIR"
    say MM_LAB_SUBNET "$MM_LAB_SUBNET"
    say MM_LAB_SERVER "$MM_LAB_SERVER"
    if is_lab_elsewhere; then
        ensure_dev_settings
        say PULUMI_OPTION_CONFIG_FILE "$MM_LAB_DIR/Pulumi.dev.yaml"
    else
        printf 'unset PULUMI_OPTION_CONFIG_FILE\n'
    fi
}

say() { printf 'export %s=%q\n' "$1" "$2"; } # NAME VALUE

is_lab_elsewhere() {
    [ -f "$CHECKOUT/Pulumi.dev.yaml" ] && { [ "$MM_LAB_SUBNET" != 10.231.0 ] || [ "$MM_LAB_DIR" != "$CHECKOUT/.lab" ]; }
}

# The dev stack's file names the lab's usual addresses and folder; a lab with others gets a copy that names its own. From then on
# `pulumi config set` writes into that copy: it is written over only where it is of another subnet or folder.
ensure_dev_settings() {
    local subnet="$MM_LAB_SUBNET" folder="$MM_LAB_DIR" copy="$MM_LAB_DIR/Pulumi.dev.yaml"
    if [ -e "$copy" ]; then
        if grep -qF " $subnet." "$copy" && grep -qF "$folder/ssh/" "$copy"; then return; fi
        note "writing $copy anew, for it named the hosts of another lab; what was set in it is in $copy.before"
        mv "$copy" "$copy.before"
    fi
    sed -e "s/10\.231\.0\./$subnet./g" -e "s|\([ \"']\)\.lab/|\1${folder//[&|\\]/\\&}/|g" "$CHECKOUT/Pulumi.dev.yaml" >"$copy.tmp"
    mv "$copy.tmp" "$copy"
}

main
