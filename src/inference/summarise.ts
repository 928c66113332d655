/** The summary of stored predictions: packed by the supervisor, unpacked and counted in the thread as if they had just been scored. */
import type { Schema } from "../features/schema.ts";
import type { StoredPrediction } from "../store/upload.ts";
import type { OpenFile } from "./read-records.ts";
import { createSummary, type Summary } from "./summary.ts";

/** Float64 a piece: number of features; then a row: probability, 1 where it is explained, 1 where a value is outside the training range, values (NaN: missing), SHAP values. */
export async function* packRows(batches: AsyncIterable<readonly StoredPrediction[]>): AsyncGenerator<Uint8Array> {
  for await (const rows of batches) {
    if (rows.length === 0) continue;
    const width = rows[0]!.values.length;
    const step = 3 + 2 * width;
    const packed = new Float64Array(1 + rows.length * step);
    packed[0] = width;
    rows.forEach(({ probability, explanationStatus, values, shapValues, notes }, i) => {
      const at = 1 + i * step;
      packed[at] = probability;
      packed[at + 1] = explanationStatus === "ok" ? 1 : 0;
      packed[at + 2] = Object.values(notes ?? {}).includes("outside_training_range") ? 1 : 0;
      for (let k = 0; k < width; k++) packed[at + 3 + k] = values[k] ?? Number.NaN;
      packed.set(shapValues, at + 3 + width);
    });
    yield new Uint8Array(packed.buffer);
  }
}

export async function summarise(schema: Schema, inFile: readonly string[], open: OpenFile): Promise<Summary> {
  const summary = createSummary(schema, new Set(inFile));
  for await (const { buffer, byteOffset, byteLength } of open()) {
    const packed = new Float64Array(buffer, byteOffset, byteLength / 8);
    const width = packed[0]!;
    const step = 3 + 2 * width;
    const count = (packed.length - 1) / step;
    const rows = {
      count,
      probabilities: new Float32Array(count),
      explained: new Uint8Array(count),
      features: new Float32Array(count * width),
      shapValues: new Float64Array(count * width),
    };
    let outsideTraining = 0;
    for (let row = 0, at = 1; row < count; row++, at += step) {
      rows.probabilities[row] = packed[at]!;
      rows.explained[row] = packed[at + 1]!;
      outsideTraining += packed[at + 2]!;
      rows.features.set(packed.subarray(at + 3, at + 3 + width), row * width);
      rows.shapValues.set(packed.subarray(at + 3 + width, at + step), row * width);
    }
    summary.add({ ...rows, outsideTraining });
  }
  return summary.result();
}
