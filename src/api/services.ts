/**
 * What the API needs from the rest of the house, as contracts: `compose.ts` brings the implementations. Every verb takes the tenant
 * first; another tenant's id is answered like a missing one.
 */
import type { Issue } from "../features/issue.ts";
import type { FeatureMapping, Question } from "../features/mapping.ts";
import type { Refusal } from "../features/refusals.ts";
import type { CsvTemplate } from "../features/template.ts";
import type { Identify } from "../identity/identity.ts";
import type { RateDecision } from "../identity/rate-limit.ts";
import type { DeadJob } from "../jobs/dead-jobs.ts";
import type { GoldenCustomers } from "../model/golden-customers.ts";
import type { QueueDepth } from "../queue/queue.ts";
import type { CanaryRecord } from "../store/canary-result.ts";
import type {
  ChangeCounts,
  ChangedCustomer,
  ChangeList,
  ChangePage,
  ComparedUploads,
  Movers,
} from "../store/changes.ts";
import type { Objects } from "../store/objects.ts";
import type { PipelineView } from "../store/pipeline.ts";
import type { RememberedColumn, RememberedKey, RememberedMapping } from "../store/remembered-columns.ts";
import type { SampledPrediction } from "../store/sample-predictions.ts";
import type { StoredPrediction, StoredRejection, Upload, UploadOptions, UploadStatus } from "../store/upload.ts";
import type { NewUpload } from "../store/uploads.ts";
import type { Log } from "../telemetry/logger.ts";
import type { MeasureCall } from "../telemetry/measure-calls.ts";
import type {
  ExplainedChanges,
  ExplanationRequest,
  ExplanationView,
  InteractionsView,
  PredictionDetail,
  PredictionView,
} from "./presented.ts";

export type { ChangedCustomer, NewUpload };

export interface PredictionPage {
  readonly limit: number;
  readonly cursor: string | null;
  readonly order: "risk" | "row";
  readonly tier: "high" | "medium" | "low" | null;
  /** Part of the customer id, case-insensitive. */
  readonly q: string | null;
  /** Place in the schema (from 0) of a feature that is one of the three strongest reasons and raises the score; null: any. */
  readonly reason: number | null;
}

export interface UploadStore {
  /** Before its object is stored. Throws `quota_exceeded` or `overloaded`; the note it takes lets a crash leave no orphan behind. */
  admitUpload(tenantId: string, objectKey: string): Promise<void>;
  /** Upload row and outbox row in one transaction. Throws `idempotency_conflict` when the id is taken, by a deleted upload as well. */
  insertUpload(tenantId: string, upload: NewUpload): Promise<Upload>;
  getUpload(tenantId: string, uploadId: string): Promise<Upload | null>;
  listUploads(
    tenantId: string,
    page: { limit: number; cursor: string | null },
  ): Promise<{ uploads: readonly Upload[]; nextCursor: string | null }>;
  /**
   * Answers `needs_mapping`: stores the answer, sets `pending`, queues the work again; null when there is no such upload in that state. With
   * `remember` the tenant's later uploads with these columns are mapped the same way, as long as their values fit.
   */
  answerMapping(
    tenantId: string,
    uploadId: string,
    answer: {
      readonly mapping: Readonly<Record<string, string>>;
      readonly constants?: Readonly<Record<string, string>>;
      readonly decimal: "." | "," | null;
      readonly remember: boolean;
    },
  ): Promise<Upload | null>;
  /** Rows and pending work gone; answers the object's key for deletion, null when there is no such upload. */
  deleteUpload(tenantId: string, uploadId: string): Promise<{ objectKey: string } | null>;
  listPredictions(
    tenantId: string,
    uploadId: string,
    page: PredictionPage,
  ): Promise<{ predictions: readonly StoredPrediction[]; nextCursor: string | null }>;
  getPrediction(tenantId: string, uploadId: string, row: number): Promise<StoredPrediction | null>;
  /** A uniform sample of the explained rows, in file order; the same seed gives the same rows. */
  samplePredictions(
    tenantId: string,
    uploadId: string,
    request: { readonly rows: number; readonly seed: number },
  ): Promise<readonly SampledPrediction[]>;
  /** The latest completed upload before this one that a model of the same name scored; null when there is none. */
  findEarlierUpload(tenantId: string, uploadId: string): Promise<Upload | null>;
  /** Customers in both uploads, by how far their raw scores moved; throws `not_found` when one of the two goes meanwhile. */
  compareUploads(tenantId: string, ids: ComparedUploads, page: ChangePage): Promise<ChangeList>;
  /** At most `count` customers whose raw score rose most, and as many whose raw score fell most. */
  findMovers(tenantId: string, ids: ComparedUploads, count: number): Promise<Movers>;
  /** In file order, in batches. */
  streamPredictions(tenantId: string, uploadId: string): AsyncIterable<readonly StoredPrediction[]>;
  streamRejections(tenantId: string, uploadId: string): AsyncIterable<readonly StoredRejection[]>;
  /** What the tenant asked to have remembered, by model and feature. */
  listRemembered(tenantId: string): Promise<readonly RememberedMapping[]>;
  putRemembered(
    tenantId: string,
    key: { readonly model: string; readonly feature: string },
    remembered: RememberedColumn,
  ): Promise<RememberedMapping>;
  /** How many there were. */
  deleteRemembered(tenantId: string, key: RememberedKey): Promise<number>;
  /** What waits of the tenant's own, and its last seven days. */
  readPipeline(tenantId: string): Promise<PipelineView>;
}

/** A model that is ready, as plain facts. */
export interface ModelFacts {
  readonly name: string;
  readonly version: string;
  /** SHA-256 (hex) of the signed bundle. */
  readonly digest: string;
  readonly backgroundDigest: string;
  readonly card: string;
  /** Null for a model that presents results and does not score. */
  readonly golden: GoldenCustomers | null;
  readonly schema: unknown;
  /** CSV files to fill in; the first has the model's own name. */
  readonly templates: readonly CsvTemplate[];
  /** Column names of predictions.csv after the customer's own: with `shap`, one `shap_<feature>` each. */
  resultColumns(shap: boolean): readonly string[];
  /** One stored prediction for those columns: a CSV record without its line end. */
  resultLine(prediction: StoredPrediction, shap: boolean): string;
  /** `issues` of the file: what is doubtful about a column is said of its values. */
  present(prediction: StoredPrediction, mapping: readonly FeatureMapping[], issues?: readonly Issue[]): PredictionView;
  presentDetail(
    prediction: StoredPrediction,
    mapping: readonly FeatureMapping[],
    issues?: readonly Issue[],
  ): PredictionDetail;
  /** Throws `mapping_invalid` for values that cannot be read, and for a feature that the mapping gives a column. */
  checkConstants(constants: Readonly<Record<string, string>>, mapping: Readonly<Record<string, string>>): void;
  presentExplanation(request: ExplanationRequest): ExplanationView;
  /** `values`: features × features, row-major, log-odds. */
  presentInteractions(prediction: StoredPrediction, values: Float64Array): InteractionsView;
}

export interface Models {
  list(): readonly ModelFacts[];
  /** The model of that name (newest version), the default one for null; throws `model_not_found`, or `model_unavailable` with the reason. */
  get(name: string | null): ModelFacts;
  /** The model that scored an upload, by digest; throws `model_unavailable` when it is no longer there. */
  byDigest(digest: string): ModelFacts;
}

/** Synchronous prediction for a few customers: the inference thread answers. */
export interface Predictor {
  predict(options: {
    model: string | null;
    customers: readonly Readonly<Record<string, unknown>>[];
    explain: boolean;
    /** With every attribution. */
    interactions: boolean;
  }): Promise<{
    readonly model: { readonly name: string; readonly version: string; readonly digest: string };
    readonly predictions: readonly (PredictionView | PredictionDetail)[];
    readonly rejected: readonly { readonly row: number; readonly issues: readonly Issue[] }[];
  }>;
  /** Of a stored row that has an explanation; throws `model_unavailable` where the model that made it scores no more. */
  interactions(digest: string, prediction: StoredPrediction): Promise<InteractionsView>;
  /** Splits by feature how far each customer's raw score moved; `model` and `modelBefore` are the digests of the two uploads' models. */
  explainChanges(options: {
    model: string;
    modelBefore: string;
    customers: readonly ChangedCustomer[];
  }): Promise<ExplainedChanges>;
  /** Maps a CSV head (bytes as they came) or column names with sample cells onto the model's features, without storing anything. */
  suggestMapping(options: {
    model: string | null;
    head:
      | { readonly bytes: Uint8Array; readonly delimiter?: "," | ";" | "\t" | "|"; readonly headerRow?: number }
      | { columns: readonly string[]; sample: readonly (readonly string[])[] };
  }): Promise<{
    /** How a head was read; null for column names. */
    readonly csv: { encoding: string; delimiter: string; decimal: string; header_row: number } | null;
    readonly preview: { readonly columns: readonly string[]; readonly rows: readonly (readonly string[])[] };
    readonly mapping: readonly (FeatureMapping & { readonly alternatives: readonly string[]; readonly why: string })[];
    readonly unmapped_columns: readonly string[];
    readonly missing_features: readonly string[];
    readonly refused_columns: readonly Refusal[];
    readonly questions: readonly Question[];
  }>;
}

/** Jobs whose message was given up, of the whole service. Both throw `queue_unavailable`, `database_unavailable`. */
export interface DeadLetters {
  list(): Promise<readonly DeadJob[]>;
  /** Those of one error code, or all; answers how many are back on the queue. */
  redrive(code: string | null): Promise<number>;
}

export interface Services {
  /** Whose request it is; throws `unauthenticated`, or `identity_unavailable`. */
  readonly identify: Identify;
  /** Whether whoever reaches the service is the same one to it: nobody shows a key. */
  readonly open: boolean;
  /** Counts a request of the tenant; null: nothing is limited. */
  readonly takeRequest: ((tenantId: string) => RateDecision) | null;
  readonly objects: Objects;
  readonly uploads: UploadStore;
  readonly models: Models;
  readonly predictor: Predictor;
  /** Looks at the first bytes of a file before anything is stored; throws not_csv, empty_file, no_header, no_data_rows … */
  readonly inspectHead: (head: Uint8Array, whole: boolean) => void;
  /** Units that values of a feature of this unit may be given in; empty when none is converted. */
  readonly unitsFor: (unit: string) => readonly string[];
  /** Joins cells into one RFC 4180 record without line end, formula-safe. */
  readonly writeRecord: (cells: readonly string[]) => string;
  /** Wakes the relay: there is something in the outbox. */
  readonly workArrived: () => void;
  /** The header of the customer's file as one RFC 4180 record; from the upload's report. */
  readonly sourceHeader: (upload: Upload) => string;
  /** Header and records of the rows set aside, each as one RFC 4180 record without line end. */
  readonly rejectedRecords: (upload: Upload) => { header: string; record(rejection: StoredRejection): string };
  /** The queue of the whole service; null where callers are identified, since it tells of other tenants' work. Throws `queue_unavailable`. */
  readonly queueDepth: (() => Promise<QueueDepth>) | null;
  /** What was given up, and a second chance for it; null where callers are identified. */
  readonly deadLetters: DeadLetters | null;
  /** How the canary's last run ended; null where none has. */
  readonly canaryResult: () => Promise<CanaryRecord | null>;
  /** Every part that must work before traffic: name → null, or why not. */
  readonly readiness: () => Promise<readonly { readonly part: string; readonly problem: string | null }[]>;
  /** Told of every answer; never throws. */
  readonly measureCall: MeasureCall;
  /** One structured line for the operator; no customer data in it. */
  readonly log: Log;
}

export type {
  ChangeCounts,
  CsvTemplate,
  FeatureMapping,
  Issue,
  PipelineView,
  Question,
  QueueDepth,
  StoredPrediction,
  StoredRejection,
  Upload,
  UploadOptions,
  UploadStatus,
};
