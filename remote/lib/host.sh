# host.sh: this host's ground: a private scratch folder, the node's memory, its lock, and waiting.
set -euo pipefail
umask 077
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/local/mysql/bin"
# sorting, character classes and the words of other programs, which are matched in a few places, must not depend on the host
export LC_ALL=C

# What the program has to remember on a host, for each server by its port: backups, markers, the lock. Owner only.
STATE="/var/lib/mysql-master-master/$PORT"
# up or down, and the address that this SSH connection comes from
VERB="${1:-up}"
CALLER="${2:-}"
CALLER="${CALLER%% *}"
SCRATCH="$(mktemp -d "${TMPDIR:-/tmp}/mysql-master-master-$PORT.XXXXXX")"
# at_exit COMMAND: runs it when the script ends, however it ends; the last one given runs first. The one EXIT trap is here:
# a second one would silently replace it.
AT_EXIT=()
at_exit() { AT_EXIT=("$1" "${AT_EXIT[@]+"${AT_EXIT[@]}"}"); }
run_at_exit() {
    local command
    for command in "${AT_EXIT[@]+"${AT_EXIT[@]}"}"; do eval "$command" || true; done
    rm -rf "$SCRATCH"
}
trap run_at_exit EXIT
set -E
trap 'report_break "$LINENO" "${BASH_COMMAND%%$'\''\n'\''*}"' ERR
trap 'exit 1' USR1
# heed_signals: a step ends when nobody hears it, or when it is told to; lib/swap.sh does not, for a while.
heed_signals() {
    trap - PIPE
    trap 'exit 129' HUP
    trap 'exit 143' TERM
}
heed_signals

# A full disk makes empty files of texts, which say something else than the texts.
require_scratch_room() {
    head -c 1048576 /dev/zero >"$SCRATCH/room" 2>/dev/null && rm "$SCRATCH/room" && return
    fail MM_HOST_DISK "$NODE has less than 1 MB free in ${TMPDIR:-/tmp}. Nothing was changed" "make room there, then run up again"
}

# open_state: makes the node's memory and takes its lock, so that two runs never interleave on one server; then the host itself, so
# that two stacks never do (owner.sh). A lock of a dead run is released by the kernel; fd 9 is closed for every service command,
# lest the server inherits it.
open_state() {
    local before
    mkdir -p "$STATE"
    exec 9>>"$STATE/lock"
    if ! flock -w "${LOCK_SECONDS:-30}" 9 && ! end_lost_receiver; then
        before="$(recall owner)"
        fail MM_HOST_LOCKED "another run works on $NODE ($(tail -n 1 "$STATE/lock")${before:+; $(describe_owner "$before")})" \
            "wait until it has ended, then run up again; if that process hangs, stop it on the host"
    fi
    # a run that ends, however it ends, empties it; only one that was killed does not
    before="$(tail -n 1 "$STATE/lock")"
    [ -z "$before" ] || note "the run before was killed ($before); its lock is free"
    claim_host
    at_exit empty_lock
    printf 'process %s, %s, since %s\n' "$$" "$STEP" "$(date -u '+%Y-%m-%d %H:%M:%S UTC')" >"$STATE/lock"
}
empty_lock() { : >"$STATE/lock"; }

# end_lost_receiver: status 0 when it has given the lock to this step. A run's steps on a host come one after the other: where one of this stack
# finds the receiver of a stream at work (seed-receive.sh), the run of that is over. Where the network was cut, or the origin has lost its
# power, nobody tells the receiver, who says nothing either: it would wait for hours.
end_lost_receiver() {
    local holder pid owner
    holder="$(tail -n 1 "$STATE/lock")" owner="$(recall owner)"
    case "$holder" in "process "*", seed-receive, "*) [ "$STEP" != seed-receive ] || return 1 ;; *) return 1 ;; esac
    [ -z "$owner" ] || [ "$(value_of identity "$owner")" = "${IDENTITY:-}" ] || return 1
    pid="${holder#process }" pid="${pid%%,*}"
    # not another process that has its number by now
    [ "$(readlink "/proc/$pid/fd/9" 2>/dev/null || true)" = "$(readlink -f "$STATE/lock")" ] || return 1
    note "the receiver of a stream whose run is over still holds the lock ($holder); it is ended"
    kill "$pid" 2>/dev/null || true
    flock -w 30 9
}

# remember NAME TEXT: writes it beside its place and moves it there, so that a marker is whole or absent.
remember() {
    printf '%s\n' "$2" >"$STATE/$1.new"
    sync "$STATE/$1.new" 2>/dev/null || sync
    mv -f "$STATE/$1.new" "$STATE/$1"
}
recall() { if [ -e "$STATE/$1" ]; then cat "$STATE/$1"; fi; }
forget() { rm -f "$STATE/$1"; }

# change_note NAME STATE [KEY=VALUE...]: of a note that begins with its state; what else is known stays.
change_note() {
    local name="$1" state="$2" text
    shift 2
    text="$(recall "$name")"
    remember "$name" "state=$state ${text#state=* }${*:+ $*}"
}

# value_of KEY TEXT: the value in a line of key=value words; of several the first. No ${…//…}: of an inventory of
# many lines that takes bash minutes.
value_of() {
    local word=$'[ \n]'"$1"$'=([^ \n]*)'
    if [[ " $2" =~ $word ]]; then printf '%s\n' "${BASH_REMATCH[1]}"; fi
}

# How often a step that takes its time says so: somebody may be looking, and where nobody is left to hear it, the broken pipe ends the step.
TELL_SECONDS=5

# wait_until SECONDS COMMAND...: runs it every 0.1 s until it succeeds; its own status, 1 when the time is over.
wait_until() {
    local started=$SECONDS said=$SECONDS limit="$1"
    shift
    until "$@"; do
        [ $((SECONDS - started)) -lt "$limit" ] || return 1
        if [ $((SECONDS - said)) -ge "$TELL_SECONDS" ]; then
            said=$SECONDS
            note "$STEP: waiting since $((SECONDS - started)) s, $limit s at most"
        fi
        sleep 0.1
    done
}

# random_hex BYTES: that many, two digits each.
random_hex() { od -An -N"$1" -tx1 /dev/urandom | tr -d ' \n'; }

now_ms() { date +%s%3N; }
