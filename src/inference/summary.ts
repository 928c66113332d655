/** What a whole upload looks like, kept in constant memory while its rows pass by. */
import { createDriftCounter, type FeatureDrift, isDrifted } from "../features/drift.ts";
import { chargedFeature, type Schema } from "../features/schema.ts";
import { limits } from "../limits.ts";
import { createDependence, type FeatureDependence } from "./dependence.ts";
import { type RiskTier, riskTier } from "./risk-tier.ts";

const histogramBins = 20;

export interface Summary {
  readonly customers: number;
  readonly tiers: Readonly<Record<RiskTier, number>>;
  readonly mean_probability: number;
  /** Customers per twentieth of probability, from 0 to 1. */
  readonly histogram: readonly number[];
  /** Mean absolute SHAP value per feature (log-odds) over the explained customers, largest first. */
  readonly global_importance: readonly {
    readonly feature: string;
    readonly label: string;
    readonly mean_abs_shap: number;
  }[];
  /** Of the features that weigh most: how their SHAP values go with their values. Shown with the explanation of the whole file. */
  readonly dependence: readonly FeatureDependence[];
  /** Customers with at least one value outside what the model has seen in training, and their share, 0…1. */
  readonly outside_training_range: { readonly customers: number; readonly share: number };
  /** How far each feature is from the training data. */
  readonly drift: readonly FeatureDrift[];
  /** Share of Σ |SHAP| that belongs to features over `limits.driftIndex`; null where no index is known or nothing was explained. */
  readonly drifted_attribution_share: number | null;
  /** In the unit of the charge column; null where no charge is known. */
  readonly revenue_at_risk: {
    readonly feature: string;
    readonly known_for: number;
    readonly monthly_total: number;
    /** Charge of the customers in the high tier. */
    readonly monthly_high_tier: number;
    /** Σ probability × charge. */
    readonly monthly_expected: number;
  } | null;
}

export interface ScoredRows {
  readonly count: number;
  readonly features: Float32Array;
  /** Customers with a value outside what the model has seen in training. */
  readonly outsideTraining: number;
  readonly probabilities: Float32Array;
  readonly shapValues: Float64Array;
  /** 1: the explanation holds. */
  readonly explained: Uint8Array;
}

/** `inFile`: names of the features that a column was found for. */
export function createSummary(
  schema: Schema,
  inFile: ReadonlySet<string>,
): { add(rows: ScoredRows): void; result(): Summary } {
  const width = schema.features.length;
  const tiers: Record<RiskTier, number> = { high: 0, medium: 0, low: 0 };
  const histogram = new Array<number>(histogramBins).fill(0);
  const absoluteShap = new Float64Array(width);
  const dependence = createDependence(schema);
  const driftCounter = createDriftCounter(schema, inFile);
  const charge = chargedFeature(schema)?.position ?? -1;
  let customers = 0;
  let outside = 0;
  let explainedCustomers = 0;
  let probabilitySum = 0;
  let knownCharges = 0;
  let chargeSum = 0;
  let highChargeSum = 0;
  let expectedChargeSum = 0;

  return {
    add(rows) {
      const { count, features, probabilities, shapValues, explained } = rows;
      customers += count;
      outside += rows.outsideTraining;
      dependence.add(rows);
      driftCounter.add(features, count);
      for (let row = 0; row < count; row++) {
        const probability = probabilities[row]!;
        const tier = riskTier(schema, probability);
        tiers[tier] += 1;
        probabilitySum += probability;
        histogram[Math.min(histogramBins - 1, Math.floor(probability * histogramBins))]! += 1;
        const monthly = charge < 0 ? Number.NaN : features[row * width + charge]!;
        if (!Number.isNaN(monthly)) {
          knownCharges += 1;
          chargeSum += monthly;
          expectedChargeSum += monthly * probability;
          if (tier === "high") highChargeSum += monthly;
        }
        // What does not add up weighs nothing: one row of it may be no number at all.
        if (explained[row] !== 1) continue;
        explainedCustomers += 1;
        for (let i = 0; i < width; i++) absoluteShap[i]! += Math.abs(shapValues[row * width + i]!);
      }
    },
    result: () => {
      const drift = driftCounter.result();
      return {
        customers,
        tiers,
        mean_probability: customers === 0 ? 0 : probabilitySum / customers,
        histogram,
        global_importance: schema.features
          .map(({ name, label }, i) => ({
            feature: name,
            label,
            mean_abs_shap: explainedCustomers === 0 ? 0 : absoluteShap[i]! / explainedCustomers,
          }))
          .sort((a, b) => b.mean_abs_shap - a.mean_abs_shap),
        dependence: heaviest(dependence.result(), absoluteShap),
        outside_training_range: { customers: outside, share: customers === 0 ? 0 : outside / customers },
        drift,
        drifted_attribution_share: driftedShare(drift, absoluteShap),
        revenue_at_risk:
          knownCharges === 0
            ? null
            : {
                feature: schema.features[charge]!.name,
                known_for: knownCharges,
                monthly_total: chargeSum,
                monthly_high_tier: highChargeSum,
                monthly_expected: expectedChargeSum,
              },
      };
    },
  };
}

/** At most `limits.explanationFeatures`, so that a model of a thousand features does not make every summary long. */
function heaviest(dependence: readonly FeatureDependence[], absoluteShap: Float64Array): FeatureDependence[] {
  return dependence
    .map((each, i) => ({ each, weight: absoluteShap[i]! }))
    .sort((a, b) => b.weight - a.weight)
    .slice(0, limits.explanationFeatures)
    .map(({ each }) => each);
}

function driftedShare(drift: readonly FeatureDrift[], absoluteShap: Float64Array): number | null {
  const total = absoluteShap.reduce((sum, part) => sum + part, 0);
  if (!(total > 0) || drift.every(({ psi }) => psi === null)) return null;
  return drift.reduce((sum, { psi }, i) => sum + (isDrifted(psi) ? absoluteShap[i]! : 0), 0) / total;
}
