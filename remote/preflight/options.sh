# options.sh: what a restart of the server would stumble over.

tell_options() {
    find_server
    tell_filter_options
    tell_unknown_options
    tell_log_folder
    # these stop with messages of their own, and so come last
    find_service
    require_whole_block "$(find_option_file)"
}

# Filters as the option files, the server's command line and the stack's own mysql.options give them: no statement tells them before 8.0.1
# while the server follows nobody, nor ever before the restart that makes them active, which may be this program's own. MariaDB has them
# for a channel, too: NAME.replicate_do_db.
tell_filter_options() {
    { read_effective_options && printf '%s\n' "$WANTED" && tr '\0' '\n' <"$SERVER_COMMAND_LINE" | sed -n 's/^--//p'; } | awk '{ at = index($0, "="); name = substr($0, 1, at - 1)
        gsub("-", "_", name); sub(/^.*\./, "", name); sub(/^loose_/, "", name) }
        name ~ /^(replicate_(wild_)?(do|ignore)_(db|table)|replicate_rewrite_db|binlog_(do|ignore)_db)$/ { print "filter\t" toupper(name) " " substr($0, at + 1) }'
}

# The server's own check of its option files, which starts nothing; then with what the stack wants beside them. Names that its series no longer has come with their lines.
tell_unknown_options() {
    local name place
    has_validate_config || return 0
    if validate_options ''; then
        # what the stack alone decides of the managed block (core/preflightRequest.ts). What configure-node.sh decides on the host is not among it,
        # log_bin, bind_address and, without GTIDs, relay_log_recovery with relay_log_info_setting: it has the server check them
        # itself, before a restart, and puts the option file back
        validate_options "$WANTED" || tell refused "$(read_words)"
        return 0
    fi
    name="$(sed -n "s/.*unknown \(variable\|option\) '\(--\)\{0,1\}\([A-Za-z0-9_-]*\).*/\3/p" "$SCRATCH/validation" | head -n 1)"
    place=''
    [ -z "$name" ] || place="$(find_option_lines "$name" | tr '\n' ' ')"
    tell invalid "$name" "${place% }" "$(read_words)"
}
read_words() { { grep -a ERROR "$SCRATCH/validation" || cat "$SCRATCH/validation"; } | tail -n 3 | tr '\n\t' '| '; }

# A log that the option files put elsewhere than it is now: may the server write there?
tell_log_folder() {
    local name folder owner=none writable=no label=''
    name="$(read_effective_options | sed -n 's/^log_bin=//p' | tail -n 1)"
    case "$name" in */*) ;; *) return 0 ;; esac
    folder="${name%/*}"
    [ "${folder:-/}" != "$(read_variable log_bin_basename | sed 's#/[^/]*$##')" ] || return 0
    if [ -d "${folder:-/}" ]; then
        owner="$(stat -c %U "${folder:-/}")"
        label="$(stat -c %C "${folder:-/}" 2>/dev/null || true)"
        ! runuser -u "$SERVER_USER" -- test -w "${folder:-/}" 2>/dev/null || writable=yes
    fi
    tell log-folder "${folder:-/}" "$owner" "$writable" "$label" "$(if is_confined_by_apparmor; then echo enforced; fi)"
}

is_confined_by_apparmor() { grep -qs 'mysqld.*(enforce)' /sys/kernel/security/apparmor/profiles; }
