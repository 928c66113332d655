import * as v from "valibot";
import { ModelId } from "./upload-view.ts";

export const Probability = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
export const Row = v.pipe(
  v.number(),
  v.integer(),
  v.minValue(1),
  v.description("Row of the file, from 1; in a synchronous call the place in the list, from 1."),
);
export const Value = v.nullable(v.union([v.string(), v.number()]));
export const LogOdds = v.pipe(v.number(), v.description("Log-odds."));

const summary = {
  row: Row,
  customer_id: v.nullable(v.string()),
  churn_probability: Probability,
  risk_tier: v.picklist(["high", "medium", "low"]),
  confidence: Probability,
  base_value: v.pipe(
    v.number(),
    v.description("Log-odds before any attribution: base_value + all shap_value = raw_score."),
  ),
  raw_score: LogOdds,
  explanation_status: v.picklist(["ok", "failed"]),
  reasons: v.array(
    v.strictObject({
      feature: v.string(),
      label: v.string(),
      value: Value,
      text: v.pipe(v.string(), v.description("Label and value in words.")),
      shap_value: LogOdds,
      direction: v.picklist(["raises", "lowers"]),
      column: v.nullable(v.string()),
      note: v.nullable(v.string()),
    }),
  ),
  data_quality: v.array(v.strictObject({ feature: v.string(), code: v.string(), note: v.string() })),
};

/** One prediction in a list. */
export const Prediction = v.strictObject(summary);

/** One prediction with everything. */
export const PredictionWithAttributions = v.strictObject({
  ...summary,
  attributions: v.pipe(
    v.array(v.strictObject({ feature: v.string(), value: Value, shap_value: LogOdds })),
    v.description("Every feature."),
  ),
  method: v.strictObject({ algorithm: v.string(), feature_perturbation: v.string(), output_space: v.literal("raw") }),
  model: ModelId,
  background_digest: v.string(),
  additivity_error: v.pipe(v.number(), v.description("|base_value + Σ shap_value − raw_score|, log-odds.")),
});

export const PredictionList = v.strictObject({ data: v.array(Prediction), next_cursor: v.nullable(v.string()) });
