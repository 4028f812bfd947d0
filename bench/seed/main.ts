// How long it takes to bring a's data to b, and what a's clients feel of it: the document's procedure by hand, each method of the program,
// and copies of the data directory as the floor.
// in:  MM_BENCH_SIZES ("10 300 1200", in MB), MM_BENCH_METHODS (those that the settings know and the server has),
//      MM_BENCH_SEED_SUBNET (10.231.203), MM_LAB_SERVER (mysql-9.7); the variables of `make env`
// out: tables on stdout, progress on stderr; exit code 1, with the command's own words, when a part fails
import { loadavg } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { endWithLab, Lab, report } from "../lab";
import { describeMachine } from "../report";
import { requireNotStopped } from "../run";
import { initPair, runEngine, type Stack, writeSettings } from "../stacks";
import { copyDirectory, fillHost, followDocument, makePeer, readServerProcess } from "./hosts";
import { latencyWithin, type Span } from "./latency";
import { type Memory, MemoryWatch } from "./memory";
import { chooseMethods } from "./methods";
import { type Part, SeedSteps, wholeOf } from "./parts";
import { SteadyLoad } from "./steadyLoad";
import { DISK_COPY, DOCUMENT, type Figure, formatSize, judgeGoals, type Size, SSH_COPY } from "./table";

const IDLE_SECONDS = 15;

const server = process.env.MM_LAB_SERVER || "mysql-9.7";
const lab = new Lab(".lab-bench-seed", process.env.MM_BENCH_SEED_SUBNET || "10.231.203", { MM_LAB_SERVER: server });

const wordsOf = (text: string) => text.split(/[\s,]+/).filter((word) => word !== "");
const note = (text: string) => process.stderr.write(`bench: ${text}\n`);
const nowMicroseconds = () => (performance.timeOrigin + performance.now()) * 1000;

/** What was seen of a figure; its latency is known when the steady load has ended. */
type Seen = Omit<Figure, "seconds" | "latency"> & { span: Span };

async function bench(sizes: number[], methods: string[]): Promise<void> {
    await lab.remove();
    const stack = await initPair(lab);
    const measured: Size[] = [];
    for (const megabytes of sizes) {
        const size = await measureSize(stack, megabytes, methods);
        if (measured.length === 0) {
            process.stdout.write(`${(await describeMachine(lab)).join("\n")}\n\n`);
        }
        measured.push(size);
        process.stdout.write(`${formatSize(size)}\n`); // at once: a later size may fail
    }
    process.stdout.write(`${judgeGoals(measured, server).join("\n") || "goals: none of what was measured has one"}\n`);
}

async function measureSize(stack: Stack, megabytes: number, methods: string[]): Promise<Size> {
    note(`${server}: making a data set of ${megabytes} MB`);
    await lab.reset("a");
    const data = await fillHost(lab, megabytes);
    await makePeer(lab);
    const serverProcess = await readServerProcess(lab);
    const load = await SteadyLoad.start(lab);
    const loads: number[] = [];
    const seen: Seen[] = [];
    const measure = async (what: string, action: () => Promise<Seen[]>) => {
        requireNotStopped();
        await lab.run(["sync", "-f", lab.folder]); // what was written before is not part of it
        loads.push(loadavg()[0] ?? Number.NaN);
        const found = await action();
        seen.push(...found);
        note([what, ...found.map((one) => `${one.name} ${secondsOf(one.span).toFixed(2)} s`)].join(", "));
        const nowProcess = await readServerProcess(lab);
        if (nowProcess !== serverProcess) {
            throw new Error(`${what}: a's server was restarted; what its clients felt cannot be told`);
        }
    };
    const begin = nowMicroseconds();
    await sleep(IDLE_SECONDS * 1000);
    const idle = { begin, end: nowMicroseconds() };

    await measure("copies", async () => (await copyDirectory(lab)).map(describeCopy));
    await measure("document", async () => {
        const parts = await followDocument(lab);
        return [{ name: DOCUMENT, kind: "document", bytes: data.bytes, parts, span: wholeOf(parts) }];
    });
    for (const method of methods) {
        await makePeer(lab);
        await measure(method, async () => {
            const seed = await seedBy(stack, method);
            return [{ name: `\`${method}\``, kind: "method", bytes: data.bytes, ...seed, span: wholeOf(seed.parts) }];
        });
        await runEngine(stack, "destroy");
    }
    const commits = await load.stop();
    const figures = seen.map(({ span, ...rest }) => ({
        ...rest,
        seconds: secondsOf(span),
        latency: latencyWithin(commits, span),
    }));
    return { megabytes, ...data, loads, idle: latencyWithin(commits, idle), figures };
}

/** The program's first `up` with that method: the seed steps that it has gone through, and the memory that all of it took. */
async function seedBy(stack: Stack, method: string): Promise<{ parts: Part[]; memory: Memory }> {
    writeSettings(stack, { seed: { method } });
    const steps = new SeedSteps();
    const memory = new MemoryWatch(lab);
    try {
        await runEngine(stack, "up", (line) => steps.hear(line, nowMicroseconds()));
    } finally {
        memory.stop();
    }
    return { parts: steps.parts, memory: memory.most };
}

function describeCopy(part: Part): Seen {
    const name = part.name === "cp" ? DISK_COPY : SSH_COPY;
    return { name, kind: "copy", bytes: part.bytes ?? Number.NaN, parts: [], span: part };
}

const secondsOf = ({ begin, end }: Span) => (end - begin) / 1e6;

async function main(): Promise<void> {
    const sizes = wordsOf(process.env.MM_BENCH_SIZES || "10 300 1200").map(Number);
    if (sizes.length === 0 || !sizes.every((size) => Number.isInteger(size) && size > 0)) {
        throw new Error(
            `MM_BENCH_SIZES is '${process.env.MM_BENCH_SIZES}'; give whole numbers of MB, such as 10 300 1200`,
        );
    }
    const methods = chooseMethods(wordsOf(process.env.MM_BENCH_METHODS || ""), server);
    if (!process.env.PULUMI_HOME) {
        throw new Error("PULUMI_HOME is not set; run this as `make bench-seed`");
    }
    await endWithLab(lab, () => bench(sizes, methods));
}

main().catch(report);
