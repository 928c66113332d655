/**
 * One statistic over the datapoints of one period.
 *
 * Sources: "CloudWatch statistics definitions" for the statistics; "GetMetricStatistics" in the API reference for percentiles: they need the
 * values themselves, so a statistic set has none unless its SampleCount is 1 or its Min equals its Max, and a metric with a negative value
 * has none at all.
 */
import type { Distribution, Observation } from "./datapoint.ts";

const basic: Readonly<Record<string, (all: Distribution) => number>> = {
  Sum: ({ sum }) => sum,
  SampleCount: ({ count }) => count,
  Average: ({ sum, count }) => sum / count,
  Minimum: ({ min }) => min,
  Maximum: ({ max }) => max,
};

/** Null where CloudWatch has no datapoint: no samples, or a percentile of what has none. Throws on a statistic that is not implemented here. */
export function statisticOf(statistic: string, values: readonly (number | Distribution)[]): number | null {
  const percentile = percentileOf(statistic);
  const known = basic[statistic];
  if (percentile === null && known === undefined) throw new Error(`statistic ${statistic} is not implemented`);
  const distributions = values.map(asDistribution).filter(({ count }) => count > 0);
  if (distributions.length === 0) return null;
  return percentile === null ? known!(distributions.reduce(merge)) : percentileAmong(percentile, distributions);
}

/** `p95` → 95, `p99.9` → 99.9; null for any other statistic. */
export function percentileOf(statistic: string): number | null {
  if (!/^p\d{1,3}(\.\d{1,10})?$/.test(statistic)) return null;
  const percentile = Number(statistic.slice(1));
  return percentile <= 100 ? percentile : null;
}

function asDistribution(value: number | Distribution): Distribution {
  if (typeof value !== "number") return value;
  return { max: value, min: value, count: 1, sum: value, observed: [{ value, count: 1 }] };
}

function merge(a: Distribution, b: Distribution): Distribution {
  return {
    max: Math.max(a.max, b.max),
    min: Math.min(a.min, b.min),
    count: a.count + b.count,
    sum: a.sum + b.sum,
  };
}

/** The smallest value that at least `percentile` % of the samples do not exceed. */
function percentileAmong(percentile: number, distributions: readonly Distribution[]): number | null {
  const observations: Observation[] = [];
  for (const { observed, min, max, count } of distributions) {
    if (min < 0) return null;
    if (observed !== undefined) observations.push(...observed);
    else if (count === 1 || min === max) observations.push({ value: max, count });
    else return null;
  }
  const sorted = observations.filter(({ count }) => count > 0).sort((a, b) => a.value - b.value);
  const rank = (percentile / 100) * sorted.reduce((total, { count }) => total + count, 0);
  let passed = 0;
  for (const { value, count } of sorted) {
    passed += count;
    // Decimal percentiles are not exact in binary: 0.95 × 20 must be reached by 19.
    if (passed >= rank - 1e-9) return value;
  }
  return sorted.at(-1)?.value ?? null;
}
