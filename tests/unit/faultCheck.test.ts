import { findDamage, findDifferences, type Holding } from "../live/faults/check";

// the faults' tests trust this check: it must see each kind of damage
const written = {
    acknowledged: new Map([
        [1, "x1"],
        [2, "x2"],
    ]),
    unanswered: new Map([[3, "x3"]]),
};
const holding = (entries: string[], counter = entries.length): Holding => ({ entries, counter, sums: [] });

test("rows that were acknowledged, once each, are right; an unanswered one may be there or not", () => {
    expect(findDamage("b", written, holding(["1 x1", "2 x2"]))).toEqual([]);
    expect(findDamage("b", written, holding(["2 x2", "3 x3", "1 x1"]))).toEqual([]);
});

test.each([
    ["a row that is lost", holding(["1 x1"]), "b: row 2 was acknowledged, and is lost"],
    ["a row that is doubled", holding(["1 x1", "2 x2", "1 x1"]), "b: row 1 is there 2 times"],
    [
        "an unanswered row that is doubled",
        holding(["1 x1", "2 x2", "3 x3", "3 x3", "3 x3"]),
        "b: row 3 is there 3 times",
    ],
    ["a row of nobody's", holding(["1 x1", "2 x2", "9 y9"]), "b: row 9 (y9) is nobody's"],
    ["a row that was changed", holding(["1 x1", "2 y2"]), "b: row 2 (y2) is nobody's"],
    ["a counter that ran on", holding(["1 x1", "2 x2"], 3), "b: the counter says 3, and there are 2 rows"],
])("%s is seen", (_what, held, line) => {
    expect(findDamage("b", written, held)).toEqual([line]);
});

test("a table that differs, and one that only one side has, are named", () => {
    const a = { ...holding([]), sums: ["shop.orders\t17", "shop.lines\t4", "shop.old\t1"] };
    const b = { ...holding([]), sums: ["shop.lines\t4", "shop.orders\t18", "shop.new\t0"] };
    expect(findDifferences(a, b)).toEqual([
        "shop.new: a lacks it, b 0",
        "shop.old: a 1, b lacks it",
        "shop.orders: a 17, b 18",
    ]);
    expect(findDifferences(a, a)).toEqual([]);
});
