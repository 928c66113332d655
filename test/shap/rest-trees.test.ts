import assert from "node:assert/strict";
import type { TreeEnsemble } from "../../src/shap/ensemble.ts";
import { createExplainer, type ExplainerOptions } from "../../src/shap/explainer.ts";
import type { Perturbation } from "../../src/shap/perturbation.ts";
import { simdKernelModule } from "../../src/shap/simd-kernel.ts";
import { test } from "../slow-test.ts";
import { type Tree, treesToEnsemble } from "./tree-text.ts";

const webassembly = simdKernelModule()!;

const featureCount = 16;
/** Beyond twelve features on its way a leaf has no table. */
const combFeatures = 14;
const rowCount = 40;

/** The same numbers everywhere: 0 to 1. */
const noise = (i: number) => ((Math.imul(i + 1, 2654435761) >>> 8) % 1000) / 1000;
const cells = (from: number) => Float32Array.from({ length: rowCount * featureCount }, (_, i) => noise(from + i));

/** A comb: each test leads to a leaf or on to the next feature, so that the last leaves have all of them on their way. */
function comb(feature: number, end = combFeatures): Tree {
  if (feature === end) return 7;
  const no = comb(feature + 1, end);
  return { feature, mode: 0, threshold: 0.25, missingTrue: false, yes: feature - 3.5, no };
}

const shallow: Tree = { feature: 3, mode: 0, threshold: 0.5, missingTrue: true, yes: -1, no: 2 };
const background = cells(0);
const interventional: Perturbation = { kind: "interventional", background };
const ensemble = withShares([comb(0), shallow]);

/** Three of ten rows take each test's true branch. */
function withShares(trees: readonly Tree[]): TreeEnsemble {
  const own = treesToEnsemble(trees, featureCount);
  const cover = new Float64Array(own.feature.length).fill(1000);
  // Parents stand before their children.
  own.feature.forEach((column, node) => {
    if (column < 0) return;
    cover[own.trueChild[node]!] = 0.3 * cover[node]!;
    cover[own.falseChild[node]!] = 0.7 * cover[node]!;
  });
  return { ...own, cover };
}

function explain(perturbation: Perturbation, options: ExplainerOptions, explained: TreeEnsemble = ensemble) {
  const explainer = createExplainer(explained, perturbation, options);
  const out = new Float64Array(rowCount * featureCount);
  const scores = new Float64Array(rowCount);
  explainer.explain(cells(5000), rowCount, out, scores);
  return { explainer, values: [...out, ...scores] };
}

const worst = (a: readonly number[], b: readonly number[]) =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

for (const perturbation of [interventional, { kind: "path-dependent" } as const])
  test(`leaves too deep for tables are walked, the others of their tree are not (${perturbation.kind})`, () => {
    const { explainer, values } = explain(perturbation, {});
    assert.equal(explainer.treesWalked, 1);
    assert.equal(explainer.treesInTables, 1);
    const walked = explain(perturbation, { maxTableBytes: 0 });
    assert.equal(walked.explainer.treesWalked, 2);
    assert.equal(walked.explainer.tableBytes, 0);
    // The comb's twelve upper leaves are in tables too: the shallow tree alone needs far less.
    const alone = createExplainer(withShares([shallow]), perturbation).tableBytes;
    assert.ok(explainer.tableBytes > 10 * alone, `${explainer.tableBytes} bytes, ${alone} of them for one tree`);
    assert.ok(worst(values, walked.values) <= 1e-12, "exact");
    const wrong = { ...ensemble, leaf: ensemble.leaf.map((value) => (value === 7 ? 8 : value)) };
    assert.ok(worst(values, explain(perturbation, {}, wrong).values) > 1e-6, "the deepest leaf counts");
  });

test("a tree of which most leaves are too deep gets no tables at all", () => {
  const deep = withShares([comb(0, 16), shallow]);
  assert.equal(
    createExplainer(deep, interventional, { kernel: webassembly }).tableBytes,
    createExplainer(withShares([shallow]), interventional, { kernel: webassembly }).tableBytes,
  );
});

test("tables stay within their bytes, whatever the kernel", () => {
  for (const maxTableBytes of [300, 1000, 5000, 30_000, 1_000_000])
    for (const kernel of [webassembly, "plain" as const]) {
      const { tableBytes } = explain(interventional, { maxTableBytes, kernel }).explainer;
      assert.ok(tableBytes <= maxTableBytes, `${tableBytes} of ${maxTableBytes}`);
    }
});
