/** Alarms and dashboard of Terraform, the rules for Prometheus, the dashboard for Grafana, and the catalogue say the same. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { instruments } from "../../src/telemetry/catalogue.ts";
import { program, repository, skipWithout } from "../parts.ts";
import { after, test } from "../slow-test.ts";
import { prometheusName } from "./prometheus-name.ts";
import { metricsOf, readRules } from "./prometheus-rules.ts";
import { readLocals } from "./read-locals.ts";
import { prepareTerraform } from "./terraform.ts";

interface Alarm {
  readonly severity: string;
  readonly comparison: string;
  readonly threshold: number;
  readonly metrics: Readonly<Record<string, { namespace: string; name: string; stat: string; queue: string | null }>>;
  readonly windows: Readonly<Record<string, { period: number; evaluate: number; expression: string | null }>>;
}

interface Panel {
  readonly title: string;
  readonly limit: number | null;
  readonly lines: readonly [string, string, string, string, Readonly<Record<string, string>>][];
}

const skip = skipWithout("terraform on PATH", program("terraform") !== null);
const terraform = skip === false ? await prepareTerraform() : null;
after(async () => terraform?.remove());
const [alarms, panels] = (terraform === null ? [{}, []] : await readLocals(terraform, ["alarms", "panels"])) as [
  Readonly<Record<string, Alarm>>,
  readonly Panel[],
];
const rules = readRules();
const grafana = JSON.parse(readFileSync(join(repository, "grafana/dashboard.json"), "utf8")) as {
  readonly time: { readonly from: string };
  readonly panels: readonly {
    readonly type: string;
    readonly title: string;
    readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
    readonly fieldConfig: {
      readonly defaults: { readonly thresholds: { readonly steps: readonly { value: number | null }[] } };
    };
  }[];
};

/** What prometheus/cloudwatch_exporter calls the three metrics of a queue. */
const ofQueues: Readonly<Record<string, string>> = {
  ApproximateNumberOfMessagesVisible: "aws_sqs_approximate_number_of_messages_visible_maximum",
  ApproximateNumberOfMessagesNotVisible: "aws_sqs_approximate_number_of_messages_not_visible_maximum",
  ApproximateAgeOfOldestMessage: "aws_sqs_approximate_age_of_oldest_message_maximum",
};

function inPrometheus(namespace: string, name: string): string {
  if (namespace === "AWS/SQS") return ofQueues[name] ?? assert.fail(`${name} of a queue`);
  const instrument = instruments.find((one) => one.namespace === namespace && one.name === name);
  return instrument === undefined
    ? assert.fail(`${namespace} ${name} is not in the catalogue`)
    : prometheusName(instrument);
}

test("names are those of Prometheus's own translator (github.com/prometheus/otlptranslator 1.0.0)", () => {
  const translated = [
    ["UploadSuccess", "{upload}", "counter", "UploadSuccess_total"],
    ["WorkerEndToEndDuration", "s", "histogram", "WorkerEndToEndDuration_seconds"],
    ["UploadFileSizeMB", "MBy", "histogram", "UploadFileSizeMB_megabytes"],
    ["CSVRowCount", "{row}", "histogram", "CSVRowCount"],
    ["PredictionThroughput", "{row}/s", "histogram", "PredictionThroughput_per_second"],
    ["PredictionConfidence", "1", "histogram", "PredictionConfidence"],
    ["WorkerHeartbeat", "{worker}", "gauge", "WorkerHeartbeat"],
    ["http.server.request.duration", "s", "histogram", "http_server_request_duration_seconds"],
  ] as const;
  for (const [name, unit, kind, expected] of translated) assert.equal(prometheusName({ name, unit, kind }), expected);
  for (const instrument of instruments) assert.match(prometheusName(instrument), /^[A-Za-z][A-Za-z0-9_]*$/);
});

test("every alarm has a rule and every rule an alarm, with its severity, threshold, minimum and metrics", {
  skip,
}, () => {
  assert.deepEqual(rules.map(({ name }) => name).toSorted(), Object.keys(alarms).toSorted());
  assert.ok(rules.length >= 17);
  for (const { name, severity, expression, annotations } of rules) {
    const alarm = alarms[name]!;
    assert.equal(severity, alarm.severity, name);
    const bounds = expression.match(/(>=|[<>]) [\d.]+/g) ?? [];
    const windows = Object.values(alarm.windows);
    const minima = windows.flatMap((window) => window.expression?.match(/>= \d+/g) ?? []);
    const expected = windows.map(() => `${alarm.comparison} ${alarm.threshold}`);
    assert.deepEqual(bounds.toSorted(), [...expected, ...minima].toSorted(), name);
    const metrics = new Set(Object.values(alarm.metrics).map((metric) => inPrometheus(metric.namespace, metric.name)));
    assert.deepEqual(metricsOf(expression), [...metrics].toSorted(), name);
    for (const key of ["impact", "resolution"]) assert.ok(annotations[key]!.length > 20, `${name} ${key}`);
    assert.equal(annotations["runbook"], `terraform/runbook.md#${name}`);
  }
});

test("a rule looks at the same stretch of time as its alarm", { skip }, () => {
  const seconds = { m: 60, h: 3_600 } as const;
  for (const { name, expression, lasting } of rules) {
    const windows = Object.values(alarms[name]!.windows);
    const looked = new Set(
      [...expression.matchAll(/\[(\d+)([mh])\]/g), ...lasting.matchAll(/^(\d+)([mh])$/g)].map(
        ([, count, unit]) => Number(count) * seconds[unit as "m" | "h"],
      ),
    );
    // The p95 is over two windows out of three, and a queue's depth of one minute needs no range.
    const expected = windows.map(({ period, evaluate }) =>
      name === "worker-processing-slow" ? 2 * period : period * evaluate,
    );
    assert.deepEqual(
      [...looked].toSorted(),
      expected.filter((value) => value > 60 || looked.size > 0).toSorted(),
      name,
    );
  }
});

test("every alarm and panel of Terraform reads what the catalogue has, percentiles of histograms only", {
  skip,
}, () => {
  const read = [
    ...Object.values(alarms).flatMap((alarm) =>
      Object.values(alarm.metrics).map((one) => [one.namespace, one.name, one.stat, {}] as const),
    ),
    ...panels.flatMap(({ lines }) =>
      lines.map(([namespace, name, stat, , dimension]) => [namespace, name, stat, dimension] as const),
    ),
  ].filter(([namespace]) => namespace !== "AWS/SQS");
  assert.ok(read.length > 50, `${read.length} metrics`);
  for (const [namespace, name, stat, dimension] of read) {
    const instrument = instruments.find((one) => one.namespace === namespace && one.name === name);
    assert.ok(instrument !== undefined, `${namespace} ${name}`);
    const fits = {
      counter: ["Sum"],
      gauge: ["Maximum"],
      histogram: ["p50", "p95", "p99", "Average", "Maximum", "SampleCount"],
    };
    assert.ok(fits[instrument.kind].includes(stat), `${stat} of ${name}, a ${instrument.kind}`);
    for (const [key, value] of Object.entries(dimension) as [string, string][]) {
      assert.equal(key, instrument.dimension);
      assert.ok((Object.values(instrument.attributes[key] ?? []) as unknown[]).includes(value), `${key} ${value}`);
    }
  }
});

test("what an alarm sums up is exported as 0 before it first happens", { skip }, () => {
  const summed = Object.values(alarms).flatMap(({ metrics }) =>
    Object.values(metrics).filter(({ stat }) => stat === "Sum"),
  );
  assert.ok(summed.length >= 10);
  for (const { name } of summed) assert.equal(instruments.find((one) => one.name === name)?.alarmed, true, name);
});

test("Grafana shows the panels of CloudWatch, the same metrics in each, and a week", { skip }, () => {
  const shown = grafana.panels.filter(({ type }) => type === "timeseries");
  assert.deepEqual(
    shown.map(({ title }) => title),
    panels.map(({ title }) => title),
  );
  assert.equal(grafana.time.from, "now-7d");
  for (const [index, { title, lines, limit }] of panels.entries()) {
    const { targets, fieldConfig } = shown[index]!;
    const expected = new Set(lines.map(([namespace, name]) => inPrometheus(namespace, name)));
    assert.deepEqual(
      [...new Set(targets.flatMap(({ expr }) => metricsOf(expr)))].toSorted(),
      [...expected].toSorted(),
      title,
    );
    assert.deepEqual(
      fieldConfig.defaults.thresholds.steps.flatMap(({ value }) => value ?? []),
      limit === null ? [] : [limit],
      title,
    );
  }
});

test("Grafana's health indicators are all rules, by severity", () => {
  for (const [title, severity] of [
    ["Critical", "critical"],
    ["Warning", "warning"],
  ] as const) {
    const panel = grafana.panels.find((one) => one.title === title)!;
    const names = rules.filter((rule) => rule.severity === severity).map(({ name }) => name);
    assert.deepEqual(
      panel.targets.map(({ legendFormat }) => legendFormat),
      names,
    );
    for (const [index, { expr }] of panel.targets.entries()) assert.ok(expr.includes(`alertname="${names[index]}"`));
  }
});

test("the confidence that an alarm expects is the shipped model's own", { skip }, () => {
  const [version] = readdirSync(join(repository, "models/telecom"));
  const schema = readFileSync(join(repository, "models/telecom", version!, "schema.json"), "utf8");
  const { mean_confidence, confidence_margin } = (JSON.parse(schema) as { training: Record<string, number> }).training;
  const difference = mean_confidence! - confidence_margin! - alarms["model-confidence-low"]!.threshold;
  assert.ok(Math.abs(difference) < 0.0005, `${difference}`);
});
