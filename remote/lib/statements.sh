# statements.sh: the one place that knows which words a server's series uses, and what it has; FLAVOUR and VERSION decide. Then what is read
# in those words: GTIDs, the server's identity, coordinates, the replica status.

# is_at_least MYSQL [MARIADB]: whether this server is that release of its flavour, or a later one. Without the second never true of MariaDB,
# which keeps many of the old words. Percona Server is MySQL.
is_at_least() {
    local first="$1"
    [ "$FLAVOUR" = MySQL ] || first="${2:-never}"
    [ "$first" != never ] && [ "$VERSION" -ge "$first" ]
}

is_mariadb() { [ "$FLAVOUR" = MariaDB ]; }

# REPLICA from MySQL 8.0.22, alone from 8.4.
sql_replica() { if is_at_least 80022; then echo REPLICA; else echo SLAVE; fi; }
sql_replicas() { if is_at_least 80022; then echo REPLICAS; else echo 'SLAVE HOSTS'; fi; }
# SOURCE_ options from MySQL 8.0.23, alone from 8.4.
sql_source() { if is_at_least 80023; then echo SOURCE; else echo MASTER; fi; }
sql_change_source() { if is_at_least 80023; then echo 'CHANGE REPLICATION SOURCE TO'; else echo 'CHANGE MASTER TO'; fi; }
# BINARY LOG STATUS from MySQL 8.2, alone from 8.4.
sql_binary_log_status() { if is_at_least 80200; then echo 'SHOW BINARY LOG STATUS'; else echo 'SHOW MASTER STATUS'; fi; }
sql_reset_binary_logs() { if is_at_least 80200; then echo 'RESET BINARY LOGS AND GTIDS'; else echo 'RESET MASTER'; fi; }
# RESET SLAVE forgets the source itself only with ALL, from MySQL 5.5.16. Before that its name is shown until the server is restarted: a
# channel without the name of a log follows nobody there, and would begin at the source's first log.
forgets_source() { is_at_least 50516 100000; }
sql_forget_source() { if forgets_source; then echo "RESET $(sql_replica) ALL"; else echo 'RESET SLAVE'; fi; }
# sql_end_channel NAME: of one that has a name; FOR CHANNEL is of MariaDB from 10.7.
sql_end_channel() {
    if is_mariadb; then echo "STOP SLAVE $1; RESET SLAVE $1 ALL"; else echo "STOP $(sql_replica) FOR CHANNEL $1; $(sql_forget_source) FOR CHANNEL $1"; fi
}
# How often a receiver tries again is an option of the channel from MySQL 5.6.1; before, and in MariaDB, of the server's start.
has_retry_count() { is_at_least 50601; }
# MariaDB's GTIDs are always on: DOMAIN-SERVER-NUMBER; a place in a log is the last one of each domain. From 10.10 it follows by them unless
# it is told not to.
has_gtid_domains() { is_at_least never 100000; }
sql_use_gtid() { echo "MASTER_USE_GTID = $1"; }
# sql_gtid_place FILE POSITION: that place of this server's binary log, by GTIDs; empty where nothing stands before it, NULL where it is gone.
sql_gtid_place() { echo "BINLOG_GTID_POS($(quote_sql "$1"), $2)"; }
# mariadb-backup takes its locks one after the other, each for what needs it, from 10.11.8; of the series in between from 11.0.6, 11.1.5, 11.2.4 and
# 11.4.2, in 11.3 and before 10.11 never. The others take all at once, and hold every commit up while they copy what is not in InnoDB.
has_backup_stages() {
    case "${VERSION%??}" in
        1100) is_at_least never 110006 ;;
        1101) is_at_least never 110105 ;;
        1102) is_at_least never 110204 ;;
        1103) return 1 ;;
        1104) is_at_least never 110402 ;;
        *) is_at_least never 101108 ;;
    esac
}
# From MariaDB 11.4 a channel asks for TLS and a certificate that can be verified, unless it is told not to.
verifies_by_default() { is_at_least never 110400; }
# A login is changed while the applier runs from MySQL 5.7.4; before, and in MariaDB, both threads have to stand (1198).
changes_receiver_alone() { is_at_least 50704; }
# DISABLE ON REPLICA from MySQL 8.2.
sql_disable_on_replica() { if is_at_least 80200; then echo 'DISABLE ON REPLICA'; else echo 'DISABLE ON SLAVE'; fi; }
# --source-data from mysqldump 8.0.26; before that, and in MariaDB, --master-data.
dump_coordinates_flag() { if is_at_least 80026; then echo --source-data=1; else echo --master-data=1; fi; }

# What makes an applier pass over what it cannot apply, and what each says when it does not. REPLICA from MySQL 8.0.26.
skipping_variables() { if is_at_least 80026; then echo 'replica_skip_errors sql_replica_skip_counter replica_exec_mode'; else echo 'slave_skip_errors sql_slave_skip_counter slave_exec_mode'; fi; }

# How long it keeps its binary logs, by seconds from MySQL 8.0.1 and MariaDB 10.6.1.
log_expiry_variable() { if is_at_least 80001 100601; then echo binlog_expire_logs_seconds; else echo expire_logs_days; fi; }

# What a series has. The second number is MariaDB's.
has_super_read_only() { is_at_least 50708; }
has_gtid_mode() { is_at_least 50605; }
# gtid_mode changes in a running server
has_gtid_steps() { is_at_least 50706; }
has_server_uuid() { is_at_least 50600; }
has_source_public_key() { is_at_least 80004; }
has_persisted_variables() { is_at_least 80000; }
has_validate_config() { is_at_least 80016; }
# A receiver that died goes on where its relay log ends: seen of 9.7, not of 8.0, which begins again at a place that was noted long ago,
# unless relay_log_recovery has it throw the relay log away and begin where the applier stands.
keeps_receiver_place() { is_at_least 80400; }
# more than one address in bind_address; a variable of that name; and * for all of them
takes_address_list() { is_at_least 80013 101100; }
has_bind_address() { is_at_least 50601 100303; }
any_address() { if is_at_least 50606 100000; then echo '*'; else echo 0.0.0.0; fi; }
# Where an applier stands is in a table, and so survives a crash with the rows that it wrote: by default from 8.0, gone as a setting in 8.3.
# MariaDB and 5.5 have a file, which reaches the disk after 10000 transactions, unless it is told to do so after each: one may come twice then.
relay_log_info_setting() {
    if ! is_at_least 50602; then
        echo sync_relay_log_info=1
    elif ! is_at_least 80000; then
        echo relay_log_info_repository=TABLE
    fi
}
# performance_schema tells of channels, of a parallel applier's errors, and of what was received
has_channel_tables() { is_at_least 50702; }
# read_heartbeat_period: seconds, 30.000 by default, between the signs of life that this server asks its source for; 0 where there are none.
read_heartbeat_period() {
    if has_channel_tables; then
        sql 'SELECT COALESCE(MAX(HEARTBEAT_INTERVAL), 0) FROM performance_schema.replication_connection_configuration'
    else
        sql "SHOW GLOBAL STATUS LIKE 'Slave_heartbeat_period'" | awk '{ print $2 } END { if (NR == 0) print 0 }'
    fi
}
# sql_heartbeats: how often this server has heard from its source while there was nothing to send.
sql_heartbeats() {
    if has_channel_tables; then
        echo 'SELECT COALESCE(SUM(COUNT_RECEIVED_HEARTBEATS), 0) FROM performance_schema.replication_connection_status'
    else
        echo "SHOW GLOBAL STATUS LIKE 'Slave_received_heartbeats'"
    fi
}
has_filter_tables() { is_at_least 80001; }
# information_schema: cached numbers of its tables; columns that are reckoned; expressions and invisible ones among the indexes; checks
has_cached_statistics() { is_at_least 80000; }
has_generated_columns() { is_at_least 50706 100206; }
has_index_expressions() { is_at_least 80013; }
has_check_clauses() { is_at_least 80016; }
# the engine's own tables behind the names
engine_tables() { if is_at_least 80000; then echo innodb_tables; elif is_at_least 50606 100000; then echo innodb_sys_tables; fi; }
engine_tablespaces() { if is_at_least 80000; then echo innodb_tablespaces; elif is_at_least 50706; then echo innodb_sys_tablespaces; fi; }
# XA RECOVER tells ids in hexadecimal digits from MySQL 5.7.5.
sql_prepared() { if is_at_least 50705; then echo 'XA RECOVER CONVERT XID'; else echo 'XA RECOVER'; fi; }
# All channels, the named ones too; MySQL shows them at once.
sql_all_channels() { if is_mariadb; then echo 'SHOW ALL SLAVES STATUS'; else echo "SHOW $(sql_replica) STATUS"; fi; }
# The folder of the binary logs: told from MySQL 5.6.2 and MariaDB 10.1; before that the data directory, unless log_bin names another one.
read_log_folder() {
    local path
    path="$(read_fixed "$(if is_at_least 50602 100100; then echo log_bin_basename; else echo datadir; fi)")"
    printf '%s' "${path%/*}"
}
# The list of binary logs is for SUPER alone before MySQL 5.5.25; see read_logs.
shows_logs_to_clients() { is_at_least 50525 100000; }
# Whether a server can encrypt is told by a variable up to MySQL 5.7 and by MariaDB; later clients encrypt by themselves where it can.
tells_tls_by_variable() { ! is_at_least 80000; }

# read_gtid_mode: ON or OFF; servers without it are OFF.
read_gtid_mode() { if has_gtid_mode; then read_variable gtid_mode; else echo OFF; fi; }
# The batch client writes a set of several servers with \n between them; here a set is one word.
plain_gtid_set() { sed 's/\\n//g' | tr -d '\n '; }
read_gtid_set() { if has_gtid_mode; then sql 'SELECT @@global.gtid_executed' | plain_gtid_set; fi; }

# ensure_server_uuid: prints what read_server_uuid does. A server without an uuid gets one: a file in its data directory, where it goes with
# the data.
ensure_server_uuid() {
    local file
    file="$(server_id_file)"
    if [ -n "$file" ] && [ ! -s "$file" ]; then
        random_hex 8 >"$file.new"
        mv -f "$file.new" "$file"
    fi
    read_server_uuid
}
# read_server_uuid: what tells this server and its data directory from others; nothing where there is none before its first configure.
# Over the network servers without an uuid show the first part of theirs alone (is_same_server).
read_server_uuid() {
    local file
    file="$(server_id_file)"
    if [ -z "$file" ]; then
        read_fixed server_uuid
    elif [ -s "$file" ]; then
        echo "server-id-$(read_variable server_id)-$(cat "$file")"
    fi
}
server_id_file() {
    local folder
    has_server_uuid && return
    folder="$(read_fixed datadir)"
    node_id_file "$folder"
}
# sql_server_identity: the expression for it, asked over the network.
sql_server_identity() { if has_server_uuid; then echo @@global.server_uuid; else echo "CONCAT('server-id-', @@global.server_id)"; fi; }
# is_same_server WHOLE SHOWN
is_same_server() { [ "$1" = "$2" ] || { ! has_server_uuid && [ "${1%-*}" = "$2" ]; }; }

# read_coordinates: FILE POSITION of this server's binary log, now.
read_coordinates() { sql "$(sql_binary_log_status)" | awk -F'\t' 'NR == 1 { print $1, $2 }'; }

# look_at_replication: keeps the replica status; replica_field reads it, by either series' names. Kept in memory: on a full
# disk a file would come out empty, which reads as "follows nobody".
look_at_replication() {
    REPLICA_STATUS="$(sql_vertical "SHOW $(sql_replica) STATUS")"
    forgets_source || [ -n "$(replica_field Source_Log_File)" ] || REPLICA_STATUS=''
}
replica_field() {
    local old="${1/Source/Master}" line=$'\n'
    line="$line *($1|${old/Replica/Slave}): ?([^$line]*)"
    if [[ $'\n'"$REPLICA_STATUS" =~ $line ]]; then printf '%s\n' "${BASH_REMATCH[2]}"; fi
}

# read_followed: HOST:PORT of the source, of the status that was looked at; nothing where there is none.
read_followed() { [ -z "$(replica_field Source_Host)" ] || printf '%s:%s' "$(replica_field Source_Host)" "$(replica_field Source_Port)"; }

# The schemas that every server brings along: nobody's data.
SYSTEM_SCHEMAS="'mysql','information_schema','performance_schema','sys','ndbinfo','mysql_master_master'"
# The tables of the schema mysql that one series or another brings along; whatever else is there is somebody's data, too.
SERVER_TABLES="'column_stats','columns_priv','component','db','default_roles','engine_cost','event','func','general_log','global_grants',
    'global_priv','gtid_executed','gtid_slave_pos','help_category','help_keyword','help_relation','help_topic','host',
    'index_stats','innodb_ddl_log','innodb_dynamic_metadata','innodb_index_stats','innodb_table_stats','ndb_binlog_index',
    'password_history','plugin','proc','procs_priv','proxies_priv','replication_asynchronous_connection_failover',
    'replication_asynchronous_connection_failover_managed','replication_group_configuration_version',
    'replication_group_member_actions','role_edges','roles_mapping','server_cost','servers','slave_master_info',
    'slave_relay_log_info','slave_worker_info','slow_log','table_stats','tables_priv','time_zone','time_zone_leap_second',
    'time_zone_name','time_zone_transition','time_zone_transition_type','transaction_registry','user'"
# sql_is_own [ALIAS.]: of a row about a table: whether that is somebody's.
sql_is_own() { echo "($1table_schema NOT IN ($SYSTEM_SCHEMAS) OR $1table_schema = 'mysql' AND $1table_name NOT IN ($SERVER_TABLES))"; }

# ALTER USER, and CREATE USER with REQUIRE, from MySQL 5.7.6 and MariaDB 10.2.
has_alter_user() { is_at_least 50706 100200; }
# what mysql.user keeps of a password
password_column() { if has_alter_user; then echo authentication_string; else echo Password; fi; }
sql_set_password() {
    if has_alter_user; then
        echo "ALTER USER $1 IDENTIFIED BY $2"
    else
        echo "SET PASSWORD FOR $1 = PASSWORD($2)"
    fi
}
# sql_require_tls ACCOUNT SSL|NONE
sql_require_tls() { if has_alter_user; then echo "ALTER USER $1 REQUIRE $2"; else echo "GRANT USAGE ON *.* TO $1 REQUIRE $2"; fi; }

# What the replication account may do, as SHOW GRANTS says it. MariaDB from 10.5 has other rights for what REPLICATION CLIENT shows.
account_rights() { if is_mariadb; then echo 'REPLICATION SLAVE, BINLOG MONITOR, SLAVE MONITOR'; else echo 'REPLICATION SLAVE, REPLICATION CLIENT'; fi; }

# series_right RIGHT: what this series calls it: nothing where it has none, several with commas where it took it apart.
series_right() {
    if is_mariadb; then
        case "$1" in
            SYSTEM_VARIABLES_ADMIN) echo 'SUPER, BINLOG ADMIN, REPLICATION MASTER ADMIN' ;;
            REPLICATION_SLAVE_ADMIN) echo 'REPLICATION SLAVE ADMIN, SLAVE MONITOR' ;;
            CONNECTION_ADMIN) echo 'CONNECTION ADMIN, READ_ONLY ADMIN' ;;
            'REPLICATION CLIENT') echo 'BINLOG MONITOR' ;;
            XA_RECOVER_ADMIN | SYSTEM_USER) ;;
            *) echo "$1" ;;
        esac
        return
    fi
    case "$1" in
        SYSTEM_USER) ! is_at_least 80016 || echo "$1" ;;
        XA_RECOVER_ADMIN) ! is_at_least 80000 || echo "$1" ;;
        *_ADMIN) if is_at_least 80000; then echo "$1"; else echo SUPER; fi ;;
        *) echo "$1" ;;
    esac
}
