/** What features do together, by the shipped model: against the SHAP values of its tables, and through the thread. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { interactionsOf } from "../../src/inference/interactions-of.ts";
import { predictCustomers } from "../../src/inference/predict-customers.ts";
import { presentInteractions } from "../../src/inference/present-interactions.ts";
import { guardGraph } from "../../src/model/guard.ts";
import { createInteractionExplainer } from "../../src/shap/interactions.ts";
import { after, test } from "../slow-test.ts";
import { loadTelecom } from "./telecom-model.ts";

const graph = new Uint8Array(readFileSync(new URL("../../models/telecom/1.1.0/model.onnx", import.meta.url)));
const model = await loadTelecom();
after(() => model.stop());
const { predictions } = await predictCustomers(model, [
  { tenure: 3, contract: "Month-to-month", monthly_charges: 95.5, internet_service: "Fiber optic" },
  { tenure: 70, contract: "Two year", monthly_charges: 20, partner: "Yes", streaming_tv: "No internet service" },
]);

test("each feature's main part and its pairs sum to its SHAP value, in the API's words", () => {
  for (const prediction of predictions) {
    const view = presentInteractions(model.schema, prediction, interactionsOf(model, prediction.values));
    assert.ok(view.additivity_error <= 1e-11, String(view.additivity_error));
    assert.ok(view.pairs.length > 20);
    model.schema.features.forEach(({ name }, i) => {
      const own = view.pairs.filter(({ features }) => features.includes(name));
      const main = view.main.find(({ feature }) => feature === name)!;
      const sum = own.reduce((total, pair) => total + pair.shap_value, main.shap_value);
      assert.ok(Math.abs(sum - prediction.shapValues[i]!) <= 1e-11);
    });
    const sizes = view.pairs.map(({ shap_value }) => Math.abs(shap_value));
    assert.deepEqual(
      sizes,
      sizes.toSorted((a, b) => b - a),
    );
  }
});

test("values of another row, or of none, are never shown", () => {
  const values = interactionsOf(model, predictions[0]!.values);
  assert.throws(() => presentInteractions(model.schema, predictions[1]!, values), { code: "internal" });
  assert.throws(() => presentInteractions(model.schema, predictions[0]!, values.fill(Number.NaN)), {
    code: "internal",
  });
  assert.throws(() => interactionsOf(model, [1, 2]), { code: "internal" });
});

test("a row that costs more than it may is refused by name, and what else goes wrong is not taken for that", () => {
  const perturbation = { kind: "interventional", background: new Float32Array(model.schema.features.length) } as const;
  const ensemble = guardGraph(graph, model.schema);
  const dear = createInteractionExplainer(ensemble, perturbation, { mostSteps: 1 });
  assert.throws(() => interactionsOf({ ...model, interactions: dear.explainRow }, predictions[0]!.values), {
    code: "interactions_too_costly",
  });
  const broken = () => {
    throw new TypeError("broken");
  };
  assert.throws(() => interactionsOf({ ...model, interactions: broken }, predictions[0]!.values), TypeError);
});
