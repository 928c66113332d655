/**
 * What a value is beside those of other customers, in numbers and in words. The others are the customers that the model learned from: the
 * signed schema holds their distribution, so the same value is compared with the same people in every upload, and neither a large nor a lopsided
 * file changes what is said of a customer.
 */
import { describeValue } from "./decode-value.ts";
import type { Feature } from "./schema.ts";

export interface Comparison {
  /** Whose values these are: those of the training data that has one. */
  readonly with: "training_data";
  /** Category and flag: share with the same value, 0…1; null for a number. */
  readonly share: number | null;
  /** Number: the middle value; null for a category. */
  readonly median: number | null;
  /** Number: at least so many have a smaller, and a larger one, in steps of the stored quantiles (0.05); null for a category. */
  readonly share_below: number | null;
  readonly share_above: number | null;
  /** To stand in brackets behind the value. */
  readonly text: string;
}

/** Who is compared with, as every text names them. */
export const comparedWith = "the customers that the model learned from";

/** Null where there is no value, or the bundle does not say how the feature was distributed. */
export function compareValue(feature: Feature, encoded: number): Comparison | null {
  if (Number.isNaN(encoded)) return null;
  return feature.kind === "numeric" ? compareNumber(feature, encoded) : compareCategory(feature, encoded);
}

function compareCategory(feature: Exclude<Feature, { kind: "numeric" }>, encoded: number): Comparison | null {
  const index = feature.categories.findIndex(({ code }) => Math.fround(code) === Math.fround(encoded));
  const share = feature.distribution.shares?.[index];
  if (share === undefined) return null;
  const text = `like ${shareText(share)} of ${comparedWith}`;
  return { with: "training_data", share, median: null, share_below: null, share_above: null, text };
}

function compareNumber(feature: Extract<Feature, { kind: "numeric" }>, encoded: number): Comparison | null {
  const quantiles = feature.distribution.quantiles ?? [];
  const last = quantiles.length - 1;
  // Only an odd number of them has one in the middle.
  if (last < 2 || last % 2 !== 0) return null;
  const value = Math.fround(encoded);
  const median = quantiles[last / 2]!;
  const below = quantiles.findLastIndex((quantile) => Math.fround(quantile) < value);
  const above = quantiles.findIndex((quantile) => Math.fround(quantile) > value);
  return {
    with: "training_data",
    share: null,
    median,
    share_below: below < 0 ? 0 : below / last,
    share_above: above < 0 ? 0 : (last - above) / last,
    text: `half of ${comparedWith} have ${describeValue(feature, rounded(median))} or ${value > median ? "less" : "more"}`,
  };
}

/** Whole per cent, and never a "0 %" of somebody or a "100 %" that leaves somebody out. */
function shareText(share: number): string {
  if (share <= 0) return "none";
  if (share >= 1) return "all";
  const percent = Math.round(share * 100);
  if (percent < 1) return "less than 1 %";
  return percent > 99 ? "more than 99 %" : `${percent} %`;
}

/** Four digits say enough of a middle value. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
