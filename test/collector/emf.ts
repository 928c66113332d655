/** What the collector wrote, read as strictly as CloudWatch does, and percentiles of it. */
import type { Distribution, Observation } from "../alarms/datapoint.ts";
import { type EmfMetric, metricsOfEmf } from "../alarms/emf.ts";

/** One that still knows its values, so that percentiles can be had of it. */
export type Values = Distribution & { readonly observed: readonly Observation[] };

export const metricsOf = (lines: readonly string[]): EmfMetric[] => lines.flatMap(metricsOfEmf);

export function isDistribution(value: EmfMetric["value"]): value is Values {
  return typeof value === "object" && value.observed !== undefined && value.observed.length > 0;
}

/** The smallest value with at least this share of the counts at or below it; `share` in (0, 1]. */
export function percentile(distributions: readonly Values[], share: number): number {
  const points = distributions.flatMap(({ observed }) => observed).toSorted((a, b) => a.value - b.value);
  const total = points.reduce((sum, { count }) => sum + count, 0);
  let below = 0;
  for (const { value, count } of points) {
    below += count;
    if (below >= share * total) return value;
  }
  throw new Error("a percentile of nothing");
}
