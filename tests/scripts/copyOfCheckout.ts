import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const checkout = join(__dirname, "..", "..");

/** Some files of this checkout in a folder of their own, beside stand-ins for what they call. */
export class CopyOfCheckout {
    readonly folder = mkdtempSync(join(tmpdir(), "mm-checkout-"));

    constructor(files: string[]) {
        for (const file of files) {
            cpSync(join(checkout, file), join(this.folder, file));
        }
    }

    path(file: string): string {
        return join(this.folder, file);
    }

    read(file: string): string {
        return readFileSync(this.path(file), "utf8");
    }

    write(file: string, text: string): void {
        mkdirSync(dirname(this.path(file)), { recursive: true });
        writeFileSync(this.path(file), text);
        chmodSync(this.path(file), 0o755);
    }

    /** Runs one of its files; programs in its folder `bin` come first. */
    run(file: string, words: string[] = [], env: Record<string, string> = {}) {
        const { PATH = "", HOME = "" } = process.env;
        const own = { PATH: `${this.path("bin")}:${PATH}`, HOME, ...env };
        const { status, stdout, stderr } = spawnSync(this.path(file), words, { env: own, encoding: "utf8" });
        return { exitCode: status, stdout, stderr };
    }

    remove(): void {
        rmSync(this.folder, { recursive: true });
    }
}
