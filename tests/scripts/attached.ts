/** What attach-replica.sh is given in its tests, and servers without GTIDs. */

export const attach = {
    SOURCE_FILE: "mysql-bin.000002",
    SOURCE_POSITION: 1234,
    GATE: "no",
    GTID: "",
    RETRY_SECONDS: 10,
    RETRY_COUNT: 864000,
};
export const byPosition = { gtid_mode: "OFF" };
