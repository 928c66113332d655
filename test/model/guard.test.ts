import assert from "node:assert/strict";
import { test } from "node:test";
import type { Schema } from "../../src/features/schema.ts";
import { guardGraph } from "../../src/model/guard.ts";
import { ModelLoadError } from "../../src/model/load-error.ts";
import { parseOnnxModel } from "../../src/shap/onnx.ts";
import { zooBytes } from "../shap/zoo/zoo.ts";

/** As much of a schema as the guard looks at, fitting the model. */
function schemaFor(bytes: Uint8Array): Schema {
  const { inputs, outputs } = parseOnnxModel(bytes).graph;
  const width = Number(inputs[0]!.type.shape![1]);
  const output = outputs.find((candidate) => candidate.type.shape?.length === 2)!.name;
  const numeric = { kind: "numeric", name: "x" } as Schema["features"][number];
  return { input: inputs[0]!.name, output, features: new Array(width).fill(numeric) } as unknown as Schema;
}
const refused = (reason: string, pattern: RegExp) => (error: unknown) =>
  error instanceof ModelLoadError && error.reason === reason && pattern.test(error.detail);

for (const name of ["lightgbm-binary", "xgboost-binary", "sklearn-boosting-binary"]) {
  test(`a ${name} model as its usual converter writes it is read`, () => {
    const bytes = zooBytes(name);
    const ensemble = guardGraph(bytes, schemaFor(bytes));
    assert.equal(ensemble.featureCount, schemaFor(bytes).features.length);
    assert.ok(ensemble.roots.length > 2);
  });
}

test("LightGBM's splits over sets of categories are read, though their nodes have several parents", () => {
  const bytes = zooBytes("lightgbm-categories");
  assert.ok(guardGraph(bytes, schemaFor(bytes)).sets.length > 2);
});

for (const [name, reason] of [
  ["lightgbm-classes", "wrong_output"],
  ["xgboost-regression", "wrong_output"],
  ["lightgbm-poisson", "operator_not_allowed"],
] as const)
  test(`${name} is explained, and is no model of churn: ${reason}`, () => {
    const bytes = zooBytes(name);
    assert.throws(
      () =>
        guardGraph(bytes, {
          ...schemaFor(zooBytes("lightgbm-binary")),
          output: parseOnnxModel(bytes).graph.outputs.at(-1)!.name,
        }),
      (error) => error instanceof ModelLoadError && error.reason === reason,
    );
  });

test("another width, input or output than the schema's is refused", () => {
  const bytes = zooBytes("lightgbm-binary");
  const schema = schemaFor(bytes);
  assert.throws(
    () => guardGraph(bytes, { ...schema, features: schema.features.slice(1) }),
    refused("wrong_width", /float \[N, \d+\]/),
  );
  assert.throws(() => guardGraph(bytes, { ...schema, input: "other" }), refused("wrong_input", /other/));
  assert.throws(
    () => guardGraph(bytes, { ...schema, output: "label" }),
    refused("wrong_output", /probabilities, not label/),
  );
});

test("a multiplication that changes the scores is refused", () => {
  const bytes = zooBytes("lightgbm-binary");
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const text = new TextDecoder("latin1").decode(bytes);
  // The factor is the last float32 of 1 before the name of its initializer, or right behind it.
  const name = text.lastIndexOf("one");
  const places = Array.from({ length: 60 }, (_, i) => name - 30 + i).filter(
    (at) => at >= 0 && at + 4 <= bytes.length && view.getFloat32(at, true) === 1,
  );
  assert.ok(places.length > 0, "the factor is found");
  for (const at of places) view.setFloat32(at, 0.5, true);
  assert.throws(() => guardGraph(bytes, schemaFor(bytes)), ModelLoadError);
});
