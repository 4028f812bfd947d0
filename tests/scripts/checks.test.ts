import { CopyOfCheckout } from "./copyOfCheckout";

let copy: CopyOfCheckout;
beforeEach(() => {
    copy = new CopyOfCheckout([".ci/checks.sh", "lab/lib.sh", "lab/pulumi.sh"]);
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
    ["sample", 15, 0, [0, "15 passed, 0 failed"]],
    ["sample", 14, 0, [1, "FAILED  sample: 14 of at least 15 tests passed", "14 passed, 1 failed"]],
    ["sample", 10, 2, [1, "10 passed, 2 failed"]],
])("checks.sh counts a part that lost its tests as failed: %s, %i passed, %i failed", (part, passed, failed, sum) => {
    expect(sumOf(part, passed, failed)).toEqual(sum);
});

it.each<[Record<string, string>, string[]]>([
    [{ MM_TEST_SUBNET: "10.99.1" }, ["--maxWorkers=1", "removes LAB 10.99.1"]],
    [{ MM_TEST_SUBNET: "10.99.1 10.99.2" }, ["--maxWorkers=2", "removes LAB 10.99.1", "removes LAB-2 10.99.2"]],
    [{ MM_TEST_SUBNET: "10.99.1 10.99.2", MM_KEEP_LAB: "1" }, ["--maxWorkers=2"]],
])("checks.sh gives each of jest's workers a lab, and removes them all unless told otherwise: %j", (env, wanted) => {
    copy.write("node_modules/.bin/jest", '#!/bin/sh\nfor word; do :; done; echo "$word" >>seen\n');
    copy.write("bin/make", '#!/bin/sh\necho "removes $MM_LAB_DIR $MM_LAB_SUBNET" >>seen\n');
    copy.run(".ci/checks.sh", ["live"], { ...env, MM_CACHE: copy.path("cache") });
    const seen = copy.read("seen").replace(/\S+\/cache\/test-labs\/[0-9a-f]{8}/g, "LAB");
    expect(seen.trim().split("\n")).toEqual(wanted);
});
