-- A schema as people have them: foreign keys, views, a trigger, routines, an event, and every kind of column that a dump
-- has to carry. Loaded as a whole or not at all: `important` comes last, and its presence says that all of it is there.
-- What a series does not have stands in comments that only later ones read: /*!50604 for MySQL, and MariaDB too up to 5.6,
-- /*M! for MariaDB alone.
SET NAMES utf8mb4;
DROP DATABASE IF EXISTS shop;
CREATE DATABASE shop DEFAULT CHARACTER SET utf8mb4;
USE shop;

CREATE TABLE customers (
    id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    name VARCHAR(100) NOT NULL,
    email VARCHAR(190) NOT NULL UNIQUE,
    settings LONGTEXT,
    registered TIMESTAMP /*!50604 (3) */ NOT NULL DEFAULT CURRENT_TIMESTAMP /*!50604 (3) */
) ENGINE = InnoDB;
/*!50708 ALTER TABLE customers MODIFY settings JSON,
    ADD email_domain VARCHAR(100) GENERATED ALWAYS AS (SUBSTRING_INDEX(email, '@', -1)) STORED AFTER email */;
/*M!100207 ALTER TABLE customers MODIFY settings JSON,
    ADD email_domain VARCHAR(100) GENERATED ALWAYS AS (SUBSTRING_INDEX(email, '@', -1)) STORED AFTER email */;

CREATE TABLE orders (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    customer_id INT UNSIGNED NOT NULL,
    state ENUM('new', 'paid', 'sent', 'it''s back') NOT NULL DEFAULT 'new',
    placed DATETIME /*!50604 (6) */ NOT NULL,
    note TEXT,
    CONSTRAINT orders_customer FOREIGN KEY (customer_id) REFERENCES customers (id)
) ENGINE = InnoDB;

CREATE TABLE order_lines (
    order_id BIGINT UNSIGNED NOT NULL,
    line SMALLINT UNSIGNED NOT NULL,
    article CHAR(12) NOT NULL,
    pieces INT NOT NULL,
    price DECIMAL(12, 4) NOT NULL,
    PRIMARY KEY (order_id, line),
    CONSTRAINT order_lines_order FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE
) ENGINE = InnoDB;

CREATE TABLE journal (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    what VARCHAR(200) NOT NULL,
    happened TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
) ENGINE = InnoDB;

CREATE TABLE heartbeat (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    beat TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
) ENGINE = InnoDB;

CREATE TABLE every_type (
    id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    a_tiny TINYINT,
    a_big BIGINT UNSIGNED,
    a_double DOUBLE,
    a_decimal DECIMAL(30, 10),
    some_bits BIT(13),
    a_year YEAR,
    a_date DATE,
    a_time TIME /*!50604 (3) */,
    an_enum ENUM('', 'one', 'ünder'),
    a_set SET('red', 'green', 'blue'),
    bytes BLOB,
    fixed_bytes BINARY(4),
    a_text LONGTEXT,
    latin VARCHAR(50) CHARACTER SET latin1,
    a_document LONGTEXT,
    a_place POINT,
    a_shape GEOMETRY
) ENGINE = InnoDB;
/*!50708 ALTER TABLE every_type MODIFY a_document JSON, ADD doubled BIGINT GENERATED ALWAYS AS (a_tiny * 2) VIRTUAL */;
/*M!100207 ALTER TABLE every_type MODIFY a_document JSON, ADD doubled BIGINT GENERATED ALWAYS AS (a_tiny * 2) VIRTUAL */;

CREATE VIEW open_orders AS
    SELECT o.id, c.name, c.email, o.state, o.placed FROM orders o JOIN customers c ON c.id = o.customer_id
    WHERE o.state IN ('new', 'paid');
CREATE VIEW turnover AS
    SELECT o.customer_id, SUM(l.pieces * l.price) AS total FROM orders o JOIN order_lines l ON l.order_id = o.id
    GROUP BY o.customer_id;
CREATE VIEW best_customers AS
    SELECT c.name, t.total FROM turnover t JOIN customers c ON c.id = t.customer_id ORDER BY t.total DESC LIMIT 10;

DELIMITER $$
CREATE TRIGGER orders_journal AFTER INSERT ON orders FOR EACH ROW
BEGIN
    INSERT INTO journal (what) VALUES (CONCAT('order ', NEW.id, ' by customer ', NEW.customer_id));
END $$

CREATE FUNCTION order_total(wanted BIGINT UNSIGNED) RETURNS DECIMAL(20, 4) READS SQL DATA
BEGIN
    DECLARE total DECIMAL(20, 4);
    SELECT SUM(pieces * price) INTO total FROM order_lines WHERE order_id = wanted;
    RETURN COALESCE(total, 0);
END $$

CREATE PROCEDURE place_order(IN buyer INT UNSIGNED, IN article CHAR(12), IN pieces INT, IN price DECIMAL(12, 4))
BEGIN
    INSERT INTO orders (customer_id, placed) VALUES (buyer, NOW(/*!50604 6 */));
    INSERT INTO order_lines VALUES (LAST_INSERT_ID(), 1, article, pieces, price);
END $$

-- Harmless, and on: on a pair it must run on one node only, or each beat comes twice.
CREATE EVENT beat ON SCHEDULE EVERY 1 MINUTE ENABLE DO
BEGIN
    INSERT INTO shop.heartbeat () VALUES ();
END $$
DELIMITER ;

INSERT INTO customers (name, email, settings) VALUES
    ('Ada Lovelace', 'ada@example.com', '{"theme": "dark", "tags": ["a", "b"], "n": 1.5e10}'),
    ('Zoë O''Hara \\ "the second"', 'zoe@example.org', '{"quote": "it''s \\"here\\"", "path": "C:\\\\tmp"}'),
    ('山田太郎 🐬', 'taro@example.net', NULL),
    ('', 'empty@example.com', '[]');
CALL place_order(1, 'A-1', 3, 19.9900);
CALL place_order(2, 'B-2', 1, 0.0001);
CALL place_order(3, 'Ünï-3', 1000000, 99999999.9999);

-- All byte values in one column: what breaks when a dump is read in the wrong character set. Places in the server's own form
-- (13.4 52.5, and a square of 10), for the functions that make them have other names in each series.
INSERT INTO every_type (id, a_tiny, a_big, a_double, a_decimal, some_bits, a_year, a_date, a_time, an_enum, a_set, bytes, fixed_bytes,
    a_text, latin, a_document, a_place, a_shape) VALUES
    (1, -128, 18446744073709551615, 1.7976931348623157e308, 12345678901234567890.0123456789, b'1010101010101', 2155,
     '1000-01-01', '838:59:59', 'ünder', 'red,blue',
     X'000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F202122232425262728292A2B2C2D2E2F303132333435363738393A3B3C3D3E3F404142434445464748494A4B4C4D4E4F505152535455565758595A5B5C5D5E5F606162636465666768696A6B6C6D6E6F707172737475767778797A7B7C7D7E7F808182838485868788898A8B8C8D8E8F909192939495969798999A9B9C9D9E9FA0A1A2A3A4A5A6A7A8A9AAABACADAEAFB0B1B2B3B4B5B6B7B8B9BABBBCBDBEBFC0C1C2C3C4C5C6C7C8C9CACBCCCDCECFD0D1D2D3D4D5D6D7D8D9DADBDCDDDEDFE0E1E2E3E4E5E6E7E8E9EAEBECEDEEEFF0F1F2F3F4F5F6F7F8F9FAFBFCFDFEFF',
     X'00FF0A1A', 'tab\tnewline\nreturn\rnul\0quote''backslash\\ctrl-z\Z🐬', 'Grüße', '{"a": [1, null, true, "ü"]}',
     X'000000000101000000CDCCCCCCCCCC2A400000000000404A40',
     X'00000000010300000001000000050000000000000000000000000000000000000000000000000024400000000000000000000000000000244000000000000024400000000000000000000000000000244000000000000000000000000000000000'),
    (2, 127, 0, -0.5, -0.0000000001, b'0', 1901, '9999-12-31', '-838:59:59', '', '', '', X'00000000', '', '', '{}', NULL, NULL),
    (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);

-- Names that have to be quoted everywhere.
DROP DATABASE IF EXISTS `odd name-ü`;
CREATE DATABASE `odd name-ü` DEFAULT CHARACTER SET utf8mb4;
USE `odd name-ü`;
CREATE TABLE `select` (
    `key` INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    `with space` VARCHAR(50),
    `tick``tick` VARCHAR(50),
    `quote'"s` VARCHAR(50),
    `dash-dot.` VARCHAR(50),
    `größe` DECIMAL(5, 2),
    `$price` INT,
    INDEX `an index` (`with space`)
) ENGINE = InnoDB;
CREATE TABLE `Table-2 ``of`` two` (
    id INT NOT NULL PRIMARY KEY,
    `from` INT,
    CONSTRAINT `odd-fk` FOREIGN KEY (`from`) REFERENCES `select` (`key`)
) ENGINE = InnoDB;
INSERT INTO `select` (`with space`, `tick``tick`, `quote'"s`, `dash-dot.`, `größe`, `$price`) VALUES
    ('a', '`', '''"', '-.', 1.5, 3), (NULL, '', '%_', '\\', NULL, -1);
INSERT INTO `Table-2 ``of`` two` VALUES (1, 1), (2, NULL);
CREATE VIEW `the view` AS SELECT `key` AS `order`, `größe` FROM `select`;
