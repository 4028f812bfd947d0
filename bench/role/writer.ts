import { setTimeout as sleep } from "node:timers/promises";
import { type Connection, createConnection } from "mysql2/promise";
import type { Acknowledged } from "./rows";

const INTERVAL = 5; // milliseconds between one row and the next
/** What a server says that has written nothing, for it is read-only. */
const REFUSALS = [1290, 1836, 3100];

/** Where a server is, and as whom its client logs in. */
export interface Address {
    host: string;
    user: string;
    password: string;
    database: string;
}

/**
 * An application as it is met in practice: it writes a row at a time to the server that took the last one, and goes to the other one when it
 * is refused or cut off. It keeps what was acknowledged. A row of which nothing was heard is not written again: it may be there.
 */
export class Writer {
    public readonly acknowledged: Acknowledged[] = [];
    private readonly connections: (Connection | undefined)[] = [];
    private readonly ended: Promise<void>;
    private current = 0;
    private isStopped = false;

    constructor(private readonly addresses: Address[]) {
        this.ended = this.writeOn();
    }

    async stop(): Promise<void> {
        this.isStopped = true;
        await this.ended;
        await Promise.all(this.connections.map((connection) => connection?.end()));
    }

    private async writeOn(): Promise<void> {
        for (let token = 1; !this.isStopped; ) {
            const outcome = await this.write(token);
            if (outcome === "acknowledged") {
                this.acknowledged.push({ token, at: performance.now(), server: this.current });
                await sleep(INTERVAL);
            } else {
                this.current = (this.current + 1) % this.addresses.length;
                await sleep(1);
            }
            token += outcome === "refused" ? 0 : 1;
        }
    }

    private async write(token: number): Promise<"acknowledged" | "refused" | "unknown"> {
        const place = this.current;
        try {
            this.connections[place] ??= await createConnection({
                ...(this.addresses[place] as Address),
                connectTimeout: 2000,
            });
        } catch {
            return "refused"; // nothing was sent
        }
        try {
            await this.connections[place].query("INSERT INTO written (token) VALUES (?)", [token]);
            return "acknowledged";
        } catch (error) {
            if (REFUSALS.includes((error as { errno?: number }).errno ?? 0)) {
                return "refused";
            }
            this.connections[place]?.destroy();
            this.connections[place] = undefined;
            return "unknown";
        }
    }
}
