import assert from "node:assert/strict";
import fc from "fast-check";
import type { TreeEnsemble } from "../../src/shap/ensemble.ts";
import { createExplainer, type ExplainerOptions } from "../../src/shap/explainer.ts";
import { ModelRefusal } from "../../src/shap/refusal.ts";
import { test } from "../slow-test.ts";
import { arbitraryCase, type Case } from "./arbitrary-trees.ts";
import { bruteForcePath } from "./brute-force-path.ts";
import { treesToEnsemble } from "./tree-text.ts";

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

/** Covers of any shape, whatever the tests say: whole numbers at the leaves, sums above. Some leaves have none. */
function drawnCovers(ensemble: TreeEnsemble, draws: readonly number[]): TreeEnsemble {
  const { feature, trueChild, falseChild } = ensemble;
  const cover = new Float64Array(feature.length);
  for (let node = feature.length - 1; node >= 0; node--)
    cover[node] =
      feature[node]! < 0 ? draws[node % draws.length]! : cover[trueChild[node]!]! + cover[falseChild[node]!]!;
  return { ...ensemble, cover };
}

const draws = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 7, maxLength: 7 });

for (const [name, options] of ways)
  test(`equals the definition along drawn covers to 1e-12 (${name})`, () => {
    let explained = 0;
    fc.assert(
      fc.property(arbitraryCase(5), draws, (c, own) => {
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
