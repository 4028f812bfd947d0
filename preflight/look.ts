import { defaults } from "../core/defaults";
import type { NodeRequest, PreflightRequest } from "../core/preflightRequest";
import { assembleScript, READ_AT_ONCE } from "../core/script";
import { bashCommand } from "../core/shell";
import { Facts } from "./facts";
import type { Finding } from "./problem";
import { DialError, type Outcome, Shell } from "./shell";

/** One host, as far as it let itself be looked at. */
export interface Seen {
    node: NodeRequest;
    facts: Facts;
    /** What stopped the looking. */
    problems: Finding[];
    /** How far the host's clock is ahead of this machine's, and how far that may be wrong. */
    clock?: { aheadSeconds: number; doubtSeconds: number };
}

/** The facts of one host; its peer is looked at from here over the network alone. Changes nothing. */
export async function look(node: NodeRequest, peer: NodeRequest, request: PreflightRequest): Promise<Seen> {
    let shell: Shell;
    try {
        shell = await Shell.open(node.ssh);
    } catch (error) {
        return { node, facts: new Facts(""), problems: [sshProblem(node, error as Error)] };
    }
    try {
        const asked = Date.now();
        const clock = await shell.run("date +%s%3N", "", 20_000);
        const answered = Date.now();
        const clockSeconds = (Number(clock.stdout) - (asked + answered) / 2) / 1000;
        const command = bashCommand(node.ssh.user ?? defaults.ssh.user, "up");
        const outcome = await shell.run(command, READ_AT_ONCE + scriptOf(node, peer, request), 180_000);
        return {
            node,
            facts: new Facts(outcome.stdout),
            problems: problemsOf(node, outcome),
            clock: { aheadSeconds: clockSeconds, doubtSeconds: (answered - asked) / 2000 },
        };
    } finally {
        shell.close();
    }
}

/** The facts' script: what it uses of remote/lib, the parts in remote/preflight, and their story. */
export function scriptOf(node: NodeRequest, peer: NodeRequest, request: PreflightRequest): string {
    return assembleScript("preflight.sh", {
        NODE: node.label,
        STEP: "preflight",
        PORT: node.port,
        SOCKET: node.socket,
        LOGIN_USER: node.login.user,
        LOGIN_PASSWORD: node.login.password,
        OPTION_FILE: node.optionFile,
        SERVICE: node.service,
        HOLDS_DATA: node.label === "a" ? "yes" : "no",
        WANTED: node.wanted.join("\n"),
        HOST: node.host,
        PEER_HOST: request.gone === peer.label ? "" : peer.host,
        PEER_PORT: peer.port,
        COPY_HOST: node.label === "a" && request.gone === undefined ? peer.copy.host : "",
        COPY_PORT: peer.copy.port,
        BACKUP_FILE: request.backupFile,
        TLS_REQUIRE: `${request.tls?.require ?? ""}`,
        TLS_CA: request.tls?.ca ?? "",
    });
}

function sshProblem({ label, ssh }: NodeRequest, error: Error): Finding {
    const where = `${ssh.user ?? defaults.ssh.user}@${ssh.host} port ${ssh.port ?? defaults.ssh.port}`;
    const next = /mismatch/.test(error.message)
        ? "compare the host's key with its own console; where it was installed anew, correct the stack"
        : error instanceof DialError && error.isCertain
          ? `see that ssh.user is right, that the private key is one, and that its public half is in that user's authorized_keys`
          : "see that it is up; mend address, port, firewall or bastion";
    return {
        code: "MM_PREFLIGHT_SSH",
        node: label,
        what: `cannot be reached as ${where}`,
        next: next,
        words: error.message,
    };
}

/** What stopped the script, in its own words: a refusal of remote/lib, sudo, or a shell that is no bash. */
export function problemsOf(node: NodeRequest, { exitCode, stdout, stderr }: Outcome): Finding[] {
    if (exitCode === 0) {
        return [];
    }
    const { label } = node;
    const [, code, what, next, words] =
        /^error (MM_\w+): (.*)\n {2}next: (.*)\n(?: {2}server: (.*)\n)?/m.exec(stderr) ?? [];
    if (code !== undefined && what !== undefined && next !== undefined) {
        return [{ code, node: label, what, next, ...(words && { words }) }];
    }
    if (/^sudo: /m.test(stderr)) {
        const user = node.ssh.user ?? defaults.ssh.user;
        const mend = `give ${user} the lines of sudoers that README.md lists ("Who may do what"), or use root`;
        return [
            {
                code: "MM_PREFLIGHT_SUDO",
                node: label,
                what: `${user} may not run sudo without a password`,
                next: mend,
                words: stderr,
            },
        ];
    }
    if (exitCode === 127 && stdout === "") {
        return [
            {
                code: "MM_PREFLIGHT_BASH",
                node: label,
                what: "has no bash for the SSH user",
                next: "install bash 4.1 or later",
                words: stderr,
            },
        ];
    }
    const end = exitCode === undefined ? "the connection was cut" : `it ended with status ${exitCode}`;
    return [
        {
            code: "MM_PREFLIGHT_BROKEN",
            node: label,
            what: `looking at it broke off: ${end}`,
            next: "run up again",
            words: stderr,
        },
    ];
}
