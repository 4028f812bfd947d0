import { CopyOfCheckout } from "./copyOfCheckout";

const checkout = `${__dirname}/../..`;
let copy: CopyOfCheckout;
beforeEach(() => {
    copy = new CopyOfCheckout([]);
    copy.write(
        "check-hosts",
        `#!/bin/sh\ncd '${checkout}' && exec node -r ts-node/register/transpile-only preflight/checkHosts.ts prod\n`,
    );
});
afterEach(() => copy.remove());

it.each([
    [
        "a stack that is not there, with what shows those that are",
        "error: no stack named 'prod' found",
        "; pulumi stack ls shows those that there are",
    ],
    [
        "a stack's file that is no YAML, and nothing of other stacks",
        "error: Pulumi.prod.yaml: line 3: key set twice",
        "",
    ],
])("check-hosts tells the engine's words of %s", (_, words, next) => {
    copy.write("bin/pulumi", `#!/bin/sh\necho "${words}" >&2; exit 255\n`);
    expect(copy.run("check-hosts")).toEqual({
        exitCode: 1,
        stdout: "",
        stderr: `error MM_SETTINGS_INVALID: 1 problem in the stack's settings\n  (stack prod): ${words}${next}\n`,
    });
});
