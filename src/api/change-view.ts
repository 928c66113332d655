import * as v from "valibot";
import { LogOdds, Probability, Row, Value } from "./prediction-view.ts";
import type { ExplainedChanges } from "./presented.ts";
import type { ReadonlyDeep } from "./send-json.ts";
import type { ChangeCounts, Upload } from "./services.ts";
import { ModelId, modelId, UploadId } from "./upload-view.ts";

const Tier = v.picklist(["high", "medium", "low"]);
const Customers = v.pipe(v.number(), v.integer(), v.minValue(0));

export const ChangeContribution = v.strictObject({
  feature: v.string(),
  label: v.string(),
  value: Value,
  previous_value: v.pipe(
    Value,
    v.description("Null where it was missing, or the former model did not know the feature."),
  ),
  contribution: v.pipe(
    v.number(),
    v.description(
      "Log-odds: the SHAP value of this feature with the customer's previous row as the only background row; 0 for one that stayed the same.",
    ),
  ),
});

/** One customer in two uploads. */
export const Change = v.strictObject({
  customer_id: v.nullable(v.string()),
  row: Row,
  previous_row: v.pipe(v.number(), v.integer(), v.description("Row of the earlier upload's file.")),
  churn_probability: Probability,
  previous_churn_probability: Probability,
  raw_score: LogOdds,
  previous_raw_score: LogOdds,
  change: v.pipe(
    v.number(),
    v.description(
      "Log-odds: raw_score − previous_raw_score = Σ contribution + model_contribution, within additivity_error.",
    ),
  ),
  risk_tier: Tier,
  previous_risk_tier: Tier,
  explanation_status: v.pipe(
    v.picklist(["ok", "failed", "unavailable"]),
    v.description(
      "failed: the split does not add up, or one of the two predictions has no explanation; unavailable: see split. Neither has contributions.",
    ),
  ),
  contributions: v.pipe(v.array(ChangeContribution), v.description("Every feature, the largest contribution first.")),
  model_contribution: v.pipe(
    v.nullable(v.number()),
    v.description(
      "Log-odds: what the new model makes of the previous row, less what the former one did; 0 for the same model.",
    ),
  ),
  additivity_error: v.pipe(
    v.nullable(v.number()),
    v.description("|Σ contribution + model_contribution − change|, log-odds."),
  ),
});

export const EarlierUpload = v.strictObject({
  upload_id: UploadId,
  filename: v.string(),
  created_at: v.pipe(v.string(), v.isoTimestamp()),
  model: v.nullable(ModelId),
});

export const ChangeSplit = v.strictObject({
  status: v.pipe(
    v.picklist(["ok", "unavailable"]),
    v.description(
      "unavailable: the model of one of the two uploads is no longer loaded, and differences are told without their split.",
    ),
  ),
  code: v.nullable(v.picklist(["model_unavailable"])),
  detail: v.nullable(v.string()),
});

export const ChangeTotals = v.strictObject({
  compared: v.pipe(Customers, v.description("Customers in both uploads, by their id, with one row in each.")),
  new: v.pipe(Customers, v.description("Customers who are not in the earlier upload.")),
  gone: v.pipe(Customers, v.description("Customers of the earlier upload who are not in this one.")),
  ambiguous: v.pipe(
    Customers,
    v.description(
      "Customers in both with several rows in one of them: not compared, since nobody can say which row is which.",
    ),
  ),
  without_id: v.pipe(Customers, v.description("Rows of this upload without a customer id: not compared.")),
  moved_up: v.pipe(Customers, v.description("Compared customers whose raw score is higher than before.")),
  moved_down: Customers,
  tier_changes: v.pipe(Customers, v.description("Compared customers whose tier is another than before.")),
});

const comparison = {
  since: v.pipe(
    v.nullable(EarlierUpload),
    v.description("What is compared with; null where there is no earlier upload."),
  ),
  model_changed: v.pipe(
    v.boolean(),
    v.description("Whether another model, or another version of it, scored the earlier upload."),
  ),
  missing_features: v.pipe(
    v.array(v.string()),
    v.description(
      "Features that the earlier upload's model did not know or measured in another unit: they count as missing in every previous row.",
    ),
  ),
  split: v.nullable(ChangeSplit),
  counts: v.nullable(ChangeTotals),
};

export const ChangeList = v.strictObject({
  data: v.array(Change),
  next_cursor: v.nullable(v.string()),
  ...comparison,
});

type Comparison = ReadonlyDeep<v.InferOutput<v.StrictObjectSchema<typeof comparison, undefined>>>;

export const noComparison: Comparison = {
  since: null,
  model_changed: false,
  missing_features: [],
  split: null,
  counts: null,
};

export function viewComparison(
  upload: Upload,
  since: Upload,
  { split, missingFeatures }: ExplainedChanges,
  counts: ChangeCounts,
): Comparison {
  return {
    since: viewEarlier(since),
    model_changed: upload.model?.digest !== since.model?.digest,
    missing_features: missingFeatures,
    split,
    counts: {
      compared: counts.compared,
      new: counts.new,
      gone: counts.gone,
      ambiguous: counts.ambiguous,
      without_id: counts.withoutId,
      moved_up: counts.movedUp,
      moved_down: counts.movedDown,
      tier_changes: counts.tierChanges,
    },
  };
}

export const viewEarlier = (since: Upload): ReadonlyDeep<v.InferOutput<typeof EarlierUpload>> => ({
  upload_id: since.uploadId,
  filename: since.filename,
  created_at: since.createdAt.toISOString(),
  model: since.model === null ? null : modelId(since.model),
});
