import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { editDistance, letterMask, masksNear } from "../../src/features/similarity.ts";

/** The textbook table, without bounds. */
function reference(a: string, b: string): number {
  const table = Array.from({ length: a.length + 1 }, (_, i) =>
    Array.from({ length: b.length + 1 }, (_, j) => (i === 0 ? j : j === 0 ? i : 0)),
  );
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let value = Math.min(table[i - 1]![j]! + 1, table[i]![j - 1]! + 1, table[i - 1]![j - 1]! + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        value = Math.min(value, table[i - 2]![j - 2]! + 1);
      table[i]![j] = value;
    }
  }
  return table[a.length]![b.length]!;
}

const words = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 8 });

test("the bounded distance is the textbook's, up to the bound", () => {
  fc.assert(
    fc.property(words, words, fc.integer({ min: 0, max: 4 }), (a, b, most) => {
      assert.equal(editDistance(a, b, most), Math.min(reference(a, b), most + 1));
    }),
    { numRuns: 2000 },
  );
});

test("two swapped letters are one error", () => {
  assert.equal(editDistance("costumer", "customer", 2), 2);
  assert.equal(editDistance("tenrue", "tenure", 2), 1);
  assert.notEqual(editDistance("tenrue", "tenure", 2), 2);
});

test("the letter masks never part words within the distance", () => {
  fc.assert(
    fc.property(words, words, (a, b) => {
      const distance = reference(a, b);
      assert.ok(masksNear(letterMask(a), letterMask(b), distance));
    }),
  );
  assert.ok(!masksNear(letterMask("abc"), letterMask("xyz"), 1));
});
