// Prints what tests/series has shown, a line a kind of server, a column a title's first word or words: node .ci/series-table.js RESULTS
const { readFileSync } = require("node:fs");

const columns = ["up", ...Array.from({ length: 11 }, (_, row) => `row ${row + 1}`), "unchanged", "password", "role", "destroy"];
const signs = { passed: "yes", failed: "NO", pending: "not run" };

const table = {};
for (const { assertionResults, name, startTime, endTime } of JSON.parse(readFileSync(process.argv[2], "utf8")).testResults) {
    const kind = name.replace(/^.*\/(.*)\.test\.ts$/, "$1");
    // a file that could not even be loaded has no tests
    table[kind] = Object.fromEntries(columns.map((column) => [column, "NO"]));
    for (const { title, status } of assertionResults) {
        table[kind][title.split(":")[0]] = signs[status] ?? "NO";
    }
    table[kind].seconds = Math.round((endTime - startTime) / 1000);
}
console.table(table);
