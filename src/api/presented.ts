/** What the inference thread's results look like to the API: snake_case, ready for JSON. `inference/` makes them, the API sends them. */
import type { Comparison } from "../features/comparison.ts";
import type { ValueBin } from "../features/value-bins.ts";
import type { FeatureDependence } from "../inference/dependence.ts";
import type { SampledPrediction } from "../store/sample-predictions.ts";

/** One feature's value and what it does to the score, log-odds. */
export interface ToldValue {
  readonly feature: string;
  readonly label: string;
  readonly value: string | number | null;
  /** Label and value in words: "Tenure: 1 month"; "not given" where there is none. */
  readonly text: string;
  /** Null where there is no value, or the model does not say how it was distributed. */
  readonly comparison: Comparison | null;
  readonly shap_value: number;
}

/** One prediction as API.md shows it (snake_case, ready for JSON). */
export interface PredictionView {
  readonly row: number;
  readonly customer_id: string | null;
  readonly churn_probability: number;
  readonly risk_tier: "high" | "medium" | "low";
  readonly confidence: number;
  readonly base_value: number;
  readonly raw_score: number;
  readonly explanation_status: "ok" | "failed";
  readonly reasons: readonly (ToldValue & {
    readonly direction: "raises" | "lowers";
    readonly column: string | null;
    readonly note: string | null;
    /** The reason in one cautious sentence. */
    readonly sentence: string;
    readonly group: string;
    readonly actionable: boolean;
  })[];
  readonly data_quality: readonly { readonly feature: string; readonly code: string; readonly note: string }[];
}

export interface PredictionDetail extends PredictionView {
  readonly attributions: readonly ToldValue[];
  /** Related features told as one; base_value + all of them = raw_score. Empty when the explanation failed. */
  readonly groups: readonly {
    readonly group: string;
    readonly label: string;
    readonly shap_value: number;
    readonly direction: "raises" | "lowers" | null;
    readonly features: readonly string[];
    readonly actionable: boolean;
    readonly sentence: string;
    readonly note: string | null;
  }[];
  readonly method: { readonly algorithm: string; readonly feature_perturbation: string; readonly output_space: "raw" };
  readonly model: { readonly name: string; readonly version: string; readonly digest: string };
  readonly background_digest: string;
  /** Where it was asked for; null where the explanation failed. */
  readonly interactions?: InteractionsView | null;
  readonly additivity_error: number;
}

/** What features do together, for one customer; log-odds. */
export interface InteractionsView {
  readonly main: readonly { readonly feature: string; readonly shap_value: number }[];
  /** Half of what the two do together: each pair counts for both of its features. */
  readonly pairs: readonly { readonly features: readonly [string, string]; readonly shap_value: number }[];
  readonly additivity_error: number;
}

/** What the explanation of a whole file is made of: a sample, and what was counted over all customers while they were scored. */
export interface ExplanationRequest {
  readonly sample: readonly SampledPrediction[];
  readonly customers: number;
  readonly importance: readonly { readonly feature: string; readonly mean_abs_shap: number | null }[];
  readonly dependence: readonly FeatureDependence[];
  /** Most features. */
  readonly features: number;
}

export interface ExplanationView {
  readonly base_value: number;
  readonly customers: number;
  readonly sample: { readonly customers: number; readonly rows: readonly number[] };
  readonly features: readonly {
    readonly feature: string;
    readonly label: string;
    readonly kind: "numeric" | "category" | "flag";
    readonly group: string;
    readonly actionable: boolean;
    readonly mean_abs_shap: number | null;
    /** One entry for each row of the sample. */
    readonly sample: {
      readonly values: readonly (string | number | null)[];
      readonly positions: readonly (number | null)[];
      readonly shap_values: readonly number[];
    };
    readonly dependence: readonly (ValueBin & { readonly customers: number; readonly mean_shap_value: number })[];
  }[];
  readonly method: PredictionDetail["method"];
  readonly model: PredictionDetail["model"];
  readonly background_digest: string;
}

/** One customer in two uploads as the API shows it (snake_case, ready for JSON). Scores and contributions are log-odds. */
export interface ChangeView {
  readonly customer_id: string | null;
  readonly row: number;
  readonly previous_row: number;
  readonly churn_probability: number;
  readonly previous_churn_probability: number;
  readonly raw_score: number;
  readonly previous_raw_score: number;
  readonly change: number;
  readonly risk_tier: "high" | "medium" | "low";
  readonly previous_risk_tier: "high" | "medium" | "low";
  readonly explanation_status: "ok" | "failed" | "unavailable";
  readonly contributions: readonly {
    readonly feature: string;
    readonly label: string;
    readonly value: string | number | null;
    readonly previous_value: string | number | null;
    readonly contribution: number;
  }[];
  readonly model_contribution: number | null;
  readonly additivity_error: number | null;
}

export interface ExplainedChanges {
  /** `unavailable`: a model that made the results is no longer loaded; the code and the detail say which and why. */
  readonly split: {
    readonly status: "ok" | "unavailable";
    readonly code: "model_unavailable" | null;
    readonly detail: string | null;
  };
  /** Features of the later upload's model that the earlier one's did not know: taken as missing before. */
  readonly missingFeatures: readonly string[];
  /** In the order of the customers given. */
  readonly changes: readonly ChangeView[];
}
