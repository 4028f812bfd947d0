# option-file.sh: one managed block directly under [mysqld], and what the server makes of all its option files.

BLOCK_BEGIN='# mysql-master-master begin'
BLOCK_END='# mysql-master-master end'

# find_option_file: prints the file to write: the setting; /etc/my.cnf where the server reads that; else a drop-in of the
# program's own in the last folder that /etc/mysql/my.cnf includes, which the server reads last (Debian's layout).
find_option_file() {
    local folder
    if [ -n "$OPTION_FILE" ]; then
        readlink -f "$OPTION_FILE"
    elif [ -e /etc/my.cnf ] || [ ! -e /etc/mysql/my.cnf ]; then
        readlink -f /etc/my.cnf
    else
        folder="$(sed -n 's/^[[:space:]]*!includedir[[:space:]]*//p' /etc/mysql/my.cnf | tail -n 1)"
        if [ -n "$folder" ]; then echo "${folder%/}/zz-mysql-master-master.cnf"; else readlink -f /etc/mysql/my.cnf; fi
    fi
}

# written_option_file: prints the file that carries the block: the one that was written, else the one that would be.
written_option_file() {
    local file
    file="$(recall option-file)"
    if [ -n "$file" ]; then echo "$file"; else find_option_file; fi
}

# read_block FILE: the managed lines, without their marks.
read_block() { if [ -e "$1" ]; then sed -n "/^$BLOCK_BEGIN/,/^$BLOCK_END/p" "$1" | sed '1d;$d'; fi; }

# require_whole_block FILE: both marks or none; half a block would take the lines below it along.
require_whole_block() {
    local begins ends
    [ -e "$1" ] || return 0
    begins="$(grep -ac "^$BLOCK_BEGIN" "$1" || true)" ends="$(grep -ac "^$BLOCK_END" "$1" || true)"
    if [ "$begins$ends" = 00 ]; then return; fi
    if [ "$begins$ends" = 11 ] && grep -a "^# mysql-master-master [be]" "$1" | head -n 1 | grep -q "^$BLOCK_BEGIN"; then return; fi
    fail MM_NODE_BLOCK_DAMAGED "$1 on $NODE has $begins begin marks and $ends end marks of the managed block. Nothing was changed" \
        "repair it by hand: one line '$BLOCK_BEGIN', the managed lines, one line '$BLOCK_END', or none of them; then run up again"
}

# strip_block FILE: the file without the block, byte for byte as it was before.
# The begin mark says what else came with the block: a newline for a last line that had none, a [mysqld] header.
strip_block() {
    local mark
    [ -e "$1" ] || return 0
    mark="$(grep -am 1 "^$BLOCK_BEGIN" "$1" || true)"
    sed "/^$BLOCK_BEGIN/,/^$BLOCK_END/d" "$1" >"$SCRATCH/strip"
    # lines that somebody has put below the block since then keep the header and the newline that they stand under
    case "$mark:$(tail -n 1 "$1")" in
        *section*:"$BLOCK_END") sed -i '$d' "$SCRATCH/strip" ;;
    esac
    case "$mark:$(tail -n 1 "$1")" in
        *newline*:"$BLOCK_END") head -c -1 "$SCRATCH/strip" ;;
        *) cat "$SCRATCH/strip" ;;
    esac
}

# with_block FILE BLOCK: prints the file with the block directly under the first [mysqld], or under one of its own at the end.
with_block() {
    local line mark="$BLOCK_BEGIN (managed; edits are undone" text="$SCRATCH/stripped"
    strip_block "$1" >"$text"
    line="$(awk '/^[ \t]*\[mysqld\]/ { print NR; exit }' "$text")"
    if [ -n "$line" ]; then head -n "$line" "$text" >"$SCRATCH/head"; else cp "$text" "$SCRATCH/head"; fi
    cat "$SCRATCH/head"
    if [ -n "$(tail -c 1 "$SCRATCH/head" | tr -d '\n' | od -An -c)" ]; then
        printf '\n'
        mark="$mark; newline added"
    fi
    if [ -z "$line" ]; then
        printf '[mysqld]\n'
        mark="$mark; section added"
    fi
    if [ ! -e "$1" ] || grep -aq "^$BLOCK_BEGIN.*file added" "$1"; then mark="$mark; file added"; fi
    printf '%s)\n%s\n%s\n' "$mark" "$2" "$BLOCK_END"
    [ -z "$line" ] || tail -n "+$((line + 1))" "$text"
}

# install_text FILE < TEXT: replaces the file in one step; mode, owner and label of the old one stay, a new one is 644.
install_text() {
    local new
    new="$(mktemp "$1.XXXXXX")"
    if [ -e "$1" ]; then cp --preserve=all "$1" "$new"; else chmod 644 "$new"; fi
    cat >"$new"
    sync "$new" 2>/dev/null || sync
    mv -f "$new" "$1"
}

# remove_block FILE: takes the block out; a file that came with it goes, when nothing else is in it.
remove_block() {
    grep -aq "^$BLOCK_BEGIN" "$1" 2>/dev/null || return 0
    require_whole_block "$1"
    strip_block "$1" >"$SCRATCH/without"
    if [ ! -s "$SCRATCH/without" ] && grep -aq "^$BLOCK_BEGIN.*file added" "$1"; then
        rm -f "$1"
    else
        install_text "$1" <"$SCRATCH/without"
    fi
}

# The block has two parts: the node's settings, and below this line what the role says (lib/fence.sh).
ROLE_LINE='# role'
block_settings() { read_block "$1" | sed "/^$ROLE_LINE/,\$d"; }
block_role() { read_block "$1" | sed -n "/^$ROLE_LINE/,\$p"; }

# find_server: the running server's program, its command line, and the option-file arguments that it was started with.
find_server() {
    local pid
    pid="$(cat "$(read_variable pid_file)" 2>/dev/null || true)"
    case "$pid" in '' | *[!0-9]*) pid='' ;; esac
    MYSQLD="$(readlink -f "/proc/${pid:-none}/exe" 2>/dev/null || command -v mysqld || command -v mariadbd || true)"
    MYSQLD="${MYSQLD% (deleted)}"
    [ -x "$MYSQLD" ] || fail MM_NODE_NO_SERVER "the program of $NODE's server is not found" "put mysqld on root's PATH on $NODE"
    SERVER_USER="$(stat -c %U "/proc/${pid:-none}" 2>/dev/null || echo mysql)"
    SERVER_COMMAND_LINE="/proc/${pid:-self}/cmdline"
    SERVER_DEFAULTS=()
    local word
    while IFS= read -r -d '' word; do
        case "$word" in --defaults-*) SERVER_DEFAULTS+=("$word") ;; esac
    done <"$SERVER_COMMAND_LINE"
}

# read_effective_options: NAME=VALUE a line, in the order in which the server reads them; the last of a name wins.
read_effective_options() {
    "$MYSQLD" "${SERVER_DEFAULTS[@]+"${SERVER_DEFAULTS[@]}"}" --print-defaults 2>/dev/null | tail -n 1 | sed 's/ --/\n--/g' | sed 's/ *$//' |
        sed -n 's/^ *--\(loose[-_]\)\{0,1\}//p' | awk '{ at = index($0, "="); name = at ? substr($0, 1, at - 1) : $0
            gsub("-", "_", name); print name (at ? substr($0, at) : "") }'
}

# find_persisted_override NAME VALUE: what SET PERSIST (8.0 and later) has made of it, which wins over every option file; nothing where that
# is the same. It is not this program's to reset. A name with slave may stand there by its newer one.
find_persisted_override() {
    local persisted
    has_persisted_variables || return 0
    persisted="$(ask_once persisted read_persisted | awk -F'\t' -v name="$1" -v newer="${1//slave/replica}" '$1 == name || $1 == newer { print $2 }')"
    [ -z "$persisted" ] || is_same_value "$persisted" "$2" || printf '%s\n' "$persisted"
}

read_persisted() { sql 'SELECT VARIABLE_NAME, VARIABLE_VALUE FROM performance_schema.persisted_variables'; }

# validate_options LINES: whether the server takes its option files, and NAME=VALUE lines beside them; it starts nothing, and its words are in
# $SCRATCH/validation. 8.0.16 and later have a check for it; older ones stop at an unknown option before they print their help.
validate_options() {
    local line options=("--user=$SERVER_USER")
    while IFS= read -r line; do [ -z "$line" ] || options+=("--$line"); done <<<"$1"
    if has_validate_config; then options+=(--validate-config); else options+=(--verbose --help); fi
    timeout 60 "$MYSQLD" "${SERVER_DEFAULTS[@]+"${SERVER_DEFAULTS[@]}"}" "${options[@]}" >"$SCRATCH/validation" 2>&1
}

# find_option_lines NAME: FILE:LINE:TEXT of every place in the usual files that sets it, outside the managed block.
find_option_lines() {
    local pattern
    pattern="^[[:space:]]*(loose[-_])?$(printf '%s' "$1" | sed 's/[-_]/[-_]/g')[[:space:]]*(=|\$)"
    { find -L /etc/my.cnf /etc/my.cnf.d /etc/mysql "$HOME/.my.cnf" -type f -name '*.cnf' 2>/dev/null || true; } | sort -u |
        while IFS= read -r file; do
            awk -v begin="$BLOCK_BEGIN" -v end="$BLOCK_END" -v pattern="$pattern" -v file="$file" '
                index($0, begin) == 1 { inside = 1 } index($0, end) == 1 { inside = 0 }
                !inside && $0 ~ pattern { print file ":" NR ": " $0 }' "$file"
        done
}
