import { countChanges } from "../../bench/ansible/playbook";
import { type Beside, formatBeside, judgeBeside } from "../../bench/ansible/table";
import { formatSeconds, judgeRatio, median } from "../../bench/figures";
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
