/**
 * Every instrument, once: the meter's name is the CloudWatch namespace and the instrument's name the CloudWatch metric, so that one word leads
 * from the code to the pager. The collector's configuration, the alarms, the dashboards and the docs are held to this list by tests.
 *
 * Units are UCUM's, as OpenTelemetry has them, each with the CloudWatch StandardUnit that the collector puts in its place. Attributes take values
 * of closed lists only; at most one of them is a CloudWatch dimension, the others are fields of the log record.
 */

/** Values that only a running process knows: routes, models, features. The first `most` are kept apart, further ones count as `other`. */
export interface KnownAtRun {
  readonly most: number;
}
export type AttributeValues = readonly (string | number)[] | KnownAtRun;

export interface Instrument {
  readonly kind: "counter" | "histogram" | "gauge";
  /** UCUM. */
  readonly unit: string;
  readonly cloudWatchUnit: "Count" | "Seconds" | "Megabytes" | "Count/Second" | "None";
  readonly description: string;
  readonly attributes: Readonly<Record<string, AttributeValues>>;
  /** The attribute that is also a CloudWatch dimension. */
  readonly dimension: string | null;
  /** An alarm reads it: exported as 0 at the start, so that the metric exists before the first failure. */
  readonly alarmed: boolean;
}

type Attributes = Readonly<Record<string, AttributeValues>>;
// biome-ignore lint/complexity/noBannedTypes: an object without properties is what is meant
type None = {};

interface Rest<A extends Attributes> {
  readonly by?: A;
  readonly dimension?: keyof A & string;
  readonly alarmed?: true;
}

function made<const A extends Attributes = None>(
  kind: Instrument["kind"],
  [unit, cloudWatchUnit]: readonly [string, Instrument["cloudWatchUnit"]],
  description: string,
  { by, dimension, alarmed }: Rest<A>,
) {
  const attributes = (by ?? {}) as A;
  return {
    kind,
    unit,
    cloudWatchUnit,
    description,
    attributes,
    dimension: dimension ?? null,
    alarmed: alarmed === true,
  };
}
const counter = <const A extends Attributes = None>(unit: string, description: string, rest: Rest<A> = {}) =>
  ({ ...made("counter", [unit, "Count"], description, rest), kind: "counter" }) as const;
const histogram = <const A extends Attributes = None>(
  unit: keyof typeof histogramUnits,
  description: string,
  rest: Rest<A> = {},
) => ({ ...made("histogram", [unit, histogramUnits[unit]], description, rest), kind: "histogram" }) as const;
const gauge = (unit: string, description: string, rest: Rest<None> = {}) =>
  ({ ...made("gauge", [unit, "Count"], description, rest), kind: "gauge" }) as const;

const histogramUnits = {
  s: "Seconds",
  MBy: "Megabytes",
  "{row}": "Count",
  "{row}/s": "Count/Second",
  "1": "None",
} as const satisfies Record<string, Instrument["cloudWatchUnit"]>;

export const fileSizeBuckets = ["<1MB", "1-5MB", "5-10MB", "10-50MB", ">50MB"] as const;
export const rowBuckets = ["<100", "100-1000", "1K-10K", "10K-100K", ">100K"] as const;
export const priorities = ["low", "normal", "high"] as const;
/** What the caller can mend; the rest of the codes count as `other`. */
export const uploadRejections = [
  "empty_file",
  "no_header",
  "no_data_rows",
  "not_csv",
  "csv_encoding",
  "unsupported_media_type",
  "too_large",
  "multipart_malformed",
  "body_incomplete",
  "bad_request",
  "model_not_found",
  "mapping_invalid",
  "idempotency_conflict",
  "quota_exceeded",
  "other",
] as const;
/** The part that failed an upload. */
export const serverStages = ["s3", "database", "queue", "unexpected"] as const;
/** The part that failed a job. */
export const jobStages = ["s3", "database", "queue", "model", "deadline", "poison", "unexpected"] as const;
export const rowRejections = [
  "row_width",
  "required_value_missing",
  "not_a_number",
  "not_a_date",
  "out_of_range",
  "unknown_category",
  "other",
] as const;
/** Why a message went to the dead letters. */
export const deadReasons = [
  "message_malformed",
  "storage_unavailable",
  "database_unavailable",
  "queue_unavailable",
  "model_unavailable",
  "internal",
  "other",
] as const;
/** What kind of fault a model was refused for; `model.refused` in the log has the exact reason. */
export const modelFaults = ["files", "signature", "version", "graph", "behaviour", "unreachable"] as const;
/** How a run of the canary fails: `canary/canary-run.ts` says what each is. */
export const canaryFaults = ["refused", "failed", "timeout", "mismatch", "not_deleted", "error"] as const;
export const messageFaults = ["not_json", "unexpected_shape", "too_large"] as const;
export const tables = ["uploads", "predictions", "outbox", "other"] as const;
export const operations = ["SELECT", "INSERT", "UPDATE", "DELETE"] as const;
export const queueTypes = ["sqs", "postgres"] as const;

const bySize = { by: { FileSizeBucket: fileSizeBuckets }, dimension: "FileSizeBucket" } as const;
const byRows = { by: { RowBucket: rowBuckets }, dimension: "RowBucket" } as const;
/** Versions in use at a time, and those that they replace. */
const byModel = { by: { ModelVersion: { most: 8 } }, dimension: "ModelVersion" } as const;
const byQueue = { by: { QueueType: queueTypes }, dimension: "QueueType" } as const;

export const catalogue = {
  "RetainWise/API": {
    UploadSuccess: counter("{upload}", "Uploads stored and recorded, answered with 202.", { alarmed: true }),
    UploadRejected: counter("{upload}", "Uploads refused for what the caller sent.", {
      by: { Reason: uploadRejections },
      dimension: "Reason",
    }),
    UploadReadError: counter("{upload}", "Uploads whose body ended early or could not be read as a form."),
    UploadUnexpectedError: counter("{upload}", "Uploads that failed for a reason nobody foresaw."),
    UploadServerError: counter("{upload}", "Uploads that failed on our side.", {
      by: { Stage: serverStages },
      dimension: "Stage",
      alarmed: true,
    }),
    UploadFileSizeMB: histogram("MBy", "Size of stored files."),
    UploadEndToEndDuration: histogram("s", "From the head of the request to the 202."),
    S3UploadDuration: histogram("s", "Storing one file, the receiving of its bytes included.", bySize),
    S3UploadFailure: counter("{file}", "Files that the storage did not take.", { alarmed: true }),
    S3UploadAttempt: counter("{file}", "Files that the storage was asked to take.", { alarmed: true }),
    SQSMessageSent: counter("{message}", "Messages put on the queue.", byQueue),
    SQSMessageFailure: counter("{message}", "Messages that the queue did not take; they stay in the outbox.", byQueue),
    UploadByUserBucket: counter("{upload}", "Uploads by keyed hash of who sent them; a log field, no dimension.", {
      by: { UserBucket: { most: 256 } },
    }),
    "http.server.request.duration": histogram("s", "From the head of a request to the head of its answer.", {
      by: {
        "http.route": { most: 40 },
        "http.request.method": ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "_OTHER"],
        "http.response.status_code": { most: 24 },
      },
      dimension: "http.route",
    }),
  },
  "RetainWise/Worker": {
    WorkerSuccess: counter("{job}", "Jobs that completed their upload.", {
      by: { Priority: priorities },
      dimension: "Priority",
      alarmed: true,
    }),
    WorkerFailure: counter("{job}", "Attempts that failed on our side.", {
      by: { Stage: jobStages },
      dimension: "Stage",
      alarmed: true,
    }),
    WorkerUnexpectedError: counter("{job}", "Attempts that failed for a reason nobody foresaw."),
    WorkerEndToEndDuration: histogram("s", "From the claim of an upload to its completion.", byRows),
    MessageParseError: counter("{message}", "Messages that are none of this program's.", {
      by: { ErrorType: messageFaults },
      dimension: "ErrorType",
    }),
    S3DownloadDuration: histogram("s", "Waiting for a file's bytes, both passes together."),
    S3DownloadFailure: counter("{file}", "Readings of a file that the storage broke off."),
    CSVRowCount: histogram("{row}", "Rows of a file that was read to its end.", byRows),
    CSVParseError: counter("{file}", "Files that are no readable CSV."),
    RowRejected: counter("{row}", "Rows set aside.", { by: { Reason: rowRejections }, dimension: "Reason" }),
    MLPredictionDuration: histogram("s", "Time in the model for the whole of a file, explanations apart.", byRows),
    MLPredictionError: counter("{job}", "Jobs that ended in the model.", byRows),
    PredictionThroughput: histogram("{row}/s", "Rows scored per second of a job, from claim to completion.", byModel),
    JobRetried: counter("{job}", "Jobs handed back to be tried again.", {
      by: { Stage: jobStages },
      dimension: "Stage",
    }),
    JobDeadLettered: counter("{message}", "Messages whose last receive has ended without success.", {
      by: { Reason: deadReasons },
      dimension: "Reason",
      alarmed: true,
    }),
    WorkerHeartbeat: gauge("{worker}", "1 while the worker asks the queue for work or is at it."),
    JobQueueDwell: histogram("s", "From a message's first sending to the claim of its upload."),
  },
  "RetainWise/Database": {
    PredictionsSaved: counter("{row}", "Results written.", {
      by: { Table: ["predictions", "rejections"] },
      dimension: "Table",
    }),
    DatabaseWriteError: counter("{write}", "Writes that the database did not do.", {
      by: { Table: tables, Operation: operations },
      dimension: "Table",
      alarmed: true,
    }),
    DatabaseWriteAttempt: counter("{write}", "Writes that the database was asked to do.", {
      by: { Table: tables },
      dimension: "Table",
      alarmed: true,
    }),
    "db.client.operation.duration": histogram("s", "One verb of the store, its waiting for a connection included.", {
      by: { "db.operation.name": operations },
      dimension: "db.operation.name",
    }),
  },
  "RetainWise/MLPipeline": {
    PredictionConfidence: histogram("1", "max(p, 1 − p) of each customer.", byModel),
    ChurnProbability: histogram("1", "P(churn) of each customer."),
    ExplanationDuration: histogram("s", "Time in the explainer for the whole of a file."),
    ExplanationResidual: histogram("1", "Largest |base value + Σ SHAP − raw score| of a file, log-odds."),
    ModelLoadDuration: histogram("s", "Reading, verifying and loading a bundle.", byModel),
    ModelLoadFailure: counter("{bundle}", "Bundles that were refused or could not be read.", {
      by: { Reason: modelFaults },
      dimension: "Reason",
      alarmed: true,
    }),
    FeatureDrift: histogram("1", "Population stability index of a feature in one file against the training.", {
      by: { Feature: { most: 40 } },
      dimension: "Feature",
    }),
    MappingConfidence: histogram("1", "How sure the mapper was of each column that it mapped."),
    CanaryFailure: counter(
      "{run}",
      "Runs of the canary in which golden customers did not come out as they were signed.",
      {
        by: { Reason: canaryFaults },
        dimension: "Reason",
        alarmed: true,
      },
    ),
    TelemetryDropped: counter("{datapoint}", "Measurements that could not be delivered in time.", { alarmed: true }),
  },
} as const;

export type Catalogue = typeof catalogue;
export type Namespace = keyof Catalogue;

export interface NamedInstrument extends Instrument {
  readonly namespace: Namespace;
  readonly name: string;
}

/** The catalogue as a list, in its order. */
export const instruments: readonly NamedInstrument[] = Object.entries(catalogue).flatMap(([namespace, entries]) =>
  Object.entries(entries).map(([name, instrument]) => ({ namespace: namespace as Namespace, name, ...instrument })),
);
