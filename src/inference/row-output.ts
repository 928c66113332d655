import type { Records } from "../csv/records.ts";
import type { EncodedRows } from "../features/encoded-rows.ts";
import type { Schema } from "../features/schema.ts";
import { limits } from "../limits.ts";
import type { StoredRejection } from "../store/upload.ts";
import { createFirstDress } from "./first-dress.ts";
import { rejectionText } from "./rejection-text.ts";
import type { RowChunk } from "./score-file.ts";
import type { Scores } from "./score-rows.ts";
import { sourceText } from "./source-text.ts";
import { storedPrediction } from "./stored-prediction.ts";
import type { FirstReading, UnderstoodFile } from "./survey.ts";

/** Makes what the database stores of a block, in chunks that fit one statement; of a corrected file also what its rows are in the first one. */
export function createRowOutput(schema: Schema, file: UnderstoodFile, first: FirstReading | null) {
  const inFirst = first === null ? null : createFirstDress(file, first);
  return (records: Records, encoded: EncodedRows, scores: Scores): RowChunk[] => {
    const prediction = (i: number) =>
      storedPrediction(
        schema,
        encoded,
        scores,
        i,
        sourceText(records, encoded.recordIndex[i]!, file.delimiter, file.headers.length),
      );
    const rejection = (row: EncodedRows["rejected"][number]): StoredRejection => ({
      row: row.row,
      customerId: row.customerId,
      errorCode: row.errors[0]!.code,
      error: rejectionText(row.errors),
      source: sourceText(records, row.record, file.delimiter, null),
    });
    const firsts = (rows: readonly { source: string }[]) =>
      inFirst === null ? {} : { firsts: rows.map(({ source }) => inFirst(source)) };
    const chunks: RowChunk[] = [];
    for (let from = 0; from < encoded.count; from += limits.insertRows) {
      const count = Math.min(limits.insertRows, encoded.count - from);
      const predictions = Array.from({ length: count }, (_, i) => prediction(from + i));
      chunks.push({ predictions, rejections: [], ...firsts(predictions), work: from === 0 ? scores.work : null });
    }
    for (let from = 0; from < encoded.rejected.length; from += limits.insertRows) {
      const rejections = encoded.rejected.slice(from, from + limits.insertRows).map(rejection);
      chunks.push({ predictions: [], rejections, ...firsts(rejections), work: null });
    }
    return chunks;
  };
}
