# progress.sh: how far a long job of a step is. The CLI shows a step's lines while it runs; where nobody is left to hear one, the broken
# pipe ends the step, and its job with it.

# begin_job PID WHAT TOTAL READ_DONE: of what this script has put into the background: READ_DONE prints how many bytes are done, of TOTAL or of
# the number that it prints behind that.
# It is ended with the script, however that ends.
begin_job() {
    JOB="$1" JOB_WHAT="$2" JOB_TOTAL="$3" JOB_READ="$4" JOB_STARTED="$(now_ms)"
    at_exit end_job
}
end_job() { end_own_job "$JOB"; }

# is_own_job PID: it runs, and is this script's own. One that has ended has given its number back, and another process may have it by then.
is_own_job() {
    local facts=''
    { read -r facts <"/proc/$1/stat"; } 2>/dev/null || true
    # behind the program's name: its state and its parent
    [[ "${facts##*) }" == [!ZX]" $$ "* ]]
}
end_own_job() { ! is_own_job "$1" || kill "$1" 2>/dev/null || true; }

# end_with_script PID...: of what this script has put into the background: it ends when the script does, even where that is killed.
end_with_script() {
    (
        while kill -0 "$$" 2>/dev/null; do sleep 0.5; done
        kill -KILL "$@" 2>/dev/null || true
    ) </dev/null >/dev/null 2>&1 9>&- &
    at_exit "kill $! 2>/dev/null"
}

# await_job [COMMAND]: waits for it, says every TELL_SECONDS how far it is (or runs the command), and gives its status.
await_job() {
    local said=$SECONDS status=0 meanwhile="${1:-say_progress}"
    while is_own_job "$JOB"; do
        sleep 0.05
        [ $((SECONDS - said)) -ge "$TELL_SECONDS" ] || continue
        said=$SECONDS
        "$meanwhile"
    done
    wait "$JOB" || status=$?
    JOB=''
    return "$status"
}
say_progress() {
    local bytes total
    read -r bytes total <<<"$("$JOB_READ")"
    note "$JOB_WHAT: $(describe_progress "$bytes" "${total:-$JOB_TOTAL}" "$(read_job_time)")"
}
read_job_time() { echo "$(($(now_ms) - JOB_STARTED))"; }

# read_input_position: how many bytes of the file on descriptor 6 this script's jobs have read.
read_input_position() { sed -n 's/^pos:[[:space:]]*//p' "/proc/$$/fdinfo/6"; }

# read_written PID: how many bytes that process has written; status 2 when it is gone.
read_written() { sed -n 's/^wchar: //p' "/proc/$1/io" 2>/dev/null; }

# describe_progress BYTES TOTAL MILLISECONDS: MB are 10^6 bytes. A total that is an estimate may be passed: then nothing is said of it.
describe_progress() {
    awk -v bytes="$1" -v total="$2" -v ms="$3" 'BEGIN {
        rate = ms > 0 ? bytes * 1000 / ms : 0
        printf "%.1f", bytes / 1e6
        if (total >= bytes) printf " of %.1f", total / 1e6
        printf " MB, %.1f MB/s", rate / 1e6
        if (total > bytes && rate > 0) printf ", %.0f s left", (total - bytes) / rate
    }'
}

# describe_end BYTES MILLISECONDS
describe_end() { awk -v bytes="$1" -v ms="$2" 'BEGIN { printf "%.1f MB in %.1f s, %.1f MB/s", bytes / 1e6, ms / 1000, (ms > 0 ? bytes / ms / 1000 : 0) }'; }
