import { readFileSync } from "node:fs";
import path from "node:path";
import type { Lab } from "../lab";
import { type Part, parseParts } from "./parts";

/** Runs a script of this folder on a host, with some variables before it; gives what it prints. Throws with its words. */
export async function runScript(lab: Lab, host: string, name: string, variables: Record<string, number> = {}) {
    const before = Object.entries(variables).map(([key, value]) => `${key}=${value}\n`);
    const stdin = before.join("") + readFileSync(path.join(__dirname, name), "utf8");
    // a file first, for what a script starts must not read the rest of it
    const command = ["lab/hosts.sh", "ssh", host, `cat >/root/${name} && bash /root/${name} </dev/null`];
    return (await lab.run(command, { stdin })).stdout;
}

/** Host a with a data set of that many MB, and with the pair's settings in force. */
export async function fillHost(lab: Lab, megabytes: number): Promise<{ bytes: number; rows: number }> {
    const told = await runScript(lab, "a", "fill-data.sh", { MEGABYTES: megabytes });
    const [, bytes, rows] = /^bytes=(\d+) rows=(\d+)$/m.exec(told) ?? [];
    // the restart writes out what the server still holds in memory: nothing of the making goes on while it is measured
    await runScript(lab, "a", "prepare-host.sh", { SERVER_ID: 10 });
    return { bytes: Number(bytes), rows: Number(rows) };
}

/** A fresh host b, to which root of a may log in as the document's `scp` does. */
export async function makePeer(lab: Lab): Promise<void> {
    await lab.reset("b");
    const key = readFileSync(path.join(lab.folder, "ssh/id_ed25519"), "utf8");
    const known = readFileSync(path.join(lab.folder, "ssh/known_hosts"), "utf8");
    await lab.run(["lab/hosts.sh", "ssh", "a", "umask 077; cat >/root/.ssh/id_ed25519"], { stdin: key });
    await lab.run(["lab/hosts.sh", "ssh", "a", "umask 077; cat >/root/.ssh/known_hosts"], { stdin: known });
}

/** Rows 3, 4 and 6 of the document, on a fresh b with row 5 done. */
export async function followDocument(lab: Lab): Promise<Part[]> {
    await runScript(lab, "b", "prepare-host.sh", { SERVER_ID: 20 });
    return parseParts(await runScript(lab, "a", "document.sh"));
}

export async function copyDirectory(lab: Lab): Promise<Part[]> {
    return parseParts(await runScript(lab, "a", "copies.sh"));
}

/** The server's process on a: another one after a restart. */
export async function readServerProcess(lab: Lab): Promise<string> {
    return (await lab.run(["lab/hosts.sh", "ssh", "a", "pidof mysqld mariadbd"])).stdout.trim();
}
