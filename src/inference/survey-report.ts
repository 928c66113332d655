import type { Delimiter } from "../csv/dialect.ts";
import type { Encoding } from "../csv/encoding.ts";
import type { ErrorCode } from "../errors.ts";
import type { Constant } from "../features/constants.ts";
import { type Issue, shorten } from "../features/issue.ts";
import type { MapResult } from "../features/mapper.ts";
import type { Question } from "../features/mapping.ts";
import type { NumberFormat } from "../features/number-format.ts";
import { nothingRejected, type RejectionPrices } from "../features/problem-tally.ts";
import { groupProblems, notScored } from "../features/problems.ts";
import type { ColumnProfile } from "../features/profile.ts";
import type { Schema } from "../features/schema.ts";
import type { UploadReport } from "../store/upload.ts";
import { isRejectedFile, rejectionColumns } from "./rejected-file.ts";
import type { FirstReading } from "./survey.ts";

interface SurveyFacts {
  readonly encoding: Encoding;
  readonly delimiter: Delimiter;
  readonly headerRow: number;
  readonly headers: readonly string[];
  readonly profiles: readonly ColumnProfile[];
  readonly formats: readonly NumberFormat[];
  readonly constants: readonly Constant[];
  readonly mapped: MapResult;
  readonly schema: Schema;
  /** Customers of the file. */
  readonly rows: number;
}

/** What the first pass found, in the words of API.md, and whether a person has to be asked before anything is scored. */
export function surveyReport(facts: SurveyFacts, first: FirstReading | undefined) {
  const { encoding, delimiter, headerRow, headers, profiles, formats, constants, mapped, schema, rows } = facts;
  const numeric = new Set(
    schema.features.filter((feature) => feature.kind === "numeric").map((feature) => feature.name),
  );
  const numberColumns = mapped.mapping
    .filter((entry) => numeric.has(entry.feature))
    .map((entry) => formats[entry.index]!);
  // What rejected.csv has in front of the customer's own columns is known.
  const isTheirs = (column: string): boolean =>
    first === undefined || first.columns.includes(column) || !rejectionColumns.includes(column);
  const told = mapped.mapping.filter(({ column }) => isTheirs(column));
  const found = {
    csv: {
      encoding,
      delimiter,
      decimal: numberColumns.some((format) => format.decimal === ",") ? "," : ".",
      header_row: headerRow,
    },
    columns: headers,
    column_samples: profiles.slice(0, sampledColumns).map(sampleOf),
    mapping: told.map(({ feature, column, confidence, method, transform, why }) => ({
      feature,
      column,
      confidence,
      method,
      transform,
      why,
    })),
    constants: constants.map(({ feature, value }) => ({ feature, value })),
    unmapped_columns: mapped.unmappedColumns.filter(isTheirs),
    missing_features: mapped.missingFeatures,
    questions: mapped.questions,
    issues: [
      ...(headerRow > 1 ? [preamble(headerRow)] : []),
      ...(first === undefined && isRejectedFile(headers) ? [rejectedRows(rows)] : []),
      ...mapped.issues,
    ],
    issues_truncated: false,
  };
  return { report: priced(found, rows), blocked: blockedBy(mapped.questions, schema) };
}

/** The report with its issues grouped and priced: all of the file is not scored while a question is open. */
export function priced(
  report: Omit<UploadReport, "problems" | "not_scored">,
  rows: number,
  rejected: RejectionPrices = nothingRejected,
): UploadReport {
  const features = report.questions.map(({ feature }) => feature);
  const open = features.length === 0 ? null : { customers: rows, features };
  return {
    ...report,
    problems: groupProblems(report.issues, rejected, rows, open),
    not_scored: notScored(rejected, open),
  };
}

/** A person recognises a column by a few values; of a file of thousands of columns nobody looks at all. */
const sampledColumns = 200;
const valuesShown = 4;
const valueCharacters = 40;

function sampleOf({ distinct, examples }: ColumnProfile): string[] {
  const values =
    distinct === null
      ? examples.map(({ value }) => value)
      : distinct.toSorted((a, b) => b.count - a.count).map(({ text }) => text);
  const filled = new Set(values.filter((value) => value.trim() !== ""));
  return [...filled].slice(0, valuesShown).map((value) => shorten(value, valueCharacters));
}

/** Why a file with these questions cannot be scored, or null where there are none. */
export function blockedBy(questions: readonly Question[], schema: Schema): { code: ErrorCode; detail: string } | null {
  if (questions.length === 0) return null;
  const labels = (some: readonly Question[]) =>
    some.map(({ feature }) => schema.features.find((each) => each.name === feature)?.label ?? feature).join(", ");
  const absent = labels(questions.filter(({ columns }) => columns.length === 0));
  const doubtful = labels(questions.filter(({ columns }) => columns.length > 0));
  const sentences = [
    ...(absent === "" ? [] : [`This file seems to have no column for ${absent}.`]),
    ...(doubtful === "" ? [] : [`It is not certain which column holds ${doubtful}.`]),
  ];
  return { code: "required_columns_missing", detail: sentences.join(" ") };
}

export function lastRowCut(cells: number, width: number): Issue {
  return {
    code: "last_row_cut",
    severity: "warning",
    column: null,
    feature: null,
    count: 1,
    message: `The last row has ${cells} cells of ${width} and no line end: the file may have been cut off, and customers may be missing.`,
    rule: "a last row with all of its cells",
    examples: [],
  };
}

function rejectedRows(count: number): Issue {
  return {
    code: "rejected_rows_file",
    severity: "info",
    column: null,
    feature: null,
    count,
    message:
      "The file seems to be a rejected.csv, and is scored on its own. To put its rows back among those of the upload that they come from, upload it with corrects=<id of that upload>.",
    examples: [],
  };
}

function preamble(headerRow: number): Issue {
  const skipped = headerRow - 1;
  return {
    code: "preamble_skipped",
    severity: "info",
    column: null,
    feature: null,
    count: skipped,
    message: `The column names are in row ${headerRow}; what stands above is left out.`,
    examples: [],
  };
}
