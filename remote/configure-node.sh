# configure-node.sh: makes one server ready to be half of a pair; restarts it only if that is the only way.
# in:    NODE PORT SOCKET LOGIN_USER LOGIN_PASSWORD OPTION_FILE SERVICE START_TIMEOUT_SECONDS
#        SERVER_ID LOG_BIN RELAY_LOG BIND_ADDRESS HOST SETTINGS (lines of name=value)
#        GTID (yes: the links are to go by GTID) GTID_DOMAIN_ID (on MariaDB, of a node that is new to replication; empty: its own)
# out:   node port=PORT server_id=ID uuid=UUID server=FLAVOUR-VERSION gtid=ON|OFF log_bin=NAME log=ID listens=ADDRESSES
# codes: MM_NODE_SERVER_ID MM_NODE_GTID_MODE MM_NODE_GTID_DOMAIN MM_NODE_NO_NETWORK MM_NODE_ADDRESS MM_NODE_OPTION_OVERRIDDEN MM_NODE_OPTIONS_INVALID MM_NODE_NO_START
#        MM_NODE_VOLATILE MM_NODE_VALUE_DIFFERS
# parts: configure-node/address.sh (where it listens) configure-node/other-log.sh (what a start without the managed block puts in doubt)
#        configure-node/gtid.sh (how it gives GTIDs, before and after) configure-node/running.sh (the running server: what it takes at once, and the restart for the rest)

main() {
    # the address that this SSH connection came in by: the third word of SSH_CONNECTION
    SSH_ADDRESS="$(printf '%s' "${2:-}" | cut -d ' ' -f 3)"
    require_server
    case "$1" in
        up) configure ;;
        down) unconfigure ;;
    esac
}

configure() {
    local file log
    WROTE=no
    require_rights "$RIGHTS_ALWAYS"
    require_own_tls
    open_state
    find_server
    find_service
    file="$(find_option_file)"
    require_whole_block "$file"
    require_steady_server_id
    choose_gtid_settings
    require_steady_gtid_mode
    choose_log_name "$file"
    choose_bind_address "$file"
    distrust_unfinished_seed
    distrust_own_log
    choose_gtid_domain "$file"
    wanted_lines >"$SCRATCH/wanted"
    require_steady_gtid_domain
    require_no_persisted_override
    write_options "$file"
    apply_running_values "$file"
    require_running_values
    remember options "$(cat "$SCRATCH/wanted")"
    log="$(ensure_log_id)"
    printf 'node port=%s server_id=%s uuid=%s server=%s-%s gtid=%s log_bin=%s log=%s listens=%s\n' "$PORT" "$SERVER_ID" \
        "$(ensure_server_uuid)" "$FLAVOUR" "${VERSION_TEXT%%-*}" "$(read_gtid_mode)" "$LOG_BIN" "$log" "$(read_listens | tr -d ' ')"
}

# What the role says stays in the file, and the fence with it, until both channels are gone for certain (lock-host.sh).
unconfigure() {
    local file
    open_state
    file="$(written_option_file)"
    # the seed marker stays: it tells a later up whose data this is; and the log's, for GTIDs that are given twice prove nothing
    forget option-file.before
    forget options
    forget bind-address
    if [ -n "${IDENTITY:-}" ] && [ -n "$(block_role "$file")" ]; then
        require_whole_block "$file"
        keep_role "$file"
        note "the settings are out of $file; the running server keeps its values until it is restarted"
        return 0
    fi
    lift_fence
    remove_block "$file"
    note "the managed block is out of $file; the running server keeps its values until it is restarted"
    forget option-file
}

# Events carry the id of the server that wrote them, and stop at it. A node that replicates under another id would get its own
# rows back (without GTIDs for ever, from node to node), or skip what the peer wrote under its new one.
require_steady_server_id() {
    local running
    running="$(read_variable server_id)"
    look_at_replication
    [ "$running" = "$SERVER_ID" ] || [ -z "$(replica_field Source_Host)" ] ||
        fail MM_NODE_SERVER_ID "$NODE replicates as server_id $running, wanted is $SERVER_ID. Nothing was changed" \
            "set mysql.serverId of node $NODE to $running (or SET GLOBAL server_id = $SERVER_ID there, if somebody has just changed it); to change it for good, pulumi destroy (all data stays), then up"
}

# A binary log that the option files already name keeps its name: a new one would orphan the logs of before.
choose_log_name() {
    local theirs ours
    ours="$(block_settings "$1" | sed -n 's/^log_bin=//p')"
    theirs="$(read_effective_options |
        awk -v ours="log_bin=$ours" '!/^log_bin(=|$)/ || $0 == ours && !seen++ { next } { name = $0 } END { print name }')"
    # without a name of its own, log_bin means a default that the running server tells
    case "$theirs" in log_bin | log_bin=) theirs="$(read_running log_bin)" ;; *) theirs="${theirs#log_bin=}" ;; esac
    WRITE_LOG_BIN=yes
    # replicas that are attached already ask for the logs of now, whoever named them
    if [ -z "$theirs" ] && is_same_value "$(read_variable log_bin)" 1 && [ -z "$(recall link)" ] && [ -n "$(sql "SHOW $(sql_replicas)")" ]; then
        theirs="$(read_running log_bin)"
    fi
    if [ -n "$theirs" ] && [ "$theirs" != "$LOG_BIN" ]; then
        note "the binary log keeps the name $theirs, which it has by $NODE's option files or for replicas that are attached; $LOG_BIN would orphan its logs"
        LOG_BIN="$theirs" WRITE_LOG_BIN=no
    fi
}

wanted_lines() {
    [ "$WRITE_LOG_BIN" = no ] || echo "log_bin=$LOG_BIN"
    echo "server_id=$SERVER_ID"
    echo "log_slave_updates=1"
    echo "relay_log=$RELAY_LOG"
    # Where GTIDs do not keep it from coming twice, what a receiver gets again from an old place would be applied again.
    if [ "$(read_gtid_mode)" != ON ] && ! keeps_receiver_place; then
        echo "$AT_START_ALONE=1"
        relay_log_info_setting
    fi
    [ -z "$GTID_DOMAIN_ID" ] || echo "gtid_domain_id=$GTID_DOMAIN_ID"
    [ -z "$BIND_ADDRESS" ] || echo "bind_address=$BIND_ADDRESS"
    [ -z "$SETTINGS" ] || printf '%s\n' "$SETTINGS"
}

# Better seen before a restart than after.
require_no_persisted_override() {
    local name value persisted
    while IFS='=' read -r name value; do
        persisted="$(find_persisted_override "$name" "$value")"
        [ -z "$persisted" ] ||
            fail MM_NODE_OPTION_OVERRIDDEN "$NODE has $name = $persisted from SET PERSIST (mysqld-auto.cnf), which wins over option files; wanted is $value. Nothing was changed" \
                "RESET PERSIST $name on $NODE, or set the wanted value to $persisted; then run up again"
    done <"$SCRATCH/wanted"
}

# write_options FILE: the block, checked by the server itself; the old file comes back when the server does not take it.
write_options() {
    local file="$1" role name value effective
    MOVED="$(recall option-file)"
    if [ "$MOVED" = "$file" ] || [ ! -e "$MOVED" ]; then MOVED=''; fi
    role="$(block_role "${MOVED:-$file}")"
    # a run that was killed while it moved the block
    [ -n "$role" ] || role="$(block_role "$file")"
    with_block "$file" "$(cat "$SCRATCH/wanted")${role:+
$role}" >"$SCRATCH/option-file"
    if [ -z "$MOVED" ]; then remember option-file "$file"; fi
    if [ -z "$MOVED" ] && [ -e "$file" ] && cmp -s "$file" "$SCRATCH/option-file"; then return; fi
    if [ ! -e "$STATE/option-file.before" ] && [ -e "$file" ]; then cp --preserve=all "$file" "$STATE/option-file.before"; fi
    if [ -e "$file" ]; then cp --preserve=all "$file" "$SCRATCH/old"; fi
    install_text "$file" <"$SCRATCH/option-file"
    WROTE=yes
    [ -z "$MOVED" ] || leave_old_file "$file"
    while IFS='=' read -r name value; do
        effective="$(read_effective_options | sed -n "s/^$(printf '%s' "$name" | tr - _)=//p" | tail -n 1)"
        ! is_same_value "$effective" "$value" || continue
        put_back "$file"
        fail MM_NODE_OPTION_OVERRIDDEN "$NODE's server would read $name = ${effective:-nothing} instead of $value: $(find_option_lines "$name" | tr '\n' ' '). Nothing was changed" \
            "remove that line (or that of mysql.options), or set the wanted value to it, or set mysql.optionFile to a file that is read later; then run up again"
    done <"$SCRATCH/wanted"
    if ! validate_options ''; then
        put_back "$file"
        fail MM_NODE_OPTIONS_INVALID "$NODE's server does not accept the option file as it would be with the managed block. Nothing was changed" \
            "mend what it names (mysql.options, or a line that its series no longer knows), then run up again" "$(read_validation)"
    fi
    note "wrote $(tr '\n' ' ' <"$SCRATCH/wanted")under [mysqld] of $file"
}

# leave_old_file FILE: the setting optionFile has moved. The block is in the new file by now, and two would stand in each other's way.
leave_old_file() {
    cp --preserve=all "$MOVED" "$SCRATCH/moved"
    remove_block "$MOVED"
    remember option-file "$1"
}

# put_back FILE: as it was before this run; where an earlier run that was killed had written it, with the settings of the last one that was not:
# the role stays. Where the block had moved, it is in its old file again.
put_back() {
    local role
    if [ -n "$MOVED" ]; then
        remove_block "$1"
        install_text "$MOVED" <"$SCRATCH/moved"
        remember option-file "$MOVED"
    elif [ "$WROTE" != yes ]; then
        role="$(block_role "$1")"
        if [ -n "$(recall options)" ]; then
            with_block "$1" "$(recall options)${role:+
$role}" >"$SCRATCH/taken"
            install_text "$1" <"$SCRATCH/taken"
        elif [ -z "$role" ]; then
            remove_block "$1"
        else
            keep_role "$1"
        fi
    elif [ -e "$SCRATCH/old" ]; then
        install_text "$1" <"$SCRATCH/old"
    else
        rm -f "$1"
    fi
}

# keep_role FILE: the block without the settings.
keep_role() {
    with_block "$1" "$(block_role "$1")" >"$SCRATCH/role-only"
    install_text "$1" <"$SCRATCH/role-only"
}

# What the check found, each thing once and without its time; that it aborts is no news. A check that crashed names no error.
read_validation() {
    local words
    words="$(awk '/\] Aborting$/ || !sub(/^.*\[ERROR\] */, "") || seen[$0]++ { next } { print }' "$SCRATCH/validation" | tail -n 4)"
    if [ -n "$words" ]; then printf '%s' "$words"; else tail -n 4 "$SCRATCH/validation"; fi
}

{ main "$@"; } </dev/null
