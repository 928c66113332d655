import assert from "node:assert/strict";
import fc from "fast-check";
import type { TreeEnsemble } from "../../src/shap/ensemble.ts";
import { createExplainer } from "../../src/shap/explainer.ts";
import { createInteractionExplainer } from "../../src/shap/interactions.ts";
import { rawScores } from "../../src/shap/score.ts";
import { test } from "../slow-test.ts";
import { arbitraryCase, type Case } from "./arbitrary-trees.ts";
import { bruteForceInteractions } from "./brute-force-interactions.ts";
import { largestDifference } from "./largest-difference.ts";
import { type Tree, treesToEnsemble } from "./tree-text.ts";

const rowOf = (c: Pick<Case, "rows" | "featureCount">, row: number) =>
  c.rows.subarray(row * c.featureCount, (row + 1) * c.featureCount);

async function worstError(explained: TreeEnsemble, truth: TreeEnsemble, c: Case): Promise<number> {
  const explainer = createInteractionExplainer(explained, { kind: "interventional", background: c.background });
  let worst = 0;
  for (let row = 0; row < c.count; row++) {
    const oracle = await bruteForceInteractions((rows, n) => rawScores(truth, rows, n), c.background, rowOf(c, row));
    worst = Math.max(worst, largestDifference(explainer.explainRow(rowOf(c, row)), oracle));
  }
  return worst;
}

test("equal the definition to 1e-11 on random ensembles", async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryCase(5), async (c) => {
      const ensemble = treesToEnsemble(c.trees, c.featureCount, 0.25);
      const worst = await worstError(ensemble, ensemble, c);
      assert.ok(worst <= 1e-11, `off by ${worst}`);
    }),
    { numRuns: 150, seed: 61 },
  );
});

test("are symmetric, and each row sums to the SHAP value that the tables give", () => {
  fc.assert(
    fc.property(arbitraryCase(7, 5), (c) => {
      const ensemble = treesToEnsemble(c.trees, c.featureCount);
      const shapValues = new Float64Array(c.count * c.featureCount);
      createExplainer(ensemble, { kind: "interventional", background: c.background }).explain(
        c.rows,
        c.count,
        shapValues,
      );
      const explainer = createInteractionExplainer(ensemble, { kind: "interventional", background: c.background });
      for (let row = 0; row < c.count; row++) {
        const values = explainer.explainRow(rowOf(c, row));
        for (let i = 0; i < c.featureCount; i++) {
          const own = values.subarray(i * c.featureCount, (i + 1) * c.featureCount);
          const sum = own.reduce((total, value) => total + value, 0);
          assert.ok(Math.abs(sum - shapValues[row * c.featureCount + i]!) <= 1e-11);
          assert.deepEqual(
            own,
            Float64Array.from(own, (_, j) => values[j * c.featureCount + i]!),
          );
        }
      }
    }),
    { numRuns: 80, seed: 62 },
  );
});

test("a weight counts like so many equal rows", () => {
  fc.assert(
    fc.property(arbitraryCase(4), (c) => {
      const ensemble = treesToEnsemble(c.trees, c.featureCount);
      const count = c.background.length / c.featureCount;
      const weights = Float64Array.from({ length: count }, (_, i) => (i % 3) + 1);
      const rows = Array.from({ length: count }, (_, i) =>
        c.background.subarray(i * c.featureCount, (i + 1) * c.featureCount),
      );
      const repeated = rows.flatMap((row, i) => Array.from({ length: weights[i]! }, () => [...row]).flat());
      const weighted = createInteractionExplainer(ensemble, {
        kind: "interventional",
        background: c.background,
        weights,
      }).explainRow(rowOf(c, 0));
      const plain = createInteractionExplainer(ensemble, {
        kind: "interventional",
        background: Float32Array.from(repeated),
      }).explainRow(rowOf(c, 0));
      assert.ok(largestDifference(weighted, plain) <= 1e-12);
    }),
    { numRuns: 60, seed: 63 },
  );
});

const split = (feature: number, threshold: number, yes: Tree, no: Tree, mode = 0, missingTrue = false): Tree => ({
  ...{ feature, mode, threshold, missingTrue, yes, no },
});

test("the README's example: what contract and tenure do together, by hand", () => {
  const ensemble = treesToEnsemble([split(0, 0.5, split(1, 12, 2, 0), -1)], 2);
  const background = Float32Array.from([1, 40, 0, 30]);
  const values = createInteractionExplainer(ensemble, { kind: "interventional", background }).explainRow(
    Float32Array.from([0, 3]),
  );
  // Both 2, contract 0, tenure 0.5, nothing -0.5: (2 - 0 - 0.5 - 0.5) / 2 = 0.5 for the pair; 1 - 0.5 and 1.5 - 0.5 are left.
  assert.deepEqual([...values], [0.5, 0.5, 0.5, 1]);
});

test("features that never meet in a tree do nothing together", () => {
  const ensemble = treesToEnsemble([split(0, 0, 1, 5), split(1, 0, -2, 3)], 2);
  const values = createInteractionExplainer(ensemble, {
    kind: "interventional",
    background: Float32Array.from([-1, -1]),
  }).explainRow(Float32Array.from([1, 1]));
  assert.deepEqual([...values], [4, 0, 0, 5]);
});

const sound = [split(0, 0.5, split(1, 0, -1, 2), split(2, 1, split(0, 2, 0.5, 4), -3))];
const small: Case = {
  featureCount: 3,
  trees: sound,
  background: Float32Array.from([0, -1, 0, 1, 1, Number.NaN, 3, 0, 2]),
  rows: Float32Array.from([1, 0, 1, 3, 0, Number.NaN, 0, 1, 0, 2, 0, 1]),
  count: 4,
};
const stem = (inner: Tree) => [split(0, 0.5, split(1, 0, -1, 2), inner)];
for (const [name, trees] of [
  ["one wrong threshold", stem(split(2, 2, split(0, 2, 0.5, 4), -3))],
  ["one flipped branch mode", stem(split(2, 1, split(0, 2, 0.5, 4), -3, 3))],
  ["one flipped missing direction", stem(split(2, 1, split(0, 2, 0.5, 4), -3, 0, true))],
] as const)
  test(`the comparison turns red for ${name}`, async () => {
    const truth = treesToEnsemble(sound, 3);
    assert.ok((await worstError(truth, truth, small)) <= 1e-12);
    assert.ok((await worstError(treesToEnsemble(trees, 3), truth, small)) > 1e-2);
  });

test("refuses a background or weights that are none, and a row of another width", () => {
  const ensemble = treesToEnsemble(sound, 3);
  const background = new Float32Array(6);
  for (const part of [new Float32Array(0), new Float32Array(4)])
    assert.throws(() => createInteractionExplainer(ensemble, { kind: "interventional", background: part }), {
      reason: "background",
    });
  for (const weights of [[], [1], [0, 0], [1, -1], [1, Number.NaN], [1, Number.POSITIVE_INFINITY]])
    assert.throws(
      () =>
        createInteractionExplainer(ensemble, {
          kind: "interventional",
          background,
          weights: Float64Array.from(weights),
        }),
      {
        reason: "background",
      },
    );
  assert.throws(
    () => createInteractionExplainer(ensemble, { kind: "interventional", background }).explainRow(new Float32Array(4)),
    RangeError,
  );
});

test("a row that costs more than is allowed is refused, and the next one is explained as ever", () => {
  const ensemble = treesToEnsemble(sound, 3);
  const [dear, cheap] = [rowOf(small, 2), rowOf(small, 1)];
  const free = createInteractionExplainer(ensemble, { kind: "interventional", background: small.background });
  const bound = createInteractionExplainer(
    ensemble,
    { kind: "interventional", background: small.background },
    { mostSteps: 30 },
  );
  assert.throws(() => bound.explainRow(dear), { reason: "too_costly" });
  assert.deepEqual(bound.explainRow(cheap), free.explainRow(cheap));
});
