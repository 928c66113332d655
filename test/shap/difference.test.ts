import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createDifference } from "../../src/shap/difference.ts";
import type { TreeEnsemble } from "../../src/shap/ensemble.ts";
import { rawScores } from "../../src/shap/score.ts";
import { arbitraryCase, type Case } from "./arbitrary-trees.ts";
import { bruteForce } from "./brute-force.ts";
import { type Split, type Tree, treesToEnsemble } from "./tree-text.ts";

/** Each row against the one after it, the last against the first. */
function pairs({ rows, featureCount, count }: Case): { rows: Float32Array; before: Float32Array } {
  const before = new Float32Array(rows.length);
  for (let row = 0; row < count; row++)
    before.set(rows.subarray(((row + 1) % count) * featureCount).subarray(0, featureCount), row * featureCount);
  return { rows, before };
}

function split(ensemble: TreeEnsemble, rows: Float32Array, before: Float32Array, count: number): Float64Array {
  const out = new Float64Array(count * ensemble.featureCount).fill(Number.NaN);
  createDifference(ensemble).split(rows, before, count, out);
  return out;
}

/** Largest difference between the split and the definition over all subsets, which sees `truth` by its scores alone. */
async function worstError(walked: TreeEnsemble, truth: TreeEnsemble, c: Case): Promise<number> {
  const { rows, before } = pairs(c);
  const out = split(walked, rows, before, c.count);
  let worst = 0;
  for (let row = 0; row < c.count; row++) {
    const start = row * c.featureCount;
    const end = start + c.featureCount;
    const oracle = await bruteForce(
      (mixed, count) => rawScores(truth, mixed, count),
      before.slice(start, end),
      rows.slice(start, end),
    );
    oracle.shapValues.forEach((value, f) => {
      const error = Math.abs(value - out[start + f]!);
      worst = Math.max(worst, Number.isNaN(error) ? Number.POSITIVE_INFINITY : error);
    });
  }
  return worst;
}

test("equals the definition of SHAP with one background row, over all subsets, to 1e-12", async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryCase(6, 5), async (c) => {
      const ensemble = treesToEnsemble(c.trees, c.featureCount, 0.25);
      const worst = await worstError(ensemble, ensemble, c);
      assert.ok(worst <= 1e-12, `off by ${worst}`);
    }),
    { numRuns: 200, seed: 31 },
  );
});

test("the oracle sees a flipped branch mode, a missing direction and a leaf", async () => {
  const split: Split = { feature: 0, mode: 0, threshold: 0.5, missingTrue: false, yes: 1, no: -1 };
  const tree: Split = { feature: 1, mode: 1, threshold: 0, missingTrue: true, yes: split, no: 2 };
  const rows = Float32Array.from([0.5, -1, Number.NaN, 1, 2, Number.NaN, -1, 2]);
  const c: Case = { featureCount: 2, trees: [tree], background: rows, rows, count: 4 };
  const truth = treesToEnsemble([tree], 2);
  assert.ok((await worstError(truth, truth, c)) <= 1e-12);
  const spoilt: readonly Tree[] = [
    { ...tree, mode: 2 },
    { ...tree, missingTrue: false },
    { ...tree, no: 2 + 1e-9 },
  ];
  for (const other of spoilt)
    assert.ok((await worstError(treesToEnsemble([other], 2), truth, c)) > 1e-10, JSON.stringify(other));
});

/** Many features, so that their number alone would make every subset too many. */
const wide = arbitraryCase(40, 7);

test("sums to the difference of the raw scores, and less a millionth of a leaf it does not", () => {
  fc.assert(
    fc.property(wide, (c) => {
      const ensemble = treesToEnsemble(c.trees, c.featureCount, 0.25);
      const { rows, before } = pairs(c);
      const out = split(ensemble, rows, before, c.count);
      const scores = rawScores(ensemble, rows, c.count);
      const former = rawScores(ensemble, before, c.count);
      for (let row = 0; row < c.count; row++) {
        let sum = 0;
        for (let f = 0; f < c.featureCount; f++) sum += out[row * c.featureCount + f]!;
        const error = Math.abs(sum - (scores[row]! - former[row]!));
        assert.ok(error <= 1e-12, `off by ${error}`);
        assert.ok(Math.abs(sum - 1e-6 - (scores[row]! - former[row]!)) > 1e-9);
      }
    }),
    { numRuns: 200, seed: 33 },
  );
});

test("identical rows give zeros, and so does a feature that stayed the same or that no tree tests", () => {
  fc.assert(
    fc.property(wide, (c) => {
      const ensemble = treesToEnsemble(c.trees, c.featureCount);
      assert.ok(split(ensemble, c.rows, c.rows.slice(), c.count).every((value) => value === 0));
      const tested = new Set(ensemble.feature);
      const { rows, before } = pairs(c);
      split(ensemble, rows, before, c.count).forEach((value, i) => {
        if (Object.is(rows[i], before[i]) || !tested.has(i % c.featureCount)) assert.equal(value, 0);
      });
    }),
    { numRuns: 200, seed: 34 },
  );
});

test("the way back is the way there with the other sign", () => {
  fc.assert(
    fc.property(arbitraryCase(6, 5), (c) => {
      const ensemble = treesToEnsemble(c.trees, c.featureCount);
      const { rows, before } = pairs(c);
      const there = split(ensemble, rows, before, c.count);
      const back = split(ensemble, before, rows, c.count);
      there.forEach((value, i) => {
        assert.ok(Math.abs(value + back[i]!) <= 1e-12);
      });
    }),
    { numRuns: 100, seed: 35 },
  );
});

test("a chain as deep as it is wide takes a step for each test and no more", () => {
  const width = 300;
  let tree: Tree = 1;
  for (let feature = 0; feature < width; feature++)
    tree = { feature, mode: 0, threshold: 0.5, missingTrue: false, yes: tree, no: 0 };
  const ensemble = treesToEnsemble([tree], width);
  const out = split(ensemble, new Float32Array(width), new Float32Array(width).fill(1), 1);
  // All 300 have to be in for the leaf: each has the same share in it.
  assert.ok(out.every((value) => Math.abs(value - 1 / width) <= 1e-12));
});

test("the worked example of the README", () => {
  const tenure: Tree = { feature: 1, mode: 0, threshold: 12, missingTrue: false, yes: 2, no: 0 };
  const tree: Tree = { feature: 0, mode: 0, threshold: 0.5, missingTrue: false, yes: tenure, no: -1 };
  const out = split(treesToEnsemble([tree], 2), Float32Array.of(0, 3), Float32Array.of(1, 40), 1);
  assert.deepEqual([...out], [2, 1]);
});

test("refuses too few values and too little room", () => {
  const { split: apply } = createDifference(treesToEnsemble([1], 2));
  const two = new Float32Array(2);
  assert.throws(() => apply(new Float32Array(1), two, 1, new Float64Array(2)), RangeError);
  assert.throws(() => apply(two, new Float32Array(1), 1, new Float64Array(2)), RangeError);
  assert.throws(() => apply(two, two, 1, new Float64Array(1)), RangeError);
});
