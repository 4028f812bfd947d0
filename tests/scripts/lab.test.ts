import { CopyOfCheckout } from "./copyOfCheckout";

let copy: CopyOfCheckout;
beforeEach(() => {
    copy = new CopyOfCheckout(["lab/env.sh", "lab/status.sh", "lab/lib.sh", "lab/pulumi.sh", "Pulumi.dev.yaml"]);
    copy.write("lab/tools.sh", "#!/bin/sh\n");
});
afterEach(() => copy.remove());

describe("env.sh", () => {
    const env = (subnet = "10.99.0", folder = "other") =>
        copy.run("lab/env.sh", [], { MM_LAB_SUBNET: subnet, MM_LAB_DIR: copy.path(folder), MM_LAB_SERVER: "" });
    const file = "other/Pulumi.dev.yaml";

    it("gives a lab with a subnet and a folder of its own a copy of the dev stack's settings that names them", () => {
        const { exitCode, stdout, stderr } = env();
        expect([exitCode, stderr]).toEqual([0, ""]);
        expect(stdout).toContain(`export PULUMI_OPTION_CONFIG_FILE=${copy.path(file)}\n`);
        const text = copy.read("Pulumi.dev.yaml");
        const own = text.replaceAll("10.231.0.", "10.99.0.").replaceAll(" .lab/", ` ${copy.path("other")}/`);
        expect([own === text, copy.read(file)]).toEqual([false, own]);
    });

    it("names the kind of server that the lab's hosts have, and the newest where there are none", () => {
        const server = () => /^export MM_LAB_SERVER=(.*)$/m.exec(env().stdout)?.[1];
        const before = server();
        copy.write("other/hosts/a/kind", "mariadb-10.11\n");
        expect([before, server()]).toEqual(["mysql-9.7", "mariadb-10.11"]);
    });

    it("leaves what `pulumi config set` has written into that copy since", () => {
        env();
        const text = `${copy.read(file)}    mysql-master-master:active: b\n`;
        copy.write(file, text);
        expect([env().stderr, copy.read(file)]).toEqual(["", text]);
    });

    it("writes the copy of another subnet anew, and keeps what was in it", () => {
        env();
        const text = `${copy.read(file)}    mysql-master-master:active: b\n`;
        copy.write(file, text);
        const at = copy.path(file);
        expect(env("10.98.0").stderr).toBe(
            `lab: writing ${at} anew, for it named the hosts of another lab; what was set in it is in ${at}.before\n`,
        );
        expect(copy.read(file)).toContain("host: 10.98.0.11");
        expect(copy.read(file)).not.toMatch(/10\.99|active/);
        expect(copy.read(`${file}.before`)).toBe(text);
    });
});

describe("status.sh", () => {
    const status = () => copy.run("lab/status.sh", [], { MM_LAB_SUBNET: "10.99.0", MM_LAB_DIR: copy.path("other") });
    const heading = /^node {2}server {12}server_id {2}read_only {2}follows /;

    it("ends with 1 where no host answers, and names the subnet", () => {
        copy.write("lab/hosts.sh", "#!/bin/sh\necho 'no route' >&2; exit 255\n");
        const { exitCode, stdout, stderr } = status();
        expect([exitCode, stderr]).toEqual([
            1,
            `error: no server answers in the lab at 10.99.0.* (${copy.path("other")})\n` +
                "  next: make up; or for another lab export both, its MM_LAB_SUBNET and its MM_LAB_DIR\n",
        ]);
        expect(stdout).toMatch(heading);
        expect(stdout.match(/no route$/gm)).toHaveLength(2);
    });

    it.each([
        ["5.6.14-log", "5.6.14          "],
        ["10.11.19-MariaDB-0+deb12u1-log", "10.11.19-MariaDB"],
    ])("gives the server %s in its column", (version, told) => {
        copy.write("lab/hosts.sh", `#!/bin/sh\nprintf 'version\\t${version}\\nserver_id\\t20\\n'\n`);
        expect(status().stdout).toContain(`\na     ${told}  20         no         nobody `);
    });

    it("ends with 0 where one of them does", () => {
        copy.write("lab/hosts.sh", `#!/bin/sh\n[ "$2" = b ] && printf 'version\\t9.7.4\\nserver_id\\t20\\n'\n`);
        const { exitCode, stdout, stderr } = status();
        expect([exitCode, stderr]).toEqual([0, ""]);
        expect(stdout).toMatch(/^a {5}- .*\nb {5}9\.7\.4 +20 +no +nobody /m);
    });
});
