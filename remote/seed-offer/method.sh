# method.sh: by which method the origin's data goes to the peer: the one that is set, or the fastest that both servers and hosts can do.
# in: METHOD (auto, dump, stream, clone, mariabackup) COMPRESS PEER_FACTS (read_copy_facts and tell_files of the peer) KEEP_BACKUP LOCK_ALL_TABLES TLS_* ACCOUNT ACCOUNT_HOST OWN_HOST

# choose_method: in CHOSEN; what a clone needs here is there then.
choose_method() {
    local method why='' slower=''
    CHOSEN=''
    for method in $(list_methods); do
        why="$(find_obstacle "$method" | awk 'NR > 1 { printf "; and " } { printf "%s", $0 }')"
        if [ -z "$why" ] && [ "$method" = clone ] && ! open_donor; then
            why="its server refuses what that needs ($(tr '\n' ' ' <"$SCRATCH/words"))"
            close_donor
        fi
        [ -n "$why" ] || break
        [ "$METHOD" = auto ] || fail MM_SEED_METHOD "seed.method is $METHOD, and that cannot be done from $NODE: $why. No seed was begun" \
            "mend that (what was mended on the peer is seen after pulumi config set mysql-master-master:converge with a new text), or set seed.method to auto or dump; then run up again"
        slower="$slower; not $method: $why"
    done
    CHOSEN="$method"
    case "$METHOD:$slower" in
        auto:) note "seed.method auto takes $CHOSEN, the fastest that both can do" ;;
        # what the user asks for is no news
        auto:*) case "$KEEP_BACKUP:$LOCK_ALL_TABLES" in
            false:false) warn MM_SEED_SLOWER "seed.method auto takes $CHOSEN$slower" ;;
            *) note "seed.method auto takes $CHOSEN$slower" ;;
        esac ;;
    esac
}

# choose_packing: in PACKED, how it travels. The clone plugin packs by itself.
choose_packing() {
    local lacks=''
    PACKED=''
    [ "$COMPRESS" = true ] || return 0
    if [ "$CHOSEN" != clone ]; then
        [ "$(tell_zstd)" = yes ] || lacks="$NODE has no zstd"
        [ "$(value_of zstd "$PEER_FACTS")" = yes ] || lacks="${lacks:+$lacks, }the peer has no zstd"
    fi
    if [ -z "$lacks" ]; then
        PACKED=' packed=yes'
        note "what is sent goes compressed"
    else
        warn MM_SEED_SLOWER "what is sent is not compressed, as seed.compress asks for: $lacks"
    fi
}

# list_methods: the fastest first; those that this series has.
list_methods() {
    if [ "$METHOD" != auto ]; then
        echo "$METHOD"
    elif clones_beside_ddl; then
        echo clone stream dump
    elif is_mariadb; then
        echo mariabackup stream dump
    else
        echo stream dump
    fi
}

# find_obstacle METHOD: why it cannot be, a reason a line; nothing where it can.
find_obstacle() {
    if [ "$1" = dump ]; then return; fi
    if [ "$KEEP_BACKUP" = true ]; then
        echo 'seed.keepBackup asks for the file'
    elif [ "$LOCK_ALL_TABLES" = true ]; then
        echo "with accept.nonTransactionalTables $NODE takes no writes during the dump, and would take none during the import"
    elif [ "$1" = clone ]; then
        find_clone_obstacle
    elif [ "$1" = mariabackup ]; then
        find_mariabackup_obstacle
    fi
}

find_mariabackup_obstacle() {
    local why mine theirs
    if ! is_mariadb; then
        echo 'its server is not MariaDB'
        return
    fi
    why="$(read_files_obstacle origin)"
    theirs="$(value_of files "$PEER_FACTS" | tr '~' ' ')"
    mine="$(read_files_layout | tr ' ' '~')"
    if [ -n "$why" ]; then
        echo "$why"
    elif [ "$theirs" != yes ]; then
        echo "on the peer, ${theirs:-nothing is known of mariadb-backup}"
    elif [ "$mine" != "$(value_of layout "$PEER_FACTS")" ]; then
        echo "its files are $mine, the peer takes $(value_of layout "$PEER_FACTS")" | tr '~' ' '
    fi
}

find_clone_obstacle() {
    local ours fact mine theirs names
    ours="$(read_copy_facts)"
    for fact in clone server machine page names system; do
        mine="$(value_of "$fact" "$ours")" theirs="$(value_of "$fact" "$PEER_FACTS")"
        case "$fact:$mine:$theirs" in
            clone:yes:yes) ;;
            # of one that cannot take part at all the rest is not known
            clone:yes:*) echo "on the peer ${theirs:-nothing is known of the clone plugin}" | tr '~' ' ' && return ;;
            clone:*) printf '%s\n' "$mine" | tr '~' ' ' && return ;;
            *) [ "$mine" = "$theirs" ] || echo "$(name_fact "$fact") is $mine, the peer's is $theirs" ;;
        esac
    done
    # 3957, from either side
    for fact in "its $(value_of packet "$ours")" "the peer's $(value_of packet "$PEER_FACTS")"; do
        [ "${fact##* }" -ge 2097152 ] || echo "${fact% *} max_allowed_packet is ${fact##* }, and a clone needs 2097152 (2 MB)"
    done
    names="$(value_of plugins "$ours" | tr ',' '\n' | grep -vxF "$(value_of plugins "$PEER_FACTS" | tr ',' '\n')" | list_lines || true)"
    [ -z "$names" ] || echo "the peer has not its plugins $names"
    find_page_obstacle
    find_way_obstacle
}
name_fact() {
    case "$1" in
        server) echo 'its server' ;;
        machine) echo 'its machine' ;;
        page) echo 'its innodb_page_size' ;;
        names) echo 'its lower_case_table_names' ;;
        system) echo 'its innodb_data_file_path' ;;
    esac
}

# What is not of the engine's pages, or not where the peer would look for them.
find_page_obstacle() {
    local kind found
    for kind in unsafe volatile tablespace; do
        found="$(sql "$(sql_undumpable "$kind")" | list_lines)"
        [ -z "$found" ] || echo "a clone does not carry what is not in InnoDB's own tablespaces ($found)"
    done
    found="$(sql "SELECT name FROM information_schema.$(engine_tablespaces) WHERE encryption = 'Y'" | list_lines)"
    [ -z "$found" ] || echo "it has encrypted tablespaces ($found), of which the peer has not the key"
    found="$(sql "SELECT path FROM information_schema.innodb_datafiles WHERE path LIKE '/%'" | list_lines)"
    [ -z "$found" ] || echo "it has tables outside its data directory ($found)"
}

# It goes from server to server, and so over TLS.
find_way_obstacle() {
    case "$OWN_HOST:$TLS_VERIFY_HOST" in
        *:true) echo 'a clone proves the certificate, and not the name in it (tls.verifyHost)' ;;
        *:*:*) echo 'a clone takes no IPv6 address' ;;
    esac
    [ -n "$(sql "SHOW GLOBAL STATUS LIKE 'Ssl_server_not_after'" | cut -f 2)" ] || echo 'its server offers no TLS, and a clone goes by nothing else'
}
