/** What CloudWatch accepts as a metric alarm, and how often it evaluates one ("PutMetricAlarm"; "Alarm evaluation"). */
import { type MetricAlarm, metricsOf, periodOf } from "./alarm.ts";
import { evaluateMath } from "./expression.ts";
import { percentileOf, statisticOf } from "./statistic.ts";

const daySeconds = 86_400;
const most = { metrics: 10, expressions: 10, longSeconds: 7 * daySeconds };

/** 10 s for a period under a minute, an hour for a range over a day, otherwise a minute. */
export function evaluationIntervalSeconds(alarm: MetricAlarm): number {
  const period = periodOf(alarm);
  if (period < 60) return 10;
  return period * alarm.evaluationPeriods > daySeconds ? 3600 : 60;
}

/** Throws, naming the alarm, on what CloudWatch would refuse or this evaluator does not implement. */
export function checkMetricAlarm(alarm: MetricAlarm): void {
  const refuse = (why: string): never => {
    throw new Error(`alarm ${alarm.name}: ${why}`);
  };
  const { evaluationPeriods, datapointsToAlarm, watches, threshold } = alarm;
  const period = periodOf(alarm);
  if (![10, 20, 30].includes(period) && (period < 60 || period % 60 !== 0))
    refuse(`a period of ${period} s: CloudWatch takes 10, 20, 30 and multiples of 60`);
  if (!Number.isInteger(evaluationPeriods) || evaluationPeriods < 1) refuse(`${evaluationPeriods} evaluation periods`);
  if (!Number.isInteger(datapointsToAlarm) || datapointsToAlarm < 1 || datapointsToAlarm > evaluationPeriods)
    refuse(`${datapointsToAlarm} datapoints to alarm of ${evaluationPeriods} evaluation periods`);
  const longest = period < 3600 ? daySeconds : most.longSeconds;
  if (period * evaluationPeriods > longest) refuse(`${evaluationPeriods} × ${period} s is more than ${longest} s`);
  if (!Number.isFinite(threshold)) refuse(`a threshold of ${threshold}`);
  for (const { statistic } of metricsOf(alarm)) statisticOf(statistic, []);
  if (alarm.lowSampleCount === "ignore" && ("metrics" in watches || percentileOf(watches.statistic) === null))
    refuse("evaluate_low_sample_count_percentiles on what is no percentile");
  if ("metrics" in watches) {
    const { metrics, expressions, returns } = watches;
    if (Object.keys(metrics).length > most.metrics) refuse(`more than ${most.metrics} metrics`);
    if (Object.keys(expressions).length > most.expressions) refuse(`more than ${most.expressions} expressions`);
    // Evaluated once without data, so that an unknown function or id is found before an alarm depends on it.
    const empty = Object.fromEntries(Object.keys(metrics).map((id) => [id, [null]]));
    evaluateMath(returns, { metrics: empty, expressions, periodSeconds: period });
  }
}
