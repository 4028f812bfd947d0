# clone.sh: this node takes the origin's data as the engine's own pages, by MySQL's clone plugin: straight from server to server.

# clone_origin: ends with the origin's data here, the server restarted, and nothing of the clone's own left; the marker says unfinished until
# seed-load.sh has taken it over.
clone_origin() {
    local receipt bytes from wanted_for
    wanted_for="$SOURCE_LOG/$(printf '%s' "$CONVERGE" | sha256sum | cut -c 1-12)"
    require_other_server
    if is_clone_kept "$wanted_for"; then
        note "was cloned by an earlier up, and is taken as it is"
        recall received | sed 's/^for=[^ ]*/admit/'
        return
    fi
    : >"$SCRATCH/wanted"
    # before anything is overwritten: where nobody starts the server again after the clone, the program has to
    find_service
    wait_until "$TIMEOUT_SECONDS" is_clone_over ||
        fail MM_SEED_CLONE "a clone that this program did not begin still runs on $NODE after $TIMEOUT_SECONDS s" "see performance_schema.clone_progress on $NODE, then run up again"
    require_overwritable
    require_unused
    forget received
    begin_overwriting
    sql "$(sql_reset_binary_logs)"
    note_own_log_as_empty
    note_recipient
    has_clone_plugin || sql "INSTALL PLUGIN clone SONAME 'mysql_clone.so'"
    take_clone
    note_own_log_as_empty
    # the origin's own channel came along
    look_at_replication
    [ -z "$(read_followed)" ] || sql "$(sql_forget_source)"
    require_clone_whole
    # the plugin's tables go with it
    bytes="$(read_clone bytes)" from="file=$(read_clone file) position=$(read_clone position) gtid=$(read_clone gtid)"
    close_donor
    receipt="$(random_hex 8)"
    note "cloned: $(describe_end "$bytes" "$(read_job_time)")"
    remember received "for=$wanted_for method=clone $from bytes=$bytes offered=$(value_of names "$OFFER") names=$(read_names_digest) receipt=$receipt"
    recall received | sed 's/^for=[^ ]*/admit/'
}

# is_clone_kept FOR: what an earlier up has cloned from the same log of the origin is here, whole and closed, and waits for seed-load.sh: a parameter
# that has changed since, or a step after this one that stopped, makes it no worse. A new converge asks for another.
is_clone_kept() {
    local received
    received="$(recall received)"
    [ "$(value_of for "$received") $(value_of method "$received")" = "$1 clone" ] &&
        [ "$(read_seed_state "$SOURCE_UUID") $(value_of method "$(recall seed)")" = 'unfinished clone' ] && is_read_only
}

# note_recipient: what is here before its first trace, but for what an earlier try has noted already. The origin's mysql.plugin comes in
# place of this node's own.
note_recipient() {
    local plugin
    plugin="$(value_of plugin "$(recall donor)")"
    if [ -n "$plugin" ]; then
        :
    elif ! has_clone_plugin; then
        plugin=ours
    elif has_plugin_row; then
        plugin=theirs
    else
        plugin=row
    fi
    remember donor "plugin=$plugin from=$PEER_HOST:$PEER_PORT"
}

# settle_plugin: after the restart, whose mysql.plugin is the origin's. Where that loads it by its option files alone it has no row for it, and without
# the plugin nobody can tell how the clone went; what it knew is in a file, and is told again once it is there. Where the origin has it for itself
# by a row, so has its copy.
settle_plugin() {
    if ! has_clone_plugin; then
        remember donor "plugin=ours from=$PEER_HOST:$PEER_PORT"
        with_write_access sql "INSTALL PLUGIN clone SONAME 'mysql_clone.so'"
    elif [ "$(value_of plugin "$OFFER")" = theirs ] && [ "$(read_clone state)" = Completed ]; then
        remember donor "plugin=theirs from=$PEER_HOST:$PEER_PORT"
    fi
}

# A clone ends with this server's log begun anew, as it was before: no event may be in any of it, whenever somebody looks.
note_own_log_as_empty() {
    keep_log_id
    write_seed unfinished method=clone "file=$(printf '%s\n' "$OWN_LOGS" | sed -n '1s/\t.*//p')" position=4 "folders=$(list_other_folders | paste -sd, -)"
}

# read_clone state|error|file|position|gtid|bytes: of the last clone into this server.
read_clone() {
    case "$1" in
        state) try_sql 'SELECT state FROM performance_schema.clone_status' || true ;;
        error) try_sql "SELECT CONCAT(error_no, ' ', error_message) FROM performance_schema.clone_status" || true ;;
        file) sql 'SELECT binlog_file FROM performance_schema.clone_status' ;;
        position) sql 'SELECT binlog_position FROM performance_schema.clone_status' ;;
        gtid) if [ "$(read_gtid_mode)" = ON ]; then sql 'SELECT gtid_executed FROM performance_schema.clone_status' | plain_gtid_set; fi ;;
        bytes) sql 'SELECT COALESCE(SUM(data), 0) FROM performance_schema.clone_progress' ;;
    esac
}
# Where it cannot be told just now, as while the server restarts, nothing is said of it.
read_cloned() { try_sql 'SELECT COALESCE(SUM(data), 0), COALESCE(SUM(estimate), 0) FROM performance_schema.clone_progress' || echo 0; }

take_clone() {
    local ca words status=0
    # the place of a CA is where the server may read it
    ca="$(channel_ca_path)"
    ensure_channel_ca "$ca"
    sql "SET GLOBAL clone_valid_donor_list = $(quote_sql "$PEER_HOST:$PEER_PORT")"
    if [ "$(value_of packed "$OFFER")" = yes ]; then sql 'SET GLOBAL clone_enable_compression = 1'; fi
    if [ -n "$ca" ]; then sql "SET GLOBAL clone_ssl_ca = $(quote_sql "$ca")"; fi
    note "cloning $PEER_HOST:$PEER_PORT"
    # the server goes on without its client: where this script ends before its time, it has to be told
    CLONING=yes
    at_exit leave_clone
    printf 'CLONE INSTANCE FROM %s@%s:%s IDENTIFIED BY %s REQUIRE SSL;\n' "$(quote_sql "$ACCOUNT")" "$(quote_sql "$PEER_HOST")" "$PEER_PORT" "$(quote_sql "$ACCOUNT_PASSWORD")" |
        timeout "$TIMEOUT_SECONDS" "${LOCAL[@]}" >/dev/null 2>"$SCRATCH/clone-words" &
    begin_job "$!" cloning 0 read_cloned
    await_job || status=$?
    words="$(cat "$SCRATCH/clone-words")"
    if [ "$status" = 124 ]; then
        end_running_clone
        fail_clone "it took longer than seed.timeoutSeconds ($TIMEOUT_SECONDS), and was ended"
    fi
    case "$words" in
        # the connection ends with the server, which is started again; 3707: nobody does that, and it has ended
        '' | *1053* | *2006* | *2013*) ;;
        *3707*) restart_service || true ;;
        *) fail_clone "$words" ;;
    esac
    wait_until "$START_TIMEOUT_SECONDS" is_clone_over ||
        fail MM_SEED_CLONE "$NODE's server did not come back within $START_TIMEOUT_SECONDS s of the clone; the next up clones again" \
            "read its error log, mend what it names, start it, then run up again" "$words $(cat "$SCRATCH/words")"
    CLONING=''
    ask_anew
    ! is_login_refused || fail_login_lost
    settle_plugin
    [ "$(read_clone state)" = Completed ] || fail_clone "$words $(read_clone error)"
}

leave_clone() { [ -z "$CLONING" ] || kill_clone; }

fail_clone() {
    fail MM_SEED_CLONE "$NODE could not be cloned from $PEER_HOST:$PEER_PORT; $PEER_HOST was only read, and what was on $NODE is half overwritten" \
        "mend what the server names (where that is a right or the plugin that $PEER_HOST lacks: pulumi config set mysql-master-master:converge with a new text), or set seed.method to stream; then run up again" "$1"
}

# require_clone_whole: what a clone does not carry was not on the origin at that moment: it comes empty, as a definition alone.
require_clone_whole() {
    local kind found
    for kind in unsafe volatile; do
        found="$(sql "$(sql_undumpable "$kind")" | list_lines)"
        [ -z "$found" ] || fail MM_SEED_ENGINE "the origin had tables that a clone does not carry when it was cloned ($found); they are empty on $NODE, and the next up clones again" \
            "ALTER TABLE … ENGINE = InnoDB on the origin, or set seed.method to dump; then run up again"
    done
    found="$(sql "$(sql_prepared)" | cut -f 1,4 | list_lines)"
    [ -z "$found" ] || fail MM_SEED_PREPARED "XA transactions were prepared on the origin when it was cloned ($found), and are here, too; the next up clones again" \
        "XA COMMIT or XA ROLLBACK them on the origin (or let their transaction manager), then run up again"
}
