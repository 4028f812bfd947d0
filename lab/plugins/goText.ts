/** How a Go program, which every official plugin is, words values and errors. */

const ESCAPES: Record<string, string> = {
    "\u0007": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\u000b": "\\v",
    "\\": "\\\\",
    '"': '\\"',
};

/** Text in double quotes as `%q` prints it: what cannot be seen is escaped, what can be seen stays, in any script. */
export function quoteGo(text: string): string {
    return `"${Array.from(text, quoteRune).join("")}"`;
}

function quoteRune(rune: string): string {
    const known = ESCAPES[rune];
    if (known !== undefined) {
        return known;
    }
    if (/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(rune)) {
        return rune;
    }
    const code = rune.codePointAt(0) ?? 0;
    const hex = (digits: number) => code.toString(16).padStart(digits, "0");
    if (code < 0x80) {
        return `\\x${hex(2)}`;
    }
    return code < 0x10000 ? `\\u${hex(4)}` : `\\U${hex(8)}`;
}

/** `host:port`, with brackets round an IPv6 address. */
export function joinHostPort(host: string, port: number): string {
    return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** The operating system's errors that a connection can end with, in Go's words. */
const SYSTEM_ERRORS: Record<string, string> = {
    ECONNREFUSED: "connection refused",
    ECONNRESET: "connection reset by peer",
    EHOSTUNREACH: "no route to host",
    ENETUNREACH: "network is unreachable",
    ETIMEDOUT: "connection timed out",
    EADDRNOTAVAIL: "cannot assign requested address",
    EPIPE: "broken pipe",
    EACCES: "permission denied",
    ENOENT: "no such file or directory",
};

/** A Node system error's cause in Go's words; Node's own message when there is no such word. */
export function systemErrorText(error: NodeJS.ErrnoException): string {
    return SYSTEM_ERRORS[error.code ?? ""] ?? error.message;
}

/** Why a TCP connection could not be opened: `dial tcp HOST:PORT: connect: connection refused`. */
export function dialErrorText(error: NodeJS.ErrnoException, host: string, port: number): string {
    if (error.code === "ENOTFOUND" || error.code === "EAI_AGAIN") {
        return `dial tcp: lookup ${host}: ${error.code === "ENOTFOUND" ? "no such host" : "server misbehaving"}`;
    }
    // with several addresses Node collects the errors; Go keeps the first
    const first = error instanceof AggregateError ? (error.errors[0] as NodeJS.ErrnoException) : error;
    const address = (first as { address?: string }).address ?? host;
    return `dial tcp ${joinHostPort(address, port)}: connect: ${systemErrorText(first)}`;
}
