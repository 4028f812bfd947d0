# sweep.sh: at destroy, the last thing on a host: what a run that was killed has left here without the engine's knowing. Each undo looks
# first, touches only what is this program's, and finds nothing to do after a step's own undo.

sweep() {
    # it would bring everything back
    end_running_clone
    # whose channel it is, and the schema's drop, before the fence: what is written here from then on must reach nobody
    sweep_channel
    sweep_row_test
    close_donor
    sweep_cut_clone
    sweep_account
    lift_fence
    sweep_block
    sweep_seed
    rm -f "$STATE"/*.new
}

sweep_channel() {
    look_at_replication
    if [ "$(read_followed)" = "$PEER_HOST:$PEER_PORT" ]; then
        sql "STOP $(sql_replica)" "$(sql_forget_source)"
        note "no longer follows $PEER_HOST:$PEER_PORT"
    fi
    restore_strict_mode
    drop_channel_cas ''
    forget link
}

# What comes into the data directory from now on is not a clone's.
sweep_cut_clone() {
    local seed
    seed="$(recall seed)"
    case "$seed" in *' folders='*) ;; *) return 0 ;; esac
    [ -n "$(read_own_schemas)" ] || clear_cut_clone
    remember seed "${seed% folders=*}"
}

# In the binary log of a node that others may follow; not in that of one that was seeded, where it would count as its own.
sweep_row_test() {
    local log=1
    has_row_test && [ -z "$(read_foreign_rows)" ] || return 0
    if [ -n "$(recall seed)" ]; then log=0; fi
    drop_row_test "SET SESSION sql_log_bin = $log"
    note "dropped what a row's test had left"
}

# The account of the note was made by this program. One that @pulumi/mysql may have made before it was known is only named.
sweep_account() {
    local known
    known="$(value_of account "$(recall account)")"
    if [ -n "$known" ]; then
        ACCOUNT="${known%%@*}" ACCOUNT_HOST="${known#*@}"
        if has_account; then
            with_write_access sql "DROP USER $(sql_account)"
            note "dropped $(sql_account)"
        fi
        forget account
    elif [ "$MADE_ELSEWHERE" = yes ] && has_account; then
        warn MM_ACCOUNT_LEFT "the account $(sql_account) is here, and nothing proves that this stack's mysql.User made it; drop it when nobody needs it"
    fi
}

sweep_block() {
    # also where a run that moved it was killed in between
    remove_block "$(written_option_file)"
    remove_block "$(find_option_file)"
    forget option-file
    forget option-file.before
    forget options
    forget bind-address
    forget events
    forget peer-role
}

# The data stays. A marker that says that this node is in a pair would let a later up take it for that.
sweep_seed() {
    withdraw_key
    forget dump
    # a receipt of what no note of the origin's knows any more
    forget received
    restore_after_import
    withdraw_admission "$(keys_of_ssh_user)"
    BACKUP_FILE="$(recall backup)"
    if [ -n "$BACKUP_FILE" ]; then
        rm -f "$BACKUP_FILE".mm-?????? "$STATE/received-backup".mm-??????
        drop_unwanted_backup
    fi
    drop_received_files
    case "$(read_noted_seed_state)" in imported | 'done') part_seed ;; esac
}

# sweep_scratch: folders of runs that were killed before they could; they may hold passwords.
sweep_scratch() {
    local folder
    for folder in "${SCRATCH%.*}".??????; do
        if [ "$folder" != "$SCRATCH" ]; then rm -rf "$folder"; fi
    done
}
