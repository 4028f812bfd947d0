#!/usr/bin/env bash
# checks.sh: runs the named parts, all of them to the end, and prints what passed and failed in the last line.
# in:  parts out of: static unit live series sample faults soak (RUNS, SEED); MM_KEEP_LAB=1 leaves the tests' hosts running;
#      MM_TEST_SUBNET (default "10.231.200 10.231.202"): as many subnets as labs, on which tests with hosts run side by side;
#      MM_TEST_SECONDS bounds each part of the tests; by default it has about twice what it takes, and static, unit, live, series and
#      sample together have 88 minutes
# out: `N passed, N failed`: tests, and among the failed also each check of the static part that did not pass, and each part of
#      which fewer tests passed than there are: none, or of the sample some
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly RESULTS=node_modules/.cache/mysql-master-master
export MM_TEST_SUBNET="${MM_TEST_SUBNET:-10.231.200 10.231.202}"
read -ra SUBNETS <<<"$MM_TEST_SUBNET"
# How many tests run_sample picks by the ends of their titles, at least: a title that changes must not take its test out unseen.
readonly SAMPLE_TESTS=14
FAILED_CHECKS=0
TIMES=()

main() {
    local part started
    rm -rf "$RESULTS"
    mkdir -p "$RESULTS"
    for part in "$@"; do
        started=$SECONDS
        "run_$part" </dev/null
        TIMES+=("$part $((SECONDS - started)) s")
    done
    printf '\ntook: %s\n' "$(printf '%s, ' "${TIMES[@]}" | sed 's/, $//')"
    print_sum
}

run_static() {
    local own_scripts host_scripts
    mapfile -t own_scripts < <(shfmt -f .ci bench lab tests)
    mapfile -t host_scripts < <(shfmt -f remote)
    check biome node_modules/.bin/biome check .
    check tsc node_modules/.bin/tsc --noEmit
    check shfmt shfmt -i 4 -ci -d "${own_scripts[@]}" "${host_scripts[@]}"
    check shellcheck shellcheck -x "${own_scripts[@]}"
    # Scripts for the hosts are put together by core/, parameters first, and have no shebang: what one part sets another
    # reads (SC2034), and a parameter may be called like some local, in capitals (SC2153).
    check 'shellcheck of remote' shellcheck --shell=bash --exclude=SC2034,SC2153 "${host_scripts[@]}"
}

run_unit() { LIMIT=600 run_jest unit tests/unit tests/scripts --maxWorkers=100%; } # by itself jest leaves a core idle

# The option takes all words that follow it: it comes last.
run_live() { LIMIT=2300 on_hosts run_jest live tests/live --testPathIgnorePatterns=tests/live/faults/; }

# The procedure on every kind of server that the lab knows.
run_series() {
    LIMIT=1500 on_hosts run_jest series tests/series
    [ ! -s "$RESULTS/series.json" ] || node .ci/series-table.js "$RESULTS/series.json"
}

# Of the faults what finds most in five minutes; `make test-faults` has all of them.
run_sample() {
    LIMIT=900 on_hosts run_jest sample tests/live/faults -t '(a is restarted|b imports|a dumps|attach-b|mysqldump is killed|ALTER TABLE)$'
}

run_faults() {
    LIMIT=14400 on_hosts run_jest faults tests/live/faults
}

run_soak() {
    LIMIT=$((900 + ${RUNS:-20} * 60)) on_hosts run_jest soak tests/soak
}

# Each of jest's workers has a lab: see takeOwnLab in tests/live/hosts.ts.
on_hosts() { # COMMAND...
    local settings folder lab
    folder="$(lab_folder)"
    export MM_LAB_DIR="$folder" MM_LAB_SUBNET="${SUBNETS[0]}" MM_LAB_SERVER="${MM_LAB_SERVER:-mysql-9.7}"
    if ! settings="$(lab/env.sh)"; then
        FAILED_CHECKS=$((FAILED_CHECKS + 1))
        return 0
    fi
    eval "$settings"
    unset PULUMI_OPTION_CONFIG_FILE # for the dev stack; the tests write stacks of their own
    "$@" --maxWorkers="${#SUBNETS[@]}"
    [ "${MM_KEEP_LAB:-}" != 1 ] || return 0
    for lab in "${!SUBNETS[@]}"; do
        MM_LAB_SUBNET="${SUBNETS[lab]}" check "hosts of the tests on ${SUBNETS[lab]} removed" remove_lab "$folder$([ "$lab" -eq 0 ] || printf -- '-%d' "$((lab + 1))")"
    done
}

# Outside the checkout: at each up the language host walks the program's whole folder, through all that is in it.
lab_folder() (
    . lab/lib.sh
    . lab/pulumi.sh
    printf '%s/test-labs/%s\n' "$MM_CACHE" "$CHECKOUT_ID"
)

remove_lab() { # FOLDER
    MM_LAB_DIR="$1" make down && rm -rf --one-file-system "$1"
}

check() { # NAME COMMAND...
    local name="$1"
    shift
    if "$@"; then
        printf 'ok      %s\n' "$name"
    else
        printf 'FAILED  %s\n' "$name"
        FAILED_CHECKS=$((FAILED_CHECKS + 1))
    fi
}

run_jest() { # NAME ARGUMENT..., with LIMIT in seconds
    local name="$1"
    shift
    # Its status is in the results, where the sum finds it; without results it counts as one failure. A connection to a host
    # that was killed may stay open for good: the end is forced, and bounded where even that hangs.
    timeout --kill-after=30 "${MM_TEST_SECONDS:-$LIMIT}" node_modules/.bin/jest --forceExit --json --outputFile="$RESULTS/$name.json" "$@" || true
    [ -s "$RESULTS/$name.json" ] || FAILED_CHECKS=$((FAILED_CHECKS + 1))
}

# A test file that could not even be loaded has no tests to count: it is one failure.
print_sum() {
    # shellcheck disable=SC2016 # JavaScript's, not the shell's
    FAILED_CHECKS="$FAILED_CHECKS" node -e '
        const { readdirSync, readFileSync } = require("node:fs");
        let passed = 0;
        let failed = Number(process.env.FAILED_CHECKS);
        for (const file of readdirSync(process.argv[1]).filter((name) => name.endsWith(".json"))) {
            const run = JSON.parse(readFileSync(`${process.argv[1]}/${file}`, "utf8"));
            passed += run.numPassedTests;
            const here = run.numFailedTests + run.numRuntimeErrorTestSuites;
            const wanted = file === "sample.json" ? Number(process.argv[2]) : 1;
            if (here === 0 && run.numPassedTests < wanted) {
                console.log(`FAILED  ${file.slice(0, -5)}: ${run.numPassedTests} of at least ${wanted} tests passed`);
            }
            failed += here || (run.success && run.numPassedTests >= wanted ? 0 : 1);
        }
        console.log(`${passed} passed, ${failed} failed`);
        process.exitCode = failed ? 1 : 0;' "$RESULTS" "$SAMPLE_TESTS"
}

main "$@"
