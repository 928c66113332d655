import type { EncodedRows } from "../features/encoded-rows.ts";
import type { Schema } from "../features/schema.ts";
import type { StoredPrediction } from "../store/upload.ts";
import { riskTier } from "./risk-tier.ts";
import type { Scores } from "./score-rows.ts";

/** Customer `i` of a scored block as it is stored; a row whose explanation failed keeps none. */
export function storedPrediction(
  schema: Schema,
  encoded: EncodedRows,
  scores: Scores,
  i: number,
  source: string,
): StoredPrediction {
  const width = schema.features.length;
  const explained = scores.explained[i] === 1;
  const values = encoded.features.subarray(i * width, (i + 1) * width);
  return {
    row: encoded.rows[i]!,
    customerId: encoded.customerIds[i]!,
    probability: scores.probabilities[i]!,
    rawScore: scores.rawScores[i]!,
    tier: riskTier(schema, scores.probabilities[i]!),
    additivityError: scores.additivityErrors[i]!,
    explanationStatus: explained ? "ok" : "failed",
    shapValues: explained ? Array.from(scores.shapValues.subarray(i * width, (i + 1) * width)) : [],
    values: Array.from(values, (value) => (Number.isNaN(value) ? null : value)),
    notes: encoded.notes.get(i) ?? null,
    source,
  };
}
