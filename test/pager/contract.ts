/** What alarms and dashboards need of the metrics, held to what was emitted. */
import { instruments } from "../../src/telemetry/catalogue.ts";
import { type Alarm, metricsOf } from "../alarms/alarm.ts";
import { createMetricStore, type StatisticQuery } from "../alarms/metric-store.ts";
import { standardUnits } from "../alarms/standard-units.ts";
import type { Widget } from "../alarms/widgets-from-plan.ts";
import { pointsOf } from "./timeline.ts";

/** Sentences about what is missing, and how many needs were looked at. AWS's own metrics of a queue are not ours to emit. */
export function unmetNeeds(
  alarms: readonly Alarm[],
  widgets: readonly Widget[],
  lines: readonly string[],
): { unmet: string[]; checked: number } {
  const store = createMetricStore();
  for (const point of pointsOf(lines)) store.add(point);
  const emitted = new Map(store.series().map((series) => [keyOf(series), series]));
  const needs = [...alarms.flatMap(metricsOf), ...widgets.flatMap(({ metrics }) => metrics)].filter(
    ({ namespace }) => namespace !== "AWS/SQS",
  );
  const unmet = needs.flatMap((need) => {
    const name = `${need.namespace} ${need.name} ${JSON.stringify(need.dimensions)}`;
    const series = emitted.get(keyOf(need));
    if (series === undefined) return [`${name} was not emitted`];
    const unit = instruments.find(
      (each) => each.namespace === need.namespace && each.name === need.name,
    )?.cloudWatchUnit;
    const problems: string[] = [];
    if (series.units.join() !== unit || !standardUnits.has(unit))
      problems.push(`${name} has the unit ${series.units.join()}`);
    if (/^p\d/.test(need.statistic) && !series.hasPercentiles) problems.push(`${name} has no ${need.statistic}`);
    return problems;
  });
  return { unmet: [...new Set(unmet)], checked: needs.length };
}

function keyOf({ namespace, name, dimensions }: Pick<StatisticQuery, "namespace" | "name" | "dimensions">): string {
  return JSON.stringify([namespace, name, Object.entries(dimensions).toSorted()]);
}
