#!/usr/bin/env bash
# program.sh: stands in for mysql, mysqldump, ssh, systemctl and others, by the name that it is linked under. It is a fake: it sends
# its name, arguments, option files and stdin to the test (fakeHost.ts) and does what that answers.
set -euo pipefail
LC_ALL=C
name="${0##*/}" text='' files='' status=0
for word in "$@"; do
    case "$word" in
        --defaults-file=* | --defaults-extra-file=*) files="$files$(<"${word#*=}")" ;;
    esac
done
# tell TEXT: one call, with TEXT as its stdin; prints what the test answers, and sets status.
tell() {
    local text="$1" words out err out_bytes err_bytes
    exec 3<>"/dev/tcp/127.0.0.1/$FAKE_PORT"
    words="$(printf '%s\036' "$name" "${given[@]}")"
    printf '%s\n%s\n%s\n%s%s%s' "${#words}" "${#files}" "${#text}" "$words" "$files" "$text" >&3
    IFS=' ' read -r status out_bytes err_bytes <&3
    IFS= read -r -d '' -N "$out_bytes" out <&3 || true
    IFS= read -r -d '' -N "$err_bytes" err <&3 || true
    printf '%s' "$out"
    printf '%s' "$err" >&2
}
given=("$@")
# a client that stays: each statement is a call of its own, as it comes
case "$name $*" in
    mysql*--unbuffered*)
        while IFS= read -r line; do
            text="$text$line"$'\n'
            case "$line" in *';') ;; *) continue ;; esac
            tell "$text"
            [ "$status" = 0 ] || exit "$status"
            text=''
        done
        exit 0
        ;;
esac
# the others leave stdin alone, as the real ones do: it may be the loop's that runs them
case "$name" in
    mysql | ssh) IFS= read -r -d '' text || true ;;
esac
tell "$text"
exit "$status"
