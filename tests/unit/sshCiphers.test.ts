import { remoteText, runBash } from "./bash";

/** What ssh_to_peer makes of ssh's own ciphers; `aes` is whether the processor knows AES, `ssh` stands in for ssh -G. */
const ciphers = (ssh: string, aes = "true") => {
    const run = runBash(
        `set -euo pipefail\n${remoteText("seed-dump/ssh.sh")}\ngrep() { ${aes}; }\nssh() { ${ssh}; }\nread_ciphers`,
    );
    return [run.exitCode, run.stdout.toString().trim()];
};
const own =
    "echo user root; echo ciphers chacha20-poly1305@openssh.com,aes128-ctr,aes128-gcm@openssh.com,aes256-gcm@openssh.com";

describe("the ciphers of the way to the peer", () => {
    it("are ssh's own, AES-GCM first", () => {
        const wanted = "aes128-gcm@openssh.com,aes256-gcm@openssh.com,chacha20-poly1305@openssh.com,aes128-ctr";
        expect(ciphers(own)).toEqual([0, wanted]);
        expect(ciphers("echo ciphers aes256-gcm@openssh.com")).toEqual([0, "aes256-gcm@openssh.com"]);
    });

    it.each([
        ["the processor knows no AES", own, "false"],
        ["ssh does not tell", "echo unknown option -- G >&2; return 255", "true"],
    ])("are left to ssh where %s", (_, ssh, aes) => {
        expect(ciphers(ssh, aes)).toEqual([0, ""]);
    });
});
