import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createExplainer } from "../../src/shap/explainer.ts";
import { ensembleFromOnnx } from "../../src/shap/from-onnx.ts";
import { parseOnnxModel } from "../../src/shap/onnx.ts";
import { rawScores } from "../../src/shap/score.ts";
import { test } from "../slow-test.ts";

interface Feature {
  readonly name: string;
  readonly kind: string;
  readonly categories?: readonly { readonly code: number; readonly value: string }[];
}

const file = (name: string) => readFile(new URL(`../../models/telecom/1.1.0/${name}`, import.meta.url));

/** The bundle's tables have no quoted cells. */
async function readTable(name: string, features: readonly Feature[]) {
  const [header, ...lines] = (await file(name)).toString().trim().split(/\r?\n/);
  const columns = header!.split(",");
  assert.deepEqual(
    columns.slice(0, features.length),
    features.map((feature) => feature.name),
  );
  const cells = lines.map((line) => line.split(","));
  const encoded = cells.flatMap((row) => features.map((feature, i) => encode(feature, row[i]!)));
  const column = (title: string) => cells.map((row) => Number(row[columns.indexOf(title)]));
  return { count: cells.length, rows: Float32Array.from(encoded), column };
}

function encode(feature: Feature, text: string): number {
  if (text === "") return Number.NaN;
  if (feature.kind === "numeric") return Number(text);
  return feature.categories!.find((category) => category.value === text)!.code;
}

async function load() {
  const { features } = JSON.parse((await file("schema.json")).toString()) as { features: readonly Feature[] };
  const ensemble = ensembleFromOnnx(parseOnnxModel(new Uint8Array(await file("model.onnx"))));
  return {
    features,
    ensemble,
    background: await readTable("background.csv", features),
    golden: await readTable("golden.csv", features),
  };
}

test("the default model's golden rows are reproduced: raw scores and SHAP values to 1e-5", async () => {
  const { features, ensemble, background, golden } = await load();
  const explainer = createExplainer(ensemble, { kind: "interventional", background: background.rows });
  const out = new Float64Array(golden.count * features.length);
  explainer.explain(golden.rows, golden.count, out);
  const scores = rawScores(ensemble, golden.rows, golden.count);
  const close = (found: number, expected: number) =>
    assert.ok(Math.abs(found - expected) <= 1e-5, `${found} ${expected}`);
  golden.column("raw_score").forEach((expected, row) => {
    close(scores[row]!, expected);
    close(explainer.expectedValue, golden.column("base_value")[row]!);
  });
  features.forEach((feature, i) => {
    golden.column(`shap_${feature.name}`).forEach((expected, row) => {
      close(out[row * features.length + i]!, expected);
    });
  });
  assert.equal(explainer.treesWalked, 0);
});

test("half of the default model's background does not reproduce them", async () => {
  const { features, ensemble, background, golden } = await load();
  const half = background.rows.subarray(0, Math.floor(background.count / 2) * features.length);
  const out = new Float64Array(golden.count * features.length);
  createExplainer(ensemble, { kind: "interventional", background: half }).explain(golden.rows, golden.count, out);
  const contract = features.findIndex((feature) => feature.name === "contract");
  const expected = golden.column("shap_contract");
  assert.ok(expected.some((value, row) => Math.abs(value - out[row * features.length + contract]!) > 1e-3));
});
