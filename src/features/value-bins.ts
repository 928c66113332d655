import type { Feature } from "./schema.ts";

/** Values of a feature in a few bins, and one more for missing ones behind them. */
export interface ValueBins {
  /** Number of bins, the one for missing values included. */
  readonly count: number;
  /** Bin of an encoded value. A category that the schema does not know is in none: -1. */
  binOf(encoded: number): number;
  /** What the bins hold. */
  readonly labels: readonly ValueBin[];
}

export interface ValueBin {
  /** A category's value; null for numbers and for missing values. */
  readonly value: string | null;
  /** Numbers above `from` and up to `to`; null where there is no end, and for categories. */
  readonly from: number | null;
  readonly to: number | null;
  readonly missing: boolean;
}

/** A category each, or the numbers cut where the training data's were: at the edges of its bins, else at its deciles. */
export function valueBins(feature: Feature): ValueBins {
  const missing: ValueBin = { value: null, from: null, to: null, missing: true };
  if (feature.kind !== "numeric") {
    const codes = feature.categories.map(({ code }) => Math.fround(code));
    const own = feature.categories.map(({ value }) => ({ ...missing, value, missing: false }));
    const binOf = (encoded: number) => (Number.isNaN(encoded) ? codes.length : codes.indexOf(encoded));
    return { count: codes.length + 1, binOf, labels: [...own, missing] };
  }
  const edges = edgesOf(feature);
  const own = Array.from({ length: edges.length + 1 }, (_, i) => ({
    ...missing,
    from: edges[i - 1] ?? null,
    to: edges[i] ?? null,
    missing: false,
  }));
  const binOf = (encoded: number) => {
    if (Number.isNaN(encoded)) return edges.length + 1;
    let bin = 0;
    while (bin < edges.length && encoded > edges[bin]!) bin++;
    return bin;
  };
  return { count: edges.length + 2, binOf, labels: [...own, missing] };
}

function edgesOf({ distribution: { bins, quantiles = [] } }: Extract<Feature, { kind: "numeric" }>): number[] {
  if (bins !== undefined) return [...bins.edges];
  const deciles = Array.from({ length: 9 }, (_, i) => quantiles[Math.round(((i + 1) / 10) * (quantiles.length - 1))]);
  const found = deciles.filter((edge): edge is number => edge !== undefined);
  return [...new Set(found)].sort((a, b) => a - b);
}
