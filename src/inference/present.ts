/** From what is stored of a prediction to what a person reads: labels, values, reasons; pure. */
import type { Issue } from "../features/issue.ts";
import type { FeatureMapping } from "../features/mapping.ts";
import type { Schema } from "../features/schema.ts";
import type { StoredPrediction } from "../store/upload.ts";
import { describeGroups, describeReasons, describeShare } from "./describe-reasons.ts";
import { noteText } from "./note-text.ts";
import { createValueNotes } from "./value-notes.ts";

export interface PresentedModel {
  readonly schema: Schema;
  readonly digest: string;
  readonly backgroundDigest: string;
  readonly baseValue: number;
}

/** How every attribution is computed. */
export const explanationMethod = {
  algorithm: "exact_tree_shap",
  feature_perturbation: "interventional",
  output_space: "raw",
} as const;

/** @param issues of the file that the prediction comes from: what is doubtful about a column is said of its values */
export function presentPrediction(
  model: PresentedModel,
  stored: StoredPrediction,
  mapping: readonly FeatureMapping[],
  issues: readonly Issue[] = [],
) {
  const notes = stored.notes ?? {};
  return {
    row: stored.row,
    customer_id: stored.customerId,
    churn_probability: stored.probability,
    risk_tier: stored.tier,
    confidence: Math.max(stored.probability, 1 - stored.probability),
    base_value: model.baseValue,
    raw_score: stored.rawScore,
    explanation_status: stored.explanationStatus,
    reasons: describeReasons(model.schema, stored, createValueNotes(mapping, issues, stored.notes)),
    data_quality: Object.entries(notes).map(([feature, code]) => ({ feature, code, note: noteText(code) })),
  };
}

export function presentDetail(
  model: PresentedModel,
  stored: StoredPrediction,
  mapping: readonly FeatureMapping[],
  issues: readonly Issue[] = [],
) {
  const { name, version, features } = model.schema;
  const explained = stored.explanationStatus === "ok";
  return {
    ...presentPrediction(model, stored, mapping, issues),
    attributions: features.flatMap((feature, i) =>
      explained ? [describeShare(feature, stored.values[i] ?? Number.NaN, stored.shapValues[i]!)] : [],
    ),
    groups: describeGroups(model.schema, stored),
    method: explanationMethod,
    model: { name, version, digest: model.digest },
    background_digest: model.backgroundDigest,
    additivity_error: stored.additivityError,
  };
}
