import assert from "node:assert/strict";
import { anyBundle } from "../../src/model/admission.ts";
import { loadModel } from "../../src/model/load.ts";
import { ModelLoadError } from "../../src/model/load-error.ts";
import { readOrtWasm } from "../../src/runtime/ort-wasm.ts";
import { loadTelecom, telecomFiles } from "../inference/telecom-model.ts";
import { test } from "../slow-test.ts";
import { signBundle } from "./sign-bundle.ts";

const wasm = await readOrtWasm();

/** Spoils one file of the shipped bundle, signs the whole anew and loads it. */
async function loadSpoiled(name: string, spoil: (bytes: Uint8Array) => Uint8Array) {
  const files = await telecomFiles();
  files.set(name, spoil(files.get(name)!.slice()));
  const signed = await signBundle(files);
  return loadModel(signed.files, { pinnedKeys: [signed.publicKey], wasm, admission: anyBundle });
}
const spoilText = (name: string, change: (text: string) => string) =>
  loadSpoiled(name, (bytes) => new TextEncoder().encode(change(new TextDecoder().decode(bytes))));
const reason = (expected: string) => (error: unknown) => {
  assert.ok(error instanceof ModelLoadError, String(error));
  assert.equal(error.reason, expected, error.detail);
  return true;
};

test("the shipped model loads, reproduces its golden rows and knows its base value", async () => {
  const model = await loadTelecom();
  assert.equal(model.schema.name, "telecom");
  assert.ok(Math.abs(model.baseValue - model.schema.training.mean_raw_score) < 0.05);
  await model.stop();
});

test("a bundle signed anew without change loads, so the refusals below are due to what was spoiled", async () => {
  await (await loadSpoiled("model.onnx", (bytes) => bytes)).stop();
});

test("one wrong threshold is seen by the golden rows", async () => {
  // 0.5 parts the first two contracts; its float32 bytes are where a threshold is.
  const spoil = (bytes: Uint8Array) => {
    const view = new DataView(bytes.buffer);
    for (let at = 0; at + 4 <= bytes.length; at++) {
      if (view.getFloat32(at, true) === 0.5) {
        view.setFloat32(at, 1.75, true);
        return bytes;
      }
    }
    throw new Error("there is no threshold of 0.5");
  };
  await assert.rejects(loadSpoiled("model.onnx", spoil), reason("golden_mismatch"));
});

test("one wrong leaf is seen by the golden rows", async () => {
  const spoil = (bytes: Uint8Array) => {
    const view = new DataView(bytes.buffer);
    const name = new TextDecoder("latin1").decode(bytes).indexOf("class_weights");
    // AttributeProto.floats: field 7 of wire type 5, so the tag is 0x3d and four bytes of float32 follow.
    const leaf = bytes.indexOf(0x3d, name) + 1;
    view.setFloat32(leaf, view.getFloat32(leaf, true) + 0.2, true);
    return bytes;
  };
  await assert.rejects(loadSpoiled("model.onnx", spoil), reason("golden_mismatch"));
});

test("another background moves the base value, which the golden rows see", async () => {
  const dropLast = (text: string) => `${text.trimEnd().split("\n").slice(0, -1).join("\n")}\n`;
  await assert.rejects(spoilText("background.csv", dropLast), reason("golden_mismatch"));
});

test("a background with a word the schema does not know is refused", async () => {
  await assert.rejects(
    spoilText("background.csv", (text) => text.replace("Month-to-month", "Fortnightly")),
    reason("background_invalid"),
  );
});

test("a schema that is not one is refused with the place", async () => {
  await assert.rejects(
    spoilText("schema.json", (text) => text.replace('"schema_version": 1', '"schema_version": 2')),
    (error) => {
      reason("schema_invalid")(error);
      assert.match(String(error), /schema_version/);
      return true;
    },
  );
  await assert.rejects(
    spoilText("schema.json", () => "{"),
    reason("schema_invalid"),
  );
});

test("features in another order are refused before anything is scored", async () => {
  const swap = (text: string) => {
    const schema = JSON.parse(text);
    [schema.features[0], schema.features[1]] = [schema.features[1], schema.features[0]];
    return JSON.stringify(schema);
  };
  await assert.rejects(spoilText("schema.json", swap), reason("background_invalid"));
});

test("a graph that is cut off or not ONNX is refused before the runtime sees it", async () => {
  await assert.rejects(
    loadSpoiled("model.onnx", (bytes) => bytes.slice(0, -100)),
    reason("truncated"),
  );
  await assert.rejects(
    loadSpoiled("model.onnx", () => new TextEncoder().encode("not a model")),
    reason("unknown_field"),
  );
});

test("a graph with another operator is refused by name", async () => {
  const rename = (bytes: Uint8Array) => {
    const text = new TextDecoder("latin1").decode(bytes);
    const at = text.indexOf("TreeEnsembleClassifier");
    bytes.set(new TextEncoder().encode("TreeEnsembleCassandras"), at);
    return bytes;
  };
  await assert.rejects(loadSpoiled("model.onnx", rename), (error) => {
    reason("operator_not_allowed")(error);
    assert.match(String(error), /TreeEnsembleCassandras/);
    return true;
  });
});

test("a row's probability does not depend on the rows beside it", async () => {
  const model = await loadTelecom();
  const width = model.schema.features.length;
  const value = (i: number) => (i % 11 === 0 ? Number.NaN : ((i * 7919) % 83) / (i % width === 0 ? 1 : 20));
  const rows = Float32Array.from({ length: 500 * width }, (_, i) => value(i));
  const together = await model.predict(rows, 500);
  assert.ok(new Set(together).size > 100);
  for (let row = 0; row < 500; row++) {
    assert.equal((await model.predict(rows.slice(row * width, (row + 1) * width), 1))[0], together[row]);
  }
  await model.stop();
});
