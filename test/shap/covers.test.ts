import assert from "node:assert/strict";
import fc from "fast-check";
import { takesTrueBranch } from "../../src/shap/branch.ts";
import { createExplainer } from "../../src/shap/explainer.ts";
import { withCovers } from "../../src/shap/with-covers.ts";
import { test } from "../slow-test.ts";
import { arbitraryCase } from "./arbitrary-trees.ts";
import { type Tree, treesToEnsemble } from "./tree-text.ts";

const split = (feature: number, threshold: number, yes: Tree, no: Tree, missingTrue = false): Tree => ({
  feature,
  mode: 0,
  threshold,
  missingTrue,
  yes,
  no,
});

test("counts the rows, or their weight, that reach each node", () => {
  fc.assert(
    fc.property(arbitraryCase(4), fc.boolean(), (c, weighted) => {
      const ensemble = treesToEnsemble(c.trees, c.featureCount);
      const count = c.background.length / c.featureCount;
      const weights = weighted ? Float64Array.from({ length: count }, (_, row) => row / 4) : undefined;
      const expected = new Float64Array(ensemble.feature.length);
      for (const root of ensemble.roots.subarray(0, -1))
        for (let row = 0; row < count; row++)
          for (let node = root; node >= 0; ) {
            expected[node]! += weights?.[row] ?? 1;
            const column = ensemble.feature[node]!;
            if (column < 0) break;
            const holds = takesTrueBranch(ensemble, node, c.background[row * c.featureCount + column]!);
            node = holds ? ensemble.trueChild[node]! : ensemble.falseChild[node]!;
          }
      assert.deepEqual(withCovers(ensemble, c.background, weights).cover, expected);
      assert.equal(ensemble.cover, null);
    }),
    { numRuns: 100, seed: 51 },
  );
});

test("counts a missing value where it goes", () => {
  const rows = Float32Array.of(Number.NaN, 0, 1, Number.NaN);
  const cover = (missingTrue: boolean) => withCovers(treesToEnsemble([split(0, 0, 1, 2, missingTrue)], 1), rows).cover;
  assert.deepEqual(cover(false), Float64Array.of(4, 1, 3));
  assert.deepEqual(cover(true), Float64Array.of(4, 3, 1));
});

test("refuses to count a part of a row, or weights that are not one for each", () => {
  const ensemble = treesToEnsemble([split(0, 0, 1, 2)], 2);
  assert.throws(() => withCovers(ensemble, new Float32Array(3)), RangeError);
  assert.throws(() => withCovers(ensemble, new Float32Array(4), Float64Array.of(1)), RangeError);
});

// feature 0 at most 0: 1, else feature 1 at most 0: 2, else 3. Nodes in this order.
const two = treesToEnsemble([split(0, 0, 1, split(1, 0, 2, 3))], 2);
const explain = (cover: readonly number[] | null) => {
  const ensemble = { ...two, cover: cover === null ? null : Float64Array.from(cover) };
  return createExplainer(ensemble, { kind: "path-dependent" });
};

test("sums that are off by rounding are taken", () => {
  assert.ok(Math.abs(explain([10.000001, 4, 6, 3, 3]).expectedValue - 1.9) < 1e-6);
});

const refused: readonly (readonly [string, string, readonly number[] | null])[] = [
  ["no covers", "covers_missing", null],
  ["the same cover everywhere, as converters write it", "covers_invalid", [1, 1, 1, 1, 1]],
  ["children with more than their parent", "covers_invalid", [10, 4, 7, 3, 4]],
  ["a negative cover", "covers_invalid", [10, 12, -2, -1, -1]],
  ["a cover that is no number", "covers_invalid", [10, 4, Number.NaN, 3, 3]],
  ["an infinite cover", "covers_invalid", [10, 4, Number.POSITIVE_INFINITY, 3, 3]],
  ["a decision that no row reached", "covers_zero", [10, 10, 0, 0, 0]],
  ["no rows at all", "covers_zero", [0, 0, 0, 0, 0]],
];
for (const [what, reason, cover] of refused)
  test(`path-dependent refuses ${what}: ${reason}`, () => {
    assert.throws(() => explain(cover), { reason });
  });

test("a leaf without cover is not expected, but a row that reaches it is explained", () => {
  for (const options of [{}, { maxTableBytes: 0 }]) {
    const ensemble = { ...two, cover: Float64Array.of(10, 4, 6, 6, 0) };
    const explainer = createExplainer(ensemble, { kind: "path-dependent" }, options);
    const out = new Float64Array(2);
    explainer.explain(Float32Array.of(1, 1), 1, out);
    // Worths: nothing 0.4 x 1 + 0.6 x 2 = 1.6; feature 0: 2; feature 1: 0.4 x 1 + 0.6 x 3 = 2.2; both: 3.
    assert.ok(Math.abs(explainer.expectedValue - 1.6) <= 1e-15);
    assert.ok(Math.abs(out[0]! - (0.4 + 0.8) / 2) <= 1e-15);
    assert.ok(Math.abs(out[1]! - (0.6 + 1) / 2) <= 1e-15);
  }
});

test("a decision without cover that no row can reach is no reason to refuse", () => {
  // What is above 0 is not at most -1: the inner decision's true way is empty, and so is the decision on it.
  const ensemble = treesToEnsemble([split(0, 0, 1, split(0, -1, split(1, 0, 5, 6), 2))], 2);
  const covered = withCovers(ensemble, Float32Array.of(-2, 0, 3, 0, 4, 0));
  const explainer = createExplainer(covered, { kind: "path-dependent" });
  const out = new Float64Array(2);
  explainer.explain(Float32Array.of(1, 1), 1, out);
  assert.ok(Math.abs(explainer.expectedValue - 5 / 3) <= 1e-15);
  assert.ok(Math.abs(out[0]! - 1 / 3) <= 1e-15);
  assert.ok(Math.abs(out[1]!) <= 1e-15);
});
