import assert from "node:assert/strict";
import { createExplainer } from "../../src/shap/explainer.ts";
import type { Perturbation } from "../../src/shap/perturbation.ts";
import { createProbabilityExplainer } from "../../src/shap/probability-explainer.ts";
import { rawScores } from "../../src/shap/score.ts";
import { withCovers } from "../../src/shap/with-covers.ts";
import { test } from "../slow-test.ts";
import { type Tree, treesToEnsemble } from "./tree-text.ts";

// The worked example of src/shap/README.md: month-to-month customers leave, unless they have stayed long.
const tenure: Tree = { feature: 1, mode: 0, threshold: 12, missingTrue: false, yes: 2, no: 0 };
const tree: Tree = { feature: 0, mode: 0, threshold: 0.5, missingTrue: false, yes: tenure, no: -1 };
const ensemble = treesToEnsemble([tree], 2);
const row = Float32Array.of(0, 3);
const interventional = { kind: "interventional", background: Float32Array.of(1, 40, 0, 30) } as const;

function explain(perturbation: Perturbation, explained = ensemble) {
  const explainer = createExplainer(explained, perturbation);
  const shapValues = new Float64Array(2);
  explainer.explain(row, 1, shapValues);
  return [explainer.expectedValue, ...shapValues];
}

test("the worked example of the README, interventional", () => {
  assert.equal(rawScores(ensemble, row, 1)[0], 2);
  assert.deepEqual(explain(interventional), [-0.5, 1, 1.5]);
});

test("the worked example of the README, path-dependent", () => {
  // Two of four by the year; of the others one has stayed for 12 months at most: as 50, 25 and 25 of 100.
  const covered = withCovers(ensemble, Float32Array.of(1, 40, 1, 5, 0, 30, 0, 12), Float64Array.of(25, 25, 25, 25));
  assert.deepEqual(covered.cover, Float64Array.of(100, 50, 25, 25, 50));
  assert.deepEqual(explain({ kind: "path-dependent" }, covered), [0, 1.25, 0.75]);
});

test("the worked example of the README, as probability", () => {
  const explainer = createProbabilityExplainer({ ...ensemble, postTransform: "LOGISTIC" }, interventional);
  const values = new Float64Array(2);
  explainer.explain(row, 1, values);
  const rounded = [explainer.expectedValue, ...values].map((value) => value.toFixed(4));
  assert.deepEqual(rounded, ["0.3845", "0.2040", "0.2924"]);
});
