import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import type { TreeEnsemble } from "../../src/shap/ensemble.ts";
import { createExplainer } from "../../src/shap/explainer.ts";
import { ensembleFromOnnx } from "../../src/shap/from-onnx.ts";
import { parseOnnxModel } from "../../src/shap/onnx.ts";
import { createProbabilityExplainer } from "../../src/shap/probability-explainer.ts";
import { withCovers } from "../../src/shap/with-covers.ts";
import { test } from "../slow-test.ts";

type Table = readonly (readonly (number | null)[])[];
interface Facts {
  readonly expected_value: number;
  readonly shap: readonly (readonly number[])[];
}
interface Reference {
  readonly training: Table;
  readonly background: Table;
  readonly inputs: Table;
  readonly path: Facts;
  readonly probability: Facts;
}

const cells = (rows: Table) => Float32Array.from(rows.flat(), (cell) => cell ?? Number.NaN);
const fixture = (name: string) => readFile(new URL(`fixtures/reference-${name}`, import.meta.url));

async function load(name: string) {
  const ensemble = ensembleFromOnnx(parseOnnxModel(new Uint8Array(await fixture(`${name}.onnx`))));
  const reference = JSON.parse((await fixture(`${name}.json`)).toString()) as Reference;
  return { ensemble: withCovers(ensemble, cells(reference.training)), reference };
}

/** Largest difference of the base value and all values. */
function worst(expectedValue: number, out: Float64Array, facts: Facts): number {
  return facts.shap
    .flat()
    .reduce(
      (most, value, i) => Math.max(most, Math.abs(value - out[i]!)),
      Math.abs(expectedValue - facts.expected_value),
    );
}

function pathError(ensemble: TreeEnsemble, { inputs, path }: Reference, options = {}): number {
  const out = new Float64Array(inputs.length * ensemble.featureCount);
  const explainer = createExplainer(ensemble, { kind: "path-dependent" }, options);
  explainer.explain(cells(inputs), inputs.length, out);
  return worst(explainer.expectedValue, out, path);
}

function probabilityError(ensemble: TreeEnsemble, background: Table, { inputs, probability }: Reference): number {
  const out = new Float64Array(inputs.length * ensemble.featureCount);
  const explainer = createProbabilityExplainer(ensemble, { kind: "interventional", background: cells(background) });
  explainer.explain(cells(inputs), inputs.length, out);
  return worst(explainer.expectedValue, out, probability);
}

for (const name of ["lightgbm", "sklearn"]) {
  test(`${name}: path-dependent values from counted covers are those of shap.TreeExplainer to 1e-6`, async () => {
    const { ensemble, reference } = await load(name);
    for (const options of [{}, { maxTableBytes: 0 }]) {
      const error = pathError(ensemble, reference, options);
      assert.ok(error <= 1e-6, `off by ${error}`);
    }
  });

  test(`${name}: a cover off by ten rows, or half of the rows counted twice, do not pass for the same`, async () => {
    const { ensemble, reference } = await load(name);
    const root = ensemble.roots[0]!;
    const cover = ensemble.cover!.slice();
    for (let node = root; ensemble.feature[node]! >= 0; node = ensemble.trueChild[node]!) {
      cover[ensemble.trueChild[node]!]! += 10;
      cover[node]! += node === root ? 10 : 0;
    }
    assert.ok(pathError({ ...ensemble, cover }, reference) > 1e-3);
    const weights = Float64Array.from(reference.training, (_, row) => (row < 200 ? 1 : 2));
    assert.ok(pathError(withCovers(ensemble, cells(reference.training), weights), reference) > 1e-3);
  });

  test(`${name}: probability values are those of shap's model_output="probability" to 1e-6`, async () => {
    const { ensemble, reference } = await load(name);
    const error = probabilityError(ensemble, reference.background, reference);
    assert.ok(error <= 1e-6, `off by ${error}`);
  });

  test(`${name}: half of the background, or one leaf moved, does not pass for the same`, async () => {
    const { ensemble, reference } = await load(name);
    assert.ok(probabilityError(ensemble, reference.background.slice(0, 10), reference) > 1e-3);
    const last = ensemble.leaf.length - 1;
    const leaf = ensemble.leaf.with(last, ensemble.leaf[last]! + 0.1);
    assert.ok(probabilityError({ ...ensemble, leaf }, reference.background, reference) > 1e-4);
  });
}
