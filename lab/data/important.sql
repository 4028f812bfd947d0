-- The database that must not be lost. Loaded last: that it is there says that everything before it is, too.
SET NAMES utf8mb4;
CREATE DATABASE important DEFAULT CHARACTER SET utf8mb4;
CREATE TABLE important.stuff (
    id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    details TEXT NOT NULL,
    happened TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
) ENGINE = InnoDB;
INSERT INTO important.stuff (details) VALUES ('first things first'), ('a café, a 🐬'), ('it''s the third');
