# seed-load.sh: on the peer, ends the seed: imports the backup, or takes over what a stream, a clone or mariabackup has brought; proves it whole, and fixes the
# coordinates of both servers.
# in:    NODE PORT SOCKET LOGIN_USER LOGIN_PASSWORD OPTION_FILE SERVICE START_TIMEOUT_SECONDS SOURCE_UUID
#        DUMP (the origin's line: by which method it has sent what)
#        SOURCE_LOG (the id of the origin's log)
#        SEED (wanted|done|parted: an input only so that a change runs this again; the note on the host decides)
#        BACKUP_FILE KEEP_BACKUP TIMEOUT_SECONDS SSH_USER ACCOUNT ACCOUNT_HOST ACCOUNT_PASSWORD PEER_HOST PEER_PORT
# out:   seed source_file=FILE source_position=BYTES source_gtid=SET file=FILE position=BYTES
# codes: MM_SEED_NODE_NOT_EMPTY MM_SEED_NODE_IN_USE MM_SEED_BACKUP_MISSING MM_SEED_LOAD MM_SEED_INCOMPLETE MM_SEED_LOGIN_LOST MM_SEED_ENGINE MM_SEED_PREPARED
#        MM_SEED_NO_START MM_SEED_NOT_PROVEN MM_SEED_LOGIN_PLUGIN MM_SEED_CLONE
# parts: lib/overwrite.sh (may this node be overwritten?) lib/cut-clone.sh (what a clone has left) lib/import.sh (a dump goes in) seed-load/proof.sh (is it whole?) seed-load/resume.sh (the
#        data of an earlier pair) seed-load/files.sh (the origin's files become this server's)

main() {
    open_node
    KEYS="$(keys_of_ssh_user)"
    case "$1" in
        up) ensure_seeded ;;
        down) part_from_origin ;;
    esac
}

ensure_seeded() {
    case "$(read_seed_state "$SOURCE_UUID")" in
        'done') note "already seeded from server $SOURCE_UUID" ;;
        imported) prove_after_restart ;;
        parted) resume_parted ;;
        *)
            require_other_server
            case "$(value_of method "$DUMP")" in
                clone) take_over_clone ;;
                stream) take_over_stream ;;
                mariabackup) take_over_files ;;
                *) load_backup ;;
            esac
            ;;
    esac
    warn_of_lost_logins
    clean_up
    printf 'seed %s\n' "$(read_seed_coordinates)"
}

# The file that was sent, whole to its last line; its inventory goes to $SCRATCH/wanted.
require_backup() {
    RECEIVED="$(received_backup)"
    if [ "$(value_of bytes "$DUMP")" = "$(wc -c <"$RECEIVED" 2>/dev/null | tr -d ' ')" ] && read_inventory "$RECEIVED" >"$SCRATCH/wanted"; then return; fi
    fail_backup_missing "$RECEIVED"
}

fail_backup_missing() {
    fail MM_SEED_BACKUP_MISSING "$1 on $NODE is not what was sent (${DUMP:-no dump was made})" \
        "pulumi config set mysql-master-master:converge with a new text, so that it is made and sent again; then run up again. Where $NODE was emptied by hand while its peer follows it: pulumi destroy (all data of the origin stays), then up"
}

load_backup() {
    local bytes
    bytes="$(value_of bytes "$DUMP")"
    require_backup
    require_overwritable
    require_unused
    begin_overwriting
    begin_log_anew "$(value_of gtid "$DUMP")"
    note_place
    note "importing $bytes bytes, with the binary log off"
    exec 6<"$RECEIVED"
    import_dump "$bytes" read_input_position
    prove_imported
    note "imported and proven whole: $(describe_end "$bytes" "$(read_job_time)")"
    prove_after_restart
}

# What seed-receive.sh has imported while it came.
take_over_stream() {
    require_receipt
    recall received | tail -n +2 >"$SCRATCH/wanted"
    prove_imported
    note "proven whole"
    prove_after_restart
}

# The server has restarted by itself, with the origin's accounts, and is the origin's at that moment, page by page: proven by
# seed-admit/clone.sh, and by the origin.
take_over_clone() {
    require_receipt
    is_read_only || fail MM_SEED_LOAD "$NODE takes writes after it was cloned: $(find_option_lines read_only | tr '\n' ' ')" \
        "remove what opens it, SET GLOBAL read_only = 1, then run up again"
    require_untouched
    remember_seed 'done' "$(value_of file "$DUMP")" "$(value_of position "$DUMP")" "$(value_of gtid "$DUMP")"
    end_seed
}

# require_receipt: what is here is what the origin has sent, and from where on its own log has been empty is in START.
require_receipt() {
    local seed
    is_received_here || fail_backup_missing "what was received"
    seed="$(recall seed)"
    START="$(value_of file "$seed") $(value_of position "$seed")"
}

# end_seed: it is whole and proven; what was of use to an unfinished one goes.
end_seed() {
    forget seed-expects
    forget received
}

prove_imported() {
    # accounts that came as rows of the mysql schema count from here on
    try_sql 'FLUSH LOCAL PRIVILEGES' || fail_login_lost
    try_sql 'SELECT 1' >/dev/null || fail_login_lost
    close_after_seed
    require_untouched
    # an account that was made on the origin meanwhile came with this backup, and may not be in the next one
    note_expected
    require_complete
    # of a stream its origin's GTIDs are known only now
    if [ "$(value_of method "$DUMP")" = stream ] && has_gtid_domains; then begin_log_anew "$(value_of gtid "$DUMP")"; fi
    remember_seed imported "$(value_of file "$DUMP")" "$(value_of position "$DUMP")" "$(value_of gtid "$DUMP")"
}

# remember_seed STATE FILE POSITION GTID: of the source, beside this server's own coordinates after the import.
remember_seed() {
    local own
    own="$(read_coordinates)"
    write_seed "$1" "source_log=$SOURCE_LOG" "source_file=$2" "source_position=$3" "source_gtid=$4" "file=${own% *}" "position=${own#* }"
}

clean_up() {
    withdraw_admission "$KEYS"
    drop_unwanted_backup
    drop_received_files
}

part_from_origin() {
    clean_up
    is_seed_whole || return 0
    part_seed
}

{ main "$@"; } </dev/null
