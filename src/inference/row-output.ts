import type { Records } from "../csv/records.ts";
import type { EncodedRows } from "../features/encoded-rows.ts";
import type { Schema } from "../features/schema.ts";
import { limits } from "../limits.ts";
import type { StoredRejection } from "../store/upload.ts";
import { rejectionText } from "./rejection-text.ts";
import type { RowChunk } from "./score-file.ts";
import type { Scores } from "./score-rows.ts";
import { sourceText } from "./source-text.ts";
import { storedPrediction } from "./stored-prediction.ts";
import type { UnderstoodFile } from "./survey.ts";

/** Makes what the database stores of a block, in chunks that fit one statement. */
export function createRowOutput(schema: Schema, file: UnderstoodFile) {
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
      errorCode: row.errors[0]!.code,
      error: rejectionText(row.errors),
      source: sourceText(records, row.record, file.delimiter, null),
    });
    const chunks: RowChunk[] = [];
    for (let from = 0; from < encoded.count; from += limits.insertRows) {
      const count = Math.min(limits.insertRows, encoded.count - from);
      chunks.push({
        predictions: Array.from({ length: count }, (_, i) => prediction(from + i)),
        rejections: [],
        work: from === 0 ? scores.work : null,
      });
    }
    for (let from = 0; from < encoded.rejected.length; from += limits.insertRows) {
      chunks.push({
        predictions: [],
        rejections: encoded.rejected.slice(from, from + limits.insertRows).map(rejection),
        work: null,
      });
    }
    return chunks;
  };
}
