#!/usr/bin/env bash
# install.sh: gets Ansible for the benchmark, into the cache and only when it is missing there.
# out: the path of ansible-playbook on stdout
# shellcheck source-path=SCRIPTDIR
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../../lab/lib.sh"

readonly REQUIREMENTS="$CHECKOUT/bench/ansible/requirements.txt"
ANSIBLE_DIR="$MM_CACHE/ansible-$(sha256sum <"$REQUIREMENTS" | cut -c 1-8)" # other versions: another folder

main() {
    [ -f "$ANSIBLE_DIR/whole" ] || with_lock "$MM_CACHE/ansible.lock" install_ansible >&2
    printf '%s\n' "$ANSIBLE_DIR/bin/ansible-playbook"
}

# Made in its place, for its programs hold their path; the file `whole` is written last, and without it all is made anew.
install_ansible() {
    [ ! -f "$ANSIBLE_DIR/whole" ] || return 0 # another run made it while this one waited
    note "installing Ansible for the benchmark"
    rm -rf "$ANSIBLE_DIR"
    require_python
    python3 -m venv "$ANSIBLE_DIR"
    "$ANSIBLE_DIR/bin/pip" install --quiet --disable-pip-version-check --no-deps --requirement "$REQUIREMENTS" </dev/null
    touch "$ANSIBLE_DIR/whole"
}

require_python() {
    python3 -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
        fail "the benchmark's Ansible needs Python 3.11 or newer, with its module venv" "apt-get install python3 python3-venv"
}

main
