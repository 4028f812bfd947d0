# events.sh: scheduled events run on exactly one node, and follow the active role. What comes over replication is disabled on the
# replica by the server itself (REPLICA_SIDE_DISABLED, and so after each later ALTER); what came with the seed is as it was on the
# origin. So the node that gives the events up tells which of its are enabled, and the one that takes them enables those that replication
# had disabled: one that a user has disabled stays so. Unlogged, for the other node's are to stay as they are.

# set_events ON|OFF: a scheduler that is DISABLED at start cannot be set, and runs nothing.
set_events() { [ "$(read_variable event_scheduler)" = DISABLED ] || sql "SET GLOBAL event_scheduler = $1"; }

# give_up_events: remembers which were enabled when it did; told by the fingerprint, and the same until the role comes back.
give_up_events() {
    local enabled
    set_events OFF
    # from here on the other one's list tells which are to run
    forget events-parted
    [ -z "$(recall events)" ] || return 0
    enabled="$(read_enabled_events)"
    remember events "events=${enabled:-none}"
}
read_enabled_events() {
    sql "SELECT CONCAT(HEX(event_schema), '.', HEX(event_name)) FROM information_schema.events WHERE status = 'ENABLED' ORDER BY 1" | tr '\n' ',' | sed 's/,$//'
}

# part_events: at destroy, on a node that ran none: what is enabled here is a copy of what the other one runs, and would run twice.
# Disabled as replication would have, unlogged: so it holds after a restart, this node gets no transaction of its own, and the next
# pair's roles enable what is to run. Noted before it is done. What could not be disabled is in EVENTS_LEFT.
part_events() {
    local enabled
    EVENTS_LEFT=''
    enabled="$(read_enabled_events)"
    [ -n "$enabled" ] || return 0
    [ -n "$(recall events-parted)" ] || remember events-parted "events=$enabled"
    if has_super_read_only; then sql 'SET GLOBAL super_read_only = 0'; fi
    list_events "'ENABLED'" "$(sql_disable_on_replica)" >"$SCRATCH/events"
    alter_events
    note "these events are copies of those that ${PEER_HOST:-the other node} runs, and are disabled here now: $(cut -f 1 "$SCRATCH/events" | tr '\n' ' '); ALTER EVENT ... ENABLE those that this server alone is to run"
    [ -z "$EVENTS_LEFT" ] ||
        warn MM_ROLE_EVENTS_LEFT "these events, copies of those that ${PEER_HOST:-the other node} runs, are still enabled here, so the scheduler stays off:$EVENTS_LEFT; ALTER EVENT ... DISABLE them, then SET GLOBAL event_scheduler = ON"
}

# take_events: once, when this node opens or gets them back; later runs leave them to the user.
take_events() {
    local before theirs parted
    theirs="$(value_of events "$PEER_EVENTS")"
    parted="$(value_of events "$(recall events-parted)")"
    if [ "$OPENED" = yes ] || [ -n "$(recall events)" ]; then
        enable_events "$theirs"
    elif [ -n "$parted" ]; then
        # open since destroy, which had disabled them here
        enable_events "$parted${theirs:+,$theirs}"
    fi
    before="$(value_of event_scheduler "$(recall before-fence)")"
    case "$before" in ON | OFF) set_events "$before" ;; esac
    forget events
    forget events-parted
}

# enable_events LIST: HEX.HEX words of schema and name with commas; `none`; or empty where the other node could not be asked.
enable_events() {
    local left
    case "$1" in
        none) return 0 ;;
        '')
            left="$(list_disabled '' | cut -f 1 | tr '\n' ' ')"
            [ -z "$left" ] || warn MM_ROLE_EVENTS_LEFT "these events are disabled here, and nobody can tell whether $PEER_HOST ran them: ${left% }; ALTER EVENT … ENABLE those that are to run"
            return 0
            ;;
    esac
    list_disabled "AND CONCAT(HEX(event_schema), '.', HEX(event_name)) IN ('${1//,/\',\'}')" >"$SCRATCH/events"
    alter_events
    [ ! -s "$SCRATCH/events" ] || note "enabled events that $PEER_HOST ran before: $(cut -f 1 "$SCRATCH/events" | tr '\n' ' ')"
    [ -z "$EVENTS_LEFT" ] || warn MM_ROLE_EVENTS_LEFT "events that $PEER_HOST ran are still disabled here:$EVENTS_LEFT"
}

# alter_events: those of list_events in $SCRATCH/events, unlogged; EVENTS_LEFT is what the server did not let be altered, and why.
alter_events() {
    local name line
    EVENTS_LEFT=''
    while IFS=$'\t' read -r name line; do
        if ! try_sql 'SET SESSION sql_log_bin = 0' "${line%%$'\t'*}" "${line#*$'\t'}" </dev/null; then EVENTS_LEFT="$EVENTS_LEFT $name ($(tr '\n' ' ' <"$SCRATCH/words"))"; fi
    done <"$SCRATCH/events"
}

# list_disabled CONDITION: those that replication has disabled here.
list_disabled() { list_events "'REPLICA_SIDE_DISABLED', 'SLAVESIDE_DISABLED'" ENABLE "$1"; }

# list_events STATUSES WORD [CONDITION]: name, statement that sets what ALTER would else take from this session, ALTER to WORD; of each
# event in one of these states. Without a DEFINER, who alters an event becomes its definer.
list_events() {
    local name="CONCAT('\`', REPLACE(event_schema, '\`', '\`\`'), '\`.\`', REPLACE(event_name, '\`', '\`\`'), '\`')" host="SUBSTRING_INDEX(definer, '@', -1)"
    printf '%s;\n' "SELECT $name, CONCAT('SET SESSION character_set_client = ', character_set_client, ', collation_connection = ', collation_connection),
        CONCAT('ALTER DEFINER = ', QUOTE(LEFT(definer, CHAR_LENGTH(definer) - CHAR_LENGTH($host) - 1)), '@', QUOTE($host), ' EVENT ', $name, ' $2')
        FROM information_schema.events WHERE status IN ($1) ${3:-} ORDER BY 1" |
        ask "${LOCAL[@]}" --batch --raw --skip-column-names || fail MM_SQL_REFUSED "$NODE's server does not tell its events" \
        "grant the login what README.md lists, then run up again" "$(cat "$SCRATCH/words")"
}
