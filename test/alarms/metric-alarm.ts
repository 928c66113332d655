/** One evaluation of one metric alarm ("Alarm evaluation"). */
import { type Comparison, type MetricAlarm, periodOf } from "./alarm.ts";
import { evaluateMath } from "./expression.ts";
import type { MetricStore } from "./metric-store.ts";
import { type AlarmState, stateFromDatapoints } from "./missing-data.ts";
import { percentileOf } from "./statistic.ts";

export interface Evaluation {
  readonly state: AlarmState | "retain";
  /** What was seen, for a person. */
  readonly reason: string;
}

interface Rules {
  readonly evaluationRange: (evaluationPeriods: number) => number;
  readonly fillsEmptySeries: boolean;
}

const comparisons: Readonly<Record<Comparison, (value: number, threshold: number) => boolean>> = {
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  GreaterThanThreshold: (value, threshold) => value > threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

/** Over the periods that end at `at` (ms), whatever the clock's own grid: an alarm of five minutes looks at 1 to 5, then at 2 to 6. */
export function evaluateMetricAlarm(alarm: MetricAlarm, store: MetricStore, at: number, rules: Rules): Evaluation {
  const { comparison, threshold, evaluationPeriods } = alarm;
  if (hasTooFewSamples(alarm, store, at)) return { state: "retain", reason: "too few samples for the percentile" };
  const values = datapoints(alarm, store, at, rules);
  const breaching = values.map((value) => (value === null ? null : comparisons[comparison](value, threshold)));
  const seen = values.map((value) => value ?? "-").join(" ");
  return {
    state: stateFromDatapoints(breaching, alarm),
    reason: `[${seen}] ${comparison} ${threshold}, ${alarm.datapointsToAlarm} of ${evaluationPeriods}, missing: ${alarm.treatMissingData}`,
  };
}

function datapoints(alarm: MetricAlarm, store: MetricStore, at: number, rules: Rules): readonly (number | null)[] {
  const periodSeconds = periodOf(alarm);
  const from = at - rules.evaluationRange(alarm.evaluationPeriods) * periodSeconds * 1000;
  const { watches } = alarm;
  if (!("metrics" in watches)) return store.statistic(watches, from, at);
  const metrics = Object.fromEntries(
    Object.entries(watches.metrics).map(([id, query]) => [id, store.statistic(query, from, at)]),
  );
  const { fillsEmptySeries } = rules;
  return evaluateMath(watches.returns, { metrics, expressions: watches.expressions, periodSeconds, fillsEmptySeries });
}

/**
 * "Percentile-based alarms and low data samples": fewer than 10 / (1 − p) samples in the evaluation periods, or 10 / p for a percentile
 * under the median.
 */
function hasTooFewSamples(alarm: MetricAlarm, store: MetricStore, at: number): boolean {
  const { watches, lowSampleCount, evaluationPeriods } = alarm;
  if (lowSampleCount === "evaluate" || "metrics" in watches) return false;
  const fraction = (percentileOf(watches.statistic) ?? 0) / 100;
  const needed = 10 / (fraction < 0.5 ? fraction : 1 - fraction);
  const from = at - evaluationPeriods * watches.periodSeconds * 1000;
  const counts = store.statistic({ ...watches, statistic: "SampleCount" }, from, at);
  const samples = counts.reduce<number>((total, count) => total + (count ?? 0), 0);
  // 10 / (1 − 0.95) is 199.99… in binary.
  return samples < needed - 1e-6;
}
