/**
 * From a bundle's bytes to a model that may be used. The order is the point: signature over the very bytes → schema → own parse of the
 * graph → session → golden rows reproduce. Whatever fails names its reason and nothing is ever scored.
 */
import * as v from "valibot";
import { Schema } from "../features/schema.ts";
import { limits } from "../limits.ts";
import type { TreeEnsemble } from "../shap/ensemble.ts";
import { createExplainer, type Explainer } from "../shap/explainer.ts";
import { rawScores } from "../shap/score.ts";
import { type CanonicalRows, readCanonicalRows } from "./canonical-rows.ts";
import { sha256Hex } from "./digest.ts";
import { guardGraph } from "./guard.ts";
import { ModelLoadError } from "./load-error.ts";
import { createSession, type Session } from "./session.ts";
import { verifySignature } from "./signature.ts";

/** A loaded model as plain facts, which may cross threads. */
export interface ModelInfo {
  readonly schema: Schema;
  readonly card: string;
  /** SHA-256 (hex) that names the whole signed bundle, and the one of `background.csv`. */
  readonly digest: string;
  readonly backgroundDigest: string;
  readonly keyId: string;
  /** Mean raw score (log-odds) of the background: SHAP's base value. */
  readonly baseValue: number;
  readonly explainerFacts: {
    readonly buildMilliseconds: number;
    readonly tableBytes: number;
    readonly backgroundRows: number;
  };
}

export interface Model extends ModelInfo {
  /** P(churn), float32, of `count` encoded rows (row-major, NaN = missing). */
  predict(features: Float32Array, count: number): Promise<Float32Array>;
  /** SHAP values (log-odds) into `shapValues`, row-major `count` × features, and raw scores (log-odds) into `scores`. */
  explain(features: Float32Array, count: number, shapValues: Float64Array, scores: Float64Array): void;
  stop(): Promise<void>;
}

export interface LoadOptions {
  /** PEM public keys that may sign. */
  readonly pinnedKeys: readonly string[];
  /** Bytes of onnxruntime-web's `ort-wasm-simd-threaded.wasm`. */
  readonly wasm: Uint8Array;
}

export async function loadModel(files: ReadonlyMap<string, Uint8Array>, options: LoadOptions): Promise<Model> {
  const { digest, keyId } = await verifySignature(files, options.pinnedKeys);
  const schema = readSchema(file(files, "schema.json"));
  const ensemble = guardGraph(file(files, "model.onnx"), schema);
  const background = readCanonicalRows(file(files, "background.csv"), schema, "background.csv");
  const started = performance.now();
  const explainer = createExplainer(
    ensemble,
    background.features.subarray(0, background.count * schema.features.length),
  );
  const buildMilliseconds = performance.now() - started;
  const session = await openSession(file(files, "model.onnx"), schema, options.wasm);
  try {
    const golden = readCanonicalRows(file(files, "golden.csv"), schema, "golden.csv");
    await checkGolden(golden, schema, session, ensemble, explainer);
  } catch (error) {
    await session.release();
    throw error;
  }
  return {
    schema,
    card: new TextDecoder().decode(file(files, "card.md")),
    digest,
    backgroundDigest: await sha256Hex(file(files, "background.csv")),
    keyId,
    baseValue: explainer.expectedValue,
    explainerFacts: { buildMilliseconds, tableBytes: explainer.tableBytes, backgroundRows: background.count },
    predict: session.predict,
    explain: explainer.explain,
    stop: session.release,
  };
}

function file(files: ReadonlyMap<string, Uint8Array>, name: string): Uint8Array {
  const bytes = files.get(name);
  if (bytes === undefined) throw new ModelLoadError("bundle_incomplete", `the bundle has no ${name}.`);
  return bytes;
}

function readSchema(bytes: Uint8Array): Schema {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new ModelLoadError("schema_invalid", "schema.json is not JSON.", cause);
  }
  const result = v.safeParse(Schema, json);
  if (result.success) return result.output;
  const issue = result.issues[0];
  throw new ModelLoadError("schema_invalid", `schema.json: ${v.getDotPath(issue) ?? "root"}: ${issue.message}`);
}

async function openSession(model: Uint8Array, schema: Schema, wasm: Uint8Array): Promise<Session> {
  try {
    const width = schema.features.length;
    const session = await createSession(model, { wasm, input: schema.input, output: schema.output, width });
    await session.predict(new Float32Array(width).fill(Number.NaN), 1);
    return session;
  } catch (cause) {
    throw new ModelLoadError("session_failed", "the runtime cannot run the graph.", cause);
  }
}

/** The model must behave as on the machine that trained it: probabilities by the runtime, scores and SHAP values by ourselves. */
async function checkGolden(
  golden: CanonicalRows,
  schema: Schema,
  session: Session,
  ensemble: TreeEnsemble,
  explainer: Explainer,
) {
  const width = schema.features.length;
  const probabilities = await session.predict(golden.features, golden.count);
  const raw = rawScores(ensemble, golden.features, golden.count);
  const shapValues = new Float64Array(golden.count * width);
  const scores = new Float64Array(golden.count);
  explainer.explain(golden.features, golden.count, shapValues, scores);
  const compare = (column: string, row: number, found: number, tolerance: number) => {
    const expected = golden.extra.get(column)?.[row];
    if (expected === undefined) throw new ModelLoadError("golden_mismatch", `golden.csv has no column ${column}.`);
    if (!(Math.abs(expected - found) <= tolerance)) {
      throw new ModelLoadError(
        "golden_mismatch",
        `golden row ${row + 1}: ${column} is ${found}, expected ${expected}.`,
      );
    }
  };
  for (let row = 0; row < golden.count; row++) {
    compare("probability", row, probabilities[row]!, limits.goldenProbabilityError);
    compare("raw_score", row, raw[row]!, limits.goldenShapError);
    compare("raw_score", row, scores[row]!, limits.goldenShapError);
    compare("base_value", row, explainer.expectedValue, limits.goldenShapError);
    schema.features.forEach((feature, i) => {
      compare(`shap_${feature.name}`, row, shapValues[row * width + i]!, limits.goldenShapError);
    });
  }
}
