# tls.sh: what the stack asks of the link's encryption, and what the servers offer.
# in: TLS_REQUIRE (true, false or empty) TLS_CA (certificates, or empty) TLS_VERIFY_HOST (true, false or empty)

TLS_REQUIRE="${TLS_REQUIRE:-}" TLS_CA="${TLS_CA:-}" TLS_VERIFY_HOST="${TLS_VERIFY_HOST:-}"

# must_encrypt: never in clear, whatever the source offers. Without it the link is encrypted where the source can.
must_encrypt() { [ "$TLS_REQUIRE" = true ] || [ -n "$TLS_CA" ]; }

write_ca() { printf '%s\n' "$TLS_CA" >"$SCRATCH/ca.pem"; }

# tls_option_lines MODE: for a client's option file; MODE is the client's word for a host that is known by its certificate.
tls_option_lines() {
    if [ -n "$TLS_CA" ]; then
        write_ca
        option_line ssl-ca "$SCRATCH/ca.pem"
        option_line ssl-mode "$1"
    elif must_encrypt; then
        option_line ssl-mode REQUIRED
    fi
}

# is_tls_refusal WORDS: whether the client says that the server is there, and its encryption not as it must be.
is_tls_refusal() {
    case "$1" in *"SSL is required but the server doesn't support it"* | *'certificate verify failed'* | *'certificate validation failure'*) ;; *) return 1 ;; esac
}

# fail_tls WHOSE WORDS
fail_tls() {
    case "$2" in
        *"doesn't support it"*)
            fail MM_TLS_MISSING "the stack asks for an encrypted link (tls), and $1 offers no TLS" \
                "see tls_version, ssl_cert and ssl_key of that server, and its error log at the start (MY-013595); or take tls out of the stack; then run up again" "$2"
            ;;
        *)
            fail MM_TLS_CA "the certificate of $1 is not one that tls.ca and tls.verifyHost accept" \
                "give the CA that signed the server's ssl_cert in tls.caFile; with tls.verifyHost the certificate must carry the name by which the other node reaches it; then run up again" "$2"
            ;;
    esac
}

# require_own_tls: before anything changes: this node's own server offers what the stack asks for. Asked over the socket, so it
# holds before the peer can reach the port; the certificate's name cannot be told here.
require_own_tls() {
    local words how=(--ssl-mode=REQUIRED)
    must_encrypt || return 0
    has_client_option ssl-mode || fail MM_TLS_MISSING "the stack asks for an encrypted link (tls), and the client of $NODE's series ($VERSION_TEXT) has no --ssl-mode, without which nothing is proven" \
        "take tls out of the stack: then the link is encrypted where both servers can; or use MySQL 5.7 or later; then run up again"
    if [ -n "$TLS_CA" ]; then
        write_ca
        how=(--ssl-mode=VERIFY_CA "--ssl-ca=$SCRATCH/ca.pem")
    fi
    echo 'SELECT 1;' | ask "${LOCAL[@]}" "${how[@]}" >/dev/null && return
    words="$(cat "$SCRATCH/words")"
    if is_tls_refusal "$words"; then fail_tls "$NODE's server" "$words"; fi
}

# The server reads the CA from its own data directory, where its user and its AppArmor or SELinux profile let it. Named after what
# is in it: a new CA is a new name, by which the channel is seen to differ.
channel_ca_path() {
    local folder
    [ -n "$TLS_CA" ] || return 0
    folder="$(read_fixed datadir)"
    printf '%s/mysql-master-master-ca-%s.pem' "${folder%/}" "$(printf '%s' "$TLS_CA" | sha256sum | cut -c 1-12)"
}

# ensure_channel_ca PATH: there, whole, and read by the server's user alone.
ensure_channel_ca() {
    [ -n "$1" ] || return 0
    write_ca
    if cmp -s "$SCRATCH/ca.pem" "$1"; then return; fi
    # made anew beside its place: in a folder of the server's user nothing that is there may be written through
    install -o "$(stat -c %u "${1%/*}")" -g "$(stat -c %g "${1%/*}")" -m 400 "$SCRATCH/ca.pem" "$1.new"
    mv -fT "$1.new" "$1"
}

# drop_channel_cas [KEPT]: what earlier settings have left.
drop_channel_cas() {
    local folder file
    folder="$(read_fixed datadir)"
    for file in "${folder%/}"/mysql-master-master-ca-*.pem; do
        if [ -e "$file" ] && [ "$file" != "${1:-}" ]; then rm -f "$file"; fi
    done
}

# wanted_tls ENCRYPTED CA: the channel's own words for it, as look_at_replication shows them.
wanted_tls() { printf '%s %s %s' "$([ "$1" = 1 ] && echo Yes || echo No)" "$([ "$TLS_VERIFY_HOST" = true ] && echo Yes || echo No)" "$2"; }
read_channel_tls() { printf '%s %s %s' "$(replica_field Source_SSL_Allowed)" "$(replica_field Source_SSL_Verify_Server_Cert)" "$(replica_field Source_SSL_CA_File)"; }

# sql_channel_tls ENCRYPTED CA: the options of CHANGE REPLICATION SOURCE. A CA is named where there is one, or was one.
sql_channel_tls() {
    local source verify=0
    source="$(sql_source)"
    printf '%s_SSL = %s' "$source" "$1"
    if [ "$TLS_VERIFY_HOST" = true ]; then verify=1; fi
    if [ -n "$2$(replica_field Source_SSL_CA_File)" ] || [ "$(replica_field Source_SSL_Verify_Server_Cert)" = Yes ] || verifies_by_default; then
        printf ', %s_SSL_CA = %s, %s_SSL_VERIFY_SERVER_CERT = %s' "$source" "$(quote_sql "$2")" "$source" "$verify"
    fi
}
