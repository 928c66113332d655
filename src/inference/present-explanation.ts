/** What a model makes of a whole file, as data for pictures: importance, beeswarm, dependence; pure. */
import type { ExplanationRequest, ExplanationView } from "../api/presented.ts";
import { displayValue } from "../features/decode-value.ts";
import type { Feature } from "../features/schema.ts";
import { valueBins } from "../features/value-bins.ts";
import type { FeatureDependence } from "./dependence.ts";
import { explanationMethod, type PresentedModel } from "./present.ts";

export function presentExplanation(
  model: PresentedModel,
  { sample, customers, importance, dependence, features }: ExplanationRequest,
): ExplanationView {
  const { name, version } = model.schema;
  const weights = new Map(importance.map((each) => [each.feature, each.mean_abs_shap]));
  const lines = new Map(dependence.map((each) => [each.feature, each]));
  const heaviest = model.schema.features
    .map((feature, index) => ({ feature, index, weight: weights.get(feature.name) ?? null }))
    .sort((a, b) => (b.weight ?? 0) - (a.weight ?? 0))
    .slice(0, features);
  return {
    base_value: model.baseValue,
    customers,
    sample: { customers: sample.length, rows: sample.map(({ row }) => row) },
    features: heaviest.map(({ feature, index, weight }) => ({
      feature: feature.name,
      label: feature.label,
      kind: feature.kind,
      group: feature.group,
      actionable: feature.actionable,
      mean_abs_shap: weight,
      sample: {
        values: sample.map(({ values }) => displayValue(feature, values[index] ?? Number.NaN)),
        positions: sample.map(({ values }) => positionOf(feature, values[index] ?? Number.NaN)),
        shap_values: sample.map(({ shapValues }) => shapValues[index]!),
      },
      dependence: dependenceOf(feature, lines.get(feature.name)),
    })),
    method: explanationMethod,
    model: { name, version, digest: model.digest },
    background_digest: model.backgroundDigest,
  };
}

/**
 * Where a value is among the feature's, 0…1, for its colour: a category by its place in the schema, a number between the training data's 5 % and
 * 95 % quantiles, so that a single giant does not make all others look alike. Null for a missing value.
 */
function positionOf(feature: Feature, encoded: number): number | null {
  if (Number.isNaN(encoded)) return null;
  if (feature.kind !== "numeric") {
    const place = feature.categories.findIndex(({ code }) => Math.fround(code) === Math.fround(encoded));
    return place < 0 ? null : Number((place / (feature.categories.length - 1)).toFixed(3));
  }
  const { quantiles = [] } = feature.distribution;
  const least = quantiles[Math.round(0.05 * (quantiles.length - 1))] ?? feature.expected.min;
  const most = quantiles[Math.round(0.95 * (quantiles.length - 1))] ?? feature.expected.max;
  if (!(most > least)) return 0.5;
  // A colour needs no more digits, and there are thousands of them.
  return Number(Math.min(1, Math.max(0, (encoded - least) / (most - least))).toFixed(3));
}

/** Bins that hold somebody; none where the file was summed up before there were any. */
function dependenceOf(feature: Feature, line: FeatureDependence | undefined) {
  const { count, labels } = valueBins(feature);
  if (line === undefined || line.counts.length !== count || line.mean_shap.length !== count) return [];
  return labels.flatMap((label, bin) => {
    const mean = line.mean_shap[bin] ?? null;
    return mean === null ? [] : [{ ...label, customers: line.counts[bin]!, mean_shap_value: mean }];
  });
}
