import { detectDialect } from "../csv/dialect.ts";
import { createDecoder, detectEncoding } from "../csv/encoding.ts";
import { EncodingError } from "../csv/encoding-error.ts";
import { createParser } from "../csv/parser.ts";
import { type Records, recordCells } from "../csv/records.ts";
import { writeRecord } from "../csv/write.ts";
import { RetainWiseError } from "../errors.ts";
import { knownHeaders } from "../features/known-headers.ts";
import { mapColumns } from "../features/mapper.ts";
import { decideNumberFormats } from "../features/number-format.ts";
import { createProfiler } from "../features/profile.ts";
import type { Schema } from "../features/schema.ts";
import { limits } from "../limits.ts";
import type { Suggestion, SuggestionRequest } from "./answers.ts";
import { refuseCardNumbers } from "./refuse-card-numbers.ts";

/** Maps a CSV head, or column names with sample rows, as the first pass over a file would. */
export function suggestMapping(schema: Schema, request: SuggestionRequest): Suggestion {
  const { headers, headerRow, blocks } =
    request instanceof Uint8Array ? readHead(schema, request) : readColumns(request);
  const profiler = createProfiler({ headers, headerRow });
  for (const block of blocks) profiler.add(block, Math.min(block.count, Math.max(0, headerRow + 1 - block.firstRow)));
  const { columns: profiles, rows } = profiler.result();
  refuseCardNumbers(headers, profiles);
  const evidence = rows === 0 ? {} : { profiles, formats: decideNumberFormats(profiles) };
  const mapped = mapColumns({ headers, schema, ...evidence });
  return {
    mapping: mapped.mapping,
    unmapped_columns: mapped.unmappedColumns,
    missing_features: mapped.missingFeatures,
    refused_columns: mapped.refused,
    questions: [...mapped.questions, ...mapped.suggestions],
  };
}

interface HeadOfFile {
  readonly headers: readonly string[];
  readonly headerRow: number;
  readonly blocks: readonly Records[];
}

function readHead(schema: Schema, bytes: Uint8Array): HeadOfFile {
  const text = decodeHead(bytes);
  const { delimiter, headerRow } = detectDialect(text, {}, knownHeaders(schema));
  const parser = createParser({ delimiter });
  const blocks = [parser.push(text)];
  // A head that was cut ends anywhere; one that is the whole file ends with its last record.
  if (bytes.length < limits.headBytes) blocks.push(parser.end().records);
  const block = blocks.find((candidate) => headerRow < candidate.firstRow + candidate.count);
  if (block === undefined) throw new RetainWiseError("no_header", "There is no row of column names.");
  return { headers: recordCells(block, headerRow - block.firstRow), headerRow, blocks };
}

function decodeHead(bytes: Uint8Array): string {
  const encoding = detectEncoding(bytes);
  try {
    return createDecoder(encoding).push(bytes);
  } catch (error) {
    if (!(error instanceof EncodingError) || error.fallback === null) throw error;
    return createDecoder(error.fallback).push(bytes);
  }
}

/** Column names and sample rows as the CSV that they are the cells of. */
function readColumns({ columns, sample }: Exclude<SuggestionRequest, Uint8Array>): HeadOfFile {
  const parser = createParser({ delimiter: "," });
  const text = [columns, ...sample].map((cells) => `${writeRecord(cells)}\n`).join("");
  return { headers: columns, headerRow: 1, blocks: [parser.push(text), parser.end().records] };
}
