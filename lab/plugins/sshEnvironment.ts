import type { Client } from "ssh2";

/** The parts of ssh2 1.17 that are used below, and that it does not publish. */
interface Internals {
    _protocol: {
        env(channel: number, name: string, value: string, wantReply: boolean): void;
        exec(channel: number, command: string, wantReply: boolean): void;
        channelClose(channel: number): void;
    };
    _chanMgr: { _channels: Record<string, Channel | undefined> };
}

interface Channel {
    outgoing?: { id: number };
    _callbacks?: Array<(failed: boolean | Error) => void>;
}

/**
 * Makes the client's next `exec` ask for an answer to each environment variable, and start the command only when every
 * answer is there and none of the required variables was refused: the official plugin does so, ssh2 sends all of it
 * without waiting. Returns the names that were refused, complete when exec calls back.
 */
export function refusedVariables(client: Client, required: readonly string[]): Set<string> {
    const refused = new Set<string>();
    const { _protocol: protocol, _chanMgr: channels } = client as unknown as Internals;
    const { env, exec } = protocol;
    let unanswered = 0;
    let start: (() => void) | undefined;

    protocol.env = (channel, name, value) => {
        unanswered++;
        const found = Object.values(channels._channels).find((one) => one?.outgoing?.id === channel);
        found?._callbacks?.push((failed) => {
            unanswered--;
            if (failed !== false) {
                refused.add(name);
            }
            if (unanswered === 0) {
                start?.();
            }
        });
        env.call(protocol, channel, name, value, true);
    };
    protocol.exec = (channel, command, wantReply) => {
        protocol.env = env;
        protocol.exec = exec;
        const found = Object.values(channels._channels).find((one) => one?.outgoing?.id === channel);
        start = () => {
            if (required.some((name) => refused.has(name))) {
                protocol.channelClose(channel);
                found?._callbacks?.shift()?.(true);
            } else {
                exec.call(protocol, channel, command, wantReply);
            }
        };
        if (unanswered === 0) {
            start();
        }
    };
    return refused;
}
