import { CopyOfCheckout } from "./copyOfCheckout";

let copy: CopyOfCheckout;
beforeEach(() => {
    copy = new CopyOfCheckout([".ci/checks.sh"]);
    copy.write("lab/env.sh", "#!/bin/sh\n");
    copy.write("bin/make", "#!/bin/sh\n");
});
afterEach(() => copy.remove());

/** What checks.sh makes of a part's results. */
function sumOf(part: string, passed: number, failed = 0) {
    const result = {
        success: failed === 0,
        numPassedTests: passed,
        numFailedTests: failed,
        numRuntimeErrorTestSuites: 0,
    };
    const jest = [
        "#!/bin/sh",
        'for word; do case "$word" in --outputFile=*) file="$word" ;; esac; done',
        `echo '${JSON.stringify(result)}' >"$(printf %s "$file" | cut -d = -f 2)"`,
    ];
    copy.write("node_modules/.bin/jest", `${jest.join("\n")}\n`);
    const { exitCode, stdout } = copy.run(".ci/checks.sh", [part]);
    return [exitCode, ...stdout.split("\n").filter((line) => /^FAILED|passed,/.test(line))];
}

it.each<[string, number, number, (string | number)[]]>([
    ["unit", 5, 0, [0, "5 passed, 0 failed"]],
    ["unit", 4, 1, [1, "4 passed, 1 failed"]],
    ["unit", 0, 0, [1, "FAILED  unit: 0 of at least 1 tests passed", "0 passed, 1 failed"]],
    ["live", 0, 0, [1, "FAILED  live: 0 of at least 1 tests passed", "0 passed, 1 failed"]],
    ["sample", 13, 0, [0, "13 passed, 0 failed"]],
    ["sample", 12, 0, [1, "FAILED  sample: 12 of at least 13 tests passed", "12 passed, 1 failed"]],
    ["sample", 10, 2, [1, "10 passed, 2 failed"]],
])("checks.sh counts a part that lost its tests as failed: %s, %i passed, %i failed", (part, passed, failed, sum) => {
    expect(sumOf(part, passed, failed)).toEqual(sum);
});
