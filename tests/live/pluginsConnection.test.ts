import { execFileSync } from "node:child_process";
import * as path from "node:path";
import { freePort } from "./pluginsHarness";
import { SshHost } from "./pluginsHost";

/**
 * How a remote command gets to its host: with the lab's stand-in for pulumi-resource-command, the real engine and a real sshd. The
 * same claims hold for the official plugin: MM_TEST_PULUMI_HOME names a Pulumi home that has it. Left unproven: login
 * with a password, and agents and proxies that fail in the middle.
 */

jest.setTimeout(300_000);

let host: SshHost;

beforeAll(async () => {
    host = new SshHost();
    await host.start();
});

afterAll(() => host.stop());

describe("the way to the host", () => {
    it("works with each kind of key, through a proxy, and without a host key", async () => {
        const stack = host.newStack();
        const ways = {
            ecdsa: host.connection({ hostKey: host.read("host_ecdsa.pub") }),
            unchecked: host.connection({ hostKey: undefined }),
            commented: host.connection({ hostKey: `# of a\n\n${host.read("host_ed25519.pub")}` }),
            rsa: host.connection({ privateKey: host.read("id_rsa") }),
            unlocked: host.connection({ privateKey: host.read("locked"), privateKeyPassword: "open sesame" }),
            hop: host.connection({ proxy: host.connection({ hostKey: host.read("host_ecdsa.pub") }) }),
        };
        const settings = Object.entries(ways).map(([name, way]) => [
            name,
            host.command("echo here", { connection: way }),
        ]);
        const result = await stack.operate("up", Object.fromEntries(settings));
        expect(result.lines.filter((line) => line.severity === "error")).toEqual([]);
        for (const name of Object.keys(ways)) {
            expect([name, stack.resource(name)?.outputs.stdout]).toEqual([name, "here"]);
        }
    });

    it("uses an agent, named by the program or by SSH_AUTH_SOCK", async () => {
        const socket = path.join(host.folder, "agent");
        const agent = execFileSync("ssh-agent", ["-a", socket], { encoding: "utf8" });
        const pid = Number(/SSH_AGENT_PID=(\d+)/.exec(agent)?.[1]);
        try {
            const env = { SSH_AUTH_SOCK: socket };
            execFileSync("ssh-add", ["-q", path.join(host.folder, "id")], { env: { ...process.env, ...env } });
            const stack = host.newStack();
            const named = host.connection({ privateKey: undefined, agentSocketPath: socket });
            const result = await stack.operate("up", { named: host.command("echo here", { connection: named }) });
            expect(result.exitCode).toBe(0);
            const found = host.connection({ privateKey: undefined });
            const other = await stack.operate("up", { found: host.command("echo here", { connection: found }) }, env);
            expect(other.exitCode).toBe(0);
        } finally {
            process.kill(pid);
        }
    });

    it("waits for a host that comes up late", async () => {
        const late = await freePort();
        const stack = host.newStack();
        const up = stack.operate("up", {
            late: host.command("echo here", { connection: host.connection({ port: late }) }),
        });
        await new Promise((resolve) => setTimeout(resolve, 4000));
        await host.listen(late);
        expect((await up).exitCode).toBe(0);
    });
});
