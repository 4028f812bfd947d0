# say.sh: how a script speaks. stdout is the fingerprint alone; all else goes to stderr, in short lines, without secrets.

# redact TEXT: the text without the secrets that this script was given; other programs' words pass through here.
redact() {
    local text="$1" secret
    for secret in "${LOGIN_PASSWORD:-}" "${ACCOUNT_PASSWORD:-}"; do
        [ -z "$secret" ] || text="${text//"$secret"/***}"
    done
    printf '%s' "$text"
}

note() { printf '%s: %s\n' "$NODE" "$(redact "$*")" >&2; }

# warn CODE TEXT: shown again by every later up, until the cause is gone and the step has run again.
warn() { printf 'warning %s: %s: %s\n' "$1" "$NODE" "$(redact "$2")" >&2; }

# fail CODE WHAT NEXT [SERVER_WORDS]: ends the script, with another program's words last.
fail() {
    {
        printf 'error %s: %s\n  next: %s\n' "$1" "$(redact "$2")" "$(redact "$3")"
        [ -z "${4:-}" ] || printf '  server: %s\n' "$(redact "$4" | tr -s '\n' '|' | cut -c 1-2000)"
    } >&2
    : >"$SCRATCH/failed"
    # inside $(…) an exit ends the subshell alone, and a condition would take that for a "no": the whole script ends
    [ "$BASHPID" = "$$" ] || kill -s USR1 "$$"
    exit 1
}

# Nothing ends in silence: a command that fails where no message was foreseen is named, with the words it may have left.
report_break() {
    local line="$1" command="$2"
    [ ! -e "$SCRATCH/failed" ] || return 0
    fail MM_STEP_BROKEN "step $STEP broke on $NODE in ${FUNCNAME[1]:-main} at: $command (line $line)" \
        "run up again; if it breaks there again, report it with this message" "$(tail -n 5 "$SCRATCH/words" 2>/dev/null || true)"
}

# list_lines: lines of stdin, tabs as blanks, 20 at most, in one line; or `nothing`.
list_lines() { head -n 20 | tr '\t' ' ' | tr '\n' ',' | sed 's/,$//; s/,/, /g; s/^$/nothing/'; }
