import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import * as ort from "onnxruntime-web/wasm";

export interface OrtScores {
  /** The last column of the scores: P(class 1) of a classifier, the target of a regressor. */
  lastColumn(rows: Float32Array, count: number): Promise<Float32Array>;
  release(): Promise<void>;
}

/** One onnxruntime-web session, single-threaded. `output` is the name of the scores. */
export async function openOrt(model: Uint8Array, width: number, output = "scores"): Promise<OrtScores> {
  if (ort.env.wasm.wasmBinary === undefined) {
    const url = import.meta.resolve("onnxruntime-web/ort-wasm-simd-threaded.wasm");
    ort.env.wasm.wasmBinary = await readFile(fileURLToPath(url));
    ort.env.wasm.numThreads = 1;
  }
  const session = await ort.InferenceSession.create(model, { logSeverityLevel: 4 });
  const input = session.inputNames[0]!;
  return {
    async lastColumn(rows, count) {
      const tensor = new ort.Tensor("float32", rows.subarray(0, count * width), [count, width]);
      const result = await session.run({ [input]: tensor }, [output]);
      const scores = result[output]!;
      const data = (await scores.getData()) as Float32Array;
      const columns = data.length / count;
      return Float32Array.from({ length: count }, (_, row) => data[row * columns + columns - 1]!);
    },
    release: () => session.release(),
  };
}
