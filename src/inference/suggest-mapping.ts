import { detectDialect } from "../csv/dialect.ts";
import { createDecoder, detectEncoding, type Encoding } from "../csv/encoding.ts";
import { EncodingError } from "../csv/encoding-error.ts";
import { createParser } from "../csv/parser.ts";
import { type Records, recordCells } from "../csv/records.ts";
import { writeRecord } from "../csv/write.ts";
import { RetainWiseError } from "../errors.ts";
import { shorten } from "../features/issue.ts";
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
  const head = "bytes" in request ? readHead(schema, request) : readColumns(request);
  const { headers, headerRow, blocks } = head;
  const profiler = createProfiler({ headers, headerRow });
  for (const block of blocks) profiler.add(block, Math.min(block.count, Math.max(0, headerRow + 1 - block.firstRow)));
  const { columns: profiles, rows } = profiler.result();
  refuseCardNumbers(headers, profiles);
  const given = "bytes" in request ? request.decimal : undefined;
  const formats = decideNumberFormats(profiles, given);
  const mapped = mapColumns({ headers, schema, ...(rows === 0 ? {} : { profiles, formats }) });
  const columnsOfNumbers = mapped.mapping.filter(({ feature }) => isNumeric(schema, feature));
  const found = columnsOfNumbers.some(({ index }) => formats[index]?.decimal === ",") ? "," : ".";
  return {
    csv: head.csv === null ? null : { ...head.csv, decimal: given ?? found, header_row: headerRow },
    preview: { columns: headers.map((header) => shorten(header)), rows: firstRows(head) },
    mapping: mapped.mapping,
    unmapped_columns: mapped.unmappedColumns,
    missing_features: mapped.missingFeatures,
    refused_columns: mapped.refused,
    questions: [...mapped.questions, ...mapped.suggestions],
  };
}

/** A person recognises their file by a few rows. */
const previewRows = 8;

function firstRows({ headers, headerRow, blocks }: HeadOfFile): string[][] {
  const rows: string[][] = [];
  for (const block of blocks) {
    for (let index = Math.max(0, headerRow + 1 - block.firstRow); index < block.count; index++) {
      if (rows.length === previewRows) return rows;
      const cells = recordCells(block, index);
      if (cells.every((cell) => cell.trim() === "")) continue;
      rows.push(cells.slice(0, headers.length).map((cell) => shorten(cell)));
    }
  }
  return rows;
}

const isNumeric = (schema: Schema, feature: string): boolean =>
  schema.features.some(({ name, kind }) => name === feature && kind === "numeric");

interface HeadOfFile {
  /** Null: columns came by name. */
  readonly csv: { readonly encoding: string; readonly delimiter: string } | null;
  readonly headers: readonly string[];
  readonly headerRow: number;
  readonly blocks: readonly Records[];
}

function readHead(schema: Schema, { bytes, ...given }: Extract<SuggestionRequest, { bytes: Uint8Array }>): HeadOfFile {
  const { text, encoding } = decodeHead(bytes);
  const { delimiter, headerRow } = detectDialect(text, given, knownHeaders(schema));
  const parser = createParser({ delimiter });
  const blocks = [parser.push(text)];
  // A head that was cut ends anywhere; one that is the whole file ends with its last record.
  if (bytes.length < limits.headBytes) blocks.push(parser.end().records);
  const block = blocks.find((candidate) => headerRow < candidate.firstRow + candidate.count);
  if (block === undefined) throw new RetainWiseError("no_header", "There is no row of column names.");
  const headers = recordCells(block, headerRow - block.firstRow);
  return { csv: { encoding, delimiter }, headers, headerRow, blocks };
}

function decodeHead(bytes: Uint8Array): { text: string; encoding: Encoding } {
  const encoding = detectEncoding(bytes);
  try {
    return { text: createDecoder(encoding).push(bytes), encoding };
  } catch (error) {
    if (!(error instanceof EncodingError) || error.fallback === null) throw error;
    return { text: createDecoder(error.fallback).push(bytes), encoding: error.fallback };
  }
}

/** Column names and sample rows as the CSV that they are the cells of. */
function readColumns({ columns, sample }: Extract<SuggestionRequest, { columns: readonly string[] }>): HeadOfFile {
  const parser = createParser({ delimiter: "," });
  const text = [columns, ...sample].map((cells) => `${writeRecord(cells)}\n`).join("");
  return { csv: null, headers: columns, headerRow: 1, blocks: [parser.push(text), parser.end().records] };
}
