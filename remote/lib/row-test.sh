# row-test.sh: the schema in which a link is proven: made for a row, and dropped again.

# asked first: dropping what is not there would still be a transaction of this node's own
has_row_test() { [ -n "$(sql "SHOW DATABASES LIKE 'mysql\\_master\\_master'")" ]; }

# read_foreign_rows: what else is in it: then it is somebody's own, whatever its name, and stays as it is.
read_foreign_rows() { sql "SELECT table_name FROM information_schema.tables WHERE table_schema = 'mysql_master_master' AND table_name <> 'row_test'" | list_lines; }

# drop_row_test [STATEMENT]: which goes first, in the same connection.
drop_row_test() { with_write_access sql "$@" 'DROP DATABASE IF EXISTS mysql_master_master'; }
