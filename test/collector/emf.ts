/**
 * EMF records as CloudWatch reads them.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */

/** One metric of one record. */
export interface Datum {
  readonly namespace: string;
  readonly name: string;
  /** Absent where CloudWatch would take its default, None. */
  readonly unit: string | undefined;
  /** Names, one list a dimension set; the values are in `fields`. */
  readonly dimensions: readonly (readonly string[])[];
  readonly value: number | StatisticSet | Distribution;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  /** Every root member of the record but its metadata: dimensions, attributes and metrics. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Of an explicit-bucket histogram: no percentile can be had from it. */
export interface StatisticSet {
  readonly Min: number;
  readonly Max: number;
  readonly Sum: number;
  readonly Count: number;
}

export interface Distribution extends StatisticSet {
  readonly Values: readonly number[];
  readonly Counts: readonly number[];
}

interface EmfRecord {
  readonly _aws?: {
    readonly Timestamp: number;
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string; readonly Unit?: string }[];
    }[];
  };
  readonly [field: string]: unknown;
}

/** The metrics that CloudWatch makes of the records, in their order; a record without metadata is a log record and makes none. */
export function metricsOf(lines: readonly string[]): Datum[] {
  return lines.flatMap((line) => {
    const { _aws, Version: _, ...fields } = JSON.parse(line) as EmfRecord;
    return (_aws?.CloudWatchMetrics ?? []).flatMap(({ Namespace, Dimensions, Metrics }) =>
      Metrics.map(({ Name, Unit }) => ({
        namespace: Namespace,
        name: Name,
        unit: Unit,
        dimensions: Dimensions,
        value: fields[Name] as Datum["value"],
        timestamp: _aws!.Timestamp,
        fields,
      })),
    );
  });
}

export function isDistribution(value: Datum["value"]): value is Distribution {
  return typeof value === "object" && "Values" in value && value.Values.length > 0;
}

/** The smallest value with at least this share of the counts at or below it; `share` in (0, 1]. */
export function percentile(distributions: readonly Distribution[], share: number): number {
  const points = distributions
    .flatMap(({ Values, Counts }) => Values.map((value, i) => ({ value, count: Counts[i]! })))
    .sort((a, b) => a.value - b.value);
  const total = points.reduce((sum, { count }) => sum + count, 0);
  let below = 0;
  for (const { value, count } of points) {
    below += count;
    if (below >= share * total) return value;
  }
  throw new Error("a percentile of nothing");
}
