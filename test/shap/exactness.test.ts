import assert from "node:assert/strict";
import fc from "fast-check";
import type { TreeEnsemble } from "../../src/shap/ensemble.ts";
import { createExplainer, type ExplainerOptions } from "../../src/shap/explainer.ts";
import { rawScores } from "../../src/shap/score.ts";
import { test } from "../slow-test.ts";
import { arbitraryCase, type Case } from "./arbitrary-trees.ts";
import { bruteForce } from "./brute-force.ts";
import { type Tree, treesToEnsemble } from "./tree-text.ts";

const ways: readonly (readonly [string, ExplainerOptions])[] = [
  ["tables", {}],
  ["small groups", { maxPatterns: 2, blockRows: 3 }],
  ["one group a tree", { maxPatterns: 100_000 }],
  ["no tables", { maxTableBytes: 0 }],
];

/** Largest difference between the explainer and the oracle, which sees `truth` by its scores alone. */
async function worstError(explained: TreeEnsemble, truth: TreeEnsemble, c: Case, options: ExplainerOptions = {}) {
  const explainer = createExplainer(explained, { kind: "interventional", background: c.background }, options);
  const out = new Float64Array(c.count * c.featureCount).fill(Number.NaN);
  explainer.explain(c.rows, c.count, out);
  let worst = 0;
  for (let row = 0; row < c.count; row++) {
    const x = c.rows.subarray(row * c.featureCount, (row + 1) * c.featureCount);
    const oracle = await bruteForce((rows, count) => rawScores(truth, rows, count), c.background, x);
    worst = Math.max(worst, Math.abs(oracle.expectedValue - explainer.expectedValue));
    oracle.shapValues.forEach((value, f) => {
      const error = Math.abs(value - out[row * c.featureCount + f]!);
      worst = Math.max(worst, Number.isNaN(error) ? Number.POSITIVE_INFINITY : error);
    });
  }
  return worst;
}

for (const [name, options] of ways)
  test(`equals the definition of SHAP to 1e-12 on random ensembles (${name})`, async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryCase(5), async (c) => {
        const ensemble = treesToEnsemble(c.trees, c.featureCount, 0.25);
        const worst = await worstError(ensemble, ensemble, c, options);
        assert.ok(worst <= 1e-12, `off by ${worst}`);
      }),
      { numRuns: 100, seed: 11 },
    );
  });

for (const [name, options] of ways)
  test(`the scores beside the SHAP values are those of the walk (${name})`, () => {
    fc.assert(
      fc.property(arbitraryCase(6, 5), (c) => {
        const ensemble = treesToEnsemble(c.trees, c.featureCount, 0.75);
        const scores = new Float64Array(c.count).fill(Number.NaN);
        const out = new Float64Array(c.count * c.featureCount);
        createExplainer(ensemble, { kind: "interventional", background: c.background }, options).explain(
          c.rows,
          c.count,
          out,
          scores,
        );
        const walked = rawScores(ensemble, c.rows, c.count);
        for (let row = 0; row < c.count; row++) assert.ok(Math.abs(scores[row]! - walked[row]!) <= 1e-12);
        const wrong = rawScores({ ...ensemble, baseOffset: 0.75 + 1e-9 }, c.rows, c.count);
        assert.ok(c.count === 0 || Math.abs(scores[0]! - wrong[0]!) > 1e-10, "a difference would be seen");
      }),
      { numRuns: 80, seed: 14 },
    );
  });

test("base value and SHAP values add up to the raw score to 1e-12", () => {
  fc.assert(
    fc.property(arbitraryCase(9, 6), (c) => {
      const ensemble = treesToEnsemble(c.trees, c.featureCount, -0.5);
      const explainer = createExplainer(ensemble, { kind: "interventional", background: c.background });
      const out = new Float64Array(c.count * c.featureCount);
      explainer.explain(c.rows, c.count, out);
      const scores = rawScores(ensemble, c.rows, c.count);
      for (let row = 0; row < c.count; row++) {
        const sum = out
          .subarray(row * c.featureCount, (row + 1) * c.featureCount)
          .reduce((total, value) => total + value, explainer.expectedValue);
        assert.ok(Math.abs(sum - scores[row]!) <= 1e-12);
      }
    }),
    { numRuns: 100, seed: 12 },
  );
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
const small: Case = {
  featureCount: 3,
  trees: sound,
  background: Float32Array.from([0, -1, 0, 1, 1, Number.NaN, 3, 0, 2]),
  rows: Float32Array.from([1, 0, 1, 3, 0, Number.NaN, 0, 1, 0, 2, 0, 1]),
  count: 4,
};
const broken: readonly (readonly [string, Tree[]])[] = [
  ["one wrong threshold", stem(split(2, 2, split(0, 2, 0.5, 4), -3))],
  ["one flipped branch mode", stem(split(2, 1, split(0, 2, 0.5, 4), -3, 3))],
  ["one strict comparison", stem(split(2, 1, split(0, 2, 0.5, 4), -3, 1))],
  ["one flipped missing direction", stem(split(2, 1, split(0, 2, 0.5, 4), -3, 0, true))],
  ["two leaves exchanged", stem(split(2, 1, split(0, 2, 4, 0.5), -3))],
];

test("the comparison is green for the sound tree", async () => {
  const truth = treesToEnsemble(sound, 3);
  for (const [, options] of ways) assert.ok((await worstError(truth, truth, small, options)) <= 1e-12);
});

for (const [name, trees] of broken)
  test(`the comparison turns red for ${name}`, async () => {
    const truth = treesToEnsemble(sound, 3);
    for (const [, options] of ways)
      assert.ok((await worstError(treesToEnsemble(trees, 3), truth, small, options)) > 1e-2);
  });
