import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createExplainer } from "../src/shap/explainer.ts";
import { ensembleFromOnnx } from "../src/shap/from-onnx.ts";
import { parseOnnxModel } from "../src/shap/onnx.ts";

export interface ShareRequest {
  /** Where explain_models.py put the model and the rows. */
  readonly folder: string;
  readonly shape: string;
  readonly perturbation: string;
  /** Of all threads together. */
  readonly count: number;
  readonly thread: number;
  readonly threads: number;
}

export interface Share {
  readonly facts: Readonly<Record<string, unknown>>;
  /** Row-major, rows of this share x features, log-odds. */
  readonly out: Float64Array;
  run(): void;
}

/** One thread's part of the rows of `bench explain`. */
export function createShare({ folder, shape, perturbation, count, thread, threads }: ShareRequest): Share {
  const ensemble = ensembleFromOnnx(parseOnnxModel(new Uint8Array(readFileSync(join(folder, `${shape}.onnx`)))));
  const width = ensemble.featureCount;
  const all = floats(join(folder, `${shape}.rows`)).subarray(0, count * width);
  const total = all.length / width;
  const [first, end] = [Math.floor((total * thread) / threads), Math.floor((total * (thread + 1)) / threads)];
  const rows = all.slice(first * width, end * width);
  const explainer = createExplainer(
    ensemble,
    perturbation === "path-dependent"
      ? { kind: "path-dependent" }
      : { kind: "interventional", background: floats(join(folder, `${shape}.background`)) },
  );
  const out = new Float64Array(rows.length);
  return {
    facts: {
      ready: perturbation,
      rows: total,
      build_seconds: explainer.buildMilliseconds / 1_000,
      table_bytes: explainer.tableBytes,
      trees_walked: explainer.treesWalked,
      kernel: explainer.kernel,
    },
    out,
    run: () => explainer.explain(rows, end - first, out),
  };
}

function floats(file: string): Float32Array {
  const bytes = readFileSync(file);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}
