# owner.sh: which stack works on this host, and whose it is. One note in the node's memory, checked and renewed by every step that
# changes something: identity= stack= (PROJECT/NAME) step= at= (of its last step) since= (of that run), in seconds, from= (address)

# A run may be at work on the other host, and do nothing here meanwhile (its server may take mysql.startTimeoutSeconds, 600, to start, and
# twice again with its old options); after this long it counts as ended. preflight/judgeOwner.ts asks with the same number.
OWNER_SECONDS=2100

# claim_host: under the lock. A step without an identity (a component that is used on its own) keeps no note.
claim_host() {
    local known now since
    [ -n "${IDENTITY:-}" ] || return 0
    known="$(recall owner)"
    now="$(date +%s)"
    if is_of_other_stack "$known"; then
        if [ "$VERB" = down ]; then
            # what is here now is the other stack's, and nothing of ours is left to undo
            note "belongs to $(describe_owner "$known"): left alone"
            exit 0
        fi
        require_free_host "$known"
        known=''
    fi
    # destroy renews a note, and makes none
    [ "$VERB" = up ] || [ -n "$known" ] || return 0
    since="$now"
    if is_recent "$known"; then since="$(value_of since "$known")"; fi
    remember owner "identity=$IDENTITY stack=$STACK step=$STEP at=$now since=$since from=${CALLER:-unknown}"
}

is_of_other_stack() { [ -n "$1" ] && [ "$(value_of identity "$1")" != "$IDENTITY" ]; }

# is_recent NOTE: whether its stack did something here lately; a clock that was set back counts by its distance.
is_recent() {
    local age
    [ -n "$1" ] || return 1
    age=$(($(date +%s) - $(value_of at "$1")))
    [ "${age#-}" -lt "$OWNER_SECONDS" ]
}

# require_free_host NOTE: another stack's; this host is no part of its pair, nor is it at work here now. The pair first: no waiting
# ends that.
require_free_host() {
    local theirs
    theirs="$(describe_owner "$1")"
    ! is_half_of_pair || [ "${ACCEPT_OTHER_STACK:-}" = true ] ||
        fail MM_HOST_OTHER_STACK "$NODE is half of a pair that belongs to $theirs. Nothing was changed" \
            "go on in that stack, or pulumi destroy it there (all data stays). Only where its state is lost for good: pulumi config set --path mysql-master-master:accept.otherStack true, then run up again"
    ! is_recent "$1" || fail MM_HOST_LOCKED "$NODE was worked on by $theirs, from $(say_time "$(value_of since "$1")") until $(say_time "$(value_of at "$1")"); it may still run. Nothing was changed" \
        "wait until that has ended, then run up again; a run that was killed counts as ended $OWNER_SECONDS s after its last step"
    warn MM_HOST_TAKEN_OVER "was taken over from $theirs"
}

describe_owner() {
    printf 'stack %s (from %s, last step %s at %s)' "$(value_of stack "$1")" "$(value_of from "$1")" "$(value_of step "$1")" "$(say_time "$(value_of at "$1")")"
}
say_time() { date -u -d "@$1" '+%Y-%m-%d %H:%M:%S UTC'; }

# is_half_of_pair: this node follows another one, was or is being seeded from it, or is the origin of that seed, and destroy has not
# ended that. A dump, its copy and an import take hours on the one host, in which the other one hears nothing.
is_half_of_pair() {
    [ -z "$(recall link)$(recall dump)$(recall backup)" ] || return 0
    case "$(read_noted_seed_state)" in unfinished | imported | 'done') ;; *) return 1 ;; esac
}
