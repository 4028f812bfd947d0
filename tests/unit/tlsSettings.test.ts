import { problemsOf, read } from "./stack";

/** Of a CA that signs nothing. */
const certificate = [
    "-----BEGIN CERTIFICATE-----",
    "MIIBdzCCAR2gAwIBAgIUbTQ3NWPVSiUsMVf80E6u8e9RAhYwCgYIKoZIzj0EAwIw",
    "EDEOMAwGA1UEAwwFdGVzdHMwIBcNMjYxMTI1MDcwODU3WhgPMjEyNjExMDEwNzA4",
    "NTdaMBAxDjAMBgNVBAMMBXRlc3RzMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE",
    "ZgW9LLeDs7XUft11wMJSKZNXspY7ZRmqp7pAjCRBjKwL1I0HyTUs+Sv1CEgBUlgg",
    "7sxNiMXTnnuk1QSKkN04waNTMFEwHQYDVR0OBBYEFNQ7DkDV3QGqMKnPup7uoMpE",
    "MWRMMB8GA1UdIwQYMBaAFNQ7DkDV3QGqMKnPup7uoMpEMWRMMA8GA1UdEwEB/wQF",
    "MAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIhAPWx5zus1NTl7K+n+ObFSCSwcGxBUQRa",
    "CwpLkd1SLV5RAiAU8R1xYQk9K6kUbclzZPdYCN3FX0UmiLkl29LvgRmZWA==",
    "-----END CERTIFICATE-----",
].join("\n");
const noCertificate = "is no certificate; expected text between -----BEGIN CERTIFICATE----- and -----END …";

describe("tls", () => {
    it("is left out where the stack says nothing", () => {
        expect(read({})).not.toHaveProperty("tls");
    });

    it("takes the certificates of a file, and nothing else that stands in it", () => {
        const key = "-----BEGIN PRIVATE KEY-----\nSECRET\n-----END PRIVATE KEY-----";
        const text = `a comment $(touch /tmp/x)\n${certificate}\r\n${key}\n${certificate}\n`;
        expect(read({ tls: { caFile: "/ca.pem", verifyHost: true } }, { "/ca.pem": text }).tls).toEqual({
            ca: `${certificate}\n${certificate}`,
            verifyHost: true,
        });
    });

    it("takes the text itself", () => {
        expect(read({ tls: { ca: certificate, require: false } }).tls).toEqual({ ca: certificate, require: false });
    });

    it.each([
        [{ caFile: "/none" }, ["tls.caFile: cannot read /none (ENOENT)"]],
        [{ caFile: "/empty" }, [`tls.caFile: ${noCertificate}`]],
        [{ ca: "'; touch /tmp/x; '" }, [`tls.ca: ${noCertificate}`]],
        [{ ca: "-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----" }, [`tls.ca: ${noCertificate}`]],
        [
            { ca: certificate, caFile: "/empty" },
            ["tls: gives both ca and caFile; give one of them", `tls.caFile: ${noCertificate}`],
        ],
        [
            { verifyHost: true },
            ["tls.verifyHost: needs tls.caFile or tls.ca, the CA that signed the servers' certificates"],
        ],
        [{ require: "yes" }, ["tls.require: expected boolean, found string"]],
        [{ cafile: "x" }, ["tls.cafile: is not a setting; see the table of settings in README.md"]],
    ])("%j is refused, with its path", (tls, problems) => {
        expect(problemsOf({ tls }, { "/empty": "" })).toEqual(problems);
    });
});
