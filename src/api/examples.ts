/** Answers as they look, for the documentation. All of it is made up; a test holds each to its schema. */
import { pipeline } from "./pipeline-example.ts";
import { links, model, rows, tenureMapping, upload, uploadId } from "./upload-example.ts";

const prediction = {
  row: 17,
  customer_id: "C-1017",
  churn_probability: 0.83,
  risk_tier: "high",
  confidence: 0.83,
  base_value: -1.12,
  raw_score: 1.59,
  explanation_status: "ok",
  reasons: [
    {
      feature: "contract",
      label: "Contract",
      value: "Month-to-month",
      text: "Contract: Month-to-month",
      shap_value: 1.04,
      direction: "raises",
      column: "Contract term",
      note: null,
      sentence:
        "Month-to-month contract (like 55 % of the customers that the model learned from): goes with a higher risk of leaving.",
      comparison: {
        with: "training_data",
        share: 0.55,
        median: null,
        share_below: null,
        share_above: null,
        text: "like 55 % of the customers that the model learned from",
      },
      group: "account",
      actionable: true,
    },
  ],
  data_quality: [],
};

const contribution = {
  feature: "contract",
  label: "Contract",
  value: "Month-to-month",
  previous_value: "One year",
  contribution: 0.92,
};
const { contributions, ...moved } = {
  customer_id: "C-1017",
  row: 17,
  previous_row: 15,
  churn_probability: 0.83,
  previous_churn_probability: 0.66,
  raw_score: 1.59,
  previous_raw_score: 0.67,
  change: 0.92,
  risk_tier: "high",
  previous_risk_tier: "medium",
  explanation_status: "ok",
  contributions: [
    contribution,
    { feature: "tenure_months", label: "Tenure", value: 14, previous_value: 13, contribution: 0 },
  ],
  model_contribution: 0,
  additivity_error: 2.2e-16,
};
const since = {
  upload_id: "0198e1b0-11d2-7a00-8c54-7f20c4d1b9aa",
  filename: "customers-february.csv",
  created_at: "2026-02-02T09:10:00.000Z",
  model,
};
const counts = {
  compared: 1150,
  new: 41,
  gone: 23,
  ambiguous: 2,
  without_id: 5,
  moved_up: 312,
  moved_down: 760,
  tier_changes: 64,
};

const predictionWithAttributions = {
  ...prediction,
  attributions: [
    {
      feature: "contract",
      label: "Contract",
      value: "Month-to-month",
      text: "Contract: Month-to-month",
      shap_value: 1.04,
      comparison: null,
    },
    {
      feature: "tenure_months",
      label: "Tenure",
      value: 2,
      text: "Tenure: 2 months",
      shap_value: 1.67,
      comparison: null,
    },
  ],
  groups: [
    {
      group: "account",
      label: "Account",
      shap_value: 2.71,
      direction: "raises",
      features: ["tenure_months", "contract"],
      actionable: true,
      sentence: "Account (Tenure 2 months, month-to-month contract): goes with a higher risk of leaving.",
      note: null,
    },
  ],
  interactions: {
    main: [
      { feature: "contract", shap_value: 0.82 },
      { feature: "tenure_months", shap_value: 1.45 },
    ],
    pairs: [{ features: ["contract", "tenure_months"], shap_value: 0.22 }],
    additivity_error: 1.1e-15,
  },
  method: { algorithm: "exact tree SHAP", feature_perturbation: "interventional", output_space: "raw" },
  model,
  background_digest: "5e".repeat(32),
  additivity_error: 2.4e-7,
};

const explanation = {
  base_value: -1.12,
  customers: 1198,
  sample: { customers: 2, rows: [17, 240] },
  features: [
    {
      feature: "tenure_months",
      label: "Tenure",
      kind: "numeric",
      group: "account",
      actionable: false,
      mean_abs_shap: 0.71,
      sample: { values: [2, 60], positions: [0.014, 0.831], shap_values: [1.67, -0.88] },
      dependence: [
        { value: null, from: null, to: 2, missing: false, customers: 147, mean_shap_value: 1.21 },
        { value: null, from: 2, to: null, missing: false, customers: 1051, mean_shap_value: -0.17 },
      ],
    },
  ],
  method: { algorithm: "exact_tree_shap", feature_perturbation: "interventional", output_space: "raw" },
  model,
  background_digest: "5e".repeat(32),
};

export const examples = {
  acceptedUpload: {
    upload_id: uploadId,
    status: "pending",
    message: "The file is stored and waiting to be processed.",
    links,
  },
  upload,
  uploadList: { data: [upload], next_cursor: null },
  uploadEvent: { upload_id: uploadId, status: "processing", progress: 0.4, rows, error: null },
  predictionList: { data: [prediction], next_cursor: "eyJzY29wZSI6Im1hZGUtdXAiLCJhdCI6IngifQ" },
  predictionWithAttributions,
  explanation,
  changeList: {
    data: [{ ...moved, contributions }],
    next_cursor: null,
    since,
    model_changed: false,
    missing_features: [],
    split: { status: "ok", code: null, detail: null },
    counts,
  },
  summary: {
    ...upload.summary,
    since,
    movers: { up: [{ ...moved, main_feature: contribution }], down: [], counts },
    movers_missing: null,
  },
  predictAnswer: { model, predictions: [{ ...prediction, row: 1 }], rejected: [] },
  mappingSuggestion: {
    csv: { encoding: "utf-8", delimiter: ",", decimal: ".", header_row: 1 },
    preview: { columns: ["Months with us", "Colour", "Tier", "Plan"], rows: [["4", "red", "gold", "A"]] },
    mapping: [{ ...tenureMapping, alternatives: ["Age"] }],
    unmapped_columns: ["Colour"],
    missing_features: ["contract"],
    refused_columns: [
      {
        feature: "contract",
        column: "Tier",
        reason: "a plan, tier or package says what is sold, not how long the customer is bound",
      },
    ],
    questions: [
      {
        feature: "contract",
        columns: ["Plan"],
        question: "Is Plan the length of the contract?",
        plain: "Plan may be the contract.",
        units: [],
        effect: null,
      },
    ],
  },
  rememberedMapping: {
    model: "_default",
    feature: "tenure_months",
    label: "Tenure",
    column: "Months with us",
    unit: null,
    units: ["months", "days", "weeks", "quarters", "years"],
    remembered_at: "2026-03-02T09:14:00.000Z",
  },
  templateList: {
    data: [
      {
        name: "saas",
        title: "Software subscriptions",
        description: "What a software company knows of its customers.",
        model,
        url: "/v1/templates/saas.csv",
      },
    ],
  },
  modelList: {
    data: [{ ...model, background_digest: "5e".repeat(32), card: "# Telecom churn", schema: { features: [] } }],
  },
  pipeline,
  deadLetters: {
    data: [
      {
        message_id: "0198f3a2-7c31-7d60-9f0e-3b1d5a2c4e12",
        upload_id: "0198f3a2-7c31-7d60-9f0e-3b1d5a2c4e11",
        code: "poison",
        receives: 6,
        dead_at: "2026-03-02T09:13:20.000Z",
      },
    ],
  },
  alive: { status: "alive" },
  ready: { status: "ready", parts: [{ part: "database", problem: null }] },
  notReady: { status: "not_ready", parts: [{ part: "database", problem: "It does not answer." }] },
  predictionsCsv:
    "Customer ID,Months with us,churn_probability,risk_tier,reason_1,reason_2,reason_3\r\nC-1017,2,0.83,high,Tenure: 2 months (goes with higher risk +1.670),Contract: Month-to-month (goes with higher risk +1.040),\r\n",
  rejectedCsv:
    "row,error_code,error,Customer ID,Months with us\r\n18,value_out_of_range,A tenure cannot be negative.,C-1018,-4\r\n",
  templateCsv: "customer_id,tenure,contract,monthly_charges\r\nC-1001,4,Month-to-month,79.90\r\n",
} as const;
