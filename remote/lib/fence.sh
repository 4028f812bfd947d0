# fence.sh: read-only and events, as the roles and the seed want them: in the running server, and in the role part of the managed block.

# remember_before_fence: what they were before this program first touched them, for destroy to bring back.
remember_before_fence() {
    local super=0
    [ -z "$(recall before-fence)" ] || return 0
    if has_super_read_only; then super="$(read_variable super_read_only)"; fi
    remember before-fence "read_only=$(read_variable read_only) super_read_only=$super event_scheduler=$(read_variable event_scheduler)"
}

# require_not_persisted NAME=VALUE...: of what a role writes; configure-node.sh has the same of the rest.
require_not_persisted() {
    local each persisted
    for each in "$@"; do
        persisted="$(find_persisted_override "${each%%=*}" "${each#*=}")"
        [ -z "$persisted" ] ||
            fail MM_ROLE_OPTION_OVERRIDDEN "$NODE has ${each%%=*} = $persisted from SET PERSIST (mysqld-auto.cnf), which wins over option files after a restart; wanted is ${each#*=}. Nothing was changed" \
                "RESET PERSIST ${each%%=*} on $NODE, then run up again"
    done
}

passive_role() {
    printf '%s: passive\nread_only=1\nevent_scheduler=OFF\n' "$ROLE_LINE"
    if has_super_read_only; then echo super_read_only=1; fi
}

# An active node that leaves the events to its peer, which is active as well.
eventless_role() { printf '%s: active\nevent_scheduler=OFF\n' "$ROLE_LINE"; }

# close_for_seed: from here to the roles nobody writes on this node but root's own sessions and replication: what others
# wrote would be missing on the origin. In the option file, too: a restart on the way must not open the node, nor start its
# events. super_read_only would stop the import; it comes after it.
close_for_seed() {
    require_not_persisted read_only=1 super_read_only=1 event_scheduler=OFF
    remember_before_fence
    find_server
    FILE="$(written_option_file)"
    write_role "$(passive_role)"
    if has_super_read_only; then sql 'SET GLOBAL super_read_only = 0'; fi
    sql 'SET GLOBAL read_only = 1'
    set_events OFF
}

# close_after_seed: the origin's accounts are here now, and some of them may pass read_only.
close_after_seed() { if has_super_read_only; then sql 'SET GLOBAL super_read_only = 1'; fi; }

# lift_fence: at destroy, after the channels are gone: events of both nodes must never feed each other. Those of a node that ran
# none are disabled first, while it is closed to all but root.
lift_fence() {
    local before events
    before="$(recall before-fence)"
    [ -n "$before" ] || return 0
    events="$(value_of event_scheduler "$before")"
    if is_read_only || [ -n "$(recall events)" ]; then
        part_events
        [ -z "$EVENTS_LEFT" ] || events=OFF
    fi
    if has_super_read_only; then sql "SET GLOBAL super_read_only = $(value_of super_read_only "$before")"; fi
    sql "SET GLOBAL read_only = $(value_of read_only "$before")"
    case "$events" in ON | OFF) set_events "$events" ;; esac
    forget before-fence
    forget closing
    note "read-only as before: $before"
}

fence_variable() { if has_super_read_only; then echo super_read_only; else echo read_only; fi; }
is_fenced() { [ "$(read_variable "$(fence_variable)")" = 1 ]; }
is_read_only() { [ "$(read_variable read_only)" = 1 ]; }

# write_role LINES: the second part of the managed block; the node's settings above it stay.
write_role() {
    local settings
    [ -e "$FILE" ] || [ -n "$1" ] || return 0
    require_whole_block "$FILE"
    settings="$(block_settings "$FILE")"
    [ -n "$settings$1" ] || return 0
    with_block "$FILE" "$settings${1:+
$1}" >"$SCRATCH/option-file"
    cmp -s "$FILE" "$SCRATCH/option-file" || install_text "$FILE" <"$SCRATCH/option-file"
    case "$1" in *read_only=1*) ;; *) return 0 ;; esac
    is_on_after_restart read_only || fail MM_ROLE_OPTION_OVERRIDDEN "$NODE would be writable after a restart: $(find_option_lines read_only | tr '\n' ' ')" \
        "remove that line, then run up again"
}

# is_on_after_restart NAME: what the option files make of it, the last one wins; a bare name means on.
is_on_after_restart() {
    case "$(read_effective_options | sed -n "s/^$1\$/$1=1/; s/^$1=//p" | tail -n 1 | tr '[:upper:]' '[:lower:]')" in
        1 | on | true) ;;
        *) return 1 ;;
    esac
}
