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
    ask_session 'SELECT 1' >/dev/null
}

close_session() {
    exec 7<&- 8>&-
    wait "$SESSION_PID" 2>/dev/null || true
}

# ask_session STATEMENT...: rows, tab-separated; status 1 when the server refuses (that ends the session), the session has
# ended, or nothing comes for SESSION_SECONDS. The client's words are in $SCRATCH/session-words.
SESSION_SECONDS=86400
ask_session() {
    local line mark="end of answer $RANDOM$RANDOM"
    # in a subshell: to write where nobody reads any more would end the script without a word
    (printf '%s;\n' "$@" "SELECT '$mark'" >&8) 2>/dev/null || return 1
    while IFS= read -r -t "$SESSION_SECONDS" line <&7; do
        [ "$line" != "$mark" ] || return 0
        printf '%s\n' "$line"
    done
    return 1
}
