import * as provider from "@pulumi/pulumi/proto/provider_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { Diff, Failure } from "./contract";
import { type Properties, withoutEmpty } from "./values";

export function properties(from: Struct | undefined): Properties {
    return (from?.toJavaScript() ?? {}) as Properties;
}

export function struct(from: Properties): Struct {
    return Struct.fromJavaScript(withoutEmpty(from) as Parameters<typeof Struct.fromJavaScript>[0]);
}

export function checkResponse(inputs: Properties, failures: Failure[]): provider.CheckResponse {
    const response = new provider.CheckResponse();
    response.setInputs(struct(inputs));
    for (const { property, reason } of failures) {
        const failure = new provider.CheckFailure();
        failure.setProperty(property ?? "");
        failure.setReason(reason);
        response.addFailures(failure);
    }
    return response;
}

export function diffResponse(diff: Diff): provider.DiffResponse {
    const { Kind } = provider.PropertyDiff;
    const response = new provider.DiffResponse();
    const { DIFF_NONE, DIFF_SOME } = provider.DiffResponse.DiffChanges;
    response.setChanges(diff.changes.size === 0 ? DIFF_NONE : DIFF_SOME);
    const detailed = diff.detailed ?? true;
    response.setHasdetaileddiff(detailed);
    const top = new Set<string>();
    for (const [path, { kind, replace }] of diff.changes) {
        const one = new provider.PropertyDiff();
        const plain = { add: Kind.ADD, delete: Kind.DELETE, update: Kind.UPDATE };
        const replacing = { add: Kind.ADD_REPLACE, delete: Kind.DELETE_REPLACE, update: Kind.UPDATE_REPLACE };
        one.setKind(replace ? replacing[kind] : plain[kind]);
        if (detailed) {
            response.getDetaileddiffMap().set(path, one);
        }
        top.add(path.split(/[.[]/)[0] ?? path);
        if (replace) {
            response.addReplaces(path);
        }
    }
    response.setDiffsList([...top]);
    return response;
}
