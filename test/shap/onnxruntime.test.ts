import assert from "node:assert/strict";
import fc from "fast-check";
import { createExplainer } from "../../src/shap/explainer.ts";
import { ensembleFromOnnx } from "../../src/shap/from-onnx.ts";
import { parseOnnxModel } from "../../src/shap/onnx.ts";
import { rawScores } from "../../src/shap/score.ts";
import { test } from "../slow-test.ts";
import { arbitraryCase } from "./arbitrary-trees.ts";
import { bruteForce } from "./brute-force.ts";
import type { Attribute } from "./onnx-writer.ts";
import { writeOnnx } from "./onnx-writer.ts";
import { openOrt } from "./ort-session.ts";
import { treeAttributes, treesToEnsemble, treesToOnnx } from "./tree-text.ts";

test("a written model is read back as the same ensemble, and onnxruntime scores it the same", async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryCase(5), async (c) => {
      const bytes = treesToOnnx(c.trees, c.featureCount);
      const ensemble = ensembleFromOnnx(parseOnnxModel(bytes));
      assert.deepEqual(ensemble, treesToEnsemble(c.trees, c.featureCount));
      const ort = await openOrt(bytes, c.featureCount);
      const expected = await ort.lastColumn(c.rows, c.count);
      await ort.release();
      // Leaves are quarters, so that float32 and float64 sums are both exact.
      assert.deepEqual(Array.from(rawScores(ensemble, c.rows, c.count)), Array.from(expected));
    }),
    { numRuns: 120, seed: 31 },
  );
});

test("SHAP values equal the definition applied to onnxruntime's own scores", async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryCase(5), async (c) => {
      const bytes = treesToOnnx(c.trees, c.featureCount);
      const explainer = createExplainer(ensembleFromOnnx(parseOnnxModel(bytes)), {
        kind: "interventional",
        background: c.background,
      });
      const out = new Float64Array(c.count * c.featureCount);
      explainer.explain(c.rows, c.count, out);
      const ort = await openOrt(bytes, c.featureCount);
      for (let row = 0; row < c.count; row++) {
        const start = row * c.featureCount;
        const oracle = await bruteForce(ort.lastColumn, c.background, c.rows.subarray(start, start + c.featureCount));
        oracle.shapValues.forEach((value, f) => {
          assert.ok(Math.abs(value - out[start + f]!) <= 1e-12, `row ${row}, feature ${f}`);
        });
      }
      await ort.release();
    }),
    { numRuns: 40, seed: 32 },
  );
});

const rows = Float32Array.from([0, 0.5, 1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0]);
const stump = treeAttributes([{ feature: 0, mode: 0, threshold: 0.5, missingTrue: false, yes: 0, no: 0 }], "NONE");
const classForms: Readonly<Record<string, { leaf: number[]; id: number[]; weight: number[] }>> = {
  "class 0, mixed signs": { leaf: [1, 2], id: [0, 0], weight: [-1, 2] },
  "class 0, all positive": { leaf: [1, 2], id: [0, 0], weight: [0.25, 0.75] },
  "class 0, all negative": { leaf: [1, 2], id: [0, 0], weight: [-1, -2] },
  "class 1, mixed signs": { leaf: [1, 2], id: [1, 1], weight: [-1, 2] },
  "class 1, all positive": { leaf: [1, 2], id: [1, 1], weight: [0.25, 0.75] },
  "both classes at every leaf": { leaf: [1, 1, 2, 2], id: [0, 1, 0, 1], weight: [0.5, -1, -0.25, 2] },
  "one class a leaf": { leaf: [1, 2], id: [0, 1], weight: [0.5, 2] },
};
/** What the reader says: a refusal, or the raw score's part for the two leaves. */
const accepted = new Set(["class 0, mixed signs", "class 0, all positive", "class 0, all negative"]);

for (const [name, form] of Object.entries(classForms))
  for (const base of [[], [0.25], [0.5, 0.75]])
    for (const post of ["NONE", "LOGISTIC"] as const)
      test(`column 1 is onnxruntime's, or refused: ${name}, ${base.length} base values, ${post}`, async () => {
        const attributes: Record<string, Attribute> = {
          ...stump,
          class_treeids: { ints: form.leaf.map(() => 0) },
          class_nodeids: { ints: form.leaf },
          class_ids: { ints: form.id },
          class_weights: { floats: form.weight },
          post_transform: { string: post },
          ...(base.length > 0 ? { base_values: { floats: base } } : {}),
        };
        const bytes = writeOnnx({ attributes, width: 1 });
        const read = () => ensembleFromOnnx(parseOnnxModel(bytes));
        const mayBe = accepted.has(name) ? base.length < 2 : base.length === 0 && name !== "one class a leaf";
        if (!mayBe) {
          assert.throws(read, { name: "ModelRefusal" });
          return;
        }
        const ensemble = read();
        assert.equal(ensemble.postTransform, post);
        const ort = await openOrt(bytes, 1);
        const expected = await ort.lastColumn(rows, rows.length);
        await ort.release();
        rawScores(ensemble, rows, rows.length).forEach((raw, row) => {
          const found = post === "LOGISTIC" ? 1 / (1 + Math.exp(-raw)) : raw;
          assert.ok(Math.abs(found - expected[row]!) <= 1e-6, `row ${row}: ${found}, onnxruntime ${expected[row]}`);
        });
      });

test("float64 attributes are read, with a float64 input only", () => {
  const { nodes_values: _, class_weights: __, ...others } = stump;
  const attributes: Record<string, Attribute> = {
    ...others,
    nodes_values_as_tensor: { doubles: [0.1, 0, 0] },
    class_weights_as_tensor: { doubles: [0.1, -0.2] },
  };
  const ensemble = ensembleFromOnnx(parseOnnxModel(writeOnnx({ attributes, width: 1, inputType: 11 })));
  assert.equal(ensemble.threshold[0], 0.1);
  // float32(0.1) is above 0.1: it takes the false branch, as in onnxruntime with a float64 input.
  assert.deepEqual(Array.from(rawScores(ensemble, Float32Array.of(0.1, 0), 2)), [-0.2, 0.1]);
  const out = new Float64Array(1);
  createExplainer(ensemble, { kind: "interventional", background: Float32Array.of(0) }).explain(
    Float32Array.of(0.1),
    1,
    out,
  );
  assert.ok(Math.abs(out[0]! + 0.3) <= 1e-12);
  assert.throws(() => ensembleFromOnnx(parseOnnxModel(writeOnnx({ attributes, width: 1 }))), {
    reason: "unsupported_attribute",
  });
});

test("a regressor's target is read and scored as by onnxruntime", async () => {
  const { classlabels_int64s: _, ...rest } = stump;
  const attributes: Record<string, Attribute> = {};
  for (const [name, value] of Object.entries(rest)) attributes[name.replace("class_", "target_")] = value;
  Object.assign(attributes, { n_targets: { int: 1 }, base_values: { floats: [0.25] } });
  attributes.target_weights = { floats: [-1, 2] };
  const bytes = writeOnnx({ operator: "TreeEnsembleRegressor", attributes, width: 1 });
  const ort = await openOrt(bytes, 1);
  const expected = await ort.lastColumn(rows, rows.length);
  await ort.release();
  const scores = rawScores(ensembleFromOnnx(parseOnnxModel(bytes)), rows, rows.length);
  assert.deepEqual(Array.from(scores), Array.from(expected));
  assert.ok(new Set(scores).size > 1);
});
