import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createExplainer } from "../../src/shap/explainer.ts";
import { ensembleFromOnnx } from "../../src/shap/from-onnx.ts";
import { parseOnnxModel } from "../../src/shap/onnx.ts";
import { rawScores } from "../../src/shap/score.ts";
import { test } from "../slow-test.ts";
import { openOrt } from "./ort-session.ts";

interface Reference {
  readonly background: readonly (readonly (number | null)[])[];
  readonly inputs: readonly (readonly (number | null)[])[];
  readonly probabilities: readonly number[];
  readonly expected_value: number;
  readonly shap: readonly (readonly number[])[];
}

const table = (rows: Reference["inputs"]) => Float32Array.from(rows.flat(), (cell) => cell ?? Number.NaN);
const fixture = (name: string) => readFile(new URL(`fixtures/${name}`, import.meta.url));

async function load(name: string) {
  const bytes = new Uint8Array(await fixture(`${name}.onnx`));
  const reference = JSON.parse((await fixture(`${name}.json`)).toString()) as Reference;
  return { bytes, reference, ensemble: ensembleFromOnnx(parseOnnxModel(bytes)), inputs: table(reference.inputs) };
}

const largest = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  let worst = a.length === b.length ? 0 : Number.POSITIVE_INFINITY;
  for (let i = 0; i < a.length; i++) worst = Math.max(worst, Math.abs(a[i]! - b[i]!));
  return worst;
};
const sigmoid = (scores: Float64Array) => scores.map((score) => 1 / (1 + Math.exp(-score)));

for (const name of ["lightgbm", "xgboost", "sklearn"]) {
  test(`${name}: probabilities are onnxruntime's to 1e-6`, async () => {
    const { reference, ensemble, inputs } = await load(name);
    const count = reference.inputs.length;
    assert.ok(count >= 200);
    assert.ok(largest(sigmoid(rawScores(ensemble, inputs, count)), reference.probabilities) <= 1e-6);
  });

  test(`${name}: onnxruntime-web gives the probabilities of onnxruntime`, async () => {
    const { bytes, reference, ensemble, inputs } = await load(name);
    const ort = await openOrt(bytes, ensemble.featureCount, "probabilities");
    assert.ok(largest(await ort.lastColumn(inputs, reference.inputs.length), reference.probabilities) <= 1e-6);
    await ort.release();
  });

  test(`${name}: SHAP values are those of shap.TreeExplainer to 1e-5`, async () => {
    const { reference, ensemble, inputs } = await load(name);
    for (const options of [{}, { maxTableBytes: 0 }]) {
      const explainer = createExplainer(
        ensemble,
        { kind: "interventional", background: table(reference.background) },
        options,
      );
      assert.ok(Math.abs(explainer.expectedValue - reference.expected_value) <= 1e-5);
      const out = new Float64Array(inputs.length);
      explainer.explain(inputs, reference.inputs.length, out);
      const worst = largest(out, reference.shap.flat());
      assert.ok(worst <= 1e-5, `off by ${worst}`);
    }
  });

  test(`${name}: another background, or one threshold moved, does not pass for the same`, async () => {
    const { reference, ensemble, inputs } = await load(name);
    const out = new Float64Array(inputs.length);
    const background = table(reference.background);
    createExplainer(ensemble, {
      kind: "interventional",
      background: background.subarray(0, 25 * ensemble.featureCount),
    }).explain(inputs, 240, out);
    assert.ok(largest(out, reference.shap.flat()) > 1e-3);
    const root = ensemble.roots[0]!;
    const threshold = ensemble.threshold.with(root, ensemble.threshold[root]! + 3);
    createExplainer({ ...ensemble, threshold }, { kind: "interventional", background }).explain(inputs, 240, out);
    assert.ok(largest(out, reference.shap.flat()) > 1e-3);
  });
}
