import assert from "node:assert/strict";
import { test } from "node:test";
import { ensembleFromOnnx, ensemblesFromOnnx } from "../../src/shap/from-onnx.ts";
import { parseOnnxModel } from "../../src/shap/onnx.ts";
import { rawScores } from "../../src/shap/score.ts";
import { type ModelText, writeOnnx } from "./onnx-writer.ts";
import { openOrt } from "./ort-session.ts";
import { treeAttributes } from "./tree-text.ts";

const rows = Float32Array.of(0, 1);

/** A regressor of two trees whose score, -0.25 or 1.25, passes these operators. */
function write(...after: NonNullable<ModelText["after"]>): Uint8Array {
  const tree = { feature: 0, mode: 0, threshold: 0.5, missingTrue: false, yes: -1, no: 0.5 };
  const { classlabels_int64s: _, ...attributes } = treeAttributes([tree, 0.25], "NONE");
  const targets = Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name.replace("class_", "target_"), value]),
  );
  return writeOnnx({
    operator: "TreeEnsembleRegressor",
    attributes: { ...targets, n_targets: { int: 1 }, base_values: { floats: [0.5] } },
    width: 1,
    after,
  });
}

test("LightGBM's forests are divided by their number of trees; by another number than they have: refused", async () => {
  assert.throws(() => ensembleFromOnnx(parseOnnxModel(write(["Div", 100]))), { reason: "unsupported_output" });
  for (const after of [[["Div", 2]], [["Mul", 1], ["Div", 2], ["Identity"]]] as const) {
    const bytes = write(...after);
    const ort = await openOrt(bytes, 1);
    const expected = await ort.lastColumn(rows, 2);
    await ort.release();
    rawScores(ensembleFromOnnx(parseOnnxModel(bytes)), rows, 2).forEach((score, row) => {
      assert.ok(Math.abs(score - expected[row]!) <= 1e-7, `${score}, onnxruntime ${expected[row]}`);
    });
  }
});

test("an exponential behind the trees is the transform, and a factor behind it a part of the logarithm", async () => {
  for (const after of [[["Exp"]], [["Exp"], ["Mul", 2.5]], [["Div", 2], ["Exp"], ["Mul", 4]]] as const) {
    const bytes = write(...after);
    const { outputs, postTransform } = ensemblesFromOnnx(parseOnnxModel(bytes));
    assert.equal(postTransform, "EXP");
    assert.equal(outputs[0]!.postTransform, "EXP");
    const ort = await openOrt(bytes, 1);
    const expected = await ort.lastColumn(rows, 2);
    await ort.release();
    rawScores(outputs[0]!, rows, 2).forEach((score, row) => {
      assert.ok(Math.abs(Math.exp(score) - expected[row]!) <= 1e-6, `${Math.exp(score)}, onnxruntime ${expected[row]}`);
    });
  }
});
