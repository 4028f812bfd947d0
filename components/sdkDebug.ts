import * as pulumi from "@pulumi/pulumi";

/**
 * With `--debug` the SDK logs every resource as it was registered, secrets opened; the engine masks of those only what stands in
 * the config, word for word: a key from a file, a made password, a quoted one it does not know. So the SDK's debug lines stay out.
 */
export function silenceSdkDebug(): void {
    Object.assign(pulumi.log, { debug: () => Promise.resolve() });
}
