#!/usr/bin/env bash
# fill-data.sh: on a lab host, fills the schema `bench` with rows that look like a shop's: the same ones at each run.
# in:  MEGABYTES (10^6 bytes): how large rows and indexes together are to be, roughly
# out: bytes=N rows=N: data_length and index_length of its tables, and the rows in them
set -euo pipefail

# Rows for a megabyte, in blocks of a thousand for a hundred of them: calibrated on MySQL 9.7 and MariaDB 10.11.
readonly CUSTOMERS=26 ORDERS=170 EVENTS=165
readonly CHUNK=100 # blocks in a statement: small enough for the undo log, large enough that a statement's own cost is nothing

main() {
    local rows
    # not in the binary log: what is measured is a server that holds rows, not one that has just written them
    fill <<'SQL'
DROP DATABASE IF EXISTS bench;
CREATE DATABASE bench CHARACTER SET utf8mb4;
USE bench;
CREATE TABLE numbers (n INT NOT NULL PRIMARY KEY) ENGINE = InnoDB;
INSERT INTO numbers VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9);
INSERT INTO numbers SELECT a.n + 10 * b.n + 100 * c.n FROM numbers a, numbers b, numbers c WHERE b.n + c.n > 0;
CREATE TABLE customers (
    id INT UNSIGNED NOT NULL PRIMARY KEY AUTO_INCREMENT, email VARCHAR(120) NOT NULL, name VARCHAR(80) NOT NULL,
    country CHAR(2) NOT NULL, joined DATETIME NOT NULL, settings JSON NOT NULL
) ENGINE = InnoDB;
CREATE TABLE orders (
    id BIGINT UNSIGNED NOT NULL PRIMARY KEY AUTO_INCREMENT, customer INT UNSIGNED NOT NULL, placed DATETIME NOT NULL,
    status ENUM('new', 'paid', 'sent', 'returned') NOT NULL, total DECIMAL(10, 2) NOT NULL, remark VARCHAR(200) NOT NULL
) ENGINE = InnoDB;
CREATE TABLE events (
    id BIGINT UNSIGNED NOT NULL PRIMARY KEY AUTO_INCREMENT, order_id BIGINT UNSIGNED NOT NULL, kind VARCHAR(30) NOT NULL,
    happened DATETIME(3) NOT NULL, payload TEXT NOT NULL
) ENGINE = InnoDB;
SQL
    in_parallel fill_events fill_orders fill_customers
    fill <<<'USE bench; DROP TABLE numbers; ANALYZE NO_WRITE_TO_BINLOG TABLE customers, orders, events;'
    rows="$(mysql -N bench -e 'SELECT (SELECT COUNT(*) FROM customers) + (SELECT COUNT(*) FROM orders) + (SELECT COUNT(*) FROM events)')"
    printf 'bytes=%s rows=%s\n' "$(mysql -N -e "SELECT SUM(data_length + index_length) FROM information_schema.tables WHERE table_schema = 'bench'")" "$rows"
}

# Noise by CRC32, which every series has. The indexes come last: they are built at once, sorted.
fill_customers() {
    insert "$CUSTOMERS" 'INSERT INTO customers SELECT n, CONCAT(LOWER(HEX(CRC32(n))), n, "@", MOD(n, 97), ".example.com"),
        CONCAT(ELT(1 + MOD(CRC32(n), 7), "Ada", "Berta", "Chris", "Dora", "Emil", "Fritz", "Gerda"), " ", HEX(CRC32(n + 0.1))),
        ELT(1 + MOD(CRC32(n + 0.2), 6), "AT", "CH", "DE", "FR", "IT", "US"), "2020-01-01" + INTERVAL MOD(CRC32(n + 0.3), 100000000) SECOND,
        CONCAT("{\"news\": ", IF(MOD(n, 3) = 0, "true", "false"), ", \"seen\": ", n, ", \"hash\": \"", HEX(CRC32(n + 0.4)), "\"}")'
    fill <<<'USE bench; ALTER TABLE customers ADD UNIQUE KEY (email), ADD KEY (country, joined);'
}

fill_orders() {
    insert "$ORDERS" 'INSERT INTO orders SELECT n, 1 + MOD(CRC32(n), 100000), "2020-01-01" + INTERVAL 40 * n SECOND,
        ELT(1 + MOD(CRC32(n + 0.1), 4), "new", "paid", "sent", "returned"), MOD(CRC32(n + 0.2), 1000000) / 100,
        CONCAT("order ", n, " of ", HEX(CRC32(n + 0.3)), REPEAT(" leave it at the door", MOD(n, 4)))'
    fill <<<'USE bench; ALTER TABLE orders ADD KEY (customer, placed), ADD KEY (status, placed), ADD KEY (total);'
}

fill_events() {
    insert "$EVENTS" 'INSERT INTO events SELECT n, 1 + MOD(CRC32(n), 1000000),
        ELT(1 + MOD(CRC32(n + 0.1), 5), "created", "payment received", "packed", "handed over", "delivered"),
        "2020-01-01" + INTERVAL 41 * n SECOND, CONCAT("{\"by\": \"", HEX(CRC32(n + 0.2)), HEX(CRC32(n + 0.3)), "\", \"from\": \"10.", MOD(n, 256),
        ".0.7\", \"text\": \"", REPEAT(HEX(CRC32(n + 0.4)), 4 + MOD(n, 12)), "\"}")'
    fill <<<'USE bench; ALTER TABLE events ADD KEY (order_id), ADD KEY (kind, happened);'
}

# insert BLOCKS INSERT: as many thousands of rows as the size asks for, n counting from 1
insert() {
    local first blocks=$(($1 * MEGABYTES / 100))
    [ "$blocks" -gt 0 ] || blocks=1
    for ((first = 0; first < blocks; first += CHUNK)); do
        printf 'INSERT INTO bench.%s FROM (SELECT 1 + a.n + 1000 * (%d + b.n) AS n FROM bench.numbers b STRAIGHT_JOIN bench.numbers a WHERE b.n < %d) numbers;\n' \
            "${2#INSERT INTO }" "$first" "$((blocks - first < CHUNK ? blocks - first : CHUNK))"
    done | fill
}

fill() { mysql --init-command='SET SESSION sql_log_bin = 0, SESSION unique_checks = 0' >/dev/null; }

# Each in a process of its own; all are waited for.
in_parallel() {
    local action pid failed=0 pids=()
    for action in "$@"; do
        "$action" &
        pids+=("$!")
    done
    for pid in "${pids[@]}"; do
        wait "$pid" || failed=1
    done
    return "$failed"
}

main
