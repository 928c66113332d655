/** Models as the libraries' usual converters write them: scores are onnxruntime's, SHAP values those of the reference (make.py). */
import assert from "node:assert/strict";
import type { TreeEnsemble } from "../../../src/shap/ensemble.ts";
import { createExplainer } from "../../../src/shap/explainer.ts";
import { ensemblesFromOnnx } from "../../../src/shap/from-onnx.ts";
import { parseOnnxModel } from "../../../src/shap/onnx.ts";
import { rawScores } from "../../../src/shap/score.ts";
import { withCovers } from "../../../src/shap/with-covers.ts";
import { test } from "../../slow-test.ts";
import { largestDifference } from "../largest-difference.ts";
import { postTransformed } from "./compare.ts";
import { loadZooModel, type ZooKind, type ZooModel, zoo, zooBytes } from "./zoo.ts";

const read = (bytes: Uint8Array) => ensemblesFromOnnx(parseOnnxModel(bytes));

/** What is refused, and how it is named. */
const refusals: Readonly<Record<string, string>> = {
  "lightgbm-forest-8": "unsupported_output",
  "lightgbm-forest-binary": "unsupported_output",
  "xgboost-targets": "unsupported_base_values",
  "sklearn-isolation": "graph_form",
  "sklearn-adaboost": "graph_form",
};

for (const [name, kind] of Object.entries(zoo.kinds)) {
  if (kind.refused_by_converter !== undefined) continue;
  if (!kind.shap) {
    test(`${name} is refused by name`, () => {
      assert.throws(() => read(zooBytes(name)), { name: "ModelRefusal", reason: refusals[name] });
    });
    continue;
  }

  test(`${name}: scores are onnxruntime's to 1e-6`, () => {
    const model = loadZooModel(name);
    const { outputs, columns, postTransform } = read(model.bytes);
    assert.equal(outputs.length, kind.outputs);
    assert.ok(kind.rows >= 500);
    const scores = postTransformed(
      outputs.map((output) => rawScores(output, model.inputs, kind.rows)),
      postTransform,
    );
    scores.forEach((own, output) => {
      const column = columns[output]!;
      const expected = Float64Array.from(own, (_, row) => model.scores[row * kind.columns + column]!);
      const worst = largestDifference(own, expected);
      assert.ok(worst <= 1e-6 * Math.max(1, kind.range), `output ${output}: ${worst}`);
    });
  });

  test(`${name}: interventional SHAP values are the reference's to 1e-5 of the score's range, and add up`, () => {
    const model = loadZooModel(name);
    const perturbation = { kind: "interventional", background: model.background } as const;
    for (const [output, ensemble] of read(model.bytes).outputs.entries())
      for (const options of [{}, { maxTableBytes: 0 }]) {
        const explainer = createExplainer(ensemble, perturbation, options);
        assert.equal(explainer.treesWalked > 0, options.maxTableBytes === 0);
        hold(
          explainer,
          ensemble,
          model,
          kind,
          model.interventional.expectedValues[output]!,
          model.interventional.shapValues[output]!,
        );
      }
  });

  test(`${name}: path-dependent SHAP values are the reference's to 1e-5 of the score's range, and add up`, () => {
    const model = loadZooModel(name);
    for (const [output, own] of read(model.bytes).outputs.entries()) {
      assert.equal(own.cover !== null, kind.covers === "nodes_hitrates");
      const ensemble = model.training === null ? own : withCovers(own, model.training);
      for (const options of [{}, { maxTableBytes: 0 }]) {
        const explainer = createExplainer(ensemble, { kind: "path-dependent" }, options);
        hold(
          explainer,
          ensemble,
          model,
          kind,
          model.pathDependent.expectedValues[output]!,
          model.pathDependent.shapValues[output]!,
        );
      }
    }
  });
}

function hold(
  explainer: ReturnType<typeof createExplainer>,
  ensemble: TreeEnsemble,
  { inputs }: ZooModel,
  { rows, features, range }: ZooKind,
  expectedValue: number,
  expected: Float32Array,
): void {
  const out = new Float64Array(rows * features);
  explainer.explain(inputs, rows, out);
  const worst = largestDifference(out, expected);
  assert.ok(worst <= 1e-5 * range, `SHAP values differ by ${worst} of ${range}`);
  assert.ok(Math.abs(explainer.expectedValue - expectedValue) <= 1e-5 * range, `${explainer.expectedValue}`);
  rawScores(ensemble, inputs, rows).forEach((raw, row) => {
    let sum = explainer.expectedValue;
    for (const value of out.subarray(row * features, (row + 1) * features)) sum += value;
    assert.ok(Math.abs(sum - raw) <= 1e-12 * Math.max(1, range), `row ${row} adds up to ${sum}, not ${raw}`);
  });
}
