import { a, b, freshHosts, type Host, lab, waitFor } from "./hosts";
import { Stack } from "./stack";

jest.setTimeout(300_000);

let stack: Stack;

/** NAME STATUS of each event, then the scheduler. */
const events = (host: Host) =>
    host.sql(
        "SELECT event_name, status FROM information_schema.events WHERE event_schema = 'shop' ORDER BY 1; SELECT @@global.event_scheduler",
    );
const isOpen = async (host: Host) => (await host.variable("read_only")) === "0";
const caughtUp = (source: Host, replica: Host) =>
    waitFor(
        "the other's transactions",
        30,
        async () => [await source.variable("gtid_executed"), await replica.variable("gtid_executed")],
        ([one, other]) => one === other,
    );

async function expectRefusal(words: string, open: Host): Promise<void> {
    const { exitCode, text } = await stack.up();
    expect(text).toContain(words);
    expect(exitCode).not.toBe(0);
    expect([await isOpen(a), await isOpen(b)]).toEqual([open === a, open === b]);
}

beforeAll(async () => {
    freshHosts();
    stack = new Stack("roles");
    stack.settings.account = { password: "Kx9vT2mQ7rB4nW8s" };
    await stack.init();
    await stack.mustUp();
    // one that comes over replication, by somebody who is not root, and one that is off
    await a.sql(
        "CREATE USER 'ann'@'10.%'; GRANT ALL ON shop.* TO 'ann'@'10.%'; CREATE TABLE shop.ticks (n INT AUTO_INCREMENT PRIMARY KEY, host TEXT); " +
            "SET sql_mode = 'ANSI_QUOTES', time_zone = '+05:00', character_set_client = latin1; " +
            "CREATE DEFINER = 'ann'@'10.%' EVENT shop.over ON SCHEDULE EVERY 1 SECOND DO INSERT INTO shop.ticks (host) VALUES (@@server_id); " +
            "CREATE EVENT shop.off ON SCHEDULE EVERY 1 SECOND DISABLE DO INSERT INTO shop.ticks (host) VALUES ('off')",
    );
    await a.sql("SET GLOBAL event_scheduler = OFF");
    await caughtUp(a, b);
    await a.sql("SET GLOBAL event_scheduler = ON");
});

test("events run on the active node only; on the passive one the scheduler is off, after a restart too", async () => {
    expect(await events(a)).toBe("beat\tENABLED\noff\tDISABLED\nover\tENABLED\nON");
    expect(await events(b)).toBe("beat\tENABLED\noff\tREPLICA_SIDE_DISABLED\nover\tREPLICA_SIDE_DISABLED\nOFF");
    expect(await b.run("my_print_defaults mysqld | grep -c event_scheduler=OFF")).toBe("1");
});

test("the active node is not closed while the other's applier stands", async () => {
    await b.sql("STOP REPLICA SQL_THREAD");
    stack.settings.active = "b";
    await expectRefusal(
        "error MM_ROLE_PEER_STOPPED: on b.example.com the receiver says Yes and the applier No: it cannot take over from a, which stays open. Nothing was changed",
        a,
    );
    await b.sql("START REPLICA SQL_THREAD");
});

test("nor where a SET PERSIST would open it again after a restart", async () => {
    await a.sql("SET PERSIST read_only = OFF");
    await expectRefusal("error MM_ROLE_OPTION_OVERRIDDEN: a has read_only = OFF from SET PERSIST", a);
    await a.sql("RESET PERSIST read_only");
});

test("events follow the role: those that a ran run on b, as they were, and what was off stays off", async () => {
    expect(await stack.mustUp()).toContain("enabled events that a.example.com ran before: `shop`.`over`");
    expect([await isOpen(a), await isOpen(b)]).toEqual([false, true]);
    expect(await events(b)).toBe("beat\tENABLED\noff\tREPLICA_SIDE_DISABLED\nover\tENABLED\nON");
    // what was enabled on b is not logged: on a they are as they were
    expect(await events(a)).toBe("beat\tENABLED\noff\tDISABLED\nover\tENABLED\nOFF");
    const facts =
        "SELECT definer, sql_mode, time_zone, character_set_client, event_definition, interval_value FROM information_schema.events WHERE event_name = 'over'";
    expect(await b.sql(facts)).toBe(await a.sql(facts));
    await waitFor(
        "a row of b's event, on a",
        10,
        () => a.sql("SELECT host FROM shop.ticks ORDER BY n DESC LIMIT 1"),
        (host) => host === "20",
    );
});

test("and back: what was altered meanwhile runs, what was disabled meanwhile does not", async () => {
    await b.sql("ALTER DEFINER = 'ann'@'10.%' EVENT shop.over COMMENT 'altered'; ALTER EVENT shop.beat DISABLE");
    stack.settings.active = "a";
    await stack.mustUp();
    expect(await events(a)).toBe("beat\tREPLICA_SIDE_DISABLED\noff\tDISABLED\nover\tENABLED\nON");
    expect((await events(b)).split("\n").at(-1)).toBe("OFF");
    expect((await a.replica("Last_SQL_Errno")) + (await b.replica("Last_SQL_Errno"))).toBe("00");
});

test("after destroy b runs no copy of a's events, not after a restart either; so up again needs no seed", async () => {
    const text = await stack.mustDestroy();
    expect(text).toContain("copies of those that a.example.com runs, and are disabled here now: `shop`.`over`");
    await b.run("systemctl restart mysql");
    const parted = "beat\tDISABLED\noff\tREPLICA_SIDE_DISABLED\nover\tREPLICA_SIDE_DISABLED\nON";
    expect(await events(b)).toBe(parted);
    const own = await b.variable("gtid_executed");
    const ticks = () => a.sql("SELECT COUNT(*) FROM shop.ticks");
    const before = Number(await ticks());
    await waitFor("a's own events", 20, ticks, (count) => Number(count) >= before + 3);
    expect(await b.variable("gtid_executed")).toBe(own);
    expect(await stack.mustUp()).toContain("it needs no seed");
    expect(await events(a)).toBe("beat\tREPLICA_SIDE_DISABLED\noff\tDISABLED\nover\tENABLED\nON");
    expect((await events(b)).split("\n").at(-1)).toBe("OFF");
});

test("the old master that comes back does not feed the new one, and nobody puts them together again unasked", async () => {
    stack.settings.gone = "a";
    stack.settings.active = "b";
    const refused = "error MM_ROLE_PEER_WRITABLE: a.example.com is called gone, ";
    // it is only too busy to let anybody in: b's receiver has the one connection, and root the one beside it
    await a.sql("SET GLOBAL max_connections = 1");
    await expectRefusal(`${refused}but somebody answers b there, and does not tell whether it takes writes`, a);
    await a.sql("SET GLOBAL max_connections = 151");
    // or its name is lost, and the link stands
    await b.run("cp /etc/hosts /root/hosts && grep -v a.example.com /root/hosts >/etc/hosts");
    await expectRefusal(`${refused}and b cannot tell whether it takes writes, for it does not know that name`, a);
    await b.run("cp /root/hosts /etc/hosts");
    lab("hosts.sh", ["cut", "a"]);
    // steps on b that would ask a are left alone, whatever is new to them
    stack.settings.converge = "look again";
    expect(await stack.mustUp()).toMatch(
        /MM_ROLE_EVENTS_LEFT: b: these events are disabled here, .*: `shop`\.`off` `shop`\.`over`;/,
    );
    expect([await isOpen(b), await b.replica("Source_Host")]).toEqual([true, ""]);
    delete stack.settings.converge;
    lab("hosts.sh", ["mend", "a"]);
    await a.sql("INSERT INTO shop.ticks (host) VALUES ('too late')");
    await b.sql("INSERT INTO shop.ticks (host) VALUES ('not for a')");
    await waitFor(
        "a's receiver, which is let in no more",
        30,
        () => a.replica("Last_IO_Error"),
        (text) => text !== "",
    );
    delete stack.settings.gone;
    const refusal = "error MM_LINK_PARTED: b was opened while a.example.com was gone, and parted from it for good";
    await expectRefusal(refusal, b);
    stack.settings.converge = "once more";
    await expectRefusal(refusal, b);
    expect(await b.sql("SELECT COUNT(*) FROM shop.ticks WHERE host = 'too late'")).toBe("0");
    expect(await a.sql("SELECT COUNT(*) FROM shop.ticks WHERE host = 'not for a'")).toBe("0");
    await stack.mustDestroy();
    expect([await isOpen(a), await isOpen(b)]).toEqual([true, true]);
});
