/** From what is stored of a prediction to what a person reads: labels, values, reasons; pure. */
import { displayValue } from "../features/decode-value.ts";
import type { FeatureMapping } from "../features/mapping.ts";
import type { Schema } from "../features/schema.ts";
import { topReasons } from "../shap/reasons.ts";
import type { StoredPrediction } from "../store/upload.ts";
import { noteText } from "./note-text.ts";
import type { RiskTier } from "./risk-tier.ts";

/** Reasons shown for one customer; beyond a handful nobody reads them. */
const reasonsShown = 5;
/** reason_1 … reason_3 of the result CSV (API.md). */
const reasonColumns = 3;

export interface PresentedModel {
  readonly schema: Schema;
  readonly digest: string;
  readonly backgroundDigest: string;
  readonly baseValue: number;
}

export function presentPrediction(model: PresentedModel, stored: StoredPrediction, mapping: readonly FeatureMapping[]) {
  const { features } = model.schema;
  const columns = new Map(mapping.map((entry) => [entry.feature, entry.column]));
  const notes = stored.notes ?? {};
  const note = (feature: string): string | null => (Object.hasOwn(notes, feature) ? noteText(notes[feature]!) : null);
  const reasons = topReasons(stored.shapValues, reasonsShown).map(({ index, shapValue, direction }) => {
    const feature = features[index]!;
    return {
      feature: feature.name,
      label: feature.label,
      value: displayValue(feature, stored.values[index] ?? Number.NaN),
      shap_value: shapValue,
      direction,
      column: columns.get(feature.name) ?? null,
      note: note(feature.name),
    };
  });
  return {
    row: stored.row,
    customer_id: stored.customerId,
    churn_probability: stored.probability,
    risk_tier: stored.tier,
    confidence: Math.max(stored.probability, 1 - stored.probability),
    base_value: model.baseValue,
    raw_score: stored.rawScore,
    explanation_status: stored.explanationStatus,
    reasons,
    data_quality: Object.entries(notes).map(([feature, code]) => ({ feature, code, note: noteText(code) })),
  };
}

export function presentDetail(model: PresentedModel, stored: StoredPrediction, mapping: readonly FeatureMapping[]) {
  const { name, version, features } = model.schema;
  const explained = stored.explanationStatus === "ok";
  return {
    ...presentPrediction(model, stored, mapping),
    attributions: features.flatMap((feature, i) =>
      explained
        ? [
            {
              feature: feature.name,
              value: displayValue(feature, stored.values[i] ?? Number.NaN),
              shap_value: stored.shapValues[i]!,
            },
          ]
        : [],
    ),
    method: { algorithm: "exact_tree_shap", feature_perturbation: "interventional", output_space: "raw" as const },
    model: { name, version, digest: model.digest },
    background_digest: model.backgroundDigest,
    additivity_error: stored.additivityError,
  };
}

/** Names of the columns that follow the customer's own in a result CSV. */
export function resultColumns(schema: Schema, shap: boolean): string[] {
  const reasons = Array.from({ length: reasonColumns }, (_, i) => `reason_${i + 1}`);
  const attributions = shap ? schema.features.map((feature) => `shap_${feature.name}`) : [];
  return ["churn_probability", "risk_tier", ...reasons, ...attributions];
}

/** What a result line is made of; missing values are null or NaN. */
export interface ResultLine {
  readonly probability: number;
  readonly tier: RiskTier;
  /** Log-odds per feature; empty when nothing was explained. */
  readonly shapValues: ArrayLike<number>;
  readonly values: ArrayLike<number | null>;
}

export function resultCells(schema: Schema, stored: ResultLine, shap: boolean): string[] {
  const reasons = topReasons(stored.shapValues, reasonColumns).map(({ index, shapValue, direction }) => {
    const feature = schema.features[index]!;
    const value = displayValue(feature, stored.values[index] ?? Number.NaN) ?? "not given";
    return `${feature.label}: ${value} (${direction} risk ${shapValue < 0 ? "" : "+"}${shapValue.toFixed(3)})`;
  });
  while (reasons.length < reasonColumns) reasons.push("");
  const attributions = shap ? schema.features.map((_, i) => String(stored.shapValues[i] ?? "")) : [];
  return [String(stored.probability), stored.tier, ...reasons, ...attributions];
}
