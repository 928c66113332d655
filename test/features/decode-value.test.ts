import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { displayValue, shortestNumber } from "../../src/features/decode-value.ts";
import { telecomSchema } from "./telecom-schema.ts";

const feature = (name: string) => telecomSchema.features.find((each) => each.name === name)!;

test("a float32 is shown as it was written", () => {
  assert.equal(displayValue(feature("monthly_charges"), Math.fround(29.85)), 29.85);
  assert.notEqual(Math.fround(29.85), 29.85);
});

test("the shortest number is the same float32, and no shorter one is", () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const shown = shortestNumber(value);
      assert.equal(Math.fround(shown), value);
      const digits = String(Math.abs(shown))
        .replace(/e.*|\./g, "")
        .replace(/^0+|0+$/g, "").length;
      if (digits > 1) assert.notEqual(Math.fround(Number(value.toPrecision(digits - 1))), value);
    }),
  );
});

test("amounts are shown to the cent, whole numbers without decimals, and both as the search by digits finds them", () => {
  fc.assert(
    fc.property(fc.integer({ min: -9_999_999, max: 9_999_999 }), (cents) => {
      if (cents === 0) return;
      const single = Math.fround(cents / 100);
      const digits = Array.from({ length: 9 }, (_, i) => Number(single.toPrecision(i + 1)));
      assert.equal(
        shortestNumber(single),
        digits.find((each) => Math.fround(each) === single),
      );
      assert.equal(shortestNumber(single), cents / 100);
    }),
    { numRuns: 2_000 },
  );
});

test("a category is shown by its value, and nothing as null", () => {
  assert.equal(displayValue(feature("contract"), 2), "Two year");
  assert.equal(displayValue(feature("tech_support"), 2), "No internet service");
  assert.equal(displayValue(feature("contract"), Number.NaN), null);
  assert.equal(displayValue(feature("contract"), 7), null);
});
