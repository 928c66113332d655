import assert from "node:assert/strict";
import { test } from "node:test";
import { createExplainer } from "../../src/shap/explainer.ts";
import { rawScores } from "../../src/shap/score.ts";
import { type Tree, treesToEnsemble } from "./tree-text.ts";

// The worked example of src/shap/README.md: month-to-month customers leave, unless they have stayed long.
const tenure: Tree = { feature: 1, mode: 0, threshold: 12, missingTrue: false, yes: 2, no: 0 };
const tree: Tree = { feature: 0, mode: 0, threshold: 0.5, missingTrue: false, yes: tenure, no: -1 };

test("the worked example of the README", () => {
  const ensemble = treesToEnsemble([tree], 2);
  const explainer = createExplainer(ensemble, { kind: "interventional", background: Float32Array.of(1, 40, 0, 30) });
  const row = Float32Array.of(0, 3);
  const shapValues = new Float64Array(2);
  explainer.explain(row, 1, shapValues);
  assert.equal(explainer.expectedValue, -0.5);
  assert.deepEqual(Array.from(shapValues), [1, 1.5]);
  assert.equal(rawScores(ensemble, row, 1)[0], 2);
});
