/** From what is stored of a prediction to what a person reads: labels, values, reasons; pure. */
import { describeValue, displayValue } from "../features/decode-value.ts";
import type { FeatureMapping } from "../features/mapping.ts";
import type { Schema } from "../features/schema.ts";
import { topReasons } from "../shap/reasons.ts";
import type { StoredPrediction } from "../store/upload.ts";
import { isMissing } from "./missing-value.ts";
import { noteText } from "./note-text.ts";

/** Reasons shown for one customer; beyond a handful nobody reads them. */
const reasonsShown = 5;

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
  const transforms = new Map(mapping.map((entry) => [entry.feature, entry.transform]));
  const note = (feature: string): string | null => {
    if (Object.hasOwn(notes, feature)) return noteText(notes[feature]!);
    const transform = transforms.get(feature) ?? null;
    return transform === null ? null : `Computed from the column: ${transform}.`;
  };
  const skips = (index: number) => isMissing(stored.values[index]);
  const reasons = topReasons(stored.shapValues, reasonsShown, { skips }).map(({ index, shapValue, direction }) => {
    const feature = features[index]!;
    return {
      feature: feature.name,
      label: feature.label,
      value: displayValue(feature, stored.values[index] ?? Number.NaN),
      text: `${feature.label}: ${describeValue(feature, stored.values[index] ?? Number.NaN)}`,
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
