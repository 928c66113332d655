/**
 * Datapoints by metric, and statistics over periods of them.
 *
 * Source: "CloudWatch concepts": a metric is its namespace, its name and its whole set of dimensions, and CloudWatch does not aggregate over
 * dimensions; "Publish custom metrics": a standard metric is kept by the minute, a high-resolution one by the second.
 */
import type { Datapoint, Distribution } from "./datapoint.ts";
import { statisticOf } from "./statistic.ts";

export interface MetricStore {
  add(datapoint: Datapoint): void;
  /** For the metrics that AWS itself publishes. */
  put(
    namespace: string,
    name: string,
    dimensions: Readonly<Record<string, string>>,
    unit: string,
    at: number,
    value: number,
    storageResolution?: 1 | 60,
  ): void;
  /**
   * One value for each period that starts at `from` or later and ends at `to` or before, oldest first; null where there is no datapoint.
   * `from` and `to` in milliseconds, a whole number of periods apart. Throws where the metric has more than one unit and none is chosen.
   */
  statistic(query: StatisticQuery, from: number, to: number): (number | null)[];
  /** Every metric that has a datapoint. */
  series(): Series[];
}

export interface StatisticQuery {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** `Sum`, `Average`, `Minimum`, `Maximum`, `SampleCount` or a percentile such as `p99.9`. */
  readonly statistic: string;
  readonly periodSeconds: number;
  /** Only the datapoints of this unit. */
  readonly unit?: string;
}

export interface Series {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly units: readonly string[];
  readonly datapoints: number;
  /** False where some datapoint is a statistic set, of which CloudWatch has no percentile. */
  readonly hasPercentiles: boolean;
}

interface Kept {
  readonly at: number;
  readonly unit: string;
  readonly value: number | Distribution;
}

interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** In the order of their times. */
  readonly kept: Kept[];
}

export function createMetricStore(): MetricStore {
  const metrics = new Map<string, Metric>();

  const add = ({ namespace, name, dimensions, unit, at, value, storageResolution = 60 }: Datapoint): void => {
    const key = identity(namespace, name, dimensions);
    let metric = metrics.get(key);
    if (metric === undefined) {
      metric = { namespace, name, dimensions, kept: [] };
      metrics.set(key, metric);
    }
    const keptAt = at - (at % (storageResolution * 1000));
    metric.kept.splice(firstAtOrAfter(metric.kept, keptAt + 1), 0, { at: keptAt, unit, value });
  };

  return {
    add,
    put: (namespace, name, dimensions, unit, at, value, storageResolution = 60) =>
      add({ namespace, name, dimensions, unit, at, value, storageResolution }),
    statistic: ({ namespace, name, dimensions, statistic, periodSeconds, unit }, from, to) => {
      const period = periodSeconds * 1000;
      const periods = (to - from) / period;
      if (!Number.isInteger(periods) || periods < 0)
        throw new Error(`from ${from} to ${to} is no whole number of periods of ${periodSeconds} s`);
      const kept = metrics.get(identity(namespace, name, dimensions))?.kept ?? [];
      const within = kept.slice(firstAtOrAfter(kept, from), firstAtOrAfter(kept, to));
      const ofUnit = unit === undefined ? within : within.filter((point) => point.unit === unit);
      const units = new Set(ofUnit.map((point) => point.unit));
      if (units.size > 1)
        throw new Error(
          `${namespace} ${name} has the units ${[...units].join(", ")}: say which, CloudWatch would guess`,
        );
      const buckets: (number | Distribution)[][] = Array.from({ length: periods }, () => []);
      for (const { at, value } of ofUnit) buckets[Math.floor((at - from) / period)]!.push(value);
      return buckets.map((values) => statisticOf(statistic, values));
    },
    series: () =>
      [...metrics.values()].map(({ kept, ...metric }) => ({
        ...metric,
        units: [...new Set(kept.map(({ unit }) => unit))],
        datapoints: kept.length,
        hasPercentiles: kept.every(({ value }) => typeof value === "number" || value.observed !== undefined),
      })),
  };
}

function identity(namespace: string, name: string, dimensions: Readonly<Record<string, string>>): string {
  const sorted = Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([namespace, name, sorted]);
}

/** Index of the first datapoint at `time` or later. */
function firstAtOrAfter(kept: readonly Kept[], time: number): number {
  let low = 0;
  let high = kept.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (kept[middle]!.at < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
