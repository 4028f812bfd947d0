-- Some tens of MB, made inside the server, so that a dump takes a moment. MM_LAB_SMALL=1 leaves this file out.
SET NAMES utf8mb4;
USE shop;
-- SHA2, for MD5 is gone from the server by 9.7.
SET SESSION cte_max_recursion_depth = 1000000;

INSERT INTO customers (name, email, settings)
    WITH RECURSIVE seq (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM seq WHERE n < 20000)
    SELECT CONCAT('Customer ', n, ' ', LEFT(SHA2(n, 256), 32)), CONCAT('customer', n, '@', MOD(n, 97), '.example.com'),
        JSON_OBJECT('n', n, 'hash', SHA2(n, 256))
    FROM seq;

CREATE TABLE measurements (
    id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    sensor SMALLINT UNSIGNED NOT NULL,
    taken DATETIME NOT NULL,
    reading DOUBLE NOT NULL,
    remark VARCHAR(250) NOT NULL
) ENGINE = InnoDB;
INSERT INTO measurements (sensor, taken, reading, remark)
    WITH RECURSIVE seq (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM seq WHERE n < 100000)
    SELECT MOD(n, 1000), TIMESTAMP '2024-01-01 00:00:00' + INTERVAL n SECOND, SIN(n) * 1000,
        CONCAT(SHA2(n, 512), ' ', SHA2(n, 256))
    FROM seq;
