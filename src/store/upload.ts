import type { Issue } from "../features/issue.ts";
import type { FeatureMapping, Question } from "../features/mapping.ts";
import type { NotScored } from "../features/problem-tally.ts";
import type { Problem } from "../features/problems.ts";

/** An upload as the database holds it; dates are the database's clock. */
export type UploadStatus = "pending" | "processing" | "needs_mapping" | "completed" | "failed";

/** What the person who uploads may say about the file; everything is optional. */
export interface UploadOptions {
  /** Name of the model; the default model otherwise. */
  readonly model?: string;
  /** Feature → column of the file. */
  readonly mapping?: Readonly<Record<string, string>>;
  /** Feature → unit that the values of its column are in, where that is not the feature's own. */
  readonly units?: Readonly<Record<string, string>>;
  /** Feature → value that all customers of the file have; no column holds it. */
  readonly constants?: Readonly<Record<string, string>>;
  /** Row of the file (from 1) that holds the column names. */
  readonly headerRow?: number;
  readonly delimiter?: "," | ";" | "\t" | "|";
  readonly decimal?: "." | ",";
  /** Date that "until now" means when a tenure is computed from a date, yyyy-mm-dd. */
  readonly asOf?: string;
  readonly priority?: "low" | "normal" | "high";
  /** Id of a completed upload whose rows set aside this file has, corrected. */
  readonly corrects?: string;
}

/** How many rows set aside of an upload were replaced by those of a later one. */
export interface Correction {
  readonly upload_id: string;
  readonly rows: number;
}

/** What is known of the file once it was read; stored as JSON. */
export interface UploadReport {
  readonly csv: { encoding: string; delimiter: string; decimal: string; header_row: number } | null;
  /** The column names as in the file. */
  readonly columns: readonly string[];
  /** Some values of each column; reports of earlier versions have none. */
  readonly column_samples?: readonly (readonly string[])[];
  /** With why each column was taken; reports of earlier versions do not say. */
  readonly mapping: readonly (FeatureMapping & { readonly why?: string })[];
  /** Values given for the whole file; a report from before there were any has none. */
  readonly constants?: readonly { readonly feature: string; readonly value: string | number }[];
  readonly unmapped_columns: readonly string[];
  readonly missing_features: readonly string[];
  readonly questions: readonly Question[];
  readonly issues: readonly Issue[];
  readonly issues_truncated: boolean;
  /** The issues by root cause, what costs most first. */
  readonly problems: readonly Problem[];
  readonly not_scored: NotScored;
}

export interface UploadError {
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly remedy: string;
}

export interface Upload {
  readonly uploadId: string;
  readonly tenantId: string;
  readonly filename: string;
  readonly status: UploadStatus;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly completedAt: Date | null;
  readonly bytes: number;
  readonly sha256: string;
  readonly options: UploadOptions;
  readonly rowsRead: number;
  readonly rowsScored: number;
  readonly rowsRejected: number;
  /** 0…1. */
  readonly progress: number;
  readonly model: { name: string; version: string; digest: string } | null;
  readonly report: UploadReport | null;
  readonly summary: unknown;
  readonly error: UploadError | null;
  /** The uploads that corrected this one, in the order in which they did. */
  readonly corrections: readonly Correction[];
  /** Claims that never came to an end: a process that dies while it works leaves one. */
  readonly strikes: number;
}

/** One scored customer as stored: facts only; labels and sentences are made from the model's schema when it is read. */
export interface StoredPrediction {
  /** Row of the file, from 1; the header has one too. */
  readonly row: number;
  readonly customerId: string | null;
  /** P(churn), the exact value of the model's float32 output. */
  readonly probability: number;
  /** Log-odds. */
  readonly rawScore: number;
  readonly tier: "high" | "medium" | "low";
  /** |baseValue + Σ shapValues − rawScore|, log-odds. */
  readonly additivityError: number;
  readonly explanationStatus: "ok" | "failed";
  /** Per feature in the schema's order: log-odds. Empty when the explanation failed. */
  readonly shapValues: readonly number[];
  /** Per feature in the schema's order: the encoded value; null = missing. */
  readonly values: readonly (number | null)[];
  /** Features whose value was imputed, clamped or doubtful: feature name → code. */
  readonly notes: Readonly<Record<string, string>> | null;
  /** The customer's own cells as one RFC 4180 record, formula-safe, without line end. */
  readonly source: string;
}

export interface StoredRejection {
  readonly row: number;
  /** Null where there is none, or where the row's cells are out of place. */
  readonly customerId: string | null;
  readonly errorCode: string;
  readonly error: string;
  /** The row as it came, as one RFC 4180 record, formula-safe, without line end. */
  readonly source: string;
}
