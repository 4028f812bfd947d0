// As many pairs in one program as the benchmark asks for, the n-th on the lab's n-th two hosts.
import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { MasterMasterPair } from "../../components/masterMasterPair";
import { silenceSdkDebug } from "../../components/sdkDebug";
import { parseSettings } from "../../core/settings";

silenceSdkDebug();

const config = new pulumi.Config();
const node = (letter: string, address: number) =>
    JSON.stringify({ host: `${letter}.example.com`, ssh: { host: `${config.require("subnet")}.${address}` } });

for (let place = 0; place < config.requireNumber("count"); place++) {
    const [a = "", b = ""] = "abcdefghijklmnopqrstuvwxyz".slice(2 * place);
    const settings = {
        "mysql-master-master:a": node(a, 11 + 2 * place),
        "mysql-master-master:b": node(b, 12 + 2 * place),
        "mysql-master-master:ssh": config.require("ssh"),
    };
    new MasterMasterPair(
        `pair${place + 1}`,
        parseSettings(settings, (path) => readFileSync(path, "utf8")),
    );
}
