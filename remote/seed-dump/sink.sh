# sink.sh: where a dump goes: into a file that is copied when it is whole, or through SSH into the peer's import while it is made.
# open_sink gives DUMP_OUT, where mysqldump writes; DUMP_TOP and DUMP_LAST, in which its first lines and its last one are seen; SINK_WORD.

open_sink() {
    if [ "$METHOD" = stream ]; then
        open_stream
        return
    fi
    : >"$PART"
    DUMP_OUT="$PART" DUMP_TOP="$PART" DUMP_LAST="$PART" SINK_WORD=dumping
}
# read_sunk: the bytes so far.
read_sunk() { if [ "$METHOD" = stream ]; then read_streamed; else wc -c <"$PART" | tr -d ' '; fi; }
# require_sink: it still takes what mysqldump writes: a peer that has refused it has told why.
require_sink() { [ "$METHOD" != stream ] || is_own_job "$SSH_PID" || fail_stream; }
# is_sink_settled: mysqldump has ended: is all that it wrote to be seen? settle_sink waits for that.
is_sink_settled() { [ "$METHOD" != stream ] || ! is_own_job "$SIEVE_PID"; }
settle_sink() {
    [ "$METHOD" = stream ] || return 0
    require_sink
    wait "$SIFT_PID" || true
}
# drop_sink: of a dump that is not used.
drop_sink() { if [ "$METHOD" = stream ]; then drop_stream; else rm -f "$PART"; fi; }

# The stream: mysqldump, then a sieve that keeps its first lines and its last one, then dd, which tells the bytes, then ssh. Descriptor 5 is ssh's
# input: closed, it tells the peer that this was all; only a dump with its inventory at the end counts there.
open_stream() {
    local pipe
    rm -f "$SCRATCH/received"
    for pipe in made sifted sent; do
        rm -f "$SCRATCH/$pipe"
        mkfifo "$SCRATCH/$pipe"
    done
    : >"$SCRATCH/top" && : >"$SCRATCH/last"
    ssh_to_peer <"$SCRATCH/sent" >"$SCRATCH/received" 7<&- 8>&- &
    SSH_PID=$!
    SIFT_PID='' SIEVE_PID=''
    at_exit drop_stream
    exec 5>"$SCRATCH/sent"
    dd bs=1M <"$SCRATCH/sifted" >&5 5>&- 7<&- 8>&- 2>"$SCRATCH/dd-words" &
    SIFT_PID=$!
    # shellcheck disable=SC2094
    sed -n -e "1,400w $SCRATCH/top" -e "\$w $SCRATCH/last" -e p <"$SCRATCH/made" >"$SCRATCH/sifted" 5>&- 7<&- 8>&- &
    SIEVE_PID=$!
    tell_expected || true
    DUMP_OUT="$SCRATCH/made" DUMP_TOP="$SCRATCH/top" DUMP_LAST="$SCRATCH/last" SINK_WORD=streaming
}

# What the peer may find of it, should it be cut. In a subshell: to write where nobody reads any more would end the script without a word.
tell_expected() {
    {
        grep '^schema ' "$SCRATCH/objects" || true
        read_accounts
    } >"$SCRATCH/expected"
    ({ printf 'expects %s\n' "$(wc -l <"$SCRATCH/expected" | tr -d ' ')" && cat "$SCRATCH/expected"; } >&5) 2>/dev/null
}

read_streamed() { if is_own_job "$SIFT_PID"; then read_written "$SIFT_PID"; else read_bytes_of_dd; fi; }
# read_bytes_of_dd: what it tells when it has ended.
read_bytes_of_dd() { sed -n 's/^\([0-9]*\) bytes.*/\1/p' "$SCRATCH/dd-words"; }

# end_stream: the inventory goes behind the dump, and the peer says that it has it all; then its words are in RECEIPT, the bytes in STREAMED.
end_stream() {
    (append_inventory <"$SCRATCH/inventory" >&5) 2>/dev/null || true
    exec 5>&-
    STREAMED="$(read_bytes_of_dd)"
    JOB="$SSH_PID"
    await_job || true
    RECEIPT="$(value_of receipt "$(cat "$SCRATCH/received")")"
    SSH_PID=''
    [ -n "$RECEIPT" ] || fail_stream
}

fail_stream() {
    fail MM_SEED_COPY "the dump of $NODE did not go into $COPY_HOST port $COPY_PORT; $NODE was only read" \
        "see what that host has said above; let $NODE reach its sshd (copy.host, copy.port); then run up again"
}

# Idempotent: also where the script ends in the middle.
drop_stream() {
    [ -n "${SSH_PID:-}" ] || return 0
    exec 5>&-
    end_own_job "$SSH_PID"
    end_own_job "$SIFT_PID"
    end_own_job "$SIEVE_PID"
    SSH_PID=''
}
