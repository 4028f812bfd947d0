# peer.sh: speaking with the peer's server over the network, as the replication account and with nothing but its rights.

# open_peer HOST PORT: prepares the client; the password goes into an option file that only root reads.
open_peer() {
    {
        echo '[client]'
        option_line host "$1"
        option_line port "$2"
        option_line user "$ACCOUNT"
        option_line password "$ACCOUNT_PASSWORD"
        # for servers without TLS; unknown to MariaDB's client, which needs no key
        echo 'loose-get-server-public-key'
        tls_option_lines "$([ "$TLS_VERIFY_HOST" = true ] && echo VERIFY_IDENTITY || echo VERIFY_CA)"
    } >"$SCRATCH/peer.cnf"
    PEER=("$MYSQL" "--defaults-file=$SCRATCH/peer.cnf" --connect-timeout=5 --protocol=tcp)
}
try_peer() { printf '%s;\n' "$@" | ask "${PEER[@]}" --batch --skip-column-names; }
peer_vertical() { printf '%s;\n' "$1" | ask "${PEER[@]}" -E; }

# require_peer HOST PORT SECONDS: the account can log in there, within that time (a new password has to arrive first).
require_peer() {
    local next words
    open_peer "$1" "$2"
    if wait_until "$3" try_login && [ -z "$TLS_REFUSED" ]; then return; fi
    words="$(cat "$SCRATCH/words")"
    [ -z "$TLS_REFUSED" ] || fail_tls "$1:$2" "$words"
    case "$words" in
        *1045* | *1130*) next="let $ACCOUNT log in from $NODE: compare account.hostPattern with the address that the server names" ;;
        *1042*) next="give $NODE's address a name on $1 (/etc/hosts), or set skip_name_resolve there" ;;
        *) next="make $1 port $2 reachable from $NODE (address, firewall, mysql.bindAddress of the other node)" ;;
    esac
    fail MM_ACCOUNT_LOGIN "from $NODE, $ACCOUNT cannot log in to $1:$2 within $3 s" "$next, then run up again" "$words"
}

# try_login: status 0 when the peer lets the account in, or says what no waiting mends; then that is in TLS_REFUSED.
try_login() {
    TLS_REFUSED=''
    try_peer 'SELECT 1' >/dev/null && return
    is_tls_refusal "$(cat "$SCRATCH/words")" && TLS_REFUSED=yes
}

# read_peer_tls: 1 when the connection to the peer is encrypted, else 0. No answer is not a no: it would send rows in clear.
read_peer_tls() {
    local cipher
    if tells_tls_by_variable; then
        cipher="$(peer_sql "SHOW GLOBAL VARIABLES LIKE 'have_ssl'")"
        case "$cipher" in *$'\t'YES) echo 1 ;; *) echo 0 ;; esac
        return
    fi
    cipher="$(peer_sql "SHOW SESSION STATUS LIKE 'Ssl_cipher'")"
    case "$cipher" in *$'\t'?*) echo 1 ;; *) echo 0 ;; esac
}

# have_both_gtids: whether this server and its peer have GTIDs on.
have_both_gtids() { [ "$(read_gtid_mode)" = ON ] && [ "$(peer_read @@global.gtid_mode)" = ON ]; }
# read_peer_coordinates: FILE POSITION of the peer's binary log, now.
read_peer_coordinates() { try_peer "$(sql_binary_log_status)" | awk -F'\t' 'NR == 1 { print $1, $2 }'; }

# read_peer_id: what it shows of read_server_uuid (is_same_server).
read_peer_id() { peer_read "$(sql_server_identity)"; }

# peer_read EXPRESSION: a value of the peer's server; ends the script when it cannot be had.
peer_read() { peer_sql "SELECT $1"; }

# peer_sql STATEMENT: rows of the peer's server; ends the script when they cannot be had. A login that was good a moment ago is tried again:
# the account may be just then dropped and made anew, by what the peer replays.
peer_sql() {
    wait_until 20 ask_peer "$1" && [ -z "$PEER_WORDS" ] && printf '%s\n' "$PEER_ROWS" && return
    fail MM_PEER_UNREADABLE "from $NODE, the peer's server does not answer $ACCOUNT" \
        "see that it runs and is reachable, then run up again" "$PEER_WORDS"
}
# ask_peer STATEMENT: rows in PEER_ROWS, or in PEER_WORDS what no waiting mends; status 1 when it is to be asked again.
ask_peer() {
    PEER_WORDS=''
    PEER_ROWS="$(try_peer "$1")" && return
    PEER_WORDS="$(cat "$SCRATCH/words")"
    case "$PEER_WORDS" in *1045*) return 1 ;; esac
}
