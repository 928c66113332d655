import assert from "node:assert/strict";
import fc from "fast-check";
import { createExplainer } from "../../src/shap/explainer.ts";
import type { Interventional } from "../../src/shap/perturbation.ts";
import { rawScores } from "../../src/shap/score.ts";
import { test } from "../slow-test.ts";
import { arbitraryCase, type Case } from "./arbitrary-trees.ts";
import { bruteForce } from "./brute-force.ts";
import { largestDifference } from "./largest-difference.ts";
import { treesToEnsemble } from "./tree-text.ts";

const ways = { tables: {}, walk: { maxTableBytes: 0 } };

/** The base value, and the values of all rows behind it. */
function explain(c: Case, perturbation: Omit<Interventional, "kind">, options: object): Float64Array {
  const explainer = createExplainer(
    treesToEnsemble(c.trees, c.featureCount, 0.25),
    { kind: "interventional", ...perturbation },
    options,
  );
  const out = new Float64Array(c.count * c.featureCount);
  explainer.explain(c.rows, c.count, out);
  return Float64Array.of(explainer.expectedValue, ...out);
}

const weighted = arbitraryCase(4).chain((c) => {
  const rows = c.background.length / c.featureCount;
  return fc.tuple(fc.constant(c), fc.array(fc.integer({ min: 1, max: 4 }), { minLength: rows, maxLength: rows }));
});

for (const [way, options] of Object.entries(ways)) {
  test(`a row of weight n counts like n rows, and the scale of weights does not count (${way})`, () => {
    let told = 0;
    fc.assert(
      fc.property(weighted, ([c, counts]) => {
        const { background } = c;
        const row = (b: number) => Array.from(background.subarray(b * c.featureCount, (b + 1) * c.featureCount));
        const repeated = Float32Array.from(counts.flatMap((n, b) => Array.from({ length: n }, () => row(b)).flat()));
        const weights = Float64Array.from(counts);
        const found = explain(c, { background, weights }, options);
        assert.ok(largestDifference(found, explain(c, { background: repeated }, options)) <= 1e-12);
        assert.ok(
          largestDifference(found, explain(c, { background, weights: weights.map((w) => w * 1e-7) }, options)) <= 1e-12,
        );
        if (largestDifference(found, explain(c, { background }, options)) > 1e-3) told += 1;
      }),
      { numRuns: 50, seed: 31 },
    );
    assert.ok(told > 10, `${told} cases tell weights from none`);
  });

  test(`a weighted background gives the definition's values to 1e-12 (${way})`, async () => {
    await fc.assert(
      fc.asyncProperty(weighted, async ([c, counts]) => {
        const ensemble = treesToEnsemble(c.trees, c.featureCount, 0.25);
        const weights = Float64Array.from(counts, (n) => n / 3);
        const found = explain(c, { background: c.background, weights }, options);
        for (let row = 0; row < c.count; row++) {
          const x = c.rows.subarray(row * c.featureCount, (row + 1) * c.featureCount);
          const oracle = await bruteForce((rows, count) => rawScores(ensemble, rows, count), c.background, x, weights);
          const own = found.subarray(1 + row * c.featureCount, 1 + (row + 1) * c.featureCount);
          assert.ok(Math.abs(oracle.expectedValue - found[0]!) <= 1e-12);
          assert.ok(largestDifference(own, oracle.shapValues) <= 1e-12);
        }
      }),
      { numRuns: 40, seed: 32 },
    );
  });
}

test("a background or weights changed later change nothing", () => {
  const tree = { feature: 0, mode: 0, threshold: 0, missingTrue: false, yes: 1, no: 2 };
  for (const options of Object.values(ways)) {
    const background = Float32Array.of(-1, 1);
    const weights = Float64Array.of(1, 3);
    const explainer = createExplainer(
      treesToEnsemble([tree], 1),
      { kind: "interventional", background, weights },
      options,
    );
    background.fill(9);
    weights.fill(9);
    const out = new Float64Array(1);
    explainer.explain(Float32Array.of(-1), 1, out);
    assert.equal(explainer.expectedValue, 1.75);
    assert.equal(out[0], -0.75);
  }
});

const refused: readonly (readonly [string, Omit<Interventional, "kind">])[] = [
  ["no rows", { background: new Float32Array(0) }],
  ["a part of a row", { background: new Float32Array(3) }],
  ["a weight too few", { background: new Float32Array(4), weights: Float64Array.of(1) }],
  ["a weight of zero", { background: new Float32Array(4), weights: Float64Array.of(1, 0) }],
  ["a negative weight", { background: new Float32Array(4), weights: Float64Array.of(1, -1) }],
  ["a weight that is no number", { background: new Float32Array(4), weights: Float64Array.of(Number.NaN, 1) }],
  ["an infinite weight", { background: new Float32Array(4), weights: Float64Array.of(1, Number.POSITIVE_INFINITY) }],
  ["weights without a finite sum", { background: new Float32Array(4), weights: Float64Array.of(1e308, 1e308) }],
];
for (const [what, perturbation] of refused)
  test(`refuses a background with ${what}`, () => {
    const ensemble = treesToEnsemble([{ feature: 0, mode: 0, threshold: 0, missingTrue: false, yes: 1, no: 2 }], 2);
    assert.throws(() => createExplainer(ensemble, { kind: "interventional", ...perturbation }), {
      reason: "background",
    });
  });
