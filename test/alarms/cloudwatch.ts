/** The few calls of CloudWatch that tests make of a stand-in for AWS. */
import * as v from "valibot";
import { callAws } from "../terraform/call-aws.ts";
import type { Alarm } from "./alarm.ts";
import type { Datapoint } from "./datapoint.ts";
import type { AlarmState } from "./missing-data.ts";

export interface CloudWatch {
  putMetricData(datapoints: readonly Datapoint[]): Promise<void>;
  /** Throws on an alarm that watches an expression: no stand-in evaluates one. */
  putAlarm(alarm: Alarm): Promise<void>;
  setState(alarm: string, state: AlarmState): Promise<void>;
  /** Name → state, of every alarm. */
  states(): Promise<Record<string, AlarmState>>;
}

const Named = v.object({ AlarmName: v.string(), StateValue: v.picklist(["OK", "ALARM", "INSUFFICIENT_DATA"]) });
const Described = v.object({
  MetricAlarms: v.optional(v.array(Named), []),
  CompositeAlarms: v.optional(v.array(Named), []),
});

export function createCloudWatch(endpoint: string): CloudWatch {
  const caller = { endpoint, region: "eu-central-1", service: "monitoring", accessKeyId: "test" };
  const call = async (action: string, body: object): Promise<string> => {
    const { status, answer } = await callAws(caller, { action: `GraniteServiceVersion20100801.${action}`, body });
    if (status !== 200) throw new Error(`${action}: ${status} ${answer.slice(0, 300)}`);
    return answer;
  };
  return {
    putMetricData: async (datapoints) => {
      for (const namespace of new Set(datapoints.map((point) => point.namespace))) {
        const ours = datapoints.filter((point) => point.namespace === namespace);
        await call("PutMetricData", { Namespace: namespace, MetricData: ours.map(datum) });
      }
    },
    putAlarm: async (alarm) => {
      await (alarm.kind === "composite"
        ? call("PutCompositeAlarm", { ...common(alarm), AlarmRule: alarm.rule })
        : call("PutMetricAlarm", { ...common(alarm), ...plain(alarm) }));
    },
    setState: async (alarm, state) => {
      await call("SetAlarmState", { AlarmName: alarm, StateValue: state, StateReason: "a test" });
    },
    states: async () => {
      const answer = await call("DescribeAlarms", { AlarmTypes: ["MetricAlarm", "CompositeAlarm"] });
      const { MetricAlarms, CompositeAlarms } = v.parse(Described, JSON.parse(answer));
      return Object.fromEntries(
        [...MetricAlarms, ...CompositeAlarms].map((alarm) => [alarm.AlarmName, alarm.StateValue]),
      );
    },
  };
}

function datum({ name, dimensions, unit, at, value, storageResolution = 60 }: Datapoint): object {
  const base = {
    MetricName: name,
    Dimensions: pairs(dimensions),
    Unit: unit,
    Timestamp: at / 1000,
    StorageResolution: storageResolution,
  };
  if (typeof value === "number") return { ...base, Value: value };
  const { max, min, count, sum, observed } = value;
  if (observed === undefined)
    return { ...base, StatisticValues: { Maximum: max, Minimum: min, SampleCount: count, Sum: sum } };
  return { ...base, Values: observed.map((one) => one.value), Counts: observed.map((one) => one.count) };
}

function common({ name, description, actionsEnabled, actions }: Alarm): object {
  return {
    AlarmName: name,
    AlarmDescription: description,
    ActionsEnabled: actionsEnabled,
    AlarmActions: actions.ALARM,
    OKActions: actions.OK,
    InsufficientDataActions: actions.INSUFFICIENT_DATA,
  };
}

function plain({ watches, ...alarm }: Alarm & { readonly kind: "metric" }): object {
  if ("metrics" in watches) throw new Error(`${alarm.name} watches an expression`);
  const { namespace, name, dimensions, statistic, periodSeconds, unit } = watches;
  return {
    Namespace: namespace,
    MetricName: name,
    Dimensions: pairs(dimensions),
    ...(/^p\d/.test(statistic) ? { ExtendedStatistic: statistic } : { Statistic: statistic }),
    Period: periodSeconds,
    ...(unit === undefined ? {} : { Unit: unit }),
    EvaluationPeriods: alarm.evaluationPeriods,
    DatapointsToAlarm: alarm.datapointsToAlarm,
    Threshold: alarm.threshold,
    ComparisonOperator: alarm.comparison,
    TreatMissingData: alarm.treatMissingData,
  };
}

function pairs(dimensions: Readonly<Record<string, string>>): object[] {
  return Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
}
