/**
 * The way of one file, from bytes to explained scores, in two passes: the first understands the whole file (encoding, dialect, formats,
 * mapping), so that nothing is guessed from its head; the second scores it block by block in constant memory.
 */
import { type ErrorCode, RetainWiseError } from "../errors.ts";
import type { EncodedRows } from "../features/encoded-rows.ts";
import { createEncoder } from "../features/encoder.ts";
import { gravestFirst } from "../features/issue.ts";
import { createProblemTally } from "../features/problem-tally.ts";
import { limits } from "../limits.ts";
import type { Model } from "../model/load.ts";
import type { StoredPrediction, StoredRejection, UploadReport } from "../store/upload.ts";
import { createCsvOutput } from "./csv-output.ts";
import type { RowOfFirst } from "./first-dress.ts";
import { type OpenFile, readRecords, readText } from "./read-records.ts";
import { createRowOutput } from "./row-output.ts";
import { createRowScorer, type ScoringWork } from "./score-rows.ts";
import { createSummary, type Summary } from "./summary.ts";
import { type SurveyOptions, surveyFile } from "./survey.ts";
import { priced } from "./survey-report.ts";
import { weighDoubts } from "./weigh-doubts.ts";

export interface ScoreOptions extends SurveyOptions {
  /** Size of the file, for progress. */
  readonly bytes: number;
  /** `rows`: predictions for the database; `csv`: finished text; `csv+shap`: with a column for each SHAP value. */
  readonly output: "rows" | "csv" | "csv+shap";
  readonly explain: boolean;
}

/** `share` is 0…1 of the work; `rows` counts the customers seen. */
export type ScoreEvent =
  | { readonly type: "progress"; readonly share: number; readonly rows: number }
  | {
      readonly type: "report";
      readonly report: UploadReport;
      /** Why the file cannot be scored before somebody answers the report's questions, or null. */
      readonly blocked: { readonly code: ErrorCode; readonly detail: string } | null;
    }
  | ({ readonly type: "chunk"; readonly share: number; readonly rows: number } & RowChunk)
  | ({ readonly type: "csv"; readonly share: number; readonly rows: number } & CsvChunk)
  | {
      readonly type: "end";
      readonly report: UploadReport;
      readonly rows: { readonly read: number; readonly scored: number; readonly rejected: number };
      readonly summary: Summary;
    };

/** At most `limits.insertRows` of both together. */
export interface RowChunk {
  readonly predictions: readonly StoredPrediction[];
  readonly rejections: readonly StoredRejection[];
  /** Of a corrected file, for each prediction, or else for each rejection: the row in the first file. */
  readonly firsts?: readonly RowOfFirst[];
  /** What scoring the block took; with its first chunk, null with the others. */
  readonly work: ScoringWork | null;
}

/** Finished records of the result file and of the file of rejected rows; each begins with its header in the first chunk. */
export interface CsvChunk {
  readonly results: string;
  readonly rejections: string;
}

/** Share of the time that the first pass takes; only the progress bar depends on it. */
const surveyShare = 0.2;

export async function* scoreFile(model: Model, open: OpenFile, options: ScoreOptions): AsyncGenerator<ScoreEvent> {
  const total = Math.max(1, options.bytes);
  const survey = surveyFile(model.schema, open, options);
  let step = await survey.next();
  while (step.done !== true) {
    yield { type: "progress", share: (surveyShare * step.value.bytes) / total, rows: step.value.rows };
    step = await survey.next();
  }
  let file = step.value;
  if (file.blocked !== null) {
    const weighing = weighDoubts(model, open, file);
    let weighed = await weighing.next();
    while (weighed.done !== true) {
      yield { type: "progress", share: surveyShare, rows: weighed.value.rows };
      weighed = await weighing.next();
    }
    file = weighed.value;
  }
  yield { type: "report", report: file.report, blocked: file.blocked };
  if (file.blocked !== null) return;

  const encoder = createEncoder({ schema: model.schema, ...file });
  const scoreRows = createRowScorer(model, options.explain);
  const summary = createSummary(model.schema, new Set(file.mapping.map(({ feature }) => feature)));
  const problems = createProblemTally();
  const rowOutput = options.output === "rows" ? createRowOutput(model.schema, file, options.first ?? null) : null;
  const csvOutput = createCsvOutput(model.schema, file, options.output === "csv+shap");
  const rows = { read: 0, scored: 0, rejected: 0 };
  for await (const { records, bytes } of readRecords(readText(open, file.encoding), file.delimiter)) {
    const encoded = encoder.encode(
      records,
      Math.min(records.count, Math.max(0, file.headerRow + 1 - records.firstRow)),
    );
    rows.read += encoded.count + encoded.rejected.length;
    rows.scored += encoded.count;
    rows.rejected += encoded.rejected.length;
    problems.add(encoded.rejected);
    const scores = await scoreRows(encoded);
    summary.add({ ...scores, features: encoded.features, outsideTraining: outsideTraining(encoded) });
    const place = { share: surveyShare + ((1 - surveyShare) * bytes) / total, rows: rows.read };
    if (rowOutput === null) yield { type: "csv", ...csvOutput(records, encoded, scores), ...place };
    else for (const chunk of rowOutput(records, encoded, scores)) yield { type: "chunk", ...chunk, ...place };
  }
  if (rows.read !== file.rows) {
    throw new RetainWiseError("internal", `The first pass found ${file.rows} rows and the second ${rows.read}.`);
  }
  const { issues, truncated } = encoder.result();
  const all = [...file.report.issues, ...issues].sort(gravestFirst);
  const report = {
    ...priced({ ...file.report, issues: all }, file.rows, problems.result()),
    issues: all.slice(0, limits.issuesPerFile),
    issues_truncated: truncated || all.length > limits.issuesPerFile,
  };
  yield { type: "end", report, rows, summary: summary.result() };
}

/** Customers with at least one value that the model has not seen the like of. */
function outsideTraining({ notes }: EncodedRows): number {
  let customers = 0;
  for (const own of notes.values()) if (Object.values(own).includes("outside_training_range")) customers++;
  return customers;
}
