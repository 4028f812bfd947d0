import { type Connection, createConnection } from "mysql2/promise";
import { a } from "../hosts";

/** What the load knows of its rows: number to token. */
export interface Written {
    /** The server has said COMMIT is done: these must be there, once. */
    acknowledged: Map<number, string>;
    /** Sent, and the answer never came: these may be there, once. */
    unanswered: Map<number, string>;
}

const login = { user: "clerk", password: "clerk-Pw-5512" };

// `entries` has no key that would refuse a row that comes twice: the check sees it. The others are of shapes that a dump and
// a row event have to carry: bytes, JSON, generated and composite keys, rows that are changed and that go.
const TABLES = `
CREATE DATABASE ledger DEFAULT CHARACTER SET utf8mb4;
CREATE TABLE ledger.entries (n BIGINT NOT NULL, token CHAR(24) NOT NULL, KEY (n)) ENGINE = InnoDB;
CREATE TABLE ledger.counter (id INT NOT NULL PRIMARY KEY, value BIGINT NOT NULL) ENGINE = InnoDB;
INSERT INTO ledger.counter VALUES (1, 0);
CREATE TABLE ledger.parcels (id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, n BIGINT NOT NULL, body BLOB, note TEXT, facts JSON,
    weight DECIMAL(12,4), packed TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6), tenfold BIGINT AS (n * 10) STORED) ENGINE = InnoDB;
CREATE TABLE ledger.stock (shelf SMALLINT NOT NULL, article CHAR(8) NOT NULL, pieces INT NOT NULL, PRIMARY KEY (shelf, article)) ENGINE = InnoDB;
CREATE USER '${login.user}'@'%' IDENTIFIED BY '${login.password}';
GRANT SELECT, INSERT, UPDATE, DELETE ON ledger.* TO '${login.user}'@'%'`;

/**
 * An application of its own: writes to a over TCP, some tens of transactions a second, whatever becomes of a, and remembers
 * which of them a has acknowledged. stop() always, or its socket keeps the tests from ending.
 */
export class WriteLoad implements Written {
    readonly acknowledged = new Map<number, string>();
    readonly unanswered = new Map<number, string>();
    private connection: Connection | undefined;
    private running: Promise<void> | undefined;
    private wanted = true;
    private next = 1;

    /** Makes the load's tables and account on a, which must listen to more than loopback for it, and begins to write. */
    static async start(): Promise<WriteLoad> {
        await a.run(
            "printf '[mysqld]\\nbind-address=*\\n' >/etc/mysql/mysql.conf.d/zz-load.cnf && systemctl restart mysql",
        );
        await a.sql(TABLES);
        const load = new WriteLoad();
        load.running = load.write();
        return load;
    }

    /** Ends the writing, and gives what was written. The second time it does nothing. */
    async stop(): Promise<Written> {
        this.wanted = false;
        await this.running;
        this.connection?.destroy();
        this.connection = undefined;
        return this;
    }

    private async write(): Promise<void> {
        for (; this.wanted; await pause(15)) {
            try {
                this.connection ??= await connect();
            } catch {
                await pause(100);
                continue;
            }
            const n = this.next++;
            const token = `${n.toString(16)}-${Math.random().toString(16).slice(2, 12)}`;
            try {
                await this.connection.query({ sql: transactionOf(n, token), timeout: 5000 });
                this.acknowledged.set(n, token);
            } catch {
                // it may have been committed all the same; what is open ends with the connection
                this.unanswered.set(n, token);
                this.connection.destroy();
                this.connection = undefined;
            }
        }
    }
}

async function connect(): Promise<Connection> {
    const connection = await createConnection({
        ...login,
        host: a.address,
        connectTimeout: 1000,
        multipleStatements: true,
    });
    // without a listener the end of a server is an exception that ends the tests
    connection.on("error", () => undefined);
    return connection;
}

function transactionOf(n: number, token: string): string {
    return `START TRANSACTION; INSERT INTO ledger.entries VALUES (${n}, '${token}');
        UPDATE ledger.counter SET value = value + 1 WHERE id = 1;
        INSERT INTO ledger.parcels (n, body, note, facts, weight)
            VALUES (${n}, x'00ff0a1a5c27${n.toString(16).padStart(8, "0")}', 'crème ''${n}'' \\\\ 🐬', '{"n": ${n}}', ${n} / 7);
        UPDATE ledger.parcels SET note = CONCAT(note, '!') WHERE n = ${n - 3};
        DELETE FROM ledger.parcels WHERE n = ${n - 40};
        INSERT INTO ledger.stock VALUES (${n % 7}, 'art-${n % 5}', 1) ON DUPLICATE KEY UPDATE pieces = pieces + 1; COMMIT`;
}

const pause = (milliseconds: number) => new Promise((wake) => setTimeout(wake, milliseconds));
