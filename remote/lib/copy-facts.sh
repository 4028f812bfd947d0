# copy-facts.sh: what has to be the same on two hosts, or there, for one to take the other's data as the engine's own pages.

# read_copy_facts: KEY=VALUE words. clone= is yes, or why this host cannot take part, with ~ for blanks.
read_copy_facts() {
    # in a word of its own, for before bash 4.3 a \~ keeps its backslash
    local page names system packet blank='~'
    printf 'server=%s/%s zstd=%s clone=%s' "$FLAVOUR" "$VERSION_TEXT" "$(tell_zstd)" "$(tell_clone | tr ' ' '~')"
    if has_clone; then
        IFS=$'\t' read -r page names system packet \
            <<<"$(sql 'SELECT @@global.innodb_page_size, @@global.lower_case_table_names, @@global.innodb_data_file_path, @@global.max_allowed_packet')"
        printf ' machine=%s page=%s names=%s system=%s packet=%s plugins=%s' "$(uname -m)" "$page" "$names" "${system// /$blank}" "$packet" "$(read_added_plugins)"
    fi
    echo
}

tell_zstd() { if command -v zstd >/dev/null; then echo yes; else echo no; fi; }

# The clone plugin itself is made available, and goes again.
read_added_plugins() {
    sql "SELECT plugin_name FROM information_schema.plugins WHERE plugin_status = 'ACTIVE' AND plugin_library IS NOT NULL AND plugin_name <> 'clone'
        ORDER BY 1" | tr '\n' ',' | sed 's/,$//'
}

# From MySQL 8.0.17; up to 8.0.26 it holds DDL on the source up for as long as it takes.
has_clone() { is_at_least 80017; }
clones_beside_ddl() { is_at_least 80027; }

tell_clone() {
    local folder missing
    if ! has_clone; then
        echo 'this series has no clone plugin'
        return
    fi
    folder="$(read_variable plugin_dir)"
    if [ ! -e "${folder%/}/mysql_clone.so" ]; then
        echo "there is no clone plugin among the server's files"
        return
    fi
    missing="$(find_missing_rights "$RIGHTS_CLONE")"
    if [ -n "$missing" ]; then echo "the login lacks $missing"; else echo yes; fi
}

has_clone_plugin() { [ -n "$(sql "SELECT 1 FROM information_schema.plugins WHERE plugin_name = 'clone' AND plugin_status = 'ACTIVE'")" ]; }
