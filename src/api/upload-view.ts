import * as v from "valibot";
import type { Issue } from "../features/issue.ts";
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
});

export const FileIssue = v.strictObject({
  code: v.string(),
  severity: v.picklist(["info", "warning", "error"]),
  column: nullableText,
  feature: nullableText,
  count: v.pipe(Count, v.description("How often, exactly.")),
  message: v.string(),
  examples: v.array(v.strictObject({ row: Count, value: v.string(), customer_id: nullableText })),
});

export const MappingQuestion = v.strictObject({
  feature: v.string(),
  columns: v.array(v.string()),
  question: v.string(),
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
  mapping: v.array(MappedColumn),
  unmapped_columns: v.array(v.string()),
  missing_features: v.array(v.string()),
  questions: v.pipe(v.array(MappingQuestion), v.description("What only a person can say; answered with the mapping.")),
  issues: v.array(FileIssue),
  issues_truncated: v.boolean(),
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
  return {
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
    mapping: (report?.mapping ?? []).map(({ feature, column, confidence, method, transform }) => ({
      feature,
      column,
      confidence,
      method,
      transform,
    })),
    unmapped_columns: report?.unmapped_columns ?? [],
    missing_features: report?.missing_features ?? [],
    // A report stored before there were effects has none.
    questions: (report?.questions ?? []).map((question) => ({ ...question, effect: question.effect ?? null })),
    issues: (report?.issues ?? []).map(withIds),
    issues_truncated: report?.issues_truncated ?? false,
    corrects: options.corrects ?? null,
    corrections: upload.corrections.map(({ upload_id, rows }) => ({ upload_id, rows })),
    summary: summaryOf(upload) ?? null,
    error: upload.error,
    links: linksOf(upload.uploadId),
  };
}

/** A report stored before examples had the customer's id has none. */
function withIds(issue: Issue): v.InferOutput<typeof FileIssue> {
  const examples = issue.examples.map((example) => ({ ...example, customer_id: example.customer_id ?? null }));
  return { ...issue, examples };
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
