# backup-tool.sh: mariadb-backup, as this host has it.

# find_backup_tool: its path in BACKUP_TOOL; nothing where there is none.
find_backup_tool() { BACKUP_TOOL="$(find_program mariabackup mariadb-backup)"; }

require_backup_tool() {
    { find_backup_tool && [ -n "$BACKUP_TOOL" ]; } || fail MM_HOST_NO_CLIENT "$NODE has no mariadb-backup" "install mariadb-backup of the server's version on $NODE, then run up again"
}
