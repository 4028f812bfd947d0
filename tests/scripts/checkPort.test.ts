import { createServer } from "node:net";
import { cleanUpHosts, makeHost } from "./fakeHost";

cleanUpHosts();

const script = "check-port.sh";

/** Runs `body` with the number of a port that answers. */
async function withPort(body: (port: number) => Promise<void>): Promise<void> {
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
        await body((server.address() as { port: number }).port);
    } finally {
        server.close();
    }
}

describe("check-port.sh", () => {
    it("says that the peer's port is reached, twice, and asks no server", async () => {
        const host = makeHost();
        await withPort(async (port) => {
            for (let time = 0; time < 2; time++) {
                const run = await host.run(script, { PEER_HOST: "127.0.0.1", PEER_PORT: port, PEER_LISTENS: "*" });
                expect(run).toMatchObject({ exitCode: 0, stdout: `reach 127.0.0.1:${port}\n`, stderr: "" });
            }
        });
        expect(host.local.statements).toEqual([]);
    });

    it("stops where nothing answers, and says what the name means here and where the peer listens", async () => {
        const host = makeHost();
        let closed = 0;
        await withPort(async (port) => {
            closed = port;
        });
        host.answers.getent = () => ({ stdout: "127.0.0.1       STREAM b.example.com\n" });
        const run = await host.run(script, {
            NODE: "a",
            PEER_HOST: "127.0.0.1",
            PEER_PORT: closed,
            PEER_LISTENS: "127.0.0.1,::1",
        });
        expect([run.exitCode, run.stdout]).toEqual([1, ""]);
        const [first, next, words] = run.stderr.slice(run.stderr.indexOf("error ")).split("\n");
        expect([first, next]).toEqual([
            `error MM_PEER_UNREACHABLE: from a, nothing answers at 127.0.0.1 port ${closed} (there: 127.0.0.1); the server there listens on 127.0.0.1,::1`,
            "  next: open the port for a (firewall, security group), let 127.0.0.1 mean the right address on a, or set mysql.bindAddress of the other node; then run up again",
        ]);
        expect(words).toMatch(/^ {2}server: .*Connection refused/);
    });

    it("runs nothing of what stands in its parameters", async () => {
        const host = makeHost();
        host.answers.getent = () => ({ status: 2 });
        const run = await host.run(script, { PEER_HOST: "$(touch /tmp/mm-ran);x", PEER_PORT: 1, PEER_LISTENS: "" });
        expect(run.exitCode).toBe(1);
        expect(run.stderr).toContain("(there: no address); the server there listens on what it has by default");
        expect(host.read("/tmp/mm-ran")).toBeUndefined();
    });
});
