/** Alarms for tests, of which a test says only what it is about. */
import type { CompositeAlarm, MetricAlarm } from "./alarm.ts";
import type { StatisticQuery } from "./metric-store.ts";

export const query = (changes: Partial<StatisticQuery> = {}): StatisticQuery => ({
  namespace: "N",
  name: "Errors",
  dimensions: {},
  statistic: "Sum",
  periodSeconds: 60,
  ...changes,
});
const actions = (name: string) => ({ ALARM: [`${name}:alarm`], OK: [`${name}:ok`], INSUFFICIENT_DATA: [] });
export const metricAlarm = (changes: Partial<MetricAlarm> = {}): MetricAlarm => ({
  kind: "metric",
  name: "errors",
  description: "",
  actionsEnabled: true,
  actions: actions(changes.name ?? "errors"),
  watches: query(),
  comparison: "GreaterThanThreshold",
  threshold: 3,
  evaluationPeriods: 3,
  datapointsToAlarm: 3,
  treatMissingData: "notBreaching",
  lowSampleCount: "evaluate",
  ...changes,
});
export const compositeAlarm = (rule: string, changes: Partial<CompositeAlarm> = {}): CompositeAlarm => ({
  kind: "composite",
  name: "composite",
  description: "",
  actionsEnabled: true,
  actions: actions(changes.name ?? "composite"),
  rule,
  suppressor: null,
  ...changes,
});
