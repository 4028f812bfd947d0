import type { PreflightRequest } from "../core/preflightRequest";
import { problemText, warningText } from "./problem";
import { run } from "./run";

// The step pair-preflight: the request comes on stdin, for it holds secrets. stdout is the fingerprint alone.

async function main(): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of process.stdin) {
        chunks.push(chunk as Buffer);
    }
    const report = await run(JSON.parse(Buffer.concat(chunks).toString()) as PreflightRequest);
    process.stderr.write(warningText(report) + problemText(report));
    if (report.problems.length === 0) {
        process.stdout.write(`${report.fingerprint}\n`);
    }
    process.exitCode = report.problems.length > 0 ? 1 : 0;
}

main().catch((error: Error) => {
    process.stderr.write(
        `error MM_PREFLIGHT_BROKEN: the preflight broke off (${error.message}), nothing was changed\n  next: run up again; if it breaks there again, report it with this message\n`,
    );
    process.exitCode = 1;
});
