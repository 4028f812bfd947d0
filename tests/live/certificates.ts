import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Host, labFolder } from "./hosts";

/** A CA of the tests' own, in the lab's folder. */
export interface Ca {
    /** Its certificate's file. */
    file: string;
    folder: string;
}

const openssl = (...args: string[]) => execFileSync("openssl", args, { stdio: ["ignore", "pipe", "ignore"] });

export function makeCa(name: string): Ca {
    const folder = join(labFolder, `ca-${name}`);
    mkdirSync(folder, { recursive: true });
    const file = join(folder, "ca.pem");
    openssl(
        ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", `/CN=${name}`],
        ...["-keyout", join(folder, "ca.key"), "-out", file],
    );
    return { file, folder };
}

/** Gives a running server a key and a certificate that names the host, signed by that CA; sessions that are open keep theirs. */
export async function certify(host: Host, ca: Ca): Promise<void> {
    const at = (name: string) => join(ca.folder, `${host.name}.${name}`);
    const name = `${host.name}.example.com`;
    writeFileSync(at("ext"), `subjectAltName=DNS:${name}\n`);
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", `/CN=${name}`, "-keyout", at("key"), "-out", at("csr"));
    openssl(
        ...["x509", "-req", "-in", at("csr"), "-CA", ca.file, "-CAkey", join(ca.folder, "ca.key")],
        ...["-CAcreateserial", "-days", "30", "-extfile", at("ext"), "-out", at("pem")],
    );
    for (const [from, to] of [
        ["key", "server-key.pem"],
        ["pem", "server-cert.pem"],
    ] as const) {
        await host.put(at(from), `/var/lib/mysql/${to}`);
    }
    await host.put(ca.file, "/var/lib/mysql/ca.pem");
    await host.run("chown mysql:mysql /var/lib/mysql/*.pem");
    await host.sql("ALTER INSTANCE RELOAD TLS");
}
