/** One word of a POSIX shell that means `text` and nothing else. Throws RangeError on NUL, which no shell can hold. */
export function quoteWord(text: string): string {
    if (text.includes("\0")) {
        throw new RangeError("a shell word cannot hold a NUL byte");
    }
    return `'${text.replaceAll("'", `'\\''`)}'`;
}
