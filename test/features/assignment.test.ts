import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { assign } from "../../src/features/assignment.ts";

/** The best sum by trying everything. */
function best(weights: number[][], row = 0, used = 0): number {
  if (row === weights.length) return 0;
  let most = best(weights, row + 1, used);
  weights[row]!.forEach((weight, column) => {
    if (weight > 0 && (used & (1 << column)) === 0)
      most = Math.max(most, weight + best(weights, row + 1, used | (1 << column)));
  });
  return most;
}

const matrix = fc
  .record({ rows: fc.integer({ min: 1, max: 5 }), columns: fc.integer({ min: 1, max: 5 }) })
  .chain(({ rows, columns }) =>
    fc.array(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: columns, maxLength: columns }), {
      minLength: rows,
      maxLength: rows,
    }),
  );

test("the pairing is one to one and its sum the largest there is", () => {
  fc.assert(
    fc.property(matrix, (weights) => {
      const columns = weights[0]!.length;
      const pairing = assign(weights, columns);
      const taken = pairing.filter((column) => column >= 0);
      assert.equal(new Set(taken).size, taken.length);
      const sum = pairing.reduce((all, column, row) => all + (column < 0 ? 0 : weights[row]![column]!), 0);
      assert.equal(sum, best(weights));
    }),
    { numRuns: 500 },
  );
});

test("the first row does not take what the second needs", () => {
  const greedyWouldTake = [
    [9, 8],
    [9, 0],
  ];
  assert.deepEqual(assign(greedyWouldTake, 2), [1, 0]);
});

test("a weight of nothing is no pair", () => {
  assert.deepEqual(assign([[0, 0]], 2), [-1]);
  assert.deepEqual(assign([], 2), []);
});
