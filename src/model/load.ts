/**
 * From a bundle's bytes to a model that may be used. The order is the point: signature over the very bytes → schema → the version expected →
 * own parse of the graph → session → golden rows reproduce. Whatever fails names its reason and nothing is ever scored.
 */
import type { Schema } from "../features/schema.ts";
import { limits } from "../limits.ts";
import { createDifference } from "../shap/difference.ts";
import { createInteractionExplainer } from "../shap/interactions.ts";
import { createRowOrder } from "../shap/row-order.ts";
import { rawScores } from "../shap/score.ts";
import type { Admission } from "./admission.ts";
import { readCanonicalRows } from "./canonical-rows.ts";
import { checkGolden } from "./golden.ts";
import { type GoldenCustomers, goldenCustomers } from "./golden-customers.ts";
import { ModelLoadError } from "./load-error.ts";
import { createSession, type Session } from "./session.ts";
import { sortedPredict } from "./sorted-predict.ts";
import { bundleFile, verifyBundle } from "./verify-bundle.ts";

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
  /** What the model has proven itself on; null for one that was verified and not run. */
  readonly golden: GoldenCustomers | null;
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
  /** SHAP interaction values (log-odds) of one encoded row: features × features, row-major. */
  interactions(features: Float32Array): Float64Array;
  /** Raw scores (log-odds), a row each: the leaves that it reaches. */
  rawScores(features: Float32Array, count: number): Float64Array;
  /** Splits by feature what each row's raw score is more than that of its row in `before` (log-odds), row-major `count` × features. */
  splitDifference(features: Float32Array, before: Float32Array, count: number, contributions: Float64Array): void;
  stop(): Promise<void>;
}

export interface LoadOptions {
  /** PEM public keys that may sign. */
  readonly pinnedKeys: readonly string[];
  readonly admission: Admission;
  /** Bytes of onnxruntime-web's `ort-wasm-simd-threaded.wasm`. */
  readonly wasm: Uint8Array;
}

export interface LoadDeps {
  /** The border to the runtime: what was not proven safe never crosses it. */
  readonly createSession: typeof createSession;
}

export async function loadModel(
  files: ReadonlyMap<string, Uint8Array>,
  { pinnedKeys, admission, wasm }: LoadOptions,
  deps: LoadDeps = { createSession },
): Promise<Model> {
  const { info, ensemble, explainer, background } = await verifyBundle(files, pinnedKeys, admission);
  const goldenFile = bundleFile(files, "golden.csv");
  const golden = readCanonicalRows(goldenFile, info.schema, "golden.csv");
  const session = await openSession(bundleFile(files, "model.onnx"), info.schema, wasm, deps);
  try {
    await checkGolden(golden, info.schema, session, ensemble, explainer);
  } catch (error) {
    await session.release();
    throw error;
  }
  return {
    ...info,
    golden: goldenCustomers(goldenFile, golden, info.schema),
    predict: sortedPredict(session, info.schema.features.length, createRowOrder(ensemble)),
    explain: explainer.explain,
    interactions: createInteractionExplainer(
      ensemble,
      { kind: "interventional", background },
      { mostSteps: limits.interactionSteps },
    ).explainRow,
    rawScores: (features, count) => rawScores(ensemble, features, count),
    splitDifference: createDifference(ensemble).split,
    stop: session.release,
  };
}

async function openSession(model: Uint8Array, schema: Schema, wasm: Uint8Array, deps: LoadDeps): Promise<Session> {
  try {
    const width = schema.features.length;
    const session = await deps.createSession(model, { wasm, input: schema.input, output: schema.output, width });
    await session.predict(new Float32Array(width).fill(Number.NaN), 1);
    return session;
  } catch (cause) {
    throw new ModelLoadError("session_failed", "the runtime cannot run the graph.", cause);
  }
}
