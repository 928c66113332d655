/**
 * The evaluator against evaluators that others wrote: LocalEmu's for plain alarms, MiniStack's for percentiles and composite alarms. And one
 * loop that is LocalEmu's alone. Both runs on LocalEmu take more than a minute of waiting, so they run at the same time.
 */
import assert from "node:assert/strict";
import { localEmuIsInstalled, startLocalEmu } from "../aws/localemu.ts";
import { ministackIsInstalled, startMinistack } from "../aws/ministack.ts";
import { skipWithout } from "../parts.ts";
import { after, test } from "../slow-test.ts";
import type { MetricAlarm } from "./alarm.ts";
import { type CloudWatch, createCloudWatch } from "./cloudwatch.ts";
import { holds, parseCompositeRule } from "./composite-rule.ts";
import { runDeadLetterLoop } from "./dead-letter-loop.ts";
import { createEvaluator } from "./evaluator.ts";
import { compositeAlarm, metricAlarm, query } from "./example-alarms.ts";
import { createMetricStore, type StatisticQuery } from "./metric-store.ts";
import type { AlarmState } from "./missing-data.ts";
import { type Courses, runSideBySide } from "./side-by-side.ts";

const noEmu = skipWithout("LocalEmu (Python 3.13 and test/aws/install-localemu)", localEmuIsInstalled());
const noMinistack = skipWithout("MiniStack (test/aws/install-ministack)", ministackIsInstalled());
const skip = noEmu === false ? noMinistack : noEmu;

async function startRuns() {
  const [emu, ministack] = await Promise.all([
    startLocalEmu({ SQS_CLOUDWATCH_METRICS_REPORT_INTERVAL: "5" }),
    startMinistack(),
  ]);
  const loop = runDeadLetterLoop(emu, "IMPACT: a job is lost. RESOLUTION: read it, then redrive it.");
  const sideBySide = runSideBySide(createCloudWatch(emu.client.endpoint), plainAlarms(), traffic, courses, 90);
  // Each is awaited by its test; a failure before that is not one of nobody's.
  for (const run of [loop, sideBySide]) run.catch(() => undefined);
  return { emu, ministack, loop, sideBySide };
}

const calmUntil = 11;
const troubleUntil = 32;

/** Second by second: calm, trouble, calm. */
function traffic(second: number) {
  const trouble = second >= calmUntil && second < troubleUntil;
  const point = (name: string, value: number, dimensions: Record<string, string> = {}) => ({
    namespace: "N",
    name,
    dimensions,
    unit: "Count",
    value,
  });
  const always = [point("Errors", trouble ? 5 : 0), point("ByStage", trouble ? 5 : 0, { Stage: "s3" })];
  const set = { max: 4, min: 0, count: 3, sum: 6 };
  return trouble ? [...always, point("Rare", 5), { ...point("Sets", 0), value: set }] : always;
}

function plainAlarms(): MetricAlarm[] {
  const alarm = (name: string, watches: Partial<StatisticQuery>, changes: Partial<MetricAlarm>) =>
    metricAlarm({
      name,
      watches: query({ periodSeconds: 10, ...watches }),
      evaluationPeriods: 1,
      datapointsToAlarm: 1,
      actions: { ALARM: [], OK: [], INSUFFICIENT_DATA: [] },
      ...changes,
    });
  const stage = { Stage: "s3" };
  return [
    alarm("sum", {}, { threshold: 5 }),
    alarm("average", { statistic: "Average" }, { threshold: 3, comparison: "GreaterThanOrEqualToThreshold" }),
    alarm("one-of-two", {}, { threshold: 5, evaluationPeriods: 2 }),
    alarm("dimension", { name: "ByStage", dimensions: stage, statistic: "Maximum" }, { threshold: 4 }),
    alarm("no-dimension", { name: "ByStage", statistic: "Maximum" }, { threshold: 4 }),
    alarm(
      "absent-breaches",
      { name: "Rare", statistic: "SampleCount" },
      { comparison: "LessThanThreshold", threshold: 1, treatMissingData: "breaching" },
    ),
    alarm("absent-is-missing", { name: "Rare", statistic: "Minimum" }, { threshold: 9, treatMissingData: "missing" }),
    alarm("absent-is-ignored", { name: "Rare", statistic: "Minimum" }, { threshold: 4, treatMissingData: "ignore" }),
    alarm("statistic-set", { name: "Sets", statistic: "Maximum" }, { threshold: 3 }),
  ];
}

const outAndBack: readonly AlarmState[] = ["INSUFFICIENT_DATA", "OK", "ALARM", "OK"];
const courses: Courses = {
  sum: outAndBack,
  average: outAndBack,
  "one-of-two": outAndBack,
  dimension: outAndBack,
  "no-dimension": ["INSUFFICIENT_DATA", "OK"],
  "absent-breaches": ["INSUFFICIENT_DATA", "ALARM", "OK", "ALARM"],
  "absent-is-missing": ["INSUFFICIENT_DATA", "OK", "INSUFFICIENT_DATA"],
  "absent-is-ignored": ["INSUFFICIENT_DATA", "ALARM"],
  "statistic-set": outAndBack,
};

const runs = skip === false ? await startRuns() : null;
after(async () => {
  await runs?.emu.stop();
  await runs?.ministack.stop();
});

test("plain alarms take the same course here and in LocalEmu, and it is the expected one", { skip }, async () => {
  const { theirs, ours } = await runs!.sideBySide;
  assert.deepEqual({ theirs, ours }, { theirs: courses, ours: courses });
});

test("a poison message ends as a notice with the alarm's text, and its removal as one that all is well", {
  skip,
}, async () => {
  const { notices, receptions } = await runs!.loop;
  assert.equal(receptions, 2);
  assert.deepEqual(
    notices.slice(-2).map((notice) => [notice.AlarmName, notice.OldStateValue, notice.NewStateValue]),
    [
      ["loop-dead-letters", "OK", "ALARM"],
      ["loop-dead-letters", "ALARM", "OK"],
    ],
  );
  assert.equal(notices.at(-2)?.AlarmDescription, "IMPACT: a job is lost. RESOLUTION: read it, then redrive it.");
});

test("a percentile alarms here where it alarms in MiniStack", { skip }, async () => {
  const cloudWatch = createCloudWatch(runs!.ministack.endpoint);
  const now = Date.now();
  const verdicts: unknown[] = [];
  for (const [name, slow] of Object.entries({ few: 2, fewer: 4, more: 7, half: 60 })) {
    const observed = [
      { value: 0.5, count: 100 - slow },
      { value: 400, count: slow },
    ];
    const value = { max: 401, min: 0.4, count: 100, sum: 400 * slow, observed };
    const datapoint = { namespace: "N", name, dimensions: {}, unit: "Seconds", at: now, value };
    await cloudWatch.putMetricData([datapoint]);
    for (const statistic of ["p50", "p90", "p95", "p99"]) {
      const alarm = metricAlarm({
        name: `${name} ${statistic}`,
        watches: query({ name, statistic }),
        threshold: 300,
        evaluationPeriods: 1,
        datapointsToAlarm: 1,
        actions: { ALARM: [], OK: [], INSUFFICIENT_DATA: [] },
      });
      const store = createMetricStore();
      store.add(datapoint);
      const evaluator = createEvaluator([alarm], store);
      evaluator.tick(now + 60_000);
      await cloudWatch.putAlarm(alarm);
      verdicts.push([alarm.name, (await cloudWatch.states())[alarm.name], evaluator.state(alarm.name)]);
    }
  }
  const expected = { few: "OOOA", fewer: "OOOA", more: "OOAA", half: "AAAA" };
  assert.deepEqual(
    verdicts,
    Object.entries(expected).flatMap(([name, letters]) =>
      ["p50", "p90", "p95", "p99"].map((statistic, i) => {
        const state = letters[i] === "A" ? "ALARM" : "OK";
        return [`${name} ${statistic}`, state, state];
      }),
    ),
  );
});

test("a percentile of a statistic set alarms neither here nor in MiniStack", { skip }, async () => {
  const cloudWatch = createCloudWatch(runs!.ministack.endpoint);
  const at = Date.now();
  const value = { max: 900, min: 1, count: 100, sum: 60_000 };
  const watches = query({ name: "set", statistic: "p95" });
  const alarm = metricAlarm({ name: "set", watches, threshold: 300, treatMissingData: "missing" });
  const store = createMetricStore();
  const datapoint = { namespace: "N", name: "set", dimensions: {}, unit: "Seconds", at, value };
  store.add(datapoint);
  await cloudWatch.putMetricData([datapoint]);
  await cloudWatch.putAlarm(alarm);
  const evaluator = createEvaluator([alarm], store);
  evaluator.tick(at + 60_000);
  assert.deepEqual(
    [(await cloudWatch.states())["set"], evaluator.state("set")],
    ["INSUFFICIENT_DATA", "INSUFFICIENT_DATA"],
  );
});

test("a composite alarm is in ALARM here when it is in MiniStack, for every rule and every state of its parts", {
  skip,
}, async () => {
  const cloudWatch = createCloudWatch(runs!.ministack.endpoint);
  const rules = [
    "ALARM(a) AND ALARM(b)",
    "ALARM(a) OR ALARM(b)",
    'ALARM("a") AND NOT ALARM("b")',
    "NOT OK(a)",
    "INSUFFICIENT_DATA(a) OR (OK(a) AND ALARM(b))",
    "ALARM(a) OR OK(a) AND ALARM(b)",
    "NOT (ALARM(a) OR ALARM(b))",
    "NOT ALARM(a) AND ALARM(b)",
    "TRUE AND ALARM(arn:aws:cloudwatch:eu-central-1:000000000000:alarm:b)",
  ];
  for (const name of ["a", "b"])
    await cloudWatch.putAlarm(metricAlarm({ name, watches: query({ name: `of ${name}` }) }));
  for (const [i, rule] of rules.entries()) await cloudWatch.putAlarm(compositeAlarm(rule, { name: `rule ${i}` }));
  const seen = new Set<string>();
  for (const a of ["OK", "ALARM", "INSUFFICIENT_DATA"] as const)
    for (const b of ["ALARM", "INSUFFICIENT_DATA", "OK"] as const) {
      const parts = { a, b };
      const theirs = await statesWith(cloudWatch, parts);
      for (const [i, rule] of rules.entries()) {
        const ours = holds(parseCompositeRule(rule), (name) => (name === "a" ? a : b)) ? "ALARM" : "OK";
        assert.equal(ours, theirs[`rule ${i}`], `${rule} with a ${a}, b ${b}`);
        seen.add(`${i} ${ours}`);
      }
    }
  assert.equal(seen.size, 2 * rules.length, "every rule was true and was false");
});

async function statesWith(
  cloudWatch: CloudWatch,
  parts: Readonly<Record<string, AlarmState>>,
): Promise<Record<string, AlarmState>> {
  for (const [name, state] of Object.entries(parts)) await cloudWatch.setState(name, state);
  return cloudWatch.states();
}
