import { CopyOfCheckout } from "./copyOfCheckout";

let copy: CopyOfCheckout;
beforeEach(() => {
    copy = new CopyOfCheckout(["lab/lib.sh", "lab/bases.sh"]);
    // a tree with what dpkg notes of the packages that were asked for
    copy.write(
        "bin/mmdebstrap",
        `#!/bin/bash
for word in "$@"; do case "$word" in --include=*) packages="\${word#*=}" ;; esac; done
mkdir -p "\${@: -1}/var/lib/dpkg/info"
for package in \${packages//,/ }; do : >"\${@: -1}/var/lib/dpkg/info/$package.list"; done
`,
    );
    copy.write("bin/findmnt", "#!/bin/sh\necho rw,lowerdir=/elsewhere/mariadb-10.11,upperdir=/x\n");
    copy.write(
        "ensure.sh",
        `#!/bin/bash
set -euo pipefail
. "\${0%/*}/lab/lib.sh"
. "\${0%/*}/lab/bases.sh"
ensure_base mariadb-10.11
ls -I '*.lock' "$MM_CACHE/bases"
`,
    );
});
afterEach(() => copy.remove());

const ensure = () => copy.run("ensure.sh", [], { MM_CACHE: copy.path("cache") });
const info = "cache/bases/mariadb-10.11/var/lib/dpkg/info";

describe("bases.sh", () => {
    it("makes a base once", () => {
        expect(ensure().stderr).toMatch(/^lab: making the base of mariadb-10\.11 .*\nlab: made the base /);
        const { exitCode, stdout, stderr } = ensure();
        expect([exitCode, stdout, stderr]).toEqual([0, "mariadb-10.11\n", ""]);
    });

    it("makes one anew that lacks a package which its kind asks for by now", () => {
        copy.write(`${info}/mariadb-server.list`, "");
        const { exitCode, stdout, stderr } = ensure();
        expect([exitCode, stdout]).toEqual([0, "mariadb-10.11\n"]);
        expect(stderr).toMatch(/^lab: making the base of mariadb-10\.11 /);
        expect(copy.read(`${info}/mariadb-backup.list`)).toBe("");
    });

    it("knows a package by the architecture in its name, too", () => {
        ensure();
        copy.write("rename", `#!/bin/sh\ncd "$1" && mv mariadb-backup.list mariadb-backup:amd64.list\n`);
        expect(copy.run("rename", [copy.path(info)]).exitCode).toBe(0);
        expect(ensure().stderr).toBe("");
    });

    it("leaves the old base to hosts that run on it", () => {
        copy.write(`${info}/mariadb-server.list`, "");
        copy.write(
            "bin/findmnt",
            `#!/bin/sh\necho rw,lowerdir=${copy.path("cache/bases/mariadb-10.11")},upperdir=/x\n`,
        );
        const { exitCode, stdout, stderr } = ensure();
        expect(exitCode).toBe(0);
        expect(stdout).toMatch(/^mariadb-10\.11\nmariadb-10\.11\.old-\d+\n$/);
        expect(stderr).toContain("lab: hosts run on the old base, which is kept beside it: rm -rf ");
    });
});
