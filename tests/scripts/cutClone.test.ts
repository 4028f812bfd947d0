import { existsSync, mkdirSync } from "node:fs";
import { changes, cleanUpHosts, type FakeHost } from "./fakeHost";
import { done, readyToLoad } from "./loadHost";

cleanUpHosts();

const marker = "state=unfinished source=uuid-a own=uuid-b method=clone file=mysql-bin.000001 position=4";
const data = "/var/lib/mysql";
const folders = ["mine", "shop", "odd@0020name", "mysql", "#clone", "lost+found", ".mm-seed"];

/** Node b, where a clone was cut: shop and odd@0020name have come with it; `full` has something in it. */
function cut({ seed = `${marker} folders=mine,other`, full = "" } = {}) {
    const made = readyToLoad();
    const { host } = made;
    for (const folder of folders) {
        mkdirSync(host.path(`${data}/${folder}`), { recursive: true });
    }
    // a new server's own is known, and is no schema of anybody's
    mkdirSync(host.path(`${data}/test`));
    host.local.rules.push({
        on: "SELECT schema_name FROM information_schema.schemata",
        answer: () => ({ stdout: ["test", "mysql", "sys", ...host.local.schemas, ""].join("\n") }),
    });
    if (full !== "") {
        host.write(`${data}/${full}/t.ibd`, "x");
    }
    host.remember("seed", `${seed}\n`);
    return made;
}
const left = (host: FakeHost) => [...folders, "test"].filter((name) => existsSync(host.path(`${data}/${name}`)));
const kept = [...folders.filter((name) => !/^(shop|odd)/.test(name)), "test"];

describe("what a clone that was cut has left on b", () => {
    it("goes before an import begins: empty folders that were not there before it, and are no schema's", async () => {
        const { host, parameters } = cut();
        const run = await host.run("seed-load.sh", parameters);
        expect([run.exitCode, host.memory("seed"), left(host)]).toEqual([0, done, kept]);
        expect(run.stderr).toContain(
            `b: removed the empty folders that a clone that was cut has left in ${data}: odd@0020name shop\n`,
        );
    });

    it("is not touched where it is not empty: nothing is imported, and the folder is named", async () => {
        const { host, parameters } = cut({ full: "shop" });
        const run = await host.run("seed-load.sh", parameters);
        expect([run.exitCode, run.stdout, host.memory("seed")]).toEqual([1, "", `${marker} folders=mine,other\n`]);
        expect(changes(run.statements)).toEqual([
            "SET GLOBAL super_read_only = 0",
            "SET GLOBAL read_only = 1",
            "SET GLOBAL event_scheduler = OFF",
        ]);
        expect(host.read(`${data}/shop/t.ibd`)).toBe("x");
        expect(run.stderr.slice(run.stderr.indexOf("error "))).toBe(
            `error MM_SEED_CLONE: on b these folders are no schema's, have come since it was to be cloned, and are not empty: ${data}/shop; they were not touched\n` +
                "  next: stop the server of b, move them out of its data directory, start it, then run up again\n",
        );
    });

    it.each([
        ["what was there is not known", marker],
        ["nothing was cloned here", "state=unfinished source=uuid-a own=uuid-b folders=mine"],
        ["it was cloned into another server's data", `${marker.replace("uuid-b", "uuid-x")} folders=mine`],
    ])("stays where %s", async (_, seed) => {
        const { host, parameters } = cut({ seed });
        const run = await host.run("seed-load.sh", parameters);
        expect([run.exitCode, left(host)]).toEqual([0, [...folders, "test"]]);
    });
});

describe("at destroy, what a clone that was cut has left on b", () => {
    const down = { IDENTITY: "", STACK: "", ACCEPT_OTHER_STACK: false, MADE_ELSEWHERE: "no", KEEP_BACKUP: false };

    it("goes, and what comes later is not a clone's", async () => {
        const { host } = cut();
        const run = await host.run("lock-host.sh", down, "down");
        expect([run.exitCode, host.memory("seed"), left(host)]).toEqual([0, `${marker}\n`, kept]);
        mkdirSync(host.path(`${data}/shop`));
        const again = await host.run("lock-host.sh", down, "down");
        expect([again.exitCode, existsSync(host.path(`${data}/shop`))]).toEqual([0, true]);
    });

    it("stays where it is not empty, and is named", async () => {
        const { host } = cut({ full: "shop" });
        const run = await host.run("lock-host.sh", down, "down");
        expect([run.exitCode, host.read(`${data}/shop/t.ibd`)]).toEqual([0, "x"]);
        expect(run.stderr).toContain(
            `b: leaves what has come into the data directory since it was to be cloned: ${data}/shop\n`,
        );
    });

    it("stays where the server has schemas of its own: a folder may be one's", async () => {
        const { host } = cut();
        host.local.schemas = ["odd name"];
        const run = await host.run("lock-host.sh", down, "down");
        expect([run.exitCode, left(host)]).toEqual([0, [...folders, "test"]]);
    });
});
