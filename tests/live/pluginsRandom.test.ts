import { Stack } from "./pluginsHarness";

/**
 * The lab's stand-in for pulumi-resource-random, with the real engine. The same claims hold for the official plugin:
 * MM_TEST_PULUMI_HOME names a Pulumi home that has it.
 */

const PROGRAM = `
const { RandomPassword } = require("@pulumi/random");
new RandomPassword("password", require("./settings.json"));
`;

jest.setTimeout(300_000);

const stacks: Stack[] = [];

function newStack(): Stack {
    const stack = new Stack(PROGRAM);
    stacks.push(stack);
    return stack;
}

afterAll(() => {
    for (const stack of stacks) {
        stack.remove();
    }
});

describe("a random password", () => {
    it("is a secret, stays from run to run, and is replaced when its shape changes", async () => {
        const stack = newStack();
        const revealed = async () => {
            const shown = await stack.run(["stack", "export", "--stack", "s", "--show-secrets"]);
            const { resources } = JSON.parse(shown.output).deployment;
            const found = resources.find((one: { urn: string }) => one.urn.endsWith("::password"));
            return JSON.parse(found.outputs.result.plaintext) as string;
        };
        await stack.operate("up", { length: 24, special: false });
        expect(stack.resource("password")?.id).toBe("none");
        const {
            result: _result,
            bcryptHash: _hash,
            __pulumi_raw_state_delta: _delta,
            ...rest
        } = stack.resource("password")?.outputs ?? {};
        expect(rest).toEqual({
            __meta: '{"schema_version":"3"}',
            id: "none",
            length: 24,
            lower: true,
            minLower: 0,
            minNumeric: 0,
            minSpecial: 0,
            minUpper: 0,
            number: true,
            numeric: true,
            special: false,
            upper: true,
        });
        const first = await revealed();
        expect(first).toMatch(/^[A-Za-z0-9]{24}$/);
        expect(stack.state()).not.toContain(first);

        expect((await stack.operate("up", { length: 24, special: false })).steps.password).toEqual(["same"]);
        expect((await stack.operate("up", { length: 24, special: false, upper: true })).steps.password).toEqual([
            "same",
        ]);
        expect(await revealed()).toBe(first);

        const longer = await stack.operate("up", { length: 32, special: false });
        expect(longer.steps.password).toEqual(["create-replacement", "replace", "delete-replaced"]);
        expect(longer.output).toContain("[diff: ~length]");
        expect(await revealed()).toMatch(/^[A-Za-z0-9]{32}$/);
    });

    it("has what its minima ask for, and nothing that is left out", async () => {
        const stack = newStack();
        const shape = { length: 8, lower: false, upper: false, minNumeric: 5, minSpecial: 3, overrideSpecial: "_" };
        await stack.operate("up", shape);
        const shown = await stack.run(["stack", "export", "--stack", "s", "--show-secrets"]);
        const password: string = JSON.parse(
            /"plaintext": "(\\"[0-9_]{8}\\")"/.exec(shown.output)?.[1]?.replaceAll("\\", "") ?? '""',
        );
        expect(password.replaceAll("_", "")).toHaveLength(5);
    });

    it("cannot be made of no characters, nor be shorter than its minima", async () => {
        const stack = newStack();
        const none = { length: 8, lower: false, upper: false, numeric: false, special: false };
        const said = (what: string) => [
            `random:index/randomPassword:RandomPassword resource 'password' has a problem: Invalid Attribute ${what}`,
        ];
        expect((await stack.operate("up", none)).errors("password")).toEqual(
            said(
                "Combination. At least one attribute out of [special,upper,lower,numeric] must be specified as true. Examine values at 'password.numeric'.",
            ),
        );
        const short = { length: 3, minLower: 2, minUpper: 2 };
        expect((await stack.operate("up", short)).errors("password")).toEqual(
            said(
                "Value. Attribute length value must be at least sum of min_upper + min_lower + min_numeric + min_special, got: 3. Examine values at 'password.length'.",
            ),
        );
    });
});

describe("a random UUID", () => {
    it("is one, stays from run to run, and is replaced when its keepers change", async () => {
        const stack = new Stack(`
const { RandomUuid } = require("@pulumi/random");
new RandomUuid("uuid", require("./settings.json"));
`);
        stacks.push(stack);
        await stack.operate("up", {});
        const first = stack.resource("uuid");
        expect(first?.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(first?.outputs).toMatchObject({ id: first?.id, result: first?.id });
        expect((await stack.operate("up", {})).steps.uuid).toEqual(["same"]);
        expect(stack.resource("uuid")?.id).toBe(first?.id);
        const other = await stack.operate("up", { keepers: { one: "1" } });
        expect(other.steps.uuid).toEqual(["create-replacement", "replace", "delete-replaced"]);
        expect(stack.resource("uuid")?.id).not.toBe(first?.id);
    });
});
