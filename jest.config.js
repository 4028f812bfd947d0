// Tests are TypeScript; swc turns it into JavaScript without checking types (`make check` does that).
module.exports = {
    testEnvironment: "node",
    transform: { "^.+\\.ts$": ["@swc/jest", { jsc: { target: "es2022", parser: { syntax: "typescript" } } }] },
    testMatch: ["<rootDir>/tests/**/*.test.ts"],
    modulePathIgnorePatterns: ["<rootDir>/.lab"],
};
