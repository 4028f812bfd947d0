import * as fs from "node:fs";
import * as path from "node:path";
import { Stack } from "./pluginsHarness";

/**
 * What a local command does: with the lab's stand-in for pulumi-resource-command and the real engine. The claims are read
 * from the official plugin's sources (provider/pkg/provider/local, version 1.2.1); MM_TEST_PULUMI_HOME names a Pulumi home that has it.
 */

jest.setTimeout(300_000);

const program = `
const { readFileSync } = require("node:fs");
const pulumi = require("@pulumi/pulumi");
const { local } = require("@pulumi/command");
for (const [name, { secretStdin, ...args }] of Object.entries(JSON.parse(readFileSync(__dirname + "/settings.json", "utf8")))) {
    new local.Command(name, { ...args, ...(secretStdin && { stdin: pulumi.secret(secretStdin) }) });
}
`;

let stack: Stack;
beforeEach(() => {
    stack = new Stack(program);
});
afterEach(() => stack.remove());

const written = () => {
    const file = path.join(stack.folder, "log");
    return fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
};

it("runs at create, update and delete in the project's folder, and at nothing else", async () => {
    const life = (stdin: string) => ({
        life: {
            create: 'echo "create $(cat) $PULUMI_COMMAND_STDOUT" >>log; echo made; echo aside >&2',
            update: 'echo "update $(cat) $PULUMI_COMMAND_STDOUT" >>log; echo updated',
            delete: 'echo "delete $(cat) $PULUMI_COMMAND_STDOUT" >>log',
            stdin,
        },
    });
    expect((await stack.operate("preview", life("one"))).exitCode).toBe(0);
    expect(written()).toBe("");
    expect((await stack.operate("up", life("one"))).steps.life).toEqual(["create"]);
    const { id, outputs } = stack.resource("life") ?? {};
    expect(id).toMatch(/^life[0-9a-f]{8}$/);
    expect([outputs?.stdout, outputs?.stderr]).toEqual(["made", "aside"]);
    expect((await stack.operate("up", life("one"))).steps.life).toEqual(["same"]);
    expect((await stack.operate("up", life("two"))).steps.life).toEqual(["update"]);
    expect(stack.resource("life")?.outputs.stdout).toBe("updated");
    await stack.operate("destroy", {});
    expect(written()).toBe("create one \nupdate two made\ndelete two updated\n");
});

it("fails with the command and all that it said, and leaves nothing of a create, but the old inputs of an update", async () => {
    const failing = {
        exits: { create: "echo out; sleep 0.3; echo problem >&2; exit 3", logging: "none" },
        killed: { create: "kill -KILL $$" },
        elsewhere: { create: "true", dir: "/not/there" },
        stranger: { create: "true", interpreter: ["no-such-shell", "-c"] },
    };
    const { errors, exitCode } = await stack.operate("up", failing);
    expect(exitCode).not.toBe(0);
    expect(errors("exits")).toEqual([
        'exit status 3: running "echo out; sleep 0.3; echo problem >&2; exit 3":\nout\nproblem\n',
    ]);
    expect(errors("killed")).toEqual(['signal: killed: running "kill -KILL $$":\n']);
    expect(errors("elsewhere")).toEqual(['chdir /not/there: no such file or directory: running "true":\n']);
    expect(errors("stranger")).toEqual([
        'exec: "no-such-shell": executable file not found in $PATH: running "true":\n',
    ]);
    expect(stack.resource("exits")).toBeUndefined();

    await stack.operate("up", { one: { create: "true", stdin: "old" } });
    await stack.operate("up", { one: { create: "exit 1", stdin: "new" } });
    expect(stack.resource("one")?.inputs.stdin).toBe("old");
});

it("does not mind what a command leaves unread, unlike a remote one, and keeps a secret stdin out of the state", async () => {
    const { exitCode } = await stack.operate("up", {
        unread: { create: "exit 0", stdin: "x".repeat(3_000_000), logging: "none" },
        hidden: { create: "wc -c", secretStdin: "SECRET-of-stdin", interpreter: ["/bin/bash", "-c"] },
    });
    expect(exitCode).toBe(0);
    expect(stack.state()).not.toContain("SECRET-of-stdin");
});

it("is replaced by a change of triggers, and shows the streams that it is told to", async () => {
    const settings = (trigger: string) => ({
        again: { create: "echo x >>log; echo seen; echo heard >&2", triggers: [trigger], logging: "stderr" },
    });
    const first = await stack.operate("up", settings("1"));
    expect(first.lines.filter(({ resource }) => resource === "again").map(({ message }) => message)).toEqual(["heard"]);
    const second = await stack.operate("up", settings("2"));
    expect(second.steps.again).toContain("create-replacement");
    expect(written()).toBe("x\nx\n");
});
