/** Virtual days made of recorded scenes, looked at by CloudWatch's rules minute by minute. */
import type { Alarm } from "../alarms/alarm.ts";
import type { Datapoint } from "../alarms/datapoint.ts";
import { datapointsOfEmf } from "../alarms/emf.ts";
import { type ActionsTaken, createEvaluator, type EvaluatorOptions, type StateChange } from "../alarms/evaluator.ts";
import { createMetricStore } from "../alarms/metric-store.ts";

/** A number that AWS itself publishes of a queue. */
export interface QueueFact {
  readonly queue: string;
  readonly metric: "ApproximateNumberOfMessagesVisible" | "ApproximateAgeOfOldestMessage";
  readonly value: number;
}

export interface Minute {
  readonly points: readonly Datapoint[];
  readonly queues: readonly QueueFact[];
}

export interface Told {
  readonly changes: readonly StateChange[];
  readonly actions: readonly ActionsTaken[];
}

/** Midnight, so that every period begins with it. */
const midnight = Date.UTC(2026, 0, 5);
const minute = 60_000;

export const pointsOf = (lines: readonly string[]): Datapoint[] => lines.flatMap(datapointsOfEmf);

/** What happened in a scene happens within each minute that has it. */
export function play(alarms: readonly Alarm[], minutes: readonly Minute[], options: EvaluatorOptions = {}): Told {
  const store = createMetricStore();
  const evaluator = createEvaluator(alarms, store, options);
  const told = { changes: [] as StateChange[], actions: [] as ActionsTaken[] };
  minutes.forEach(({ points, queues }, index) => {
    const at = midnight + index * minute;
    for (const point of points) store.add({ ...point, at: at + 5_000 });
    for (const { queue, metric, value } of queues)
      store.put("AWS/SQS", metric, { QueueName: queue }, "Count", at, value);
    const { changes, actions } = evaluator.tick(at + minute);
    told.changes.push(...changes);
    told.actions.push(...actions);
  });
  return told;
}

/** States that an alarm went through, the first evaluation's included. */
export function statesOf(told: Told, alarm: string): string[] {
  return told.changes.filter((change) => change.alarm === alarm).map(({ to }) => to);
}
