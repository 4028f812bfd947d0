import * as fs from "node:fs";
import * as path from "node:path";
import { type CompilerOptions, ModuleKind, ScriptTarget, transpileModule } from "typescript";

/**
 * Puts a stand-in that needs nothing of this checkout into a folder: its JavaScript, and the packages that it loads.
 * Usage: pack.ts NAME FOLDER
 */
function pack(name: string, folder: string): void {
    const options: CompilerOptions = {
        module: ModuleKind.CommonJS,
        target: ScriptTarget.ES2022,
        esModuleInterop: true,
        removeComments: true,
    };
    fs.mkdirSync(folder, { recursive: true });
    for (const file of sourcesOf(`${name}.ts`)) {
        const source = fs.readFileSync(path.join(__dirname, file), "utf8");
        const { outputText } = transpileModule(source, { compilerOptions: options, fileName: file });
        fs.writeFileSync(path.join(folder, file.replace(/\.ts$/, ".js")), outputText);
    }
    const packages = new Map<string, string>();
    for (const wanted of PACKAGES[name] ?? []) {
        collect(wanted, path.resolve(__dirname, "../.."), packages);
    }
    const target = path.join(folder, "node_modules");
    for (const [place, source] of packages) {
        fs.cpSync(source, path.join(target, place), { recursive: true, dereference: true, filter: isNeeded });
    }
    // of the SDK only the protocol: the whole of it is 300 packages
    const protocol = "@pulumi/pulumi/proto";
    fs.cpSync(path.resolve(__dirname, "../../node_modules", protocol), path.join(target, protocol), {
        recursive: true,
        filter: isNeeded,
    });
}

const PROTOCOL_PACKAGES = ["@grpc/grpc-js", "google-protobuf"];

const PACKAGES: Record<string, string[]> = {
    command: [...PROTOCOL_PACKAGES, "ssh2"],
    mysql: [...PROTOCOL_PACKAGES, "mysql2"],
    random: PROTOCOL_PACKAGES,
};

/** A file and what it imports from beside it. */
function sourcesOf(file: string, found = new Set<string>()): Set<string> {
    if (!found.has(file)) {
        found.add(file);
        const source = fs.readFileSync(path.join(__dirname, file), "utf8");
        for (const [, imported] of source.matchAll(/(?:from|import)[ (]"\.\/([A-Za-z]+)"/g)) {
            sourcesOf(`${imported}.ts`, found);
        }
    }
    return found;
}

/** A package and all that it depends on, each at its place below node_modules. An optional one may be absent. */
function collect(name: string, from: string, found: Map<string, string>, optional = false): void {
    const root = path.resolve(__dirname, "../..");
    const source = nearest(name, from, root);
    if (source === undefined) {
        if (optional) {
            return;
        }
        throw new Error(`the package ${name} is not installed; run npm ci first`);
    }
    const place = path.relative(path.join(root, "node_modules"), source);
    if (found.has(place)) {
        return;
    }
    found.set(place, source);
    const manifest = JSON.parse(fs.readFileSync(path.join(source, "package.json"), "utf8"));
    for (const needed of Object.keys(manifest.dependencies ?? {})) {
        collect(needed, source, found);
    }
    for (const wished of Object.keys(manifest.optionalDependencies ?? {})) {
        collect(wished, source, found, true);
    }
}

/** As Node looks for a package: in the nearest node_modules, then further up. */
function nearest(name: string, from: string, root: string): string | undefined {
    for (let folder = from; folder.startsWith(root); folder = path.dirname(folder)) {
        const candidate = path.join(folder, "node_modules", name);
        if (fs.existsSync(path.join(candidate, "package.json"))) {
            return candidate;
        }
    }
    return undefined;
}

function isNeeded(source: string): boolean {
    return !/\.(d\.[cm]?ts|map|md)$|\/(test|tests|examples|\.github)$/.test(source);
}

const [, , name, folder] = process.argv;
if (name === undefined || folder === undefined) {
    throw new Error("usage: pack.ts NAME FOLDER");
}
pack(name, folder);
