import type { Schema } from "../features/schema.ts";
import { type ValueBins, valueBins } from "../features/value-bins.ts";
import type { ScoredRows } from "./summary.ts";

/** How a feature's SHAP values go with its values, over all customers: the dependence plot's line. By `valueBins`, missing values last. */
export interface FeatureDependence {
  readonly feature: string;
  /** Customers in each bin. */
  readonly counts: readonly number[];
  /** Their mean SHAP value, log-odds; null where there are none. */
  readonly mean_shap: readonly (number | null)[];
}

export interface DependenceCounter {
  add(rows: ScoredRows): void;
  /** In the schema's order. */
  result(): FeatureDependence[];
}

export function createDependence({ features }: Schema): DependenceCounter {
  const columns = features.map((feature) => {
    const bins = valueBins(feature);
    return { bins, counts: new Float64Array(bins.count), sums: new Float64Array(bins.count) };
  });
  return {
    add(rows) {
      columns.forEach(({ bins, counts, sums }, column) => {
        addColumn(rows, column, columns.length, bins, counts, sums);
      });
    },
    result: () =>
      columns.map(({ counts, sums }, column) => ({
        feature: features[column]!.name,
        counts: [...counts],
        mean_shap: Array.from(sums, (sum, bin) => (counts[bin] === 0 ? null : sum / counts[bin]!)),
      })),
  };
}

function addColumn(
  { count, features, shapValues, explained }: ScoredRows,
  column: number,
  width: number,
  { binOf }: ValueBins,
  counts: Float64Array,
  sums: Float64Array,
): void {
  for (let row = 0, at = column; row < count; row++, at += width) {
    if (explained[row] !== 1) continue;
    const bin = binOf(features[at]!);
    if (bin < 0) continue;
    counts[bin]! += 1;
    sums[bin]! += shapValues[at]!;
  }
}
