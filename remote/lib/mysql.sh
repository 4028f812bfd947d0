# mysql.sh: running the client against this node's own server. Statements go in on stdin, secrets through option files.

# option_line NAME VALUE: one line of an option file; the quotes keep # and spaces, what would end them is escaped.
option_line() {
    local value="${2//\\/\\\\}"
    printf '%s="%s"\n' "$1" "${value//\"/\\\"}"
}

# The plain name, unless it is but another one for MariaDB's program, which complains of it from 11 on.
find_program() { # MYSQL-NAME MARIADB-NAME
    local plain own
    plain="$(command -v "$1" || true)" own="$(command -v "$2" || true)"
    if [ -n "$own" ] && { [ -z "$plain" ] || [ "$(readlink -f "$plain")" = "$(readlink -f "$own")" ]; }; then echo "$own"; else echo "$plain"; fi
}

# has_client_option NAME: asked of the program itself, for it may be of another release than the server. Read whole: a program that is
# cut off by a quick reader counts as failed.
has_client_option() { case "$("$MYSQL" --no-defaults --help 2>/dev/null)" in *"--$1"*) ;; *) return 1 ;; esac }

require_client() {
    MYSQL="$(find_program mysql mariadb)"
    [ -n "$MYSQL" ] || fail MM_HOST_NO_CLIENT "$NODE has no mysql client" "install the client of the server's series on $NODE"
    connection_options
    # names are UTF-8 in the script, and in what is compared; a client whose locale is C would take them for Latin-1
    # said by a statement, too: a server older than the client may not know the collation that it greets with, and takes Latin-1 then
    # (seen: client 9.7, server 5.7)
    LOCAL=("$MYSQL" "${CONNECTION[@]+"${CONNECTION[@]}"}" --connect-timeout=10 --default-character-set=utf8mb4 '--init-command=SET NAMES utf8mb4')
}

# connection_options: how every client program (mysql, mysqldump) gets to this node's server, in CONNECTION; the option file first,
# for they take it nowhere else.
connection_options() {
    CONNECTION=()
    if [ -n "$LOGIN_USER" ]; then
        {
            echo '[client]'
            option_line user "$LOGIN_USER"
            option_line password "$LOGIN_PASSWORD"
        } >"$SCRATCH/login.cnf"
        CONNECTION+=("--defaults-extra-file=$SCRATCH/login.cnf" "--user=$LOGIN_USER")
    fi
    [ -z "$SOCKET" ] || CONNECTION+=("--socket=$SOCKET")
}

# ask CLIENT...: statements on stdin, rows out; status of the client, its words in $SCRATCH/words.
ask() { "$@" 2>"$SCRATCH/words"; }

# try_sql STATEMENT...: rows, tab-separated; silent, status 1 when the server refuses.
try_sql() { printf '%s;\n' "$@" | ask "${LOCAL[@]}" --batch --skip-column-names; }

# sql STATEMENT...: the same, and ends the script when the server refuses.
sql() {
    try_sql "$@" || fail MM_SQL_REFUSED "$NODE's server refused a statement of step $STEP" \
        "read the server's words; grant the login what README.md lists, or start the server, then run up again" "$(cat "$SCRATCH/words")"
}

# sql_fresh STATEMENT...: statistics as they are now: cached ones are old, and reading them writes the cache.
sql_fresh() { if has_cached_statistics; then sql 'SET SESSION information_schema_stats_expiry = 0' "$@"; else sql "$@"; fi; }

# sql_vertical STATEMENT: one NAME: VALUE a line (-E, for \G is off in newer clients' batch mode).
sql_vertical() {
    printf '%s;\n' "$1" | ask "${LOCAL[@]}" -E || fail MM_SQL_REFUSED "$NODE's server refused a statement of step $STEP" \
        "grant the login what README.md lists, then run up again" "$(cat "$SCRATCH/words")"
}

# require_server: connects, and learns FLAVOUR, VERSION (80022 for 8.0.22) and VERSION_TEXT.
require_server() {
    local facts found
    require_scratch_room
    require_client
    facts="$(read_server_facts)" || { wait_for_server_on_its_way && facts="$(read_server_facts)"; } ||
        fail_login "$(cat "$SCRATCH/words")"
    IFS=$'\t' read -r found VERSION_TEXT _ <<<"$facts"
    # port 0 is one without network: steps that need it say so
    [ "$found" = "$PORT" ] || [ "$found" = 0 ] || fail MM_SQL_WRONG_SERVER "the socket on $NODE leads to the server on port $found, not $PORT" \
        "set mysql.port or mysql.socket of node $NODE to those of one server"
    case "$facts" in *MariaDB*) FLAVOUR=MariaDB ;; *) FLAVOUR=MySQL ;; esac
    VERSION="$(parse_version "$VERSION_TEXT")"
}

read_server_facts() { try_sql 'SELECT @@port, @@version, @@version_comment'; }

# A server may be in the middle of a restart: by a run whose engine was killed, or after a crash or a boot. It is waited for as
# long as that goes on, and no longer.
wait_for_server_on_its_way() { is_server_on_its_way && wait_until "${START_TIMEOUT_SECONDS:-600}" is_there_or_lost; }
is_there_or_lost() { try_sql 'SELECT 1' >/dev/null || ! is_server_on_its_way; }
is_server_on_its_way() {
    local states='(de)?activating'
    grep -q 2002 "$SCRATCH/words" || return 1
    # what has cloned restarts by itself, which the service manager notices late
    [ -z "$(value_of from "$(recall donor)")" ] || states="$states|active"
    # fd 9 is this step's own lock: then nobody else restarts the server
    if [ ! -e /proc/self/fd/9 ] && [ -e "$STATE/lock" ] && ! flock -n "$STATE/lock" true; then return 0; fi
    systemctl show --property ActiveState --value mysqld mysql mariadb "${SERVICE:-mysqld}" 2>/dev/null | grep -E "^($states)\$" >/dev/null
}

# is_login_refused: of the last words: the server is there and says no; waiting does not change that. 1524: the account's plugin is not loaded.
is_login_refused() { grep -qE 'ERROR (1045|1524|1698)' "$SCRATCH/words"; }

# fail_login WORDS: a server that is not there, and one that is there and says no, ask for different things.
fail_login() {
    local next="start it, or set mysql.login (user and password) or mysql.socket for node $NODE"
    case "$1" in
        *1045* | *1524* | *1698*) next="correct mysql.login (user and password) of node $NODE, or that account's password and host on $NODE; without mysql.login the program comes as root" ;;
        *2002* | *2003*) next="start the server of $NODE, or set mysql.socket of node $NODE to where it listens" ;;
    esac
    [ -z "$(recall swap)" ] || next="a seed was killed while it put the received data into its place: give pulumi config set mysql-master-master:converge a new text, by which it goes on from there"
    fail MM_SQL_LOGIN "$NODE's server does not let the program in over its socket" "$next; then run up again" "$1"
}

# parse_version TEXT: 5.7.22-log to 50722, 10.11.6-MariaDB to 101106.
parse_version() { printf '%s\n' "$1" | awk -F'[.-]' '{ printf "%d%02d%02d\n", $1, $2, $3 }'; }

# read_connections: ID, USER@HOST, COMMAND and SECONDS of each other client's connection, tab-separated; the server's own threads
# and replicas are left out. By SHOW: information_schema.processlist ends with error 3854 while anybody's statement holds a letter
# of four bytes, such as an emoji (seen on 9.7.4).
read_connections() {
    sql 'SELECT CONNECTION_ID()' 'SHOW PROCESSLIST' | awk -F'\t' 'NR == 1 { own = $1; next }
        $1 != own && $2 != "system user" && $2 != "event_scheduler" && $5 != "Daemon" && $5 !~ /^Binlog Dump/ { print $1 "\t" $2 "@" $3 "\t" $5 "\t" $6 }'
}

# read_statements SECONDS: ID, USER@HOST and SECONDS of each that runs for so long and longer, tab-separated.
read_statements() {
    read_connections | awk -F'\t' -v limit="$1" '($3 == "Query" || $3 == "Execute") && $4 + 0 >= limit { print $1 "\t" $2 "\t" $4 }'
}

read_variable() { sql "SELECT @@global.$1"; }

# read_fixed NAME: a variable that no statement changes.
read_fixed() { ask_once "$1" read_variable "$1"; }

# ask_once NAME COMMAND...: what it prints: asked once, until the server restarts (ask_anew). A client takes longer to start than to answer.
ask_once() {
    local known="$SCRATCH/once-$1" text
    if [ -e "$known" ]; then
        cat "$known"
        return
    fi
    shift
    text="$("$@")" || return
    # on a full disk it is asked each time
    { printf '%s\n' "$text" >"$known.new" && mv -f "$known.new" "$known"; } 2>/dev/null || true
    printf '%s\n' "$text"
}
ask_anew() { rm -f "$SCRATCH"/once-*; }

# quote_sql TEXT: a string literal for any sql_mode but ANSI quirks: quotes doubled, backslashes doubled.
quote_sql() {
    local text="${1//\\/\\\\}"
    printf "'%s'" "${text//\'/\'\'}"
}

# is_same_value ONE OTHER: ON is 1, 16M is 16777216, case does not count. The preflight compares as this does: plainValue in
# preflight/judgeOptions.ts.
is_same_value() { [ "$(plain_value "$1")" = "$(plain_value "$2")" ]; }
plain_value() {
    local value="${1,,}" units=kmgt
    case "$value" in
        on | true) value=1 ;;
        off | false) value=0 ;;
    esac
    if [[ "$value" =~ ^([0-9]+)([kmgt])$ ]]; then
        units="${units%%"${BASH_REMATCH[2]}"*}"
        value=$((10#${BASH_REMATCH[1]} << 10 * (${#units} + 1)))
    fi
    printf '%s\n' "$value"
}
sql_value() {
    local plain
    plain="$(plain_value "$1")"
    case "$plain" in '' | *[!0-9]*) quote_sql "$1" ;; *) printf '%s' "$plain" ;; esac
}
