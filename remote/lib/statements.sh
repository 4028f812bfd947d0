# statements.sh: the one place that knows which words a server's series uses. Text in, text out; FLAVOUR and VERSION decide.

# since VERSION: whether this MySQL is at least that old a release. Never true of MariaDB, which keeps the old words.
since() { [ "$FLAVOUR" = MySQL ] && [ "$VERSION" -ge "$1" ]; }

# REPLICA from MySQL 8.0.22, alone from 8.4.
sql_replica() { if since 80022; then echo REPLICA; else echo SLAVE; fi; }
sql_replicas() { if since 80022; then echo REPLICAS; else echo 'SLAVE HOSTS'; fi; }
# SOURCE_ options from MySQL 8.0.23, alone from 8.4.
sql_source() { if since 80023; then echo SOURCE; else echo MASTER; fi; }
sql_change_source() { if since 80023; then echo 'CHANGE REPLICATION SOURCE TO'; else echo 'CHANGE MASTER TO'; fi; }
# BINARY LOG STATUS from MySQL 8.2, alone from 8.4.
sql_binary_log_status() { if since 80200; then echo 'SHOW BINARY LOG STATUS'; else echo 'SHOW MASTER STATUS'; fi; }
sql_reset_binary_logs() { if since 80200; then echo 'RESET BINARY LOGS AND GTIDS'; else echo 'RESET MASTER'; fi; }
# DISABLE ON REPLICA from MySQL 8.2.
sql_disable_on_replica() { if since 80200; then echo 'DISABLE ON REPLICA'; else echo 'DISABLE ON SLAVE'; fi; }
# --source-data from mysqldump 8.0.26; before that, and in MariaDB, --master-data.
dump_coordinates_flag() { if since 80026; then echo --source-data=1; else echo --master-data=1; fi; }

# What makes an applier pass over what it cannot apply, and what each says when it does not. REPLICA from MySQL 8.0.26.
skipping_variables() { if since 80026; then echo 'replica_skip_errors sql_replica_skip_counter replica_exec_mode'; else echo 'slave_skip_errors sql_slave_skip_counter slave_exec_mode'; fi; }

has_super_read_only() { since 50708; }
# replication_* in performance_schema.
has_replication_tables() { since 50700; }
has_server_uuid() { since 50600; }
has_gtid_mode() { since 50605; }
has_source_public_key() { since 80004; }
has_persisted_variables() { since 80000; }
has_validate_config() { since 80016; }
# A receiver that died goes on where its relay log ends: seen of 9.7, not of 8.0, which begins again at a place that was noted long ago,
# unless relay_log_recovery has it throw the relay log away and begin where the applier stands.
keeps_receiver_place() { since 80400; }
takes_address_list() { since 80013; }

# read_gtid_mode: ON or OFF; servers without it are OFF.
read_gtid_mode() { if has_gtid_mode; then read_variable gtid_mode; else echo OFF; fi; }
# The batch client writes a set of several servers with \n between them; here a set is one word.
plain_gtid_set() { sed 's/\\n//g' | tr -d '\n '; }
read_gtid_set() { if has_gtid_mode; then sql 'SELECT @@global.gtid_executed' | plain_gtid_set; fi; }
read_server_uuid() { if has_server_uuid; then read_variable server_uuid; else echo "server-id-$(read_variable server_id)"; fi; }

# read_coordinates: FILE POSITION of this server's binary log, now.
read_coordinates() { sql "$(sql_binary_log_status)" | awk -F'\t' 'NR == 1 { print $1, $2 }'; }

# look_at_replication: keeps the replica status; replica_field reads it, by either series' names. Kept in memory: on a full
# disk a file would come out empty, which reads as "follows nobody".
look_at_replication() { REPLICA_STATUS="$(sql_vertical "SHOW $(sql_replica) STATUS")"; }
replica_field() {
    local old
    old="$(printf '%s' "$1" | sed 's/Source/Master/; s/Replica/Slave/')"
    printf '%s\n' "$REPLICA_STATUS" | awk -v new="$1" -v old="$old" '!found { line = $0; sub(/^ +/, "", line); at = index(line, ": ")
        if (!at) at = index(line, ":")
        name = substr(line, 1, at - 1)
        if (name == new || name == old) { sub(/^[^:]*: ?/, "", line); print line; found = 1 } }'
}

# The account and schema names that every server brings along: nobody's data.
SYSTEM_SCHEMAS="'mysql','information_schema','performance_schema','sys','ndbinfo','mysql_master_master'"

# ALTER USER … IDENTIFIED BY from MySQL 5.7.6 and in MariaDB from 10.2.
sql_set_password() {
    if since 50706 || [ "$FLAVOUR" = MariaDB ]; then
        echo "ALTER USER $1 IDENTIFIED BY $2"
    else
        echo "SET PASSWORD FOR $1 = PASSWORD($2)"
    fi
}
