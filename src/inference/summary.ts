/** What a whole upload looks like, kept in constant memory while its rows pass by. */
import type { Schema } from "../features/schema.ts";
import { type RiskTier, riskTier } from "./risk-tier.ts";

const histogramBins = 20;
/** Added to every share so that an empty bin has a finite PSI; the usual choice is between 1e-4 and 1e-3. */
const smallestShare = 1e-4;

export interface Summary {
  readonly customers: number;
  readonly tiers: Readonly<Record<RiskTier, number>>;
  readonly mean_probability: number;
  /** Customers per twentieth of probability, from 0 to 1. */
  readonly histogram: readonly number[];
  /** Mean absolute SHAP value per feature (log-odds), largest first. */
  readonly global_importance: readonly {
    readonly feature: string;
    readonly label: string;
    readonly mean_abs_shap: number;
  }[];
  /** Population stability index per feature against the training data: under 0.1 alike, over 0.25 another population. */
  readonly drift: readonly { readonly feature: string; readonly psi: number; readonly missing_share: number }[];
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
  readonly probabilities: Float32Array;
  readonly shapValues: Float64Array;
}

export function createSummary(schema: Schema): { add(rows: ScoredRows): void; result(): Summary } {
  const width = schema.features.length;
  const tiers: Record<RiskTier, number> = { high: 0, medium: 0, low: 0 };
  const histogram = new Array<number>(histogramBins).fill(0);
  const absoluteShap = new Float64Array(width);
  const bins = schema.features.map(driftBins);
  const charge = schema.features.findIndex(
    (feature) => feature.kind === "numeric" && feature.unit === "currency_per_month",
  );
  let customers = 0;
  let probabilitySum = 0;
  let knownCharges = 0;
  let chargeSum = 0;
  let highChargeSum = 0;
  let expectedChargeSum = 0;

  return {
    add({ count, features, probabilities, shapValues }) {
      customers += count;
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
        for (let i = 0; i < width; i++) {
          absoluteShap[i]! += Math.abs(shapValues[row * width + i]!);
          bins[i]!.add(features[row * width + i]!);
        }
      }
    },
    result: () => ({
      customers,
      tiers,
      mean_probability: customers === 0 ? 0 : probabilitySum / customers,
      histogram,
      global_importance: schema.features
        .map(({ name, label }, i) => ({
          feature: name,
          label,
          mean_abs_shap: customers === 0 ? 0 : absoluteShap[i]! / customers,
        }))
        .sort((a, b) => b.mean_abs_shap - a.mean_abs_shap),
      drift: schema.features.map(({ name }, i) => ({ feature: name, ...bins[i]!.result() })),
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
    }),
  };
}

/** Counts values in the training data's own bins: categories, or tenths between its quantiles. */
function driftBins(feature: Schema["features"][number]) {
  const { quantiles, shares, missing } = feature.distribution;
  const edges = quantiles === undefined ? [] : [...new Set(quantiles.filter((_, i) => i % 2 === 0).slice(1, -1))];
  const codes = feature.kind === "numeric" ? [] : feature.categories.map((category) => category.code);
  const expected = feature.kind === "numeric" ? quantileShares(quantiles ?? [], edges) : (shares ?? []);
  const counts = new Float64Array(Math.max(1, expected.length));
  let blanks = 0;
  let total = 0;
  return {
    add(value: number): void {
      total += 1;
      if (Number.isNaN(value)) {
        blanks += 1;
        return;
      }
      let bin = codes.indexOf(value);
      if (feature.kind === "numeric") {
        bin = 0;
        while (bin < edges.length && value > edges[bin]!) bin++;
      }
      if (bin >= 0) counts[bin]! += 1;
    },
    result(): { psi: number; missing_share: number } {
      const known = total - blanks;
      let psi = 0;
      if (known > 0) {
        expected.forEach((share, bin) => {
          const before = Math.max(share, smallestShare);
          const now = Math.max(counts[bin]! / known, smallestShare);
          psi += (now - before) * Math.log(now / before);
        });
      }
      return { psi, missing_share: total === 0 ? missing : blanks / total };
    },
  };
}

/** Share of the training data between neighbouring edges, read off its 21 quantiles (steps of 5 %). */
function quantileShares(quantiles: readonly number[], edges: readonly number[]): number[] {
  const below = (edge: number) => quantiles.filter((quantile) => quantile <= edge).length;
  const cumulative = [...edges.map((edge) => (below(edge) - 1) / (quantiles.length - 1)), 1];
  return cumulative.map((share, i) => share - (cumulative[i - 1] ?? 0));
}
