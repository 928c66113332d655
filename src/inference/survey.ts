/** First pass: understands the whole file before any of it is scored, in memory that does not grow with it. */

import { cutText } from "../csv/cut-text.ts";
import type { Delimiter } from "../csv/dialect.ts";
import { detectDialect } from "../csv/dialect.ts";
import { detectEncoding, type Encoding } from "../csv/encoding.ts";
import { EncodingError } from "../csv/encoding-error.ts";
import { type Records, recordCells, recordWidth } from "../csv/records.ts";
import { type ErrorCode, RetainWiseError } from "../errors.ts";
import { absentValues } from "../features/absent-values.ts";
import { constantNumbers } from "../features/constant-numbers.ts";
import { type Constant, constantIssues, readConstants } from "../features/constants.ts";
import type { Doubt } from "../features/doubt.ts";
import { shorten } from "../features/issue.ts";
import { knownHeaders } from "../features/known-headers.ts";
import { type MapInput, type MapResult, mapColumns } from "../features/mapper.ts";
import type { ColumnMapping } from "../features/mapping.ts";
import { decideNumberFormats, type NumberFormat } from "../features/number-format.ts";
import { type ColumnProfile, createProfiler, type Profiler } from "../features/profile.ts";
import type { Schema } from "../features/schema.ts";
import { limits } from "../limits.ts";
import type { RememberedColumns } from "../store/remembered-columns.ts";
import type { UploadOptions, UploadReport } from "../store/upload.ts";
import { givenAsFirst } from "./given-as-first.ts";
import { inspectHead } from "./inspect-head.ts";
import { type OpenFile, readRecords, readText, type TextPiece } from "./read-records.ts";
import { refuseCardNumbers } from "./refuse-card-numbers.ts";
import { mapWithMemory } from "./remembered-mapping.ts";
import { lastRowCut, surveyReport } from "./survey-report.ts";

export interface UnderstoodFile {
  readonly encoding: Encoding;
  readonly delimiter: Delimiter;
  /** Row of the column names, from 1. */
  readonly headerRow: number;
  readonly headers: readonly string[];
  /** Rows that hold a customer, whether they can be scored or not. */
  readonly rows: number;
  readonly mapping: readonly ColumnMapping[];
  /** By column, of the whole file. */
  readonly profiles: readonly ColumnProfile[];
  readonly formats: readonly NumberFormat[];
  readonly constants: readonly Constant[];
  readonly footerFrom: number | null;
  readonly report: UploadReport;
  /** How the columns of the report's questions may be read. */
  readonly doubts: readonly Doubt[];
  readonly blocked: { readonly code: ErrorCode; readonly detail: string } | null;
}

export interface SurveyOptions extends UploadOptions {
  /** Feature → column and unit that the tenant asked to have remembered. */
  readonly remembered?: RememberedColumns;
  /** How the upload was read that this file corrects. */
  readonly first?: FirstReading;
}

export type FirstReading = Pick<UploadReport, "csv" | "columns" | "mapping" | "missing_features">;

export interface SurveyProgress {
  readonly bytes: number;
  readonly rows: number;
}

export async function* surveyFile(
  schema: Schema,
  open: OpenFile,
  options: SurveyOptions,
): AsyncGenerator<SurveyProgress, UnderstoodFile> {
  const head = await readHead(open);
  inspectHead(head.bytes, head.isWhole);
  const first = detectEncoding(head.bytes);
  try {
    return yield* surveyAs(first, schema, open, options);
  } catch (error) {
    // Only the whole file shows whether it is UTF-8: the byte that is not may be the last one.
    if (!(error instanceof EncodingError) || error.fallback === null) throw error;
    return yield* surveyAs(error.fallback, schema, open, options);
  }
}

async function* surveyAs(
  encoding: Encoding,
  schema: Schema,
  open: OpenFile,
  options: SurveyOptions,
): AsyncGenerator<SurveyProgress, UnderstoodFile> {
  const { head, pieces } = await takeHead(readText(open, encoding));
  if (head.trim() === "") throw new RetainWiseError("empty_file", "The file has no text in it.");
  const { delimiter, headerRow } = detectDialect(head, options, knownHeaders(schema));

  let headers: string[] | null = null;
  let profiler: Profiler | null = null;
  let rows = 0;
  let lastWidth = 0;
  let finalLineBreak: boolean | null = null;
  for await (const block of readRecords(pieces, delimiter)) {
    const { records } = block;
    let from = 0;
    if (headers === null) {
      from = headerRow - records.firstRow;
      if (from >= records.count) continue;
      headers = readHeaders(records, from);
      profiler = createProfiler({ headers, headerRow });
      from += 1;
    }
    profiler!.add(records, from);
    if (records.count > 0) lastWidth = recordWidth(records, records.count - 1);
    rows += records.count - from;
    finalLineBreak = block.finalLineBreak;
    yield { bytes: block.bytes, rows };
  }
  if (headers === null || profiler === null) {
    throw new RetainWiseError(
      "no_header",
      `The file ends before row ${headerRow}, which should hold the column names.`,
    );
  }
  const survey = profiler.result();
  const customers = survey.rows + survey.wrongWidthRows;
  if (customers === 0)
    throw new RetainWiseError(
      "no_data_rows",
      `There is no row with values below the column names in row ${headerRow}.`,
    );
  if (
    finalLineBreak === false &&
    lastWidth < headers.length &&
    survey.wrongWidthRows === 1 &&
    survey.footerFrom === null
  ) {
    throw new RetainWiseError(
      "csv_truncated",
      `The last row has ${lastWidth} cells of ${headers.length} and no line end: the file was cut off.`,
    );
  }
  refuseCardNumbers(headers, survey.columns);
  const formats = decideNumberFormats(survey.columns, options.decimal).map((format) =>
    format.basis === "ambiguous" && options.first?.csv?.delimiter === delimiter
      ? {
          ...format,
          decimal: options.first.csv.decimal === "," ? ("," as const) : ("." as const),
          basis: "file" as const,
        }
      : format,
  );
  const given = new Map([
    ...(options.first === undefined ? [] : givenAsFirst(schema, options.first)),
    ...Object.entries(options.mapping ?? {}),
  ]);
  const units = new Map(Object.entries(options.units ?? {}));
  const asOf = options.asOf === undefined ? {} : { asOf: options.asOf };
  const profiles = survey.columns;
  const input = { headers, schema, profiles, formats, given, units, ...asOf };
  const constants = readConstants(schema, options.constants ?? {}, options.mapping ?? {});
  const mapped = mapWithConstants(input, constants, options.remembered ?? {});
  refuseDuplicates(mapped);
  const absent = absentValues(schema, mapped.mapping, profiles);
  const constant = constantNumbers(schema, mapped.mapping, profiles);
  const isCut = finalLineBreak === false && lastWidth < namedWidth(headers) && survey.footerFrom === null;
  const cut = isCut && survey.wrongWidthRows > 1 ? [lastRowCut(lastWidth, headers.length)] : [];
  const told = { ...mapped, issues: [...mapped.issues, ...absent, ...constant, ...cut] };
  const { report, blocked } = surveyReport(
    {
      ...{ encoding, delimiter, headerRow, headers, profiles, formats, constants, schema },
      mapped: told,
      rows: customers,
    },
    options.first,
  );
  return {
    encoding,
    delimiter,
    headerRow,
    headers,
    rows: customers,
    mapping: mapped.mapping,
    profiles,
    formats,
    constants,
    footerFrom: survey.footerFrom,
    doubts: mapped.doubts,
    report,
    blocked,
  };
}

/** A feature that one value is given for needs no column, and is not asked about. */
function mapWithConstants(
  input: MapInput & { readonly given: ReadonlyMap<string, string> },
  constants: readonly Constant[],
  remembered: RememberedColumns,
): MapResult {
  if (constants.length === 0) return mapWithMemory(input, remembered);
  const names = new Set(constants.map(({ feature }) => feature));
  const given = new Map([...input.given, ...[...names].map((name): [string, string] => [name, ""])]);
  const mapped = mapWithMemory({ ...input, given }, remembered);
  return {
    ...mapped,
    missingFeatures: mapped.missingFeatures.filter((feature) => !names.has(feature)),
    issues: [...mapped.issues, ...constantIssues(input.schema, constants, mapColumns(input).mapping)],
  };
}

function readHeaders(records: Records, record: number): string[] {
  const headers = recordCells(records, record).map((header) => cutText(header, limits.headerCharacters));
  if (headers.every((header) => header.trim() === "")) {
    throw new RetainWiseError(
      "no_header",
      `Row ${records.firstRow + record} should hold the column names and is empty.`,
    );
  }
  return headers;
}

/** Columns without a name at the end of the header may be missing in a row. */
function namedWidth(headers: readonly string[]): number {
  return 1 + headers.findLastIndex((header) => header.trim() !== "");
}

function refuseDuplicates({ duplicateColumns }: MapResult): void {
  if (duplicateColumns.length === 0) return;
  const names = duplicateColumns.map((name) => JSON.stringify(shorten(name)));
  throw new RetainWiseError("duplicate_columns", `More than one column is called ${names.join(", ")}.`, {
    issues: duplicateColumns.map((column, i) => ({
      code: "duplicate_columns",
      detail: `More than one column is called ${names[i]}.`,
      column,
    })),
  });
}

/** The first `limits.headBytes` of the file, however it is cut: what it is taken for must not hang on that. */
async function readHead(open: OpenFile): Promise<{ bytes: Uint8Array; isWhole: boolean }> {
  let bytes = new Uint8Array(0);
  for await (const piece of open()) {
    const both = new Uint8Array(bytes.length + piece.length);
    both.set(bytes);
    both.set(piece, bytes.length);
    bytes = both;
    if (bytes.length > limits.headBytes) return { bytes: bytes.subarray(0, limits.headBytes), isWhole: false };
  }
  return { bytes, isWhole: true };
}

/** As many characters from the front, however the file is cut, to tell the dialect by; and all the text from the front again. */
async function takeHead(
  source: AsyncGenerator<TextPiece>,
): Promise<{ head: string; pieces: AsyncIterable<TextPiece> }> {
  const taken: TextPiece[] = [];
  let head = "";
  while (head.length < limits.headBytes) {
    const next = await source.next();
    if (next.done === true) break;
    taken.push(next.value);
    head += next.value.text;
  }
  async function* again(): AsyncGenerator<TextPiece> {
    yield* taken;
    taken.length = 0;
    yield* source;
  }
  return { head: cutText(head, limits.headBytes), pieces: again() };
}
