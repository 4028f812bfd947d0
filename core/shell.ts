/** What a host is told to run: a script on stdin, as root, called with `verb` and the connection's addresses. README.md's sudoers lines allow it. */
export function bashCommand(user: string, verb: string): string {
    return `${user === "root" ? "" : "sudo -n -H "}bash -s -- ${verb} "$SSH_CONNECTION"`;
}

/** One word of a POSIX shell that means `text` and nothing else. Throws RangeError on NUL, which no shell can hold. */
export function quoteWord(text: string): string {
    if (text.includes("\0")) {
        throw new RangeError("a shell word cannot hold a NUL byte");
    }
    return `'${text.replaceAll("'", `'\\''`)}'`;
}
