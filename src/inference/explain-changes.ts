/**
 * What changed for customers of an earlier upload: the difference of their raw scores, split by feature. With f for the model of the later
 * upload, f₀ for that of the earlier, x and x₀ for the customer's rows in them: f(x) − f₀(x₀) = Σ contributions + model contribution,
 * where the contributions are the SHAP values of x with x₀ as the only background row, and sum to f(x) − f(x₀); the model's is
 * f(x₀) − f₀(x₀), and 0 where both uploads were scored by the same bundle.
 */
import type { ChangeView, ExplainedChanges } from "../api/presented.ts";
import type { ChangedCustomer } from "../api/services.ts";
import { RetainWiseError } from "../errors.ts";
import { displayValue } from "../features/decode-value.ts";
import { matchFeatures } from "../features/match-features.ts";
import type { Schema } from "../features/schema.ts";
import { limits } from "../limits.ts";
import type { DifferenceOutcome } from "./answers.ts";
import type { Inference } from "./client.ts";

/** Throws `model_unavailable` for a digest that is not known. */
export interface SchemasByDigest {
  byDigest(digest: string): { readonly schema: Schema };
}

export interface ChangesRequest {
  /** Digests of the models of the later upload and of the earlier one. */
  readonly model: string;
  readonly modelBefore: string;
  readonly customers: readonly ChangedCustomer[];
}

/** A split that cannot be made is said so and leaves the differences themselves. */
export async function explainChanges(
  inference: Pick<Inference, "difference">,
  models: SchemasByDigest,
  request: ChangesRequest,
): Promise<ExplainedChanges> {
  const { model, modelBefore, customers } = request;
  try {
    const { schema } = models.byDigest(model);
    const match = matchFeatures(models.byDigest(modelBefore).schema, schema);
    const width = schema.features.length;
    const count = customers.length;
    const rows = new Float32Array(count * width);
    const before = new Float32Array(count * width);
    customers.forEach((customer, i) => {
      rows.set(
        customer.now.values.map((value) => value ?? Number.NaN),
        i * width,
      );
      match.write(customer.before.values, before, i * width);
    });
    // Asked for no customers too: whether the split can be made is part of the answer.
    const outcome = await inference.difference(model, { rows, before, count });
    const sameModel = model === modelBefore;
    return {
      split: { status: "ok", code: null, detail: null },
      missingFeatures: match.missing,
      changes: customers.map((customer, i) => viewSplit({ schema, customer, before, outcome, i, sameModel })),
    };
  } catch (error) {
    if (!(error instanceof RetainWiseError) || error.code !== "model_unavailable") throw error;
    return {
      split: { status: "unavailable", code: error.code, detail: error.detail },
      missingFeatures: [],
      changes: customers.map((customer) => ({ ...viewDifference(customer), ...unsplit("unavailable", null) })),
    };
  }
}

/** What is known without any model. */
function viewDifference({ now, before }: ChangedCustomer) {
  return {
    customer_id: now.customerId,
    row: now.row,
    previous_row: before.row,
    churn_probability: now.probability,
    previous_churn_probability: before.probability,
    raw_score: now.rawScore,
    previous_raw_score: before.rawScore,
    change: now.rawScore - before.rawScore,
    risk_tier: now.tier,
    previous_risk_tier: before.tier,
  };
}

const unsplit = (status: "failed" | "unavailable", error: number | null) => ({
  explanation_status: status,
  contributions: [],
  model_contribution: null,
  additivity_error: error,
});

interface SplitCustomer {
  readonly schema: Schema;
  readonly customer: ChangedCustomer;
  /** The former rows in terms of the schema. */
  readonly before: Float32Array;
  readonly outcome: DifferenceOutcome;
  /** Which of them it is. */
  readonly i: number;
  readonly sameModel: boolean;
}

function viewSplit({ schema, customer, before, outcome, i, sameModel }: SplitCustomer): ChangeView {
  const difference = viewDifference(customer);
  const width = schema.features.length;
  const modelContribution = sameModel ? 0 : outcome.scoresBefore[i]! - customer.before.rawScore;
  const values = outcome.contributions.subarray(i * width, (i + 1) * width);
  const sum = values.reduce((total, value) => total + value, modelContribution);
  const error = Math.abs(sum - difference.change);
  const explained = customer.now.explanationStatus === "ok" && customer.before.explanationStatus === "ok";
  // Written so that NaN counts as a failure.
  if (!explained || !(error <= limits.additivityError)) return { ...difference, ...unsplit("failed", error) };
  const contributions = schema.features
    .map((feature, k) => ({
      feature: feature.name,
      label: feature.label,
      value: displayValue(feature, customer.now.values[k] ?? Number.NaN),
      previous_value: displayValue(feature, before[i * width + k]!),
      contribution: values[k]!,
    }))
    .sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution));
  return {
    ...difference,
    explanation_status: "ok",
    contributions,
    model_contribution: modelContribution,
    additivity_error: error,
  };
}
