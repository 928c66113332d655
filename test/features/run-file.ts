import { recordCells } from "../../src/csv/records.ts";
import type { EncodedRows } from "../../src/features/encoded-rows.ts";
import { createEncoder } from "../../src/features/encoder.ts";
import type { Issue } from "../../src/features/issue.ts";
import { type MapResult, mapColumns } from "../../src/features/mapper.ts";
import { decideNumberFormats, type NumberFormat } from "../../src/features/number-format.ts";
import { createProfiler, type Survey } from "../../src/features/profile.ts";
import type { Schema } from "../../src/features/schema.ts";
import { makeRecords } from "./make-records.ts";
import { telecomSchema } from "./telecom-schema.ts";

export interface FileRun {
  readonly headers: string[];
  readonly survey: Survey;
  readonly formats: NumberFormat[];
  readonly mapped: MapResult;
  readonly encoded: EncodedRows;
  /** Of mapping and encoding. */
  readonly issues: Issue[];
}

interface RunOptions {
  readonly delimiter?: string;
  readonly decimal?: "." | ",";
  readonly schema?: Schema;
  readonly given?: ReadonlyMap<string, string>;
}

/** Both passes over a small file whose first row is the header. */
export function runFile(
  text: string,
  { delimiter = ",", decimal, schema = telecomSchema, given }: RunOptions = {},
): FileRun {
  const records = makeRecords(text, { delimiter });
  const headers = recordCells(records, 0);
  const profiler = createProfiler({ headers, headerRow: 1 });
  profiler.add(records, 1);
  const survey = profiler.result();
  const formats = decideNumberFormats(survey.columns, decimal);
  const mapped = mapColumns({ headers, schema, profiles: survey.columns, formats, given: given ?? new Map() });
  const footerFrom = survey.footerFrom;
  const encoder = createEncoder({ schema, mapping: mapped.mapping, formats, headers, headerRow: 1, footerFrom });
  const encoded = encoder.encode(records, 1);
  return { headers, survey, formats, mapped, encoded, issues: [...mapped.issues, ...encoder.result().issues] };
}

/** The bytes of the encoded features: equal bytes are equal scores. */
export function featureBytes(encoded: EncodedRows): Uint8Array {
  return new Uint8Array(encoded.features.buffer, encoded.features.byteOffset, encoded.features.byteLength);
}

/** `feature → column` of a mapping, for comparison. */
export function pairs(mapped: MapResult): Record<string, string> {
  return Object.fromEntries(mapped.mapping.map((entry) => [entry.feature, entry.column]));
}
