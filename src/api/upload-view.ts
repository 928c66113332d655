import * as v from "valibot";
import { fitView } from "./fit-view.ts";
import { FileIssue, FileProblem, NotScored, viewIssue, viewProblem } from "./issue-view.ts";
import type { ReadonlyDeep } from "./send-json.ts";
import type { Upload } from "./services.ts";

const Share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const Count = v.pipe(v.number(), v.integer(), v.minValue(0));
const Time = v.pipe(v.string(), v.isoTimestamp());
const nullableText = v.nullable(v.string());

export const UploadId = v.pipe(v.string(), v.uuid(), v.description("Id of an upload."));
export const UploadStatusName = v.picklist(["pending", "processing", "needs_mapping", "completed", "failed"]);

export const ModelId = v.strictObject({
  name: v.string(),
  version: v.string(),
  digest: v.pipe(v.string(), v.description("SHA-256 (hex) of the signed bundle.")),
});

export const MappedColumn = v.strictObject({
  feature: v.string(),
  column: v.string(),
  confidence: Share,
  method: v.picklist(["exact", "synonym", "fuzzy", "given", "remembered"]),
  transform: v.pipe(nullableText, v.description("What is done to the values, in words.")),
  why: v.pipe(
    nullableText,
    v.description("Why it was taken for that; null of a file that was read before this was kept."),
  ),
});

export const MappingQuestion = v.strictObject({
  feature: v.string(),
  columns: v.array(v.string()),
  question: v.pipe(v.string(), v.description("With how to answer it in a call.")),
  plain: v.pipe(v.string(), v.description("The doubt alone, for somebody who is given the answers to choose from.")),
  units: v.pipe(
    v.array(v.string()),
    v.description("Units that the values may be in, the feature's own first; empty where none is converted."),
  ),
  effect: v.pipe(
    v.nullable(v.strictObject({ customers: Count, sampled: Count, changed_tier: Count })),
    v.description(
      "What the answer would change: of `customers` in the file `sampled` were scored under every way to read the columns, and `changed_tier` of them would change tier. Null where that could not be tried.",
    ),
  ),
});

export const UploadLinks = v.strictObject({
  self: v.string(),
  events: v.string(),
  predictions: v.string(),
  predictions_csv: v.string(),
  rejected_csv: v.string(),
  summary: v.string(),
  explanation: v.string(),
  changes: v.string(),
  mapping: v.string(),
});

export const Rows = v.strictObject({ read: Count, scored: Count, rejected: Count });

export const UploadFailure = v.strictObject({
  code: v.string(),
  title: v.string(),
  detail: v.string(),
  remedy: v.string(),
});

export const UploadView = v.strictObject({
  upload_id: UploadId,
  filename: v.string(),
  status: UploadStatusName,
  created_at: Time,
  started_at: v.nullable(Time),
  completed_at: v.nullable(Time),
  bytes: Count,
  sha256: v.string(),
  options: v.pipe(
    v.strictObject({
      model: nullableText,
      mapping: v.nullable(v.record(v.string(), v.string())),
      units: v.nullable(v.record(v.string(), v.string())),
      constants: v.nullable(v.record(v.string(), v.string())),
      header_row: v.nullable(Count),
      delimiter: nullableText,
      decimal: nullableText,
      as_of: nullableText,
      priority: v.picklist(["low", "normal", "high"]),
    }),
    v.description("What was said about the file when it was uploaded; null where it is left to us."),
  ),
  rows: Rows,
  progress: v.pipe(Share, v.description("0 to 1.")),
  model: v.nullable(ModelId),
  csv: v.nullable(
    v.strictObject({ encoding: v.string(), delimiter: v.string(), decimal: v.string(), header_row: Count }),
  ),
  columns: v.pipe(v.array(v.string()), v.description("The file's columns in their order.")),
  column_samples: v.pipe(
    v.array(v.array(v.string())),
    v.description("Some values of each column, in the order of the columns; none of those beyond the first 200."),
  ),
  columns_truncated: v.pipe(
    v.boolean(),
    v.description(
      "Whether names at the end of columns or of unmapped_columns are left out, because the answer would be larger than 2 MB. No name is cut; a column that is left out is named by its position (#12).",
    ),
  ),
  mapping: v.array(MappedColumn),
  constants: v.pipe(
    v.array(v.strictObject({ feature: v.string(), value: v.union([v.string(), v.number()]) })),
    v.description(
      "Values that were given for the whole file, as the model knows them; no column is used for these features.",
    ),
  ),
  unmapped_columns: v.array(v.string()),
  missing_features: v.array(v.string()),
  questions: v.pipe(v.array(MappingQuestion), v.description("What only a person can say; answered with the mapping.")),
  issues: v.array(FileIssue),
  issues_truncated: v.pipe(v.boolean(), v.description("Whether there are more issues than are listed.")),
  problems: v.pipe(
    v.array(FileProblem),
    v.description(
      "The warnings and errors by root cause: first what leaves most customers without a score, then what leaves most monthly revenue.",
    ),
  ),
  problems_truncated: v.boolean(),
  not_scored: NotScored,
  corrects: v.pipe(v.nullable(UploadId), v.description("The upload whose rows set aside this file corrects, or null.")),
  corrections: v.pipe(
    v.array(v.strictObject({ upload_id: UploadId, rows: Count })),
    v.description(
      "Uploads that corrected rows set aside of this one, in order, and how many each; they may be deleted since.",
    ),
  ),
  summary: v.unknown(),
  error: v.nullable(UploadFailure),
  links: UploadLinks,
});
export type UploadView = ReadonlyDeep<v.InferOutput<typeof UploadView>>;

/** An upload as API.md shows it. */
export function viewUpload(upload: Upload): UploadView {
  const { options, report } = upload;
  const issues = report?.issues ?? [];
  return fitView({
    upload_id: upload.uploadId,
    filename: upload.filename,
    status: upload.status,
    created_at: upload.createdAt.toISOString(),
    started_at: upload.startedAt?.toISOString() ?? null,
    completed_at: upload.completedAt?.toISOString() ?? null,
    bytes: upload.bytes,
    sha256: upload.sha256,
    options: {
      model: options.model ?? null,
      mapping: options.mapping ?? null,
      units: options.units ?? null,
      constants: options.constants ?? null,
      header_row: options.headerRow ?? null,
      delimiter: options.delimiter ?? null,
      decimal: options.decimal ?? null,
      as_of: options.asOf ?? null,
      priority: options.priority ?? "normal",
    },
    rows: rowsOf(upload),
    progress: upload.progress,
    model: upload.model === null ? null : modelId(upload.model),
    csv: report?.csv ?? null,
    columns: report?.columns ?? [],
    column_samples: report?.column_samples ?? [],
    columns_truncated: false,
    mapping: (report?.mapping ?? []).map(({ feature, column, confidence, method, transform, why }) => ({
      feature,
      column,
      confidence,
      method,
      transform,
      why: why ?? null,
    })),
    constants: report?.constants ?? [],
    unmapped_columns: report?.unmapped_columns ?? [],
    missing_features: report?.missing_features ?? [],
    // A report stored before there were effects has none.
    questions: (report?.questions ?? []).map((question) => ({
      ...question,
      plain: question.plain ?? question.question,
      units: question.units ?? [],
      effect: question.effect ?? null,
    })),
    issues: issues.map(viewIssue),
    issues_truncated: report?.issues_truncated ?? false,
    // A report stored before issues were priced has no problems.
    problems: (report?.problems ?? []).map((problem) => viewProblem(problem, issues)),
    problems_truncated: false,
    not_scored: report?.not_scored ?? { customers: 0, monthly_revenue: null, revenue_known_for: 0 },
    corrects: options.corrects ?? null,
    corrections: upload.corrections.map(({ upload_id, rows }) => ({ upload_id, rows })),
    summary: summaryOf(upload) ?? null,
    error: upload.error,
    links: linksOf(upload.uploadId),
  });
}

/** The stored summary without the lines of the dependence plots: they are the explanation's. */
export function summaryOf({ summary }: Upload): unknown {
  if (typeof summary !== "object" || summary === null || !("dependence" in summary)) return summary;
  const { dependence: _, ...rest } = summary;
  return rest;
}

export function rowsOf(upload: Upload): ReadonlyDeep<v.InferOutput<typeof Rows>> {
  return { read: upload.rowsRead, scored: upload.rowsScored, rejected: upload.rowsRejected };
}

export function linksOf(uploadId: string): ReadonlyDeep<v.InferOutput<typeof UploadLinks>> {
  const self = `/v1/uploads/${uploadId}`;
  return {
    self,
    events: `${self}/events`,
    predictions: `${self}/predictions`,
    predictions_csv: `${self}/predictions.csv`,
    rejected_csv: `${self}/rejected.csv`,
    summary: `${self}/summary`,
    explanation: `${self}/explanation`,
    changes: `${self}/changes`,
    mapping: `${self}/mapping`,
  };
}

/** Exactly these three, whatever else the object holds. */
export function modelId({
  name,
  version,
  digest,
}: ReadonlyDeep<v.InferOutput<typeof ModelId>>): ReadonlyDeep<v.InferOutput<typeof ModelId>> {
  return { name, version, digest };
}
