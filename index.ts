import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { MasterMasterPair } from "./components/masterMasterPair";
import { silenceSdkDebug } from "./components/sdkDebug";
import { parseSettings, SettingsError } from "./core/settings";

silenceSdkDebug();

/** The stack's settings, or one report of all that is wrong with them. */
function readSettings() {
    try {
        return parseSettings(pulumi.runtime.allConfig(), (path) => readFileSync(path, "utf8"));
    } catch (error) {
        throw error instanceof SettingsError ? new pulumi.RunError(error.message) : error;
    }
}

const pair = new MasterMasterPair("pair", readSettings());

/** Which node takes the writes. */
export const active = pair.active;
/** One line a node: server id, uuid, version, log name. */
export const a = pair.a.fingerprint;
export const b = pair.b.fingerprint;
/** Who follows whom. */
export const link = pair.link.fingerprint.apply((lines) => lines.split("\n"));
/** Both servers' coordinates at the seed. */
export const seed = pair.link.coordinates;
