/** What the inference thread answers besides scored files. */
import type { Delimiter } from "../csv/dialect.ts";
import type { RowError } from "../features/encoded-rows.ts";
import type { ColumnMapping, FeatureMapping, Question } from "../features/mapping.ts";
import type { Refusal } from "../features/refusals.ts";
import type { StoredPrediction, UploadReport } from "../store/upload.ts";
import type { ScoringWork } from "./score-rows.ts";

/** One customer as JSON: feature names or known headers → value. */
export type Customer = Readonly<Record<string, unknown>>;

export interface PredictOutcome {
  readonly predictions: readonly StoredPrediction[];
  /** `row` counts the customers of the request from 1. */
  readonly rejected: readonly {
    readonly row: number;
    readonly customerId: string | null;
    readonly errors: readonly RowError[];
  }[];
  readonly mapping: readonly FeatureMapping[];
  /** Keys that may have been meant for a feature and were not used. */
  readonly questions: readonly Question[];
  readonly work: ScoringWork;
}

/** Pairs of customers as the model takes them: row-major, `count` × features, NaN = missing. */
export interface DifferenceRequest {
  readonly rows: Float32Array;
  /** The row that each is compared with. */
  readonly before: Float32Array;
  readonly count: number;
}

/** Log-odds. */
export interface DifferenceOutcome {
  /** Row-major, `count` × features: a row's values sum to its raw score less that of its other row. */
  readonly contributions: Float64Array;
  /** Of the rows in `before`. */
  readonly scoresBefore: Float64Array;
}

/** The first bytes of a CSV as they came, or column names with sample rows. */
export type SuggestionRequest =
  | {
      readonly bytes: Uint8Array;
      /** All found out where they are not said. */
      readonly delimiter?: Delimiter;
      readonly decimal?: "." | ",";
      /** Row of the file, from 1. */
      readonly headerRow?: number;
    }
  | { readonly columns: readonly string[]; readonly sample: readonly (readonly string[])[] };

export interface Suggestion {
  /** How the head was read; null where columns came by name. */
  readonly csv: UploadReport["csv"];
  /** The first rows as they were understood, values shortened. */
  readonly preview: { readonly columns: readonly string[]; readonly rows: readonly (readonly string[])[] };
  readonly mapping: readonly ColumnMapping[];
  readonly unmapped_columns: readonly string[];
  readonly missing_features: readonly string[];
  /** Columns that look like a feature that is missing, and why they are not it. */
  readonly refused_columns: readonly Refusal[];
  /** What must be answered, then what may be. */
  readonly questions: readonly Question[];
}
