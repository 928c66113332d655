import assert from "node:assert/strict";
import fc from "fast-check";
import { createProbabilityExplainer } from "../../src/shap/probability-explainer.ts";
import { rawScores } from "../../src/shap/score.ts";
import { test } from "../slow-test.ts";
import { arbitraryCase } from "./arbitrary-trees.ts";
import { bruteForce } from "./brute-force.ts";
import { type Tree, treesToEnsemble } from "./tree-text.ts";

const sigmoid = (score: number) => 1 / (1 + Math.exp(-score));
const logistic = (trees: readonly Tree[], width: number, offset = 0) => ({
  ...treesToEnsemble(trees, width, offset),
  postTransform: "LOGISTIC" as const,
});

const weighted = arbitraryCase(4).chain((c) => {
  const rows = c.background.length / c.featureCount;
  return fc.tuple(fc.constant(c), fc.array(fc.integer({ min: 1, max: 4 }), { minLength: rows, maxLength: rows }));
});

test("equals shap's rule over the definition's values, one background row at a time, to 1e-12", async () => {
  await fc.assert(
    fc.asyncProperty(weighted, async ([c, counts]) => {
      const width = c.featureCount;
      const ensemble = logistic(c.trees, width, 0.25);
      const weights = Float64Array.from(counts);
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      const explainer = createProbabilityExplainer(ensemble, {
        kind: "interventional",
        background: c.background,
        weights,
      });
      const out = new Float64Array(c.count * width).fill(Number.NaN);
      explainer.explain(c.rows, c.count, out);
      const base = rawScores(ensemble, c.background, counts.length);
      for (let row = 0; row < c.count; row++) {
        const x = c.rows.subarray(row * width, (row + 1) * width);
        const score = rawScores(ensemble, x, 1)[0]!;
        const expected = new Float64Array(width);
        for (let b = 0; b < counts.length; b++) {
          const own = c.background.subarray(b * width, (b + 1) * width);
          const { shapValues } = await bruteForce((rows, count) => rawScores(ensemble, rows, count), own, x);
          const slope = score === base[b] ? 1 : (sigmoid(score) - sigmoid(base[b]!)) / (score - base[b]!);
          for (let f = 0; f < width; f++) expected[f]! += (shapValues[f]! * slope * weights[b]!) / total;
        }
        const found = out.subarray(row * width, (row + 1) * width);
        expected.forEach((value, f) => {
          assert.ok(Math.abs(value - found[f]!) <= 1e-12);
        });
        const sum = found.reduce((all, value) => all + value, explainer.expectedValue);
        assert.ok(Math.abs(sum - sigmoid(score)) <= 1e-12);
      }
    }),
    { numRuns: 100, seed: 61 },
  );
});

test("scores far apart, and scores very close, keep their digits", () => {
  for (const [yes, no] of [
    [800, -800],
    [2 ** -40, 0],
  ] as const) {
    const ensemble = logistic([{ feature: 0, mode: 0, threshold: 0, missingTrue: false, yes, no }], 1);
    const explainer = createProbabilityExplainer(ensemble, { kind: "interventional", background: Float32Array.of(1) });
    const out = new Float64Array(1);
    explainer.explain(Float32Array.of(0), 1, out);
    const slope = sigmoid(no) * (1 - sigmoid(no));
    const expected = yes === 800 ? 1 : slope * (yes - no);
    assert.ok(Math.abs(out[0]! - expected) <= 1e-9 * Math.abs(expected), `${out[0]} for ${expected}`);
  }
});

test("refuses a model whose scores are no log-odds, and a background without rows", () => {
  const ensemble = treesToEnsemble([1], 1);
  const background = Float32Array.of(0);
  assert.throws(() => createProbabilityExplainer(ensemble, { kind: "interventional", background }), {
    reason: "unsupported_output_space",
  });
  const empty = { kind: "interventional", background: new Float32Array(0) } as const;
  assert.throws(() => createProbabilityExplainer({ ...ensemble, postTransform: "LOGISTIC" }, empty), {
    reason: "background",
  });
});
