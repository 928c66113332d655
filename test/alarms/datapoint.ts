/**
 * What one metric said at one instant. CloudWatch keeps three kinds: a single number, a distribution that still knows its values, and a
 * statistic set that has forgotten them ("CloudWatch concepts", sections "Statistics sets" and "Percentiles").
 */
export interface Datapoint {
  readonly namespace: string;
  readonly name: string;
  /** Name → value. The whole set is part of the metric's identity; none is `{}`. */
  readonly dimensions: Readonly<Record<string, string>>;
  /** A StandardUnit of CloudWatch; `None` where none was said. */
  readonly unit: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly value: number | Distribution;
  /** Seconds: CloudWatch keeps a standard metric by the minute and a high-resolution one by the second. 60 where nothing is said. */
  readonly storageResolution?: 1 | 60;
}

export interface Distribution {
  readonly max: number;
  readonly min: number;
  readonly count: number;
  readonly sum: number;
  /** Absent in a statistic set. */
  readonly observed?: readonly Observation[];
}

export interface Observation {
  readonly value: number;
  readonly count: number;
}
