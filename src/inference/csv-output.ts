import type { Records } from "../csv/records.ts";
import { guardCell, writeRecord } from "../csv/write.ts";
import type { EncodedRows } from "../features/encoded-rows.ts";
import type { Schema } from "../features/schema.ts";
import { rejectionText } from "./rejection-text.ts";
import { createResultLine, resultColumns } from "./result-line.ts";
import { riskTier } from "./risk-tier.ts";
import type { CsvChunk } from "./score-file.ts";
import type { Scores } from "./score-rows.ts";
import { sourceText } from "./source-text.ts";
import type { UnderstoodFile } from "./survey.ts";

/** Writes a block as finished text: the customer's own cells, then ours; the rows set aside with what is wrong in front. */
export function createCsvOutput(schema: Schema, file: UnderstoodFile, shap: boolean) {
  const width = schema.features.length;
  const resultLine = createResultLine(schema);
  let isFirst = true;

  return (records: Records, encoded: EncodedRows, scores: Scores): CsvChunk => {
    let results = "";
    let rejections = "";
    if (isFirst) {
      const header = writeRecord(file.headers.map(guardCell));
      results = `${header},${resultColumns(schema, shap).join()}\r\n`;
      rejections = `row,error_code,error,${header}\r\n`;
      isFirst = false;
    }
    for (let i = 0; i < encoded.count; i++) {
      const line = resultLine(
        {
          probability: scores.probabilities[i]!,
          tier: riskTier(schema, scores.probabilities[i]!),
          shapValues: scores.explained[i] === 1 ? scores.shapValues.subarray(i * width, (i + 1) * width) : [],
          values: encoded.features.subarray(i * width, (i + 1) * width),
        },
        shap,
      );
      results += `${sourceText(records, encoded.recordIndex[i]!, file.delimiter, file.headers.length)},${line}\r\n`;
    }
    for (const { record, row, errors } of encoded.rejected) {
      const ours = writeRecord([String(row), errors[0]!.code, rejectionText(errors)].map(guardCell));
      rejections += `${ours},${sourceText(records, record, file.delimiter, null)}\r\n`;
    }
    return { results, rejections };
  };
}
