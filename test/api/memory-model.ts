import type { PredictionView } from "../../src/api/presented.ts";
import type { ModelFacts, StoredPrediction } from "../../src/api/services.ts";

export function samplePrediction(row: number): StoredPrediction {
  const probability = ((row * 37) % 100) / 100;
  const tier = probability >= 0.7 ? "high" : probability >= 0.4 ? "medium" : "low";
  return {
    row,
    customerId: `C-${1000 + row}`,
    probability,
    rawScore: 1.5,
    tier,
    additivityError: 1e-9,
    explanationStatus: "ok",
    shapValues: [0.5, -0.25],
    values: [row, null],
    notes: null,
    source: `C-${1000 + row},${row},"a, b"`,
  };
}

function present(prediction: StoredPrediction): PredictionView {
  return {
    row: prediction.row,
    customer_id: prediction.customerId,
    churn_probability: prediction.probability,
    risk_tier: prediction.tier,
    confidence: 0.8,
    base_value: 1.25,
    raw_score: prediction.rawScore,
    explanation_status: prediction.explanationStatus,
    reasons: [
      {
        feature: "tenure",
        label: "short tenure",
        value: 4,
        text: "short tenure: 4 months",
        shap_value: 0.5,
        direction: "raises",
        column: "Months",
        note: null,
        sentence: "Short tenure: goes with a higher risk of leaving.",
        comparison: null,
        group: "account",
        actionable: false,
      },
    ],
    data_quality: [],
  };
}

export const model: ModelFacts = {
  name: "telecom",
  version: "1.0.0",
  golden: null,
  digest: "a".repeat(64),
  backgroundDigest: "b".repeat(64),
  card: "# Telecom",
  schema: { features: [{ name: "tenure", unit: "months" }, { name: "contract" }] },
  checkConstants: () => undefined,
  templates: [{ name: "telecom", title: "Telecom", description: "All.", csv: "customer_id,tenure\r\nC-1,4\r\n" }],
  resultColumns: (shap) => [
    "churn_probability",
    "risk_tier",
    "reason_1",
    "reason_2",
    "reason_3",
    ...(shap ? ["shap_tenure", "shap_contract"] : []),
  ],
  resultLine: ({ probability, tier, shapValues }, shap) =>
    [probability, tier, "short tenure", "", "", ...(shap ? shapValues : [])].join(),
  present,
  presentExplanation: ({ sample, customers, importance, dependence, features }) => ({
    base_value: 1.25,
    customers,
    sample: { customers: sample.length, rows: sample.map(({ row }) => row) },
    features: importance.slice(0, features).map(({ feature, mean_abs_shap }) => ({
      ...{ feature, label: feature, kind: "numeric", group: "account", actionable: true, mean_abs_shap },
      sample: {
        values: sample.map(() => 4),
        positions: sample.map(() => 0.5),
        shap_values: sample.map(({ shapValues }) => shapValues[0]!),
      },
      dependence: dependence.map(({ counts, mean_shap }) => ({
        ...{ value: null, from: null, to: null, missing: false },
        ...{ customers: counts[0]!, mean_shap_value: mean_shap[0]! },
      })),
    })),
    method: { algorithm: "exact_tree_shap", feature_perturbation: "interventional", output_space: "raw" },
    model: { name: "telecom", version: "1.0.0", digest: "a".repeat(64) },
    background_digest: "b".repeat(64),
  }),
  presentInteractions: (_prediction, values) => ({
    main: [{ feature: "tenure", shap_value: values[0]! }],
    pairs: [{ features: ["tenure", "contract"], shap_value: values[1]! }],
    additivity_error: 0,
  }),
  presentDetail: (prediction) => ({
    ...present(prediction),
    attributions: prediction.shapValues.map((shap_value, index) => ({
      feature: index === 0 ? "tenure" : "contract",
      label: index === 0 ? "Tenure" : "Contract",
      value: prediction.values[index]!,
      text: `${index === 0 ? "Tenure" : "Contract"}: ${prediction.values[index]}`,
      shap_value,
      comparison: null,
    })),
    groups: [],
    method: { algorithm: "exact tree SHAP", feature_perturbation: "interventional", output_space: "raw" },
    model: { name: "telecom", version: "1.0.0", digest: "a".repeat(64) },
    background_digest: "b".repeat(64),
    additivity_error: prediction.additivityError,
  }),
};
