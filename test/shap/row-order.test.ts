/** The order in which rows are handed to the runtime: whatever the trees, every row once, and rows that go the same way are neighbours. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createRowOrder } from "../../src/shap/row-order.ts";
import { arbitraryCase } from "./arbitrary-trees.ts";
import { treesToEnsemble } from "./tree-text.ts";

test("every row is there once, whatever the trees and values", () => {
  fc.assert(
    fc.property(arbitraryCase(6, 5), ({ trees, featureCount, rows, count }) => {
      const order = createRowOrder(treesToEnsemble(trees, featureCount))(rows, count);
      assert.deepEqual([...order].sort(), [0, 1, 2, 3]);
    }),
  );
});

test("the test of the roots parts the rows first, then those below, and equal rows keep their order", () => {
  const below = { feature: 1, mode: 0, threshold: 0, missingTrue: true, yes: 1, no: 2 };
  const tree = { feature: 0, mode: 0, threshold: 0, missingTrue: false, yes: below, no: 3 };
  const rows = [
    [-1, -1],
    [1, 1],
    [-1, Number.NaN],
    [1, -1],
    [Number.NaN, 1],
    [-1, 1],
  ];
  const order = createRowOrder(treesToEnsemble([tree], 2))(Float32Array.from(rows.flat()), rows.length);
  assert.deepEqual([...order], [1, 4, 3, 5, 0, 2]);
});
