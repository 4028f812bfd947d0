# preflight.sh: tells what one host is like, one NAME and its values a line, separated by tabs; judges nothing, changes nothing.
# in:    NODE PORT SOCKET LOGIN_USER LOGIN_PASSWORD OPTION_FILE SERVICE WANTED (lines of name=value) HOLDS_DATA (yes: the pair is made of its data) HOST PEER_HOST PEER_PORT
#        COPY_HOST COPY_PORT (the peer's sshd; empty: not asked) BACKUP_FILE TLS_REQUIRE TLS_CA
# out:   facts; preflight/judge*.ts reads them
# parts: those in preflight/

main() {
    tell_host "${2:-}"
    tell_network
    if [ -n "$(recall swap)" ]; then
        # no server to ask, perhaps, or one on half of its data: the step that takes the host goes on from there
        tell swap "$(value_of state "$(recall swap)")"
        return 0
    fi
    require_server
    tell_server
    tell_rights || return 0
    tell_replication
    tell_disk "$(read_variable datadir)" data
    tell_data
    tell_options
    require_own_tls
}

# tell NAME VALUE...: one fact.
tell() {
    local IFS=$'\t'
    printf '%s\n' "$*"
}

# tell_rows NAME STATEMENT: each row is one.
tell_rows() {
    sql_fresh 'SET NAMES utf8mb4' "$2" | sed "s/^/$1	/"
}

{ main "$@"; } </dev/null
