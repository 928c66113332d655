/** How a row of `predictions` becomes a StoredPrediction. */
import type { StoredPrediction } from "./upload.ts";

export interface PredictionRow {
  readonly row_number: number;
  readonly customer_id: string | null;
  readonly probability: number;
  readonly raw_score: number;
  readonly tier: StoredPrediction["tier"];
  readonly additivity_error: number;
  readonly explained: boolean;
  readonly shap_values: readonly number[];
  /** NaN = missing. */
  readonly feature_values: readonly number[];
  readonly notes: Readonly<Record<string, string>> | null;
  readonly source: string;
}

export function toPrediction(row: PredictionRow): StoredPrediction {
  return {
    row: row.row_number,
    customerId: row.customer_id,
    probability: row.probability,
    rawScore: row.raw_score,
    tier: row.tier,
    additivityError: row.additivity_error,
    explanationStatus: row.explained ? "ok" : "failed",
    shapValues: row.shap_values,
    values: row.feature_values.map((value) => (Number.isNaN(value) ? null : value)),
    notes: row.notes,
    source: row.source,
  };
}
