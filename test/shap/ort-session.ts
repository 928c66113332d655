import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import * as ort from "onnxruntime-web/wasm";

export interface OrtScores {
  /** The last column of the scores: P(class 1) of a classifier, the target of a regressor. */
  lastColumn(rows: Float32Array, count: number): Promise<Float32Array>;
  /** All scores, column by column. A model of doubles takes doubles. */
  columns(rows: Float32Array | Float64Array, count: number): Promise<readonly number[][]>;
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
  const columns = async (rows: Float32Array | Float64Array, count: number): Promise<readonly number[][]> => {
    const cells = rows.subarray(0, count * width);
    const tensor =
      cells instanceof Float32Array
        ? new ort.Tensor("float32", cells, [count, width])
        : new ort.Tensor("float64", cells, [count, width]);
    const result = await session.run({ [input]: tensor }, [output]);
    const data = (await result[output]!.getData()) as Float32Array | Float64Array;
    const found = data.length / count;
    return Array.from({ length: found }, (_, column) =>
      Array.from({ length: count }, (_, row) => data[row * found + column]!),
    );
  };
  return {
    columns,
    lastColumn: async (rows, count) => Float32Array.from((await columns(rows, count)).at(-1)!),
    release: () => session.release(),
  };
}
