import assert from "node:assert/strict";
import fc from "fast-check";
import type { TreeEnsemble } from "../../src/shap/ensemble.ts";
import { createExplainer, type Explainer } from "../../src/shap/explainer.ts";
import { rawScores } from "../../src/shap/score.ts";
import { test } from "../slow-test.ts";
import { arbitraryCase, type Case } from "./arbitrary-trees.ts";
import { drawnCovers, positiveDraws } from "./drawn-covers.ts";
import { type Tree, treesToEnsemble } from "./tree-text.ts";

interface Drawn extends Case {
  readonly draws: readonly number[];
}

const perturbations: Readonly<Record<string, (ensemble: TreeEnsemble, c: Drawn, options: object) => Explainer>> = {
  interventional: (ensemble, { background }, options) =>
    createExplainer(ensemble, { kind: "interventional", background }, options),
  "path-dependent": (ensemble, { draws }, options) =>
    createExplainer(drawnCovers(ensemble, draws), { kind: "path-dependent" }, options),
};

const drawn = (maxFeatures: number): fc.Arbitrary<Drawn> =>
  fc.tuple(arbitraryCase(maxFeatures), positiveDraws).map(([c, draws]) => ({ ...c, draws }));

const renamed = (tree: Tree, name: (feature: number) => number): Tree =>
  typeof tree === "number"
    ? tree
    : { ...tree, feature: name(tree.feature), yes: renamed(tree.yes, name), no: renamed(tree.no, name) };

for (const [kind, create] of Object.entries(perturbations))
  for (const [way, given] of Object.entries({ tables: {}, walk: { maxTableBytes: 0 } })) {
    const explain = (trees: readonly Tree[], c: Drawn, options = {}): Float64Array => {
      const out = new Float64Array(c.count * c.featureCount);
      create(treesToEnsemble(trees, c.featureCount), c, { ...given, ...options }).explain(c.rows, c.count, out);
      return out;
    };

    test(`dummy: a feature that no tree tests gets exactly zero (${kind}, ${way})`, () => {
      fc.assert(
        fc.property(drawn(4), (c) => {
          const trees = c.trees.map((tree) => renamed(tree, () => 0));
          const out = explain(trees, c);
          assert.ok(out.every((value, i) => i % c.featureCount === 0 || value === 0));
        }),
        { numRuns: 60, seed: 21 },
      );
    });

    test(`symmetry: two features that the model and the data treat alike get the same (${kind}, ${way})`, () => {
      fc.assert(
        fc.property(drawn(4), (c) => {
          const last = c.featureCount - 1;
          const swap = (f: number) => (f === 0 ? last : f === last ? 0 : f);
          const alike = (cells: Float32Array) =>
            cells.map((cell, i) => (i % c.featureCount === last ? cells[i - last]! : cell));
          const trees = [...c.trees, ...c.trees.map((tree) => renamed(tree, swap))];
          const out = explain(trees, { ...c, rows: alike(c.rows), background: alike(c.background) });
          for (let row = 0; row < c.count; row++) {
            const start = row * c.featureCount;
            assert.ok(Math.abs(out[start]! - out[start + last]!) <= 1e-12);
          }
        }),
        { numRuns: 60, seed: 22 },
      );
    });

    test(`efficiency: base value and values add up to the raw score (${kind}, ${way})`, () => {
      fc.assert(
        fc.property(drawn(6), (c) => {
          const ensemble = treesToEnsemble(c.trees, c.featureCount, 0.5);
          const scores = rawScores(ensemble, c.rows, c.count);
          const out = explain(c.trees, c);
          const { expectedValue } = create(ensemble, c, given);
          for (let row = 0; row < c.count; row++) {
            const values = out.subarray(row * c.featureCount, (row + 1) * c.featureCount);
            assert.ok(Math.abs(values.reduce((sum, value) => sum + value, expectedValue) - scores[row]!) <= 1e-12);
          }
        }),
        { numRuns: 60, seed: 26 },
      );
    });

    test(`linearity: an ensemble's values are the sums of its trees' values (${kind}, ${way})`, () => {
      fc.assert(
        fc.property(drawn(5), (c) => {
          const whole = explain(c.trees, c);
          const parts = c.trees.map((tree) => explain([tree], c));
          whole.forEach((value, i) => {
            const sum = parts.reduce((total, part) => total + part[i]!, 0);
            assert.ok(Math.abs(value - sum) <= 1e-12);
          });
        }),
        { numRuns: 60, seed: 23 },
      );
    });

    test(`a row's values do not depend on the rows beside it (${kind}, ${way})`, () => {
      fc.assert(
        fc.property(drawn(5), (c) => {
          const together = explain(c.trees, c, { blockRows: 3 });
          for (let row = 0; row < c.count; row++) {
            const start = row * c.featureCount;
            const rows = c.rows.subarray(start, start + c.featureCount);
            const alone = explain(c.trees, { ...c, rows, count: 1 });
            assert.deepEqual(alone, together.slice(start, start + c.featureCount));
          }
        }),
        { numRuns: 60, seed: 25 },
      );
    });
  }
