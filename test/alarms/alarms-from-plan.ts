/**
 * The alarms of a Terraform plan, or of a state, as CloudWatch would hold them. Every attribute of the AWS provider is either read, or is one
 * that changes no evaluation (tags, ids), or is refused: an alarm is never read as something that it is not.
 */
import * as v from "valibot";
import type { Alarm, CompositeAlarm, MathQuery, MetricAlarm } from "./alarm.ts";
import { alarmNameOf } from "./composite-rule.ts";
import type { StatisticQuery } from "./metric-store.ts";
import { type PlanResource, resourcesOf } from "./plan-resources.ts";

/** Stands for the ARNs of actions that a plan does not know yet. */
export const knownAfterApply = "(known after apply)";

/** `shown` is the parsed output of `terraform show -json`. Throws with the resource's address on what is unknown, unset or not implemented. */
export function alarmsFromPlan(shown: unknown): Alarm[] {
  return resourcesOf(shown, ["aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm"]).map((resource) =>
    resource.type === "aws_cloudwatch_metric_alarm" ? metricAlarm(resource) : compositeAlarm(resource),
  );
}

// The provider writes an unset text as null or as "".
const optionalText = v.pipe(
  v.nullish(v.string(), ""),
  v.transform((text) => (text === "" ? null : text)),
);
const positive = v.pipe(v.number(), v.integer(), v.minValue(1));
const unset = v.pipe(optionalText, v.null("is not implemented"));
const dimensions = v.nullish(v.record(v.string(), v.string()), {});
const arns = v.pipe(
  v.optional(v.nullable(v.array(v.nullable(v.string()))), [null]),
  v.transform((list) => (list ?? []).map((arn) => arn ?? knownAfterApply)),
);

const common = {
  alarm_name: v.string(),
  alarm_description: optionalText,
  actions_enabled: v.nullish(v.boolean(), true),
  alarm_actions: arns,
  ok_actions: arns,
  insufficient_data_actions: arns,
  arn: v.optional(v.unknown()),
  id: v.optional(v.unknown()),
  region: v.optional(v.unknown()),
  tags: v.optional(v.unknown()),
  tags_all: v.optional(v.unknown()),
};

const MetricAlarmValues = v.strictObject({
  ...common,
  comparison_operator: v.picklist([
    "GreaterThanOrEqualToThreshold",
    "GreaterThanThreshold",
    "LessThanThreshold",
    "LessThanOrEqualToThreshold",
  ]),
  evaluation_periods: positive,
  datapoints_to_alarm: v.nullish(positive),
  threshold: v.number(),
  threshold_metric_id: unset,
  treat_missing_data: v.nullish(v.picklist(["breaching", "notBreaching", "ignore", "missing"])),
  evaluate_low_sample_count_percentiles: v.pipe(optionalText, v.nullable(v.picklist(["evaluate", "ignore"]))),
  metric_name: optionalText,
  namespace: optionalText,
  period: v.nullish(positive),
  statistic: optionalText,
  extended_statistic: optionalText,
  unit: optionalText,
  dimensions,
  metric_query: v.nullish(
    v.array(
      v.strictObject({
        id: v.string(),
        account_id: unset,
        expression: optionalText,
        label: v.optional(v.unknown()),
        period: v.nullish(v.number()),
        return_data: v.nullish(v.boolean()),
        metric: v.nullish(
          v.array(
            v.strictObject({
              metric_name: v.string(),
              namespace: v.string(),
              period: positive,
              stat: v.string(),
              unit: optionalText,
              dimensions,
            }),
          ),
        ),
      }),
    ),
  ),
});
type MetricAlarmValues = v.InferOutput<typeof MetricAlarmValues>;

const CompositeAlarmValues = v.strictObject({
  ...common,
  alarm_rule: v.string(),
  actions_suppressor: v.nullish(
    v.array(
      v.strictObject({
        alarm: v.string(),
        extension_period: v.pipe(v.number(), v.minValue(0)),
        wait_period: v.pipe(v.number(), v.minValue(0)),
      }),
    ),
  ),
});

function metricAlarm({ address, values }: PlanResource): MetricAlarm {
  const read = check(MetricAlarmValues, values, address);
  const queries = read.metric_query ?? [];
  if (queries.length > 0 && (read.metric_name !== null || read.statistic !== null || read.extended_statistic !== null))
    throw new Error(`${address}: both a metric and metric_query`);
  return {
    kind: "metric",
    ...commonOf(read),
    watches: queries.length > 0 ? mathQuery(queries, address) : plainQuery(read, address),
    comparison: read.comparison_operator,
    threshold: read.threshold,
    evaluationPeriods: read.evaluation_periods,
    datapointsToAlarm: read.datapoints_to_alarm ?? read.evaluation_periods,
    treatMissingData: read.treat_missing_data ?? "missing",
    lowSampleCount: read.evaluate_low_sample_count_percentiles ?? "evaluate",
  };
}

function plainQuery(read: MetricAlarmValues, address: string): StatisticQuery {
  const { namespace, metric_name: name, period, statistic, extended_statistic: extended, unit } = read;
  if (namespace === null || name === null || !period)
    throw new Error(`${address}: no namespace, metric_name or period`);
  if ((statistic === null) === (extended === null))
    throw new Error(`${address}: one of statistic and extended_statistic is needed`);
  return query(namespace, name, read.dimensions, statistic ?? extended ?? "", period, unit);
}

function mathQuery(queries: NonNullable<MetricAlarmValues["metric_query"]>, address: string): MathQuery {
  const metrics: Record<string, StatisticQuery> = {};
  const expressions: Record<string, string> = {};
  for (const { id, expression, metric, period } of queries) {
    const [only, ...others] = metric ?? [];
    if (others.length > 0 || (only === undefined) === (expression === null))
      throw new Error(`${address}: metric_query ${id} needs one metric or an expression`);
    if (id in metrics || id in expressions) throw new Error(`${address}: two of metric_query have the id ${id}`);
    if (expression !== null && period) throw new Error(`${address}: a period of an expression is not implemented`);
    if (expression !== null) expressions[id] = expression;
    if (only !== undefined)
      metrics[id] = query(only.namespace, only.metric_name, only.dimensions, only.stat, only.period, only.unit);
  }
  const [returned, ...others] = queries.filter(({ return_data }) => return_data === true);
  if (returned === undefined || others.length > 0) throw new Error(`${address}: exactly one metric_query returns data`);
  return { metrics, expressions, returns: returned.id };
}

function query(
  namespace: string,
  name: string,
  dimensions: Readonly<Record<string, string>>,
  statistic: string,
  periodSeconds: number,
  unit: string | null,
): StatisticQuery {
  return { namespace, name, dimensions, statistic, periodSeconds, ...(unit === null ? {} : { unit }) };
}

function compositeAlarm({ address, values }: PlanResource): CompositeAlarm {
  const read = check(CompositeAlarmValues, values, address);
  const suppressor = read.actions_suppressor?.[0];
  return {
    kind: "composite",
    ...commonOf(read),
    rule: read.alarm_rule,
    suppressor:
      suppressor === undefined
        ? null
        : {
            alarm: alarmNameOf(suppressor.alarm),
            waitPeriodSeconds: suppressor.wait_period,
            extensionPeriodSeconds: suppressor.extension_period,
          },
  };
}

type CommonValues = v.InferOutput<v.StrictObjectSchema<typeof common, undefined>>;

function commonOf(read: CommonValues) {
  return {
    name: read.alarm_name,
    description: read.alarm_description ?? "",
    actionsEnabled: read.actions_enabled,
    actions: { ALARM: read.alarm_actions, OK: read.ok_actions, INSUFFICIENT_DATA: read.insufficient_data_actions },
  };
}

function check<S extends v.GenericSchema>(schema: S, value: unknown, address: string): v.InferOutput<S> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const issues = result.issues.map((issue) => `${v.getDotPath(issue) ?? ""} ${issue.message}`.trim());
  throw new Error(`${address}: ${issues.join("; ")} (an attribute known only after apply is absent from a plan)`);
}
