/**
 * CloudWatch's alarms in virtual time: what `tick` is told is the present.
 *
 * Sources: "Alarm evaluation" for when an alarm is evaluated and over which datapoints; "Configuring how CloudWatch alarms treat missing
 * data"; "Percentile-based alarms and low data samples"; "Create a composite alarm" and "Suppressing composite alarm actions"; "PutMetricAlarm"
 * for the limits. What AWS does not publish, the length of the evaluation range, is an option.
 */
import type { Alarm } from "./alarm.ts";
import { inOrderOfDependency } from "./composite-order.ts";
import { holds, parseCompositeRule } from "./composite-rule.ts";
import { evaluateMetricAlarm } from "./metric-alarm.ts";
import { checkMetricAlarm, evaluationIntervalSeconds } from "./metric-alarm-limits.ts";
import type { MetricStore } from "./metric-store.ts";
import type { AlarmState } from "./missing-data.ts";
import { createSuppression } from "./suppression.ts";

export interface Evaluator {
  /**
   * Every evaluation that CloudWatch makes after the last tick, `now` (ms) included, in order. The first tick evaluates each alarm once.
   * Datapoints that arrive later for a time already evaluated count in the evaluations that follow, as they do in CloudWatch.
   */
  tick(now: number): Tick;
  /** Throws on an unknown name. An alarm starts in INSUFFICIENT_DATA. */
  state(alarm: string): AlarmState;
}

export interface Tick {
  readonly changes: readonly StateChange[];
  readonly actions: readonly ActionsTaken[];
}

export interface StateChange {
  readonly alarm: string;
  readonly from: AlarmState;
  readonly to: AlarmState;
  readonly at: number;
  readonly reason: string;
}

/** One announcement. Of a composite alarm it may come later than the change, or never: see suppression.ts. */
export interface ActionsTaken {
  readonly alarm: string;
  readonly state: AlarmState;
  readonly at: number;
  /** ARNs; the list may be empty in none of them. */
  readonly arns: readonly string[];
}

export interface EvaluatorOptions {
  /**
   * How many datapoints are retrieved for N evaluation periods. AWS only says "a higher number", with 5 for 3 in its examples; the default is
   * N plus a third of N, and at least N + 2.
   */
  readonly evaluationRange?: (evaluationPeriods: number) => number;
  /** Whether FILL fills a metric without any datapoint in the range; AWS does not say. */
  readonly fillsEmptySeries?: boolean;
}

const step = 10_000; // the shortest interval of evaluation

/** Throws on an alarm that CloudWatch would refuse, or whose rule or expression is not implemented. */
export function createEvaluator(
  alarms: readonly Alarm[],
  store: MetricStore,
  options: EvaluatorOptions = {},
): Evaluator {
  const { evaluationRange = (n) => n + Math.max(2, Math.floor(n / 3)), fillsEmptySeries = true } = options;
  const states = new Map<string, AlarmState>();
  for (const { name } of alarms) {
    if (states.has(name)) throw new Error(`two alarms have the name ${name}`);
    states.set(name, "INSUFFICIENT_DATA");
  }
  const metricAlarms = alarms.filter((alarm) => alarm.kind === "metric");
  for (const alarm of metricAlarms) checkMetricAlarm(alarm);
  const composites = inOrderOfDependency(alarms).map((alarm) => ({
    alarm,
    rule: parseCompositeRule(alarm.rule),
    suppression:
      alarm.suppressor === null
        ? null
        : createSuppression(alarm.suppressor.waitPeriodSeconds, alarm.suppressor.extensionPeriodSeconds),
  }));
  let last: number | null = null;

  const stateOf = (name: string): AlarmState => {
    const state = states.get(name);
    if (state === undefined) throw new Error(`there is no alarm ${name}`);
    return state;
  };

  const evaluateAt = (at: number, isFirst: boolean, changes: StateChange[], actions: ActionsTaken[]): void => {
    const change = (alarm: Alarm, to: AlarmState, reason: string): boolean => {
      const from = stateOf(alarm.name);
      if (from === to) return false;
      states.set(alarm.name, to);
      changes.push({ alarm: alarm.name, from, to, at, reason });
      return true;
    };
    const act = (alarm: Alarm): void => {
      const state = stateOf(alarm.name);
      const arns = alarm.actions[state];
      if (alarm.actionsEnabled && arns.length > 0) actions.push({ alarm: alarm.name, state, at, arns });
    };

    for (const alarm of metricAlarms) {
      if (!isFirst && at % (evaluationIntervalSeconds(alarm) * 1000) !== 0) continue;
      const { state, reason } = evaluateMetricAlarm(alarm, store, at, { evaluationRange, fillsEmptySeries });
      if (state !== "retain" && change(alarm, state, reason)) act(alarm);
    }
    for (const { alarm, rule, suppression } of composites) {
      if (alarm.suppressor !== null) suppression?.suppressorChanged(stateOf(alarm.suppressor.alarm) === "ALARM", at);
      const changed = change(alarm, holds(rule, stateOf) ? "ALARM" : "OK", alarm.rule);
      const now = changed && (suppression === null || suppression.changed(at));
      if (now || suppression?.expired(at)) act(alarm);
    }
  };

  return {
    state: stateOf,
    tick: (now) => {
      if (last !== null && now < last) throw new Error(`the time went back from ${last} to ${now}`);
      const changes: StateChange[] = [];
      const actions: ActionsTaken[] = [];
      const latest = now - (now % step);
      let at: number = last === null ? latest - (latest % 60_000) : last + step;
      for (; at <= latest; at += step) {
        evaluateAt(at, last === null, changes, actions);
        last = at;
      }
      return { changes, actions };
    },
  };
}
