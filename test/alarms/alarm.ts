/** Alarms as CloudWatch holds them ("PutMetricAlarm" and "PutCompositeAlarm" in the API reference). */
import type { StatisticQuery } from "./metric-store.ts";
import type { AlarmState, TreatMissingData } from "./missing-data.ts";

export type Alarm = MetricAlarm | CompositeAlarm;

interface Common {
  readonly name: string;
  readonly description: string;
  readonly actionsEnabled: boolean;
  /** ARNs, by the state whose beginning they announce. */
  readonly actions: Readonly<Record<AlarmState, readonly string[]>>;
}

export interface MetricAlarm extends Common {
  readonly kind: "metric";
  readonly watches: StatisticQuery | MathQuery;
  readonly comparison: Comparison;
  readonly threshold: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly treatMissingData: TreatMissingData;
  /** What to do with a percentile of too few samples. */
  readonly lowSampleCount: "evaluate" | "ignore";
}

export interface MathQuery {
  /** Id → what it reads. All have the same period. */
  readonly metrics: Readonly<Record<string, StatisticQuery>>;
  /** Id → expression over ids. */
  readonly expressions: Readonly<Record<string, string>>;
  /** The id that the alarm watches. */
  readonly returns: string;
}

export type Comparison =
  | "GreaterThanOrEqualToThreshold"
  | "GreaterThanThreshold"
  | "LessThanThreshold"
  | "LessThanOrEqualToThreshold";

export interface CompositeAlarm extends Common {
  readonly kind: "composite";
  /** For example `ALARM(a) AND NOT ALARM("b")`. */
  readonly rule: string;
  readonly suppressor: Suppressor | null;
}

export interface Suppressor {
  /** Name of the alarm that suppresses the actions while it is in ALARM. */
  readonly alarm: string;
  readonly waitPeriodSeconds: number;
  readonly extensionPeriodSeconds: number;
}

/** Every metric that the alarm reads. */
export function metricsOf(alarm: Alarm): StatisticQuery[] {
  if (alarm.kind === "composite") return [];
  return "metrics" in alarm.watches ? Object.values(alarm.watches.metrics) : [alarm.watches];
}

/** Seconds. Throws where the metrics of an expression differ in it, which CloudWatch refuses. */
export function periodOf(alarm: MetricAlarm): number {
  const periods = new Set(metricsOf(alarm).map(({ periodSeconds }) => periodSeconds));
  const [period] = periods;
  if (period === undefined) throw new Error(`alarm ${alarm.name} reads no metric`);
  if (periods.size > 1) throw new Error(`alarm ${alarm.name} mixes periods of ${[...periods].join(", ")} s`);
  return period;
}
