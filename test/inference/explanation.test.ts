/** What is said of a whole file, against the predictions it is made of. */
import assert from "node:assert/strict";
import { customerHeader, makeCustomers } from "../../bench/customers.ts";
import { valueBins } from "../../src/features/value-bins.ts";
import { presentExplanation } from "../../src/inference/present-explanation.ts";
import { createSummary } from "../../src/inference/summary.ts";
import { after, test } from "../slow-test.ts";
import { scoreBytes } from "./score-bytes.ts";
import { loadTelecom } from "./telecom-model.ts";

const model = await loadTelecom();
after(() => model.stop());
const { features } = model.schema;
const table = [customerHeader, ...makeCustomers(600, 21)].map((cells) => cells.join()).join("\n");
const { predictions, end: last } = await scoreBytes(model, new TextEncoder().encode(table));
const end = last!;
const sum = (numbers: readonly number[]) => numbers.reduce((total, value) => total + value, 0);

const explanation = presentExplanation(model, {
  sample: predictions.slice(0, 50),
  customers: end.summary.customers,
  importance: end.summary.global_importance,
  dependence: end.summary.dependence,
  features: 18,
});

test("the lines of dependence hold every customer once, and the sum of all SHAP values", () => {
  assert.ok(predictions.length > 500);
  features.forEach(({ name }, i) => {
    const { dependence } = explanation.features.find(({ feature }) => feature === name)!;
    assert.equal(sum(dependence.map(({ customers }) => customers)), predictions.length, name);
    const total = sum(dependence.map(({ customers, mean_shap_value }) => customers * mean_shap_value));
    assert.ok(Math.abs(total - sum(predictions.map(({ shapValues }) => shapValues[i]!))) < 1e-9, name);
  });
});

test("a bin's mean is that of the customers with such a value", () => {
  const index = features.findIndex(({ name }) => name === "tenure_months");
  const { dependence } = explanation.features.find(({ feature }) => feature === "tenure_months")!;
  assert.ok(dependence.length > 5);
  for (const { from, to, customers, mean_shap_value } of dependence) {
    const own = predictions.filter(({ values }) => {
      const value = values[index]!;
      return value > (from ?? Number.NEGATIVE_INFINITY) && value <= (to ?? Number.POSITIVE_INFINITY);
    });
    assert.equal(own.length, customers);
    assert.ok(Math.abs(sum(own.map(({ shapValues }) => shapValues[index]!)) / customers - mean_shap_value) < 1e-12);
  }
});

test("missing values have a bin of their own, at the end", () => {
  const { dependence } = explanation.features.find(({ feature }) => feature === "total_charges")!;
  const index = features.findIndex(({ name }) => name === "total_charges");
  const missing = predictions.filter(({ values }) => values[index] === null).length;
  assert.ok(missing > 0);
  assert.deepEqual([dependence.at(-1)!.missing, dependence.at(-1)!.customers], [true, missing]);
});

test("the dots are the sampled customers' own values, with a place for the colour", () => {
  assert.deepEqual(
    explanation.sample.rows,
    predictions.slice(0, 50).map(({ row }) => row),
  );
  for (const { feature, sample, kind } of explanation.features) {
    const index = features.findIndex(({ name }) => name === feature);
    assert.equal(sample.values.length, 50);
    sample.values.forEach((value, i) => {
      const position = sample.positions[i]!;
      assert.equal(sample.shap_values[i], predictions[i]!.shapValues[index]);
      assert.equal(value === null, predictions[i]!.values[index] === null);
      assert.equal(position === null, value === null);
      assert.ok(position === null || (position >= 0 && position <= 1));
      if (kind === "numeric" && value !== null) assert.equal(Math.fround(Number(value)), predictions[i]!.values[index]);
    });
  }
  const tenure = explanation.features.find(({ feature }) => feature === "tenure_months")!.sample;
  const places = tenure.values.map((value, i) => ({ value: Number(value), position: tenure.positions[i]! }));
  const [short, long] = places.toSorted((a, b) => a.value - b.value).filter((_, i) => i % 49 === 0);
  assert.ok(short!.position < long!.position);
});

test("the weightiest features come first, and no more than are asked for", () => {
  const weights = explanation.features.map(({ mean_abs_shap }) => mean_abs_shap!);
  assert.deepEqual(
    weights,
    weights.toSorted((a, b) => b - a),
  );
  const two = presentExplanation(model, {
    ...{ sample: [], customers: 0, dependence: [], importance: end.summary.global_importance, features: 2 },
  });
  assert.deepEqual(
    two.features.map(({ feature, dependence }) => [feature, dependence]),
    explanation.features.slice(0, 2).map(({ feature }) => [feature, []]),
  );
});

test("what does not add up weighs nothing and is on no line", () => {
  const summary = createSummary(model.schema, new Set());
  const width = features.length;
  const shapValues = new Float64Array(2 * width).fill(Number.NaN);
  shapValues.fill(0.5, 0, width);
  const rows = { count: 2, features: new Float32Array(2 * width), probabilities: new Float32Array(2), shapValues };
  summary.add({ ...rows, outsideTraining: 0, explained: Uint8Array.of(1, 0) });
  const { global_importance, dependence, customers } = summary.result();
  assert.equal(customers, 2);
  assert.ok(global_importance.every(({ mean_abs_shap }) => mean_abs_shap === 0.5));
  assert.ok(dependence.every(({ counts }) => sum(counts) === 1));
});

test("numbers without stored bins are cut at their deciles, a category that is none is in no bin", () => {
  const tenure = features.find(({ name }) => name === "tenure_months")!;
  const { missing, quantiles } = tenure.distribution;
  const bins = valueBins({ ...tenure, distribution: { missing, quantiles } } as typeof tenure);
  assert.deepEqual(
    bins.labels.map(({ to }) => to),
    [2, 6, 12, 20, 29, 40, 50, 60, 69, null, null],
  );
  assert.deepEqual([0, 2, 3, 1_000, Number.NaN].map(bins.binOf), [0, 0, 1, 9, 10]);
  const contract = valueBins(features.find(({ name }) => name === "contract")!);
  assert.deepEqual([0, 2, 9, Number.NaN].map(contract.binOf), [0, 2, -1, 3]);
});
