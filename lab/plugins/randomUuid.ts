import { randomUUID } from "node:crypto";
import type { ResourceType } from "./contract";
import { findChanges, UNKNOWN, withoutEmpty } from "./values";

/** random:index/randomUuid:RandomUuid. It has one input, `keepers`, of which any change makes a new one. */
export const randomUuid: ResourceType = {
    check({ keepers }) {
        return { inputs: withoutEmpty({ keepers }), failures: [] };
    },

    diff({ oldState, news }) {
        const changed = findChanges(oldState.keepers, news.keepers).size > 0;
        return { changes: new Map(changed ? [["keepers", { kind: "update", replace: true }]] : []), detailed: false };
    },

    async create(inputs, op) {
        const id = op.preview ? UNKNOWN : randomUUID();
        return { id: op.preview ? "" : id, state: { ...inputs, id, result: id } };
    },

    // never called by an engine that follows diff: every change replaces
    async update(news, oldState) {
        return { ...oldState, ...news };
    },

    async delete() {},
};
