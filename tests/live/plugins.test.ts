import { killWithChildren, SshHost } from "./pluginsHost";

/**
 * What a remote command does: with the lab's stand-in for pulumi-resource-command, the real engine and a real sshd. The
 * same claims hold for the official plugin: MM_TEST_PULUMI_HOME names a Pulumi home that has it.
 */

jest.setTimeout(300_000);

let host: SshHost;

beforeAll(async () => {
    host = new SshHost();
    await host.start();
});

afterAll(() => host.stop());

describe("the life of a remote command", () => {
    const script = (name: string) => ({
        create: `echo "create $(cat)" >> /mnt/${name}; echo created; echo; echo aside >&2`,
        update: `echo "update $(cat)" >> /mnt/${name}; echo updated`,
        delete: `echo "delete $(cat)" >> /mnt/${name}`,
    });

    it("dials at create, update and delete, and at nothing else", async () => {
        const stack = host.newStack();
        const first = { life: host.command("", { ...script("life"), stdin: "one" }) };
        const seen = host.loginsSeen();
        const preview = await stack.operate("preview", first);
        expect(preview.exitCode).toBe(0);
        expect(host.loginsSeen()).toBe(seen);

        const created = await stack.operate("up", first);
        expect(created.steps.life).toEqual(["create"]);
        expect(host.written("life")).toBe("create one\n");
        const { id, outputs } = stack.resource("life") ?? {};
        expect(id).toMatch(/^life[0-9a-f]{8}$/);
        expect([outputs?.stdout, outputs?.stderr]).toEqual(["created\n", "aside"]);

        expect((await stack.operate("up", first)).steps.life).toEqual(["same"]);
        expect((await stack.operate("refresh", first)).exitCode).toBe(0);
        expect(
            (await stack.operate("preview", { life: host.command("", { ...script("life"), stdin: "two" }) })).exitCode,
        ).toBe(0);
        expect(host.loginsSeen()).toBe(seen + 1);

        const second = { life: host.command("", { ...script("life"), stdin: "two" }) };
        const updated = await stack.operate("up", second);
        expect(updated.output).toContain("[diff: ~stdin]");
        expect(updated.steps.life).toEqual(["update"]);
        expect(stack.resource("life")?.id).toBe(id);
        expect(stack.resource("life")?.outputs.stdout).toBe("updated");

        await stack.operate("destroy", {});
        expect(host.written("life")).toBe("create one\nupdate two\ndelete two\n");
    });

    it("runs create again when there is no update, and nothing when there is no delete", async () => {
        const stack = host.newStack();
        const create = "echo $(cat) >> /mnt/plain";
        await stack.operate("up", { plain: host.command(create, { stdin: "one" }) });
        await stack.operate("up", { plain: host.command(create, { stdin: "two" }) });
        const seen = host.loginsSeen();
        await stack.operate("destroy", {});
        expect(host.written("plain")).toBe("one\ntwo\n");
        expect(host.loginsSeen()).toBe(seen);
    });

    it("keeps the old inputs when an update fails, and deletes with them", async () => {
        const stack = host.newStack();
        const good = { ...script("keeps"), stdin: "one" };
        await stack.operate("up", { keeps: host.command("", good) });
        const bad = { ...good, stdin: "two", update: "exit 1", delete: "echo wrong >> /mnt/keeps" };
        expect((await stack.operate("up", { keeps: host.command("", bad) })).steps.keeps).toEqual(["update failed"]);
        expect((await stack.operate("up", { keeps: host.command("", bad) })).steps.keeps).toEqual(["update failed"]);
        await stack.operate("destroy", {});
        expect(host.written("keeps")).toBe("create one\ndelete one\n");
    });

    it("forgets a create that failed, and tries it again", async () => {
        const stack = host.newStack();
        const args = { once: host.command("echo try >> /mnt/once; exit 1", { delete: "echo deleted >> /mnt/once" }) };
        await stack.operate("up", args);
        expect(stack.resource("once")).toBeUndefined();
        await stack.operate("up", args);
        await stack.operate("destroy", {});
        expect(host.written("once")).toBe("try\ntry\n");
    });

    it("replaces when triggers change: the new create first, the old delete after it", async () => {
        const stack = host.newStack();
        const args = (trigger: string) => ({
            again: host.command("", { ...script("again"), stdin: trigger, triggers: [trigger] }),
        });
        await stack.operate("up", args("one"));
        const replaced = await stack.operate("up", args("two"));
        expect(replaced.steps.again).toEqual(["create-replacement", "replace", "delete-replaced"]);
        expect(host.written("again")).toBe("create one\ncreate two\ndelete one\n");
    });

    it("finishes what only read a part of a small input", async () => {
        const stack = host.newStack();
        const result = await stack.operate("up", { part: host.command("head -c 1", { stdin: "abc" }) });
        expect(result.exitCode).toBe(0);
        expect(stack.resource("part")?.outputs.stdout).toBe("a");
    });
});

describe("what a remote command shows and hides", () => {
    it("streams the output that logging asks for, line by line, and captures all of it", async () => {
        const stack = host.newStack();
        const speak = "echo to stdout; sleep 0.2; echo to stderr >&2";
        const kinds = ["none", "stdout", "stderr", "stdoutAndStderr"];
        const settings = Object.fromEntries(kinds.map((logging) => [logging, host.command(speak, { logging })]));
        const result = await stack.operate("up", { ...settings, usual: host.command(speak) });
        const shown = (name: string) =>
            result.lines
                .filter((line) => line.resource === name)
                .map(({ severity, ephemeral, message }) => {
                    expect([severity, ephemeral]).toEqual(["info", true]);
                    return message;
                });
        expect([...kinds, "usual"].map(shown)).toEqual([
            [],
            ["to stdout"],
            ["to stderr"],
            ["to stdout", "to stderr"],
            ["to stdout", "to stderr"],
        ]);
        for (const name of [...kinds, "usual"]) {
            const { outputs } = stack.resource(name) ?? {};
            expect([outputs?.stdout, outputs?.stderr]).toEqual(["to stdout", "to stderr"]);
        }
    });

    it("captures a line of 200 kB when nothing is logged, and hangs on it when all is", async () => {
        const stack = host.newStack();
        const long = "head -c 200000 /dev/zero | tr '\\0' x";
        const fine = await stack.operate("up", { long: host.command(long, { logging: "none" }) });
        expect(fine.exitCode).toBe(0);
        expect(stack.resource("long")?.outputs.stdout).toBe("x".repeat(200_000));

        const hanging = stack.start(["up", "--stack", "s", "--yes", "--skip-preview"], { endless: host.command(long) });
        const ended = new Promise((resolve) => hanging.once("exit", () => resolve("ended")));
        const later = new Promise((resolve) => setTimeout(() => resolve("hangs"), 6000));
        expect(await Promise.race([ended, later])).toBe("hangs");
        killWithChildren(hanging); // the plugin would stay
        await ended;
    });

    it("keeps keys, and stdin that is a secret, out of the state and of the display", async () => {
        const stack = host.newStack();
        const hidden = {
            stdin: { secret: "a well kept secret" },
            connection: host.connection({ password: "another secret" }),
            delete: "true",
        };
        const created = await stack.operate("up", {
            open: host.command("cat >/dev/null; echo plain words", hidden),
            closed: host.command("echo hidden words", {
                ...hidden,
                logging: "none",
                options: { additionalSecretOutputs: ["stdout"] },
            }),
        });
        expect(created.exitCode).toBe(0);
        const updated = await stack.operate("up", { open: host.command("cat >/dev/null; echo other words", hidden) });
        expect(updated.exitCode).toBe(0);
        const all = [stack.state(), created.output, updated.output].join("\n");
        expect(all).toContain("other words"); // stdout is no secret by itself
        for (const secret of ["a well kept secret", "another secret", "hidden words", "OPENSSH PRIVATE KEY"]) {
            expect(all).not.toContain(secret);
        }
    });

    it("hands the output of the last run to the next one, where the host accepts it", async () => {
        const stack = host.newStack();
        const args = (stdin: string, more = {}) => ({
            next: {
                connection: host.connection(),
                create: "echo first; echo aside >&2",
                update: 'echo "after $PULUMI_COMMAND_STDOUT, $PULUMI_COMMAND_STDERR"',
                stdin,
                ...more,
            },
        });
        await stack.operate("up", args("1"));
        const accepted = await stack.operate("up", args("2"));
        expect(accepted.exitCode).toBe(0);
        expect(stack.resource("next")?.outputs.stdout).toBe("after first, ");
        const warnings = accepted.lines.filter((line) => line.severity === "warning" && line.resource === "next");
        expect(warnings.map((line) => line.message.split(".")[0])).toEqual(["Unable to set 'PULUMI_COMMAND_STDERR'"]);

        await stack.operate("up", args("3", { addPreviousOutputInEnv: false }));
        expect(stack.resource("next")?.outputs.stdout).toBe("after , ");
    });

    it("passes variables that the host accepts", async () => {
        const stack = host.newStack();
        const environment = { ALLOWED_A: "one two", ALLOWED_B: "'\"$x" };
        const result = await stack.operate("up", {
            env: host.command('echo "$ALLOWED_A $ALLOWED_B"', { environment }),
        });
        expect(result.exitCode).toBe(0);
        expect(stack.resource("env")?.outputs.stdout).toBe("one two '\"$x");
    });
});
