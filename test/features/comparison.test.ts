import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compareValue } from "../../src/features/comparison.ts";
import type { Feature } from "../../src/features/schema.ts";
import { shippedSchema } from "./shipped-schema.ts";

const feature = (name: string) => shippedSchema.features.find((each) => each.name === name)!;
const numeric = (quantiles: number[] | undefined): Feature => ({
  ...(feature("tenure_months") as Extract<Feature, { kind: "numeric" }>),
  distribution: quantiles === undefined ? { missing: 0 } : { missing: 0, quantiles },
});
const flag = (shares: number[] | undefined): Feature => ({
  ...(feature("partner") as Extract<Feature, { kind: "flag" }>),
  distribution: shares === undefined ? { missing: 0 } : { missing: 0, shares },
});
const people = "the customers that the model learned from";

test("a category is compared by the share of customers with the same one", () => {
  assert.deepEqual(compareValue(feature("contract"), 0), {
    with: "training_data",
    share: 0.550192,
    median: null,
    share_below: null,
    share_above: null,
    text: `like 55 % of ${people}`,
  });
});

test("a number is compared with the middle value, and with how many have less and more", () => {
  assert.deepEqual(compareValue(feature("tenure_months"), 3), {
    with: "training_data",
    share: null,
    median: 29,
    share_below: 0.1,
    share_above: 0.8,
    text: `half of ${people} have 29 months or more`,
  });
  const long = compareValue(feature("tenure_months"), 71)!;
  assert.deepEqual([long.share_below, long.share_above], [0.9, 0.05]);
  assert.equal(long.text, `half of ${people} have 29 months or less`);
});

test("a middle value of many digits is rounded, and a float32 equals what was written", () => {
  assert.match(compareValue(feature("total_charges"), 100)!.text, /have 1397 or more$/);
  const same = compareValue(numeric([1, 2.1, 29.85, 40, 50]), Math.fround(29.85))!;
  assert.deepEqual([same.share_below, same.share_above], [0.25, 0.25]);
});

test("no share is rounded to nobody or to everybody", () => {
  const texts = [0, 0.001, 0.4999, 0.999, 1].map((share) => compareValue(flag([share, 1 - share]), 0)!.text);
  assert.deepEqual(
    texts,
    ["none", "less than 1 %", "50 %", "more than 99 %", "all"].map((words) => `like ${words} of ${people}`),
  );
});

test("nothing is said where nothing is known", () => {
  assert.equal(compareValue(feature("contract"), Number.NaN), null);
  assert.equal(compareValue(feature("contract"), 7), null);
  assert.equal(compareValue(flag(undefined), 1), null);
  assert.equal(compareValue(numeric(undefined), 1), null);
  assert.equal(compareValue(numeric([1, 2, 3, 4]), 1), null, "four quantiles have no middle");
  assert.equal(compareValue(numeric([]), 1), null);
});

test("the shares below and above are never more than the data's own", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 41, maxLength: 41 }),
      fc.integer({ min: -1, max: 13 }),
      (data, value) => {
        const sorted = data.toSorted((a, b) => a - b);
        const quantiles = Array.from({ length: 21 }, (_, i) => sorted[2 * i]!);
        const { share_below, share_above } = compareValue(numeric(quantiles), value)!;
        const share = (holds: (each: number) => boolean) => data.filter(holds).length / data.length;
        assert.ok(share_below! <= share((each) => each < value) + 1e-12);
        assert.ok(share_above! <= share((each) => each > value) + 1e-12);
        assert.ok(share_below! >= share((each) => each < value) - 0.06);
        assert.ok(share_above! >= share((each) => each > value) - 0.06);
      },
    ),
    { numRuns: 300, seed: 41 },
  );
});
