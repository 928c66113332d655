/** LocalEmu's evaluator and ours on the same alarms and the same datapoints, in real time, on metrics kept by the second. */
import { setTimeout as sleep } from "node:timers/promises";
import type { MetricAlarm } from "./alarm.ts";
import type { CloudWatch } from "./cloudwatch.ts";
import type { Datapoint } from "./datapoint.ts";
import { createEvaluator } from "./evaluator.ts";
import { createMetricStore } from "./metric-store.ts";
import type { AlarmState } from "./missing-data.ts";

/** Alarm → the states that it had, one after another. */
export type Courses = Readonly<Record<string, readonly AlarmState[]>>;

/**
 * `traffic` gives the datapoints of one second, by the seconds since the start. Ends when both evaluators have come to the last state of
 * `expected` by the same course, or after `limitSeconds`. Where they go another way the courses tell.
 */
export async function runSideBySide(
  cloudWatch: CloudWatch,
  alarms: readonly MetricAlarm[],
  traffic: (second: number) => readonly Omit<Datapoint, "at" | "storageResolution">[],
  expected: Courses,
  limitSeconds: number,
): Promise<{ readonly theirs: Courses; readonly ours: Courses }> {
  const store = createMetricStore();
  const evaluator = createEvaluator(alarms, store);
  for (const alarm of alarms) await cloudWatch.putAlarm(alarm);
  const theirs = Object.fromEntries(alarms.map(({ name }) => [name, ["INSUFFICIENT_DATA"] as AlarmState[]]));
  const ours = structuredClone(theirs);
  const note = (courses: typeof theirs, name: string, state: AlarmState): void => {
    const course = courses[name];
    if (course !== undefined && course.at(-1) !== state) course.push(state);
  };

  const start = Date.now();
  for (let second = 0; second < limitSeconds; second++) {
    const at = start + second * 1000;
    await sleep(Math.max(0, at - Date.now()));
    const datapoints = traffic(second).map((point) => ({ ...point, at, storageResolution: 1 as const }));
    for (const point of datapoints) store.add(point);
    if (datapoints.length > 0) await cloudWatch.putMetricData(datapoints);
    for (const { alarm, to } of evaluator.tick(at).changes) note(ours, alarm, to);
    for (const [name, state] of Object.entries(await cloudWatch.states())) note(theirs, name, state);
    if (JSON.stringify(theirs) === JSON.stringify(expected) && JSON.stringify(ours) === JSON.stringify(expected)) break;
  }
  return { theirs, ours };
}
