import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { libraryText, runBash, withFolder } from "./bash";

/** Parameters and libraries as an assembled script has them, without its main. */
const preamble = `NODE=a STEP=configure-node PORT=3306 OPTION_FILE=''\n${libraryText("say", "host", "option-file")}\n`;

export interface Edited {
    /** with_block's output for the file as given, and for that output. */
    once: Buffer;
    twice: Buffer;
    /** strip_block's output for the file as given, and for the first output. */
    bare: Buffer;
    stripped: Buffer;
    /** block_settings and block_role of the first output. */
    settings: string;
    role: string;
}

export interface Edit {
    /** The file's content; `undefined`: there is no file. */
    file: Buffer | undefined;
    block: string;
}

/** Edits many files in one bash: a spawn each would take most of the time. */
export function editFiles(edits: Edit[]): Edited[] {
    return withFolder((folder) => {
        edits.forEach(({ file, block }, at) => {
            mkdirSync(join(folder, `${at}`));
            writeFileSync(join(folder, `${at}`, "block"), block);
            if (file !== undefined) {
                writeFileSync(join(folder, `${at}`, "file"), file);
            }
        });
        const run = runBash(
            `${preamble}
            for folder in "$FOLDER"/*; do
                cd "$folder"
                require_whole_block file
                with_block file "$(cat block)" >once
                with_block once "$(cat block)" >twice
                strip_block file >bare
                strip_block once >stripped
                block_settings once >settings
                block_role once >role
            done </dev/null`,
            { FOLDER: folder },
        );
        expect({ exitCode: run.exitCode, stderr: run.stderr }).toEqual({ exitCode: 0, stderr: "" });
        return edits.map((_, at) => {
            const output = (name: string) => readFileSync(join(folder, `${at}`, name));
            return {
                once: output("once"),
                twice: output("twice"),
                bare: output("bare"),
                stripped: output("stripped"),
                settings: output("settings").toString(),
                role: output("role").toString(),
            };
        });
    });
}

/** Runs some bash with the libraries, in a folder that holds `file`; gives what the file is afterwards, too. */
export function runInFolder(text: string, file: Buffer | string) {
    return withFolder((folder) => {
        writeFileSync(join(folder, "file"), file);
        const run = runBash(`${preamble}cd "$FOLDER"\n${text}`, { FOLDER: folder });
        return { ...run, stdout: run.stdout.toString(), file: readFileSync(join(folder, "file")).toString() };
    });
}
