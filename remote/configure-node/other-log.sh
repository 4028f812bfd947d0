# other-log.sh: what is in doubt once a server has run under another binary log, or none: without the managed block.

# What an unfinished import has left may be overwritten while the log says that nobody has written there since. A server whose log has
# another name, or none, ran without the managed block (destroy took it out); without GTIDs nothing else tells what was written then.
distrust_unfinished_seed() {
    if [ "$(read_noted_seed_state)" != unfinished ] || [ "$(read_gtid_mode)" = ON ] || has_running_value log_bin "$LOG_BIN"; then return; fi
    forget seed
    forget seed-expects
    note "ran under another log since an import was cut here: what it holds counts as its own"
}

# The same of its own log: what was written while the server ran under another one, or none, is missing in it, though it goes on afterwards
# as if nothing had been. Its new id stops whoever follows it. With GTIDs only what went into no log at all has left no trace.
distrust_own_log() {
    local noted
    noted="$(value_of file "$(recall log)")"
    if [ -z "$noted" ] || has_running_value log_bin "${noted%.*}"; then return; fi
    if [ "$(read_gtid_mode)" = ON ] && is_same_value "$(read_variable log_bin)" 1; then return; fi
    forget log
    note "ran under another binary log than ${noted%.*}, or none: who follows it may lack what was written then"
}
