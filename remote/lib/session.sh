# session.sh: one connection to this node's own server that stays open: for a lock, and for a snapshot.

# open_session: ended by close_session, or with the script; then the server drops its locks. Status 1 when it does not begin.
open_session() {
    rm -f "$SCRATCH/feed" "$SCRATCH/answer"
    mkfifo "$SCRATCH/feed" "$SCRATCH/answer"
    # it must not reconnect: a new connection has neither the lock nor the snapshot, and would say nothing of that
    "${LOCAL[@]}" --batch --skip-column-names --unbuffered --skip-reconnect \
        <"$SCRATCH/feed" >"$SCRATCH/answer" 2>"$SCRATCH/session-words" 9>&- &
    SESSION_PID=$!
    exec 8>"$SCRATCH/feed" 7<"$SCRATCH/answer"
    ask_session 'SELECT CONNECTION_ID()' >"$SCRATCH/session-id" || return 1
    SESSION_ID="$(cat "$SCRATCH/session-id")"
}

close_session() {
    exec 7<&- 8>&-
    wait "$SESSION_PID" 2>/dev/null || true
}

# ask_session STATEMENT...: rows, tab-separated; status 1 when the server refuses (that ends the session), the session has
# ended, or nothing comes for SESSION_SECONDS. The client's words are in $SCRATCH/session-words.
# WHILE_ASKING is called every TELL_SECONDS meanwhile.
SESSION_SECONDS=86400
WHILE_ASKING=say_asking
ask_session() {
    local line='' part waited=0 mark="end of answer $RANDOM$RANDOM" status
    # in a subshell: to write where nobody reads any more would end the script without a word
    (printf '%s;\n' "$@" "SELECT '$mark'" >&8) 2>/dev/null || return 1
    while [ "$waited" -lt "$SESSION_SECONDS" ]; do
        status=0
        IFS= read -r -t "$TELL_SECONDS" part <&7 || status=$?
        line="$line$part"
        if [ "$status" -gt 128 ]; then
            waited=$((waited + TELL_SECONDS))
            "$WHILE_ASKING"
            continue
        fi
        [ "$status" = 0 ] || return 1
        [ "$line" != "$mark" ] || return 0
        printf '%s\n' "$line"
        line=''
    done
    return 1
}
say_asking() { note "$STEP: waiting for an answer of the server's"; }
