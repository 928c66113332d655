import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "node:test";
import { skipWithout } from "../parts.ts";
import { after, test } from "../slow-test.ts";
import { prepareTerraform, type Terraform, terraformProgram } from "../terraform/terraform.ts";
import { type Alarm, metricsOf } from "./alarm.ts";
import { alarmsFromPlan, knownAfterApply } from "./alarms-from-plan.ts";
import { createEvaluator } from "./evaluator.ts";
import { createMetricStore } from "./metric-store.ts";
import { widgetsFromPlan } from "./widgets-from-plan.ts";

const skip = skipWithout("terraform", terraformProgram !== null);
let terraform: Terraform | null = null;
after(async () => terraform?.remove());

async function show(): Promise<unknown> {
  terraform = await prepareTerraform(join(import.meta.dirname, "fixtures/monitoring"));
  const plan = await terraform.run(["plan", "-input=false", "-out=plan"]);
  assert.equal(plan.code, 0, plan.output);
  const shown = await terraform.run(["show", "-json", "plan"]);
  return JSON.parse(shown.output.slice(shown.output.indexOf("{")));
}

test("a plan of the provider itself is read whole", { skip }, async () => {
  const shown = await show();
  const alarms = alarmsFromPlan(shown);
  const byName = new Map(alarms.map((alarm) => [alarm.name, alarm]));
  assert.deepEqual([...byName.keys()].sort(), ["errors", "rate-fast", "rate-slow", "slow-work"]);
  const stage = { namespace: "App", name: "Failed", dimensions: { Stage: "s3" }, statistic: "Sum", periodSeconds: 60 };
  const total = { namespace: "App", name: "Total", dimensions: {}, statistic: "Sum", periodSeconds: 60, unit: "Count" };
  const none = { ALARM: [], OK: [], INSUFFICIENT_DATA: [] };
  assert.deepEqual(byName.get("rate-slow"), {
    kind: "metric",
    name: "rate-slow",
    description: "",
    actionsEnabled: true,
    actions: { ...none, ALARM: [knownAfterApply] },
    watches: { metrics: { failed: stage, total }, expressions: { rate: "FILL(failed, 0) / total" }, returns: "rate" },
    comparison: "GreaterThanThreshold",
    threshold: 0.05,
    evaluationPeriods: 30,
    datapointsToAlarm: 3,
    treatMissingData: "notBreaching",
    lowSampleCount: "evaluate",
  } satisfies Alarm);
  assert.deepEqual(byName.get("slow-work"), {
    kind: "metric",
    name: "slow-work",
    description: "IMPACT: work is slow.",
    actionsEnabled: false,
    actions: none,
    watches: {
      namespace: "App",
      name: "Slow",
      dimensions: { Stage: "work", Size: "<1MB" },
      statistic: "p95",
      periodSeconds: 300,
      unit: "Seconds",
    },
    comparison: "LessThanOrEqualToThreshold",
    threshold: 300,
    evaluationPeriods: 2,
    datapointsToAlarm: 2,
    treatMissingData: "missing",
    lowSampleCount: "ignore",
  } satisfies Alarm);
  assert.deepEqual(byName.get("errors"), {
    kind: "composite",
    name: "errors",
    description: "",
    actionsEnabled: true,
    actions: { ...none, OK: ["arn:aws:sns:eu-central-1:000000000000:known"] },
    rule: 'ALARM(rate-fast) OR ALARM("rate-slow")',
    suppressor: { alarm: "slow-work", waitPeriodSeconds: 120, extensionPeriodSeconds: 60 },
  } satisfies Alarm);
  assert.doesNotThrow(() => createEvaluator(alarms, createMetricStore()));

  const [text, metrics, state] = widgetsFromPlan(shown);
  assert.deepEqual([text?.kind, metrics?.kind, state?.kind], ["text", "metric", "alarm"]);
  assert.deepEqual(metrics, {
    dashboard: "health",
    kind: "metric",
    title: "failures",
    metrics: [
      { ...stage, periodSeconds: 300 },
      { ...stage, periodSeconds: 300, dimensions: { Stage: "queue" } },
      { ...stage, name: "Slow", dimensions: { Stage: "queue" }, statistic: "p95" },
      { ...stage, periodSeconds: 300, name: "Total", dimensions: {} },
    ],
    expressions: ["FILL(failed, 0) / total"],
    alarms: [],
  });
  assert.deepEqual(state?.alarms, ["rate-fast"]);
});

const plan = (type: string, values: object) => ({
  planned_values: { root_module: { resources: [{ address: `${type}.x`, mode: "managed", type, values }] } },
});
const simple = {
  alarm_name: "x",
  comparison_operator: "GreaterThanThreshold",
  evaluation_periods: 1,
  threshold: 1,
  namespace: "N",
  metric_name: "M",
  period: 60,
  statistic: "Sum",
};
const query = (changes: object) => ({
  id: "m1",
  metric: [{ metric_name: "M", namespace: "N", period: 60, stat: "Sum" }],
  ...changes,
});
const { metric_name: _, namespace: __, period: ___, statistic: ____, ...bare } = simple;

describe("the reader of alarms", () => {
  it("reads a state as well as a plan", () => {
    const { planned_values: values } = plan("aws_cloudwatch_metric_alarm", { ...simple, alarm_actions: ["arn:x"] });
    const [alarm] = alarmsFromPlan({ values });
    assert.deepEqual([alarm?.actions.ALARM, alarm === undefined ? [] : metricsOf(alarm).length], [["arn:x"], 1]);
  });

  const refused: Record<string, [values: object, says: RegExp]> = {
    "an attribute it does not know": [{ ...simple, evaluation_criteria: "x" }, /metric_alarm\.x: evaluation_criteria/],
    "an anomaly band": [{ ...simple, threshold_metric_id: "ad1" }, /threshold_metric_id is not implemented/],
    "the comparison of an anomaly band": [
      { ...simple, comparison_operator: "GreaterThanUpperThreshold" },
      /comparison_operator/,
    ],
    "another account": [
      { ...bare, metric_query: [query({ return_data: true, account_id: "1" })] },
      /account_id is not implemented/,
    ],
    "a threshold that is not known": [{ ...simple, threshold: undefined }, /threshold .*known only after apply/],
    "a dimension that is not known": [{ ...simple, dimensions: { QueueName: null } }, /dimensions\.QueueName/],
    "both kinds of statistic": [{ ...simple, extended_statistic: "p95" }, /one of statistic and extended_statistic/],
    "a metric and a query": [
      { ...simple, metric_query: [query({ return_data: true })] },
      /both a metric and metric_query/,
    ],
    "two queries that return data": [
      { ...bare, metric_query: [query({ return_data: true }), query({ id: "m2", return_data: true })] },
      /exactly one metric_query returns data/,
    ],
    "two queries of one id": [
      { ...bare, metric_query: [query({ return_data: true }), query({})] },
      /two of metric_query have the id m1/,
    ],
    "a query that is both": [
      { ...bare, metric_query: [query({ expression: "1", return_data: true })] },
      /one metric or an expression/,
    ],
  };
  for (const [what, [values, says]] of Object.entries(refused))
    it(`refuses ${what}`, () => assert.throws(() => alarmsFromPlan(plan("aws_cloudwatch_metric_alarm", values)), says));

  it("refuses what is no plan", () => assert.throws(() => alarmsFromPlan({}), /neither a plan nor a state/));
});

describe("the reader of dashboards", () => {
  const dashboard = (widget: object) =>
    plan("aws_cloudwatch_dashboard", { dashboard_name: "d", dashboard_body: JSON.stringify({ widgets: [widget] }) });
  const metrics = (...rows: unknown[]) => dashboard({ type: "metric", properties: { metrics: rows } });
  const refused: Record<string, [shown: object, says: RegExp]> = {
    "a body that is not known": [plan("aws_cloudwatch_dashboard", { dashboard_name: "d" }), /known only after apply/],
    "a kind of widget it does not know": [dashboard({ type: "explorer", properties: {} }), /widgets\.0\.type/],
    "a search": [metrics([{ expression: "SEARCH('{N} M', 'Sum')", id: "e1" }]), /SEARCH/],
    "an id that is not there": [
      metrics(["N", "M", { id: "m1" }], [{ expression: "m1 + m2" }]),
      /nothing has the id m2/,
    ],
    "half a dimension": [metrics(["N", "M", "Stage"]), /pairs of dimensions/],
    "a repetition of nothing": [metrics([".", "M"]), /repeats what is not there/],
    "a statistic it does not know": [metrics(["N", "M", { stat: "tm99" }]), /tm99/],
  };
  for (const [what, [shown, says]] of Object.entries(refused))
    it(`refuses ${what}`, () => assert.throws(() => widgetsFromPlan(shown), says));
});
