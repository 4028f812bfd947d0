-- Some tens of MB, made inside the server, so that a dump takes a moment. MM_LAB_SMALL=1 leaves this file out.
-- Numbers by a join of digits, and noise by CRC32: every series has these, unlike WITH, SHA2 and MD5.
SET NAMES utf8mb4;
USE shop;

CREATE TABLE digits (n INT NOT NULL PRIMARY KEY) ENGINE = InnoDB;
INSERT INTO digits VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9);

INSERT INTO customers (name, email, settings)
    SELECT CONCAT('Customer ', n, ' ', HEX(CRC32(n)), HEX(CRC32(n + 0.1)), HEX(CRC32(n + 0.2))),
        CONCAT('customer', n, '@', MOD(n, 97), '.example.com'), CONCAT('{"n": ', n, ', "hash": "', HEX(CRC32(n + 0.3)), '"}')
    FROM (SELECT 1 + a.n + 10 * b.n + 100 * c.n + 1000 * d.n + 10000 * e.n AS n
        FROM digits a, digits b, digits c, digits d, digits e WHERE e.n < 2) numbers ORDER BY n;

CREATE TABLE measurements (
    id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    sensor SMALLINT UNSIGNED NOT NULL,
    taken DATETIME NOT NULL,
    reading DOUBLE NOT NULL,
    remark VARCHAR(250) NOT NULL
) ENGINE = InnoDB;
INSERT INTO measurements (sensor, taken, reading, remark)
    SELECT MOD(n, 1000), '2024-01-01 00:00:00' + INTERVAL n SECOND, SIN(n) * 1000,
        CONCAT(REPEAT(HEX(CRC32(n)), 12), ' ', REPEAT(HEX(CRC32(n + 0.1)), 12))
    FROM (SELECT 1 + a.n + 10 * b.n + 100 * c.n + 1000 * d.n + 10000 * e.n AS n
        FROM digits a, digits b, digits c, digits d, digits e) numbers ORDER BY n;
DROP TABLE digits;
