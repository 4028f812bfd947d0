import { type AddressInfo, createServer, type Server } from "node:net";
import { preflightRequest } from "../../core/preflightRequest";
import { canProviderMakeAccounts } from "../../core/providerWords";
import { tryAdmin } from "../../preflight/admin";
import { judge } from "../../preflight/judge";
import { said, seen, stack } from "./preflightFacts";

const admin = { user: "pulumi", password: "SECRETadmin" };
const requestOf = (endpoint?: string, gone?: string) =>
    preflightRequest({
        ...stack,
        a: { ...stack.a, mysql: { admin: { ...admin, ...(endpoint && { endpoint }) } } },
        gone,
    });

describe("the login of mysql.admin, tried from this machine", () => {
    let server: Server;
    let endpoint: string;
    let code = 0;
    let asked = 0;

    /** A fake server that greets with an error, as a real one greets a host that may not log in. */
    beforeAll(async () => {
        server = createServer((socket) => {
            asked++;
            const words = Buffer.from("the server's words");
            const body = Buffer.concat([Buffer.from([0xff, code & 0xff, code >> 8]), words]);
            socket.on("error", () => undefined);
            socket.end(Buffer.concat([Buffer.from([body.length, 0, 0, 0]), body]));
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        endpoint = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    afterAll(() => server.close());

    it.each([
        [1045, "the server's words"],
        [1130, "the server's words"],
        [1698, "the server's words"],
        [1040, ""],
    ])("gives the server's words where it is refused: error %i", async (error, words) => {
        code = error;
        expect(await tryAdmin(requestOf(endpoint))).toBe(words);
    });

    it("is silent where nobody answers, where a is gone, and where there is none", async () => {
        code = 1045;
        asked = 0;
        expect(await tryAdmin(requestOf("127.0.0.1:1"))).toBe("");
        expect(await tryAdmin(requestOf(endpoint, "a"))).toBe("");
        expect(await tryAdmin(preflightRequest(stack))).toBe("");
        expect(asked).toBe(0);
    });

    it("goes to the address by which a is reached, and its server's port, unless told otherwise", () => {
        expect([requestOf().admin?.endpoint, requestOf("db:3307").admin?.endpoint]).toEqual([
            "10.0.0.1:3306",
            "db:3307",
        ]);
    });
});

describe("a stack with mysql.admin", () => {
    const report = (server: string, refusal = "", more: string[] = []) =>
        judge(
            requestOf(),
            seen("a", { without: ["server "], with: [`server ${server}`, ...more] }),
            seen("b", { without: ["server "], with: [`server ${server}`] }),
            refusal,
        );
    const problems = (...of: Parameters<typeof report>) =>
        said(report(...of)).filter((line) => /^(ADMIN|MM_ACCOUNT)/.test(line));

    it("is refused with the server's words where that account is not let in", () => {
        const found = report("MySQL 9.7.4 90704", "Access denied").problems;
        expect(found.map(({ code, node, what, words }) => [code, node, what, words])).toEqual([
            [
                "MM_PREFLIGHT_ADMIN",
                "a",
                "does not let mysql.admin (pulumi) in at 10.0.0.1:3306 from this machine",
                "Access denied",
            ],
        ]);
        expect(JSON.stringify(found)).not.toContain("SECRET");
        expect(problems("MySQL 9.7.4 90704")).toEqual([]);
    });

    it("does without that account on a MariaDB for which @pulumi/mysql has no words, and says so", () => {
        const server = "MariaDB 10.11.19-MariaDB-deb12u1 101119";
        expect(problems(server, "Access denied")).toEqual([]);
        expect(report(server, "Access denied").notes).toEqual([
            "mysql.admin is not used: @pulumi/mysql cannot make accounts on MariaDB 10.11.19; the account is made over SSH",
        ]);
        expect(report("MariaDB 10.5.29-MariaDB 100529").notes).toEqual([]);
        expect(problems("MariaDB 10.5.29-MariaDB 100529", "Access denied")).toHaveLength(1);
    });

    it("asks there whose the account of that name is, as without mysql.admin", () => {
        const theirs = ["account replicator@%"];
        expect(problems("MariaDB 10.11.19-MariaDB 101119", "", theirs)).toEqual([
            "MM_ACCOUNT_EXISTS a: already has an account replicator@% that this program did not make",
        ]);
        expect(problems("MySQL 9.7.4 90704", "", theirs)).toEqual([]);
    });
});

it.each([
    ["preflight a=uuid,MariaDB-10.9.8,port=3306,gtid=OFF b=uuid,MariaDB-10.10.1,port=3306,gtid=OFF", true],
    ["preflight a=uuid,MariaDB-10.10.1,port=3306,gtid=OFF b=uuid,MariaDB-10.9.8,port=3306,gtid=OFF", false],
    ["preflight a=,MariaDB-11.8.9,port=3306,gtid=OFF", false],
    ["node port=3306 server_id=10 uuid=x server=MariaDB-10.11.19 gtid=OFF log_bin=ON", false],
    ["node port=3306 server_id=10 uuid=x server=MySQL-10.11.0 gtid=OFF log_bin=ON", true],
    ["MariaDB-10.5.29", true],
    ["a fingerprint of before, without the server", true],
])("of %s: @pulumi/mysql can make accounts there: %s", (fingerprint, can) => {
    expect(canProviderMakeAccounts(fingerprint)).toBe(can);
});
