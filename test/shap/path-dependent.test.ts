import assert from "node:assert/strict";
import fc from "fast-check";
import type { TreeEnsemble } from "../../src/shap/ensemble.ts";
import { createExplainer, type ExplainerOptions } from "../../src/shap/explainer.ts";
import { ModelRefusal } from "../../src/shap/refusal.ts";
import { test } from "../slow-test.ts";
import { arbitraryCase, type Case } from "./arbitrary-trees.ts";
import { bruteForcePath } from "./brute-force-path.ts";
import { drawnCovers, drawsWithZeros } from "./drawn-covers.ts";
import { type Tree, treesToEnsemble } from "./tree-text.ts";

const ways: readonly (readonly [string, ExplainerOptions])[] = [
  ["tables", {}],
  ["small groups", { maxPatterns: 2, blockRows: 3 }],
  ["one group a tree", { maxPatterns: 100_000 }],
  ["no tables", { maxTableBytes: 0 }],
];

/** Largest difference between the explainer and the oracle. */
function worstError(explained: TreeEnsemble, truth: TreeEnsemble, c: Omit<Case, "trees" | "background">, options = {}) {
  const explainer = createExplainer(explained, { kind: "path-dependent" }, options);
  const out = new Float64Array(c.count * c.featureCount).fill(Number.NaN);
  explainer.explain(c.rows, c.count, out);
  let worst = 0;
  for (let row = 0; row < c.count; row++) {
    const oracle = bruteForcePath(truth, c.rows.subarray(row * c.featureCount, (row + 1) * c.featureCount));
    worst = Math.max(worst, Math.abs(oracle.expectedValue - explainer.expectedValue));
    oracle.shapValues.forEach((value, f) => {
      const error = Math.abs(value - out[row * c.featureCount + f]!);
      worst = Math.max(worst, Number.isNaN(error) ? Number.POSITIVE_INFINITY : error);
    });
  }
  return worst;
}

for (const [name, options] of ways)
  test(`equals the definition along drawn covers to 1e-12 (${name})`, () => {
    let explained = 0;
    fc.assert(
      fc.property(arbitraryCase(5), drawsWithZeros, (c, own) => {
        const ensemble = drawnCovers(treesToEnsemble(c.trees, c.featureCount, 0.25), own);
        try {
          createExplainer(ensemble, { kind: "path-dependent" });
        } catch (error) {
          if (error instanceof ModelRefusal && error.reason === "covers_zero") return;
          throw error;
        }
        const worst = worstError(ensemble, ensemble, c, options);
        explained += 1;
        assert.ok(worst <= 1e-12, `off by ${worst}`);
      }),
      { numRuns: 200, seed: 41 },
    );
    assert.ok(explained > 100, `${explained} were explained`);
  });

const split = (feature: number, threshold: number, yes: Tree, no: Tree, mode = 0, missingTrue = false): Tree => ({
  feature,
  mode,
  threshold,
  missingTrue,
  yes,
  no,
});
const stem = (inner: Tree): Tree[] => [split(0, 0.5, split(1, 0, -1, 2), inner)];
const sound = stem(split(2, 1, split(0, 2, 0.5, 4), -3));
const small = { featureCount: 3, rows: Float32Array.of(1, 0, 1, 3, 0, Number.NaN, 0, 1, 0, 2, 0, 1), count: 4 };
const draws = [1, 2, 3, 4, 5, 6, 7];
const truth = drawnCovers(treesToEnsemble(sound, 3), draws);
const broken: readonly (readonly [string, TreeEnsemble])[] = [
  ["one flipped branch mode", drawnCovers(treesToEnsemble(stem(split(2, 1, split(0, 2, 0.5, 4), -3, 3)), 3), draws)],
  ["one strict comparison", drawnCovers(treesToEnsemble(stem(split(2, 1, split(0, 2, 0.5, 4), -3, 1)), 3), draws)],
  [
    "one flipped missing direction",
    drawnCovers(treesToEnsemble(stem(split(2, 1, split(0, 2, 0.5, 4), -3, 0, true)), 3), draws),
  ],
  ["two leaves exchanged", drawnCovers(treesToEnsemble(stem(split(2, 1, split(0, 2, 4, 0.5), -3)), 3), draws)],
  ["one cover more", drawnCovers(treesToEnsemble(sound, 3), [1, 2, 3, 5, 5, 6, 7])],
];

test("the comparison is green for the sound tree", () => {
  for (const [, options] of ways) assert.ok(worstError(truth, truth, small, options) <= 1e-12);
});

for (const [name, ensemble] of broken)
  test(`the comparison turns red for ${name}`, () => {
    for (const [, options] of ways) assert.ok(worstError(ensemble, truth, small, options) > 1e-2);
  });
