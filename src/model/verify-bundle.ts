/** Everything that can be proven of a bundle without running it. */
import * as v from "valibot";
import { Schema } from "../features/schema.ts";
import type { TreeEnsemble } from "../shap/ensemble.ts";
import { createExplainer, type Explainer } from "../shap/explainer.ts";
import { ModelRefusal } from "../shap/refusal.ts";
import { type Admission, checkAdmission } from "./admission.ts";
import { readCanonicalRows } from "./canonical-rows.ts";
import { sha256Hex } from "./digest.ts";
import { guardGraph } from "./guard.ts";
import type { ModelInfo } from "./load.ts";
import { ModelLoadError } from "./load-error.ts";
import { verifySignature } from "./signature.ts";

export interface VerifiedBundle {
  readonly info: ModelInfo;
  readonly ensemble: TreeEnsemble;
  readonly explainer: Explainer;
  /** The rows that explanations compare with: row-major, rows × features. */
  readonly background: Float32Array;
}

/** Signature over the very bytes → schema → is it the one expected? → own parse of the graph → background. */
export async function verifyBundle(
  files: ReadonlyMap<string, Uint8Array>,
  pinnedKeys: readonly string[],
  admission: Admission,
): Promise<VerifiedBundle> {
  const { digest, keyId } = await verifySignature(files, pinnedKeys);
  const schema = readSchema(bundleFile(files, "schema.json"));
  checkAdmission(schema, digest, admission);
  const ensemble = guardGraph(bundleFile(files, "model.onnx"), schema);
  const sample = readCanonicalRows(bundleFile(files, "background.csv"), schema, "background.csv");
  const background = sample.features.subarray(0, sample.count * schema.features.length);
  const started = performance.now();
  const explainer = explain(ensemble, background);
  const info = {
    schema,
    card: new TextDecoder().decode(bundleFile(files, "card.md")),
    digest,
    backgroundDigest: await sha256Hex(bundleFile(files, "background.csv")),
    keyId,
    baseValue: explainer.expectedValue,
    golden: null,
    explainerFacts: {
      buildMilliseconds: performance.now() - started,
      tableBytes: explainer.tableBytes,
      backgroundRows: sample.count,
    },
  };
  return { info, ensemble, explainer, background };
}

export function bundleFile(files: ReadonlyMap<string, Uint8Array>, name: string): Uint8Array {
  const bytes = files.get(name);
  if (bytes === undefined) throw new ModelLoadError("bundle_incomplete", `the bundle has no ${name}.`);
  return bytes;
}

function explain(ensemble: TreeEnsemble, background: Float32Array): Explainer {
  try {
    return createExplainer(ensemble, { kind: "interventional", background });
  } catch (error) {
    if (error instanceof ModelRefusal) throw new ModelLoadError(error.reason, error.detail, error);
    throw error;
  }
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
