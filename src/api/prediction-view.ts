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

const Direction = v.picklist(["raises", "lowers"]);
const Share = v.nullable(v.pipe(v.number(), v.minValue(0), v.maxValue(1)));

export const Comparison = v.strictObject({
  with: v.pipe(
    v.picklist(["training_data"]),
    v.description("Whose values: those of the customers that the model learned from, as the signed model states them."),
  ),
  share: v.pipe(Share, v.description("Category or flag: share of those customers with the same value.")),
  median: v.pipe(v.nullable(v.number()), v.description("Number: the middle value of those customers.")),
  share_below: v.pipe(Share, v.description("Number: at least this share has a smaller value, in steps of 0.05.")),
  share_above: v.pipe(Share, v.description("Number: at least this share has a larger value, in steps of 0.05.")),
  text: v.string(),
});

/** One feature's value and what it does to the score. */
const told = {
  feature: v.string(),
  label: v.string(),
  value: Value,
  text: v.pipe(v.string(), v.description("Label and value in words.")),
  comparison: v.pipe(
    v.nullable(Comparison),
    v.description("The value beside those of others; null where the model does not say how they are distributed."),
  ),
  shap_value: LogOdds,
};

const Group = v.strictObject({
  group: v.string(),
  label: v.string(),
  shap_value: v.pipe(v.number(), v.description("Sum of the group's SHAP values, log-odds.")),
  direction: v.nullable(Direction),
  features: v.pipe(v.array(v.string()), v.description("Its features, the weightiest first.")),
  actionable: v.pipe(v.boolean(), v.description("Whether a business can act on any of them.")),
  sentence: v.string(),
  note: v.pipe(v.nullable(v.string()), v.description("How many of its features had no value.")),
});

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
      ...told,
      direction: Direction,
      column: v.nullable(v.string()),
      note: v.pipe(
        v.nullable(v.string()),
        v.description(
          "What is doubtful about the value: out of the range known to the model, or from a doubtful column.",
        ),
      ),
      sentence: v.pipe(
        v.string(),
        v.description("The reason in one sentence. It says what goes together in the model, not what causes what."),
      ),
      group: v.pipe(v.string(), v.description("Related features have the same group.")),
      actionable: v.pipe(v.boolean(), v.description("Whether a business can act on it: a contract, yes; an age, no.")),
    }),
  ),
  data_quality: v.array(v.strictObject({ feature: v.string(), code: v.string(), note: v.string() })),
};

/** One prediction in a list. */
export const Prediction = v.strictObject(summary);

const Interactions = v.strictObject({
  main: v.pipe(
    v.array(v.strictObject({ feature: v.string(), shap_value: LogOdds })),
    v.description("What is left of each feature's SHAP value without its pairs."),
  ),
  pairs: v.pipe(
    v.array(v.strictObject({ features: v.pipe(v.array(v.string()), v.length(2)), shap_value: LogOdds })),
    v.description(
      "Half of what the two do together and not apart, largest first; pairs of zero are left out. A feature's main part + the shap_value of each of its pairs = its SHAP value.",
    ),
  ),
  additivity_error: v.pipe(
    v.number(),
    v.description("Largest difference of such a sum from the SHAP value, log-odds."),
  ),
});

/** One prediction with everything. */
export const PredictionWithAttributions = v.strictObject({
  ...summary,
  attributions: v.pipe(
    v.array(v.strictObject(told)),
    v.description("Every feature, a missing value's effect included."),
  ),
  groups: v.pipe(
    v.array(Group),
    v.description(
      "Related features told as one, the weightiest first: base_value + the shap_value of all groups = raw_score.",
    ),
  ),
  method: v.strictObject({ algorithm: v.string(), feature_perturbation: v.string(), output_space: v.literal("raw") }),
  model: ModelId,
  background_digest: v.string(),
  interactions: v.pipe(
    v.exactOptional(v.nullable(Interactions)),
    v.description("Only where asked for. Null where the explanation failed."),
  ),
  additivity_error: v.pipe(v.number(), v.description("|base_value + Σ shap_value − raw_score|, log-odds.")),
});

export const PredictionList = v.strictObject({ data: v.array(Prediction), next_cursor: v.nullable(v.string()) });
