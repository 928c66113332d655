import assert from "node:assert/strict";
import fc from "fast-check";
import { createExplainer } from "../../src/shap/explainer.ts";
import { test } from "../slow-test.ts";
import { arbitraryCase, type Case } from "./arbitrary-trees.ts";
import { type Tree, treesToEnsemble } from "./tree-text.ts";

function explain(trees: readonly Tree[], c: Omit<Case, "trees">, options = {}): Float64Array {
  const out = new Float64Array(c.count * c.featureCount);
  createExplainer(
    treesToEnsemble(trees, c.featureCount),
    { kind: "interventional", background: c.background },
    options,
  ).explain(c.rows, c.count, out);
  return out;
}

const renamed = (tree: Tree, name: (feature: number) => number): Tree =>
  typeof tree === "number"
    ? tree
    : { ...tree, feature: name(tree.feature), yes: renamed(tree.yes, name), no: renamed(tree.no, name) };

test("dummy: a feature that no tree tests gets exactly zero", () => {
  fc.assert(
    fc.property(arbitraryCase(4), (c) => {
      const trees = c.trees.map((tree) => renamed(tree, () => 0));
      const out = explain(trees, c);
      assert.ok(out.every((value, i) => i % c.featureCount === 0 || value === 0));
    }),
    { numRuns: 100, seed: 21 },
  );
});

test("symmetry: two features that the model and the data treat alike get the same", () => {
  fc.assert(
    fc.property(arbitraryCase(4), (c) => {
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
    { numRuns: 100, seed: 22 },
  );
});

test("linearity: an ensemble's values are the sums of its trees' values", () => {
  fc.assert(
    fc.property(arbitraryCase(5), (c) => {
      const whole = explain(c.trees, c);
      const parts = c.trees.map((tree) => explain([tree], c));
      whole.forEach((value, i) => {
        const sum = parts.reduce((total, part) => total + part[i]!, 0);
        assert.ok(Math.abs(value - sum) <= 1e-12);
      });
    }),
    { numRuns: 100, seed: 23 },
  );
});

test("giving every background row twice changes nothing", () => {
  fc.assert(
    fc.property(arbitraryCase(4), (c) => {
      const doubled = Float32Array.from([...c.background, ...c.background]);
      const once = explain(c.trees, c);
      const twice = explain(c.trees, { ...c, background: doubled });
      assert.ok(twice.every((value, i) => Math.abs(value - once[i]!) <= 1e-12));
    }),
    { numRuns: 50, seed: 24 },
  );
});

test("a row's values do not depend on the rows beside it", () => {
  fc.assert(
    fc.property(arbitraryCase(5), (c) => {
      const together = explain(c.trees, c, { blockRows: 3 });
      for (let row = 0; row < c.count; row++) {
        const start = row * c.featureCount;
        const rows = c.rows.subarray(start, start + c.featureCount);
        const alone = explain(c.trees, { ...c, rows, count: 1 });
        assert.deepEqual(alone, together.slice(start, start + c.featureCount));
      }
    }),
    { numRuns: 100, seed: 25 },
  );
});

test("refuses a background without rows, or with a part of one", () => {
  const ensemble = treesToEnsemble([{ feature: 0, mode: 0, threshold: 0, missingTrue: false, yes: 1, no: 2 }], 2);
  assert.throws(() => createExplainer(ensemble, { kind: "interventional", background: new Float32Array(0) }), {
    reason: "background",
  });
  assert.throws(() => createExplainer(ensemble, { kind: "interventional", background: new Float32Array(3) }), {
    reason: "background",
  });
});
