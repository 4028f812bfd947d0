-- `app` is the account of an application, as a pair finds one. `pulumi` is what @pulumi/mysql logs in with: it may make
-- an account, and grant no more than a replication account needs. Constants of the lab, no secrets.
-- RELOAD because a provider of that age says FLUSH PRIVILEGES; SELECT on mysql.* because it looks accounts and their grants up.
-- README.md lists the same.
CREATE USER /*!50706 IF NOT EXISTS */ /*M!100103 IF NOT EXISTS */ 'app'@'%' IDENTIFIED BY 'lab-app-Pw1';
GRANT SELECT, INSERT, UPDATE, DELETE, EXECUTE ON shop.* TO 'app'@'%';
CREATE USER /*!50706 IF NOT EXISTS */ /*M!100103 IF NOT EXISTS */ 'pulumi'@'%' IDENTIFIED BY 'lab-admin-Pw1';
GRANT CREATE USER, RELOAD, REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO 'pulumi'@'%' WITH GRANT OPTION;
GRANT SELECT ON mysql.* TO 'pulumi'@'%';
