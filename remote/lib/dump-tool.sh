# dump-tool.sh: mysqldump, as this host has it.

# find_dump_tool: in DUMP_TOOL; CAN_INIT tells whether it says a statement of ours before it begins.
find_dump_tool() {
    case "$MYSQL" in
        */mariadb) DUMP_TOOL="$(find_program mysqldump mariadb-dump)" ;;
        *) DUMP_TOOL="${MYSQL%/*}/mysqldump" ;;
    esac
    [ -x "$DUMP_TOOL" ] || DUMP_TOOL="$(command -v mysqldump || true)"
    [ -n "$DUMP_TOOL" ] || fail MM_HOST_NO_CLIENT "$NODE has no mysqldump" "install the client programs of the server's series on $NODE"
    # read whole, for a tool that is cut off by a quick reader counts as failed
    case "$("$DUMP_TOOL" --no-defaults --help 2>/dev/null)" in *--init-command*) CAN_INIT=yes ;; *) CAN_INIT=no ;; esac
}
