import { countChanges } from "../../bench/ansible/playbook";
import { type Beside, formatBeside, judgeBeside } from "../../bench/ansible/table";
import { formatSeconds, judgeRatio, median } from "../../bench/figures";
import { formatPairs, judgePairs, type Several } from "../../bench/pairs/table";
import { type Acknowledged, compareRows, formatChanges, judgeChanges, longestPause } from "../../bench/role/rows";
import { readCount, readList } from "../../bench/settings";

describe("a benchmark's settings", () => {
    it("are whole numbers, with spaces or commas between them", () => {
        expect(readList("SIZES", "7 290", {})).toEqual([7, 290]);
        expect(readList("SIZES", "7 290", { SIZES: " 1,2  40 " })).toEqual([1, 2, 40]);
        expect(readCount("RUNS", 3, { RUNS: "" })).toBe(3);
        expect(readCount("RUNS", 3, { RUNS: "5" })).toBe(5);
    });

    it.each(["0", "-1", "1.5", "many"])("are refused: %s", (text) => {
        expect(() => readList("RUNS", "3", { RUNS: text })).toThrow(
            `RUNS is '${text}'; give whole numbers, 1 or more, such as 3`,
        );
    });
});

describe("figures", () => {
    it("are told by their median, with the least and the most", () => {
        expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([])]).toEqual([2, 2.5, Number.NaN]);
        expect(formatSeconds([3.456, 1, 2])).toBe("2.00 s (1.00–3.46)");
    });

    it("meet a goal up to its very ratio", () => {
        expect(judgeRatio("ours takes", [13, 12, 14], [10], 1.3)).toBe(
            "- met: ours takes at most 1.3 times: 1.30 times\n",
        );
        expect(judgeRatio("ours takes", [14], [10], 1.3)).toBe(
            "- **missed**: ours takes at most 1.3 times: 1.40 times\n",
        );
    });
});

describe("the playbook", () => {
    it("has changed what the recap's lines say together", () => {
        const recap = (count: number) =>
            `a : ok=9    changed=${count}    unreachable=0\nb : ok=8    changed=4    failed=0\n`;
        expect([countChanges(recap(6)), countChanges(recap(0))]).toEqual([10, 4]);
        expect(countChanges("ERROR! no recap")).toBeNaN();
    });

    it("is compared size by size, and the goal is higher where there is more to copy", () => {
        const beside = (megabytes: number): Beside => ({
            megabytes,
            pair: { first: [5], unchanged: [2] },
            playbook: { first: [10], unchanged: [4] },
        });
        expect(formatBeside([beside(7)])).toBe(`|  | \`pulumi up\` | playbook | ratio |
| --- | ---: | ---: | ---: |
| 7 MB, first | 5.00 s (5.00–5.00) | 10.00 s (10.00–10.00) | 0.50 |
| 7 MB, unchanged | 2.00 s (2.00–2.00) | 4.00 s (4.00–4.00) | 0.50 |
`);
        expect(judgeBeside([beside(7), beside(290)])).toBe(
            "- met: the first up at 7 MB takes, of the playbook's, at most 0.6 times: 0.50 times\n" +
                "- **missed**: the first up at 290 MB takes, of the playbook's, at most 0.35 times: 0.50 times\n",
        );
    });
});

describe("a change of roles", () => {
    const rows: Acknowledged[] = [0, 10, 900, 910, 930].map((at, index) => ({ token: index + 1, at, server: 0 }));

    it("keeps writes away from one acknowledged row to the next, also where the first one came before it", () => {
        expect(longestPause(rows, 500, 1000)).toBe(890);
        expect(longestPause(rows, 901, 1000)).toBe(20);
        expect(longestPause([], 0, 1000)).toBe(0);
    });

    it("loses the rows that were acknowledged and are not there, and doubles what is there twice", () => {
        expect(compareRows("b", rows, "1\n2\n2\n4\n5\n9\n")).toEqual({ server: "b", lost: [3], doubled: [2] });
        expect(compareRows("b", [], "")).toEqual({ server: "b", lost: [], doubled: [] });
    });

    it("is told each way, and judged by its longest pause and by every row", () => {
        const changes = [
            { to: "b", seconds: 5, pause: 400 },
            { to: "a", seconds: 6, pause: 1100 },
        ];
        expect(formatChanges(changes, 12)).toBe(`|  | \`pulumi up\` | no server takes writes |
| --- | ---: | ---: |
| no change of roles |  | 0.01 s |
| writes move to b | 5.00 s (5.00–5.00) | 0.40 s (0.40–0.40) |
| writes move to a | 6.00 s (6.00–6.00) | 1.10 s (1.10–1.10) |
`);
        const whole = { server: "a", lost: [], doubled: [] };
        expect(judgeChanges(changes, 7, [whole, { ...whole, server: "b", lost: [3] }])).toBe(
            "- **missed**: in a change of roles no server takes writes for less than one second: 1100 ms at most\n" +
                "- **missed**: of 7 acknowledged rows none is lost or doubled, on both servers: a lacks 0, has 0 twice; b lacks 1, has 0 twice\n",
        );
        expect(judgeChanges(changes.slice(0, 1), 7, [whole])).toBe(
            "- met: in a change of roles no server takes writes for less than one second: 400 ms at most\n" +
                "- met: of 7 acknowledged rows none is lost or doubled, on both servers: a lacks 0, has 0 twice\n",
        );
    });
});

describe("several pairs", () => {
    const several = (count: number, seconds: number): Several => ({ count, seconds, unchanged: 4, load: 1.25 });

    it("are compared with one", () => {
        expect(
            formatPairs([several(1, 10), several(8, 35)]),
        ).toBe(`| pairs | first up | of one pair's | unchanged up | load before |
| --- | ---: | ---: | ---: | ---: |
| 1 | 10.00 s | 1.00 | 4.00 s | 1.3 |
| 8 | 35.00 s | 3.50 | 4.00 s | 1.3 |
`);
        expect(formatPairs([several(2, 10)])).toContain("| 2 | 10.00 s |  | 4.00 s | 1.3 |");
    });

    it("are judged where there are one and eight", () => {
        const goal = "8 pairs take less than 4 times the time of one";
        expect(judgePairs([several(1, 10), several(8, 39)])).toBe(`- met: ${goal}: 3.90 times\n`);
        expect(judgePairs([several(1, 10), several(8, 40)])).toBe(`- **missed**: ${goal}: 4.00 times\n`);
        expect(judgePairs([several(1, 10), several(4, 40)])).toBe("");
    });
});
