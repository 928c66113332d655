import assert from "node:assert/strict";
import fc from "fast-check";
import { takesTrueBranch } from "../../src/shap/branch.ts";
import { binOf, featureBins } from "../../src/shap/cuts.ts";
import { createExplainer } from "../../src/shap/explainer.ts";
import { ensembleFromOnnx } from "../../src/shap/from-onnx.ts";
import { parseOnnxModel } from "../../src/shap/onnx.ts";
import { rawScores } from "../../src/shap/score.ts";
import { test } from "../slow-test.ts";
import { arbitraryCase } from "./arbitrary-trees.ts";
import { type Attribute, writeOnnx } from "./onnx-writer.ts";
import { openOrt } from "./ort-session.ts";
import { type Split, type Tree, treeAttributes, treesToEnsemble } from "./tree-text.ts";

/** The same trees with numbers as doubles. */
function write(trees: readonly Tree[], width: number): Uint8Array {
  const { nodes_values, class_weights, ...others } = treeAttributes(trees, "NONE");
  const doubles = (attribute: Attribute | undefined): Attribute => ({
    doubles: attribute !== undefined && "floats" in attribute ? attribute.floats : [],
  });
  const attributes = {
    ...others,
    nodes_values_as_tensor: doubles(nodes_values),
    class_weights_as_tensor: doubles(class_weights),
  };
  return writeOnnx({ attributes, width, inputType: 11 });
}
const stump = (mode: number, threshold: number): Split => ({
  feature: 0,
  mode,
  threshold,
  missingTrue: false,
  yes: 1,
  no: 0,
});
const next = 0.1 + 2 ** -56 * 1.5;
const doubles = Float64Array.of(0.1, next, 0.1 - 2 ** -57, Math.fround(0.1), 0, -0, 1e300, -1e300, 5e-324, Number.NaN);

test("a model of doubles tells doubles apart that are one float32, as onnxruntime does", async () => {
  assert.ok(next !== 0.1 && Math.fround(next) === Math.fround(0.1));
  for (let mode = 0; mode < 6; mode++)
    for (const threshold of [0.1, 0, next]) {
      const bytes = write([stump(mode, threshold)], 1);
      const ensemble = ensembleFromOnnx(parseOnnxModel(bytes));
      assert.equal(ensemble.inputType, "float64");
      const ort = await openOrt(bytes, 1);
      const columns = await ort.columns(doubles, doubles.length);
      await ort.release();
      assert.deepEqual(Array.from(rawScores(ensemble, doubles, doubles.length)), columns[1], `${mode} ${threshold}`);
    }
});

test("rows of doubles are refused for a model that would see them rounded", () => {
  const ensemble = treesToEnsemble([stump(0, 0.5)], 1);
  assert.throws(() => rawScores(ensemble, Float64Array.of(0.1), 1), TypeError);
});

for (const inputType of ["float32", "float64"] as const)
  test(`within a bin every value of ${inputType} takes the same way everywhere`, () => {
    const round = inputType === "float32" ? Math.fround : (value: number) => value;
    const values = [0, -0, 0.1, next, 0.5, 0.5 + 2 ** -24, 0.5 + 2 ** -53, 1, -1, 2, 5e-324, -5e-324, 1e-45, -1e-45];
    values.push(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 1e300, -1e300, 3.4e38, -3.4e38);
    fc.assert(
      fc.property(arbitraryCase(1, 3), (c) => {
        const plain = treesToEnsemble(c.trees, 1);
        const ensemble = {
          ...plain,
          inputType,
          sets: plain.sets.map((set) => set.map((v, i) => (i === 0 ? v : v + 2 ** -54))),
        };
        const nodes = [...ensemble.feature.keys()].filter((node) => ensemble.feature[node]! >= 0);
        const { cuts, samples } = featureBins(ensemble, nodes);
        for (const x of values.map(round)) {
          const sample = samples[binOf(cuts, x)]!;
          for (const node of nodes)
            assert.equal(
              takesTrueBranch(ensemble, node, sample),
              takesTrueBranch(ensemble, node, x),
              `${x} as ${sample}`,
            );
        }
      }),
      { numRuns: 200, seed: 81 },
    );
  });

test("the values of float32 that a model of doubles is given are explained exactly", async () => {
  const trees = [stump(0, 0.1), stump(2, next), { ...stump(1, 0.1), yes: 0.25, no: stump(4, Math.fround(0.1)) }];
  const ensemble = ensembleFromOnnx(parseOnnxModel(write(trees, 1)));
  const rows = Float32Array.of(0.1, 0, 1, Number.NaN);
  const scores = rawScores(ensemble, rows, 4);
  const out = new Float64Array(4);
  const explainer = createExplainer(ensemble, { kind: "interventional", background: rows.subarray(1, 3) });
  explainer.explain(rows, 4, out);
  out.forEach((value, row) => {
    assert.ok(Math.abs(explainer.expectedValue + value - scores[row]!) <= 1e-12);
  });
  // In bins of float32 the first test would hold for float32(0.1), which is above 0.1.
  assert.equal(scores[0], 2);
});
