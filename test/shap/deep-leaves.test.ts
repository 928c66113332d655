import assert from "node:assert/strict";
import { createExplainer } from "../../src/shap/explainer.ts";
import type { Perturbation } from "../../src/shap/perturbation.ts";
import { rawScores } from "../../src/shap/score.ts";
import { test } from "../slow-test.ts";
import { bruteForce } from "./brute-force.ts";
import { bruteForcePath } from "./brute-force-path.ts";
import { drawnCovers } from "./drawn-covers.ts";
import { type Tree, treesToEnsemble } from "./tree-text.ts";

const width = 14;

/** A way of 14 features, a leaf beside each of its tests: no table holds the last leaves, tables hold the first. */
function stair(feature: number, order: (step: number) => number): Tree {
  if (feature === width) return 3;
  return {
    feature: order(feature),
    mode: feature % 4,
    threshold: (feature % 3) / 4,
    missingTrue: feature % 2 === 0,
    yes: feature % 3 === 0 ? stair(feature + 1, order) : (feature - 5) / 4,
    no: feature % 3 === 0 ? (feature - 5) / 4 : stair(feature + 1, order),
  };
}

const shallow: Tree = { feature: 2, mode: 0, threshold: 0.25, missingTrue: false, yes: 1, no: -1 };
const trees = [stair(0, (step) => step), shallow, stair(0, (step) => (step * 5 + 3) % width)];
const ensemble = drawnCovers(treesToEnsemble(trees, width, 0.5), [3, 1, 4, 1, 5, 9, 2]);

/** A row that goes down the first stair to its end, but for the features it fails; some of its values lie on thresholds, some are missing. */
function rowOf(fails: readonly number[], missing: readonly number[] = []): number[] {
  return Array.from({ length: width }, (_, f) => {
    if (missing.includes(f)) return Number.NaN;
    const holds = (f % 3 === 0) !== fails.includes(f);
    // <= and > part just above the threshold, < and >= just below it.
    const low = f % 4 === 0 || f % 4 === 3 ? 0 : -0.25;
    return (f % 3) / 4 + (holds === f % 4 < 2 ? low : low + 0.25);
  });
}
const background = Float32Array.from([rowOf([1, 6, 9]), rowOf([2, 3, 12, 13], [5]), rowOf([0, 7], [4])].flat());
const weights = Float64Array.of(1, 2, 3);
const rows = [rowOf([]), rowOf([4, 8]), rowOf([10], [3, 11])];

const perturbations: readonly Perturbation[] = [
  { kind: "interventional", background, weights },
  { kind: "path-dependent" },
];
for (const perturbation of perturbations)
  test(`leaves behind 14 features are walked beside the tables, and equal the definition to 1e-12 (${perturbation.kind})`, async () => {
    const explainer = createExplainer(ensemble, perturbation);
    assert.deepEqual([explainer.treesInTables, explainer.treesWalked], [1, 2]);
    assert.ok(explainer.tableBytes > 1000);
    let moved = 0;
    for (const row of rows) {
      const x = Float32Array.from(row);
      const out = new Float64Array(width);
      const scores = new Float64Array(1);
      explainer.explain(x, 1, out, scores);
      const oracle =
        perturbation.kind === "interventional"
          ? await bruteForce((mixed, count) => rawScores(ensemble, mixed, count), background, x, weights)
          : bruteForcePath(ensemble, x);
      assert.ok(Math.abs(oracle.expectedValue - explainer.expectedValue) <= 1e-12);
      assert.ok(Math.abs(rawScores(ensemble, x, 1)[0]! - scores[0]!) <= 1e-12);
      oracle.shapValues.forEach((value, f) => {
        assert.ok(Math.abs(value - out[f]!) <= 1e-12, `feature ${f}: ${out[f]} for ${value}`);
      });
      moved += oracle.shapValues.filter((value) => Math.abs(value) > 1e-3).length;
    }
    assert.ok(moved >= 20, `${moved} values say something`);
  });
