import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { CompositeAlarm, MetricAlarm } from "./alarm.ts";
import { createEvaluator, type EvaluatorOptions, type Tick } from "./evaluator.ts";
import { compositeAlarm as composite, metricAlarm as metric, query as watches } from "./example-alarms.ts";
import { createMetricStore } from "./metric-store.ts";

const start = Date.UTC(2026, 0, 1);
const minute = 60_000;
/** Puts one value into each minute, ticks at its end, and gives the state after each. */
function states(alarm: MetricAlarm, values: readonly (number | null)[], options: EvaluatorOptions = {}): string {
  const store = createMetricStore();
  const evaluator = createEvaluator([alarm], store, options);
  return values
    .map((value, i) => {
      if (value !== null) store.put("N", "Errors", {}, "Count", start + i * minute, value);
      evaluator.tick(start + (i + 1) * minute);
      return { OK: "o", ALARM: "A", INSUFFICIENT_DATA: "?" }[evaluator.state(alarm.name)];
    })
    .join("");
}

const told = ({ changes, actions: taken }: Tick) => [
  changes.map(({ alarm, from, to }) => `${alarm} ${from} → ${to}`),
  taken.flatMap(({ arns }) => arns),
];

describe("a metric alarm", () => {
  it("follows the figure of Alarm evaluation: three of three over 3, the fifth period alarms, the sixth ends it", () => {
    assert.equal(states(metric(), [1, 2, 4, 5, 6, 2, 1, 2, 5, 2]), "ooooAooooo");
  });

  it("is OK from the first evaluation where missing data do not breach, and ALARM where they do", () => {
    assert.equal(states(metric(), [null, null, null]), "ooo");
    assert.equal(states(metric({ treatMissingData: "breaching" }), [null, null, null]), "AAA");
    assert.equal(states(metric({ treatMissingData: "missing" }), [null, null, null]), "???");
  });

  it("compares with each of the four operators", () => {
    const at = (comparison: MetricAlarm["comparison"]) =>
      states(metric({ comparison, evaluationPeriods: 1, datapointsToAlarm: 1 }), [2, 3, 4]);
    assert.equal(at("GreaterThanThreshold"), "ooA");
    assert.equal(at("GreaterThanOrEqualToThreshold"), "oAA");
    assert.equal(at("LessThanThreshold"), "Aoo");
    assert.equal(at("LessThanOrEqualToThreshold"), "AAo");
  });

  it("alarms on M of N", () => {
    const twoOfThree = metric({ datapointsToAlarm: 2 });
    assert.equal(states(twoOfThree, [9, 0, 9, 0, 0, 9]), "ooAooo");
  });

  it("looks back past missing datapoints for as long as the evaluation range, and no longer", () => {
    const one = metric({ evaluationPeriods: 1, datapointsToAlarm: 1 });
    assert.equal(states(one, [9, null, null, null, null]), "AAAoo");
    assert.equal(states(one, [9, null, null, null, null], { evaluationRange: (n) => n }), "Aoooo");
  });

  it("retains its state with ignore", () => {
    const ignore = metric({ treatMissingData: "ignore", evaluationPeriods: 1, datapointsToAlarm: 1 });
    assert.equal(states(ignore, [9, null, null, null, null, null, 0]), "AAAAAAo");
  });

  it("sees no datapoint of a metric with other dimensions", () => {
    const dimensioned = metric({ watches: watches({ dimensions: { Stage: "s3" } }), treatMissingData: "missing" });
    assert.equal(states(dimensioned, [9, 9, 9, 9]), "????");
  });

  it("of five minutes is evaluated every minute, over the five minutes before", () => {
    const five = metric({ watches: watches({ periodSeconds: 300 }), evaluationPeriods: 1, datapointsToAlarm: 1 });
    // 2 + 2 in minutes 3 and 4 exceed 3 until minute 3 has left the window; the value of minute 9 is 1
    assert.equal(states(five, [0, 0, 0, 2, 2, 0, 0, 0, 0, 1]), "ooooAAAAoo");
  });

  it("of ten seconds is evaluated every ten, and only then", () => {
    const store = createMetricStore();
    const high = metric({ watches: watches({ periodSeconds: 10 }), evaluationPeriods: 1, datapointsToAlarm: 1 });
    const evaluator = createEvaluator([high], store);
    evaluator.tick(start);
    store.put("N", "Errors", {}, "Count", start + 1_000, 9, 1);
    assert.deepEqual(evaluator.tick(start + 9_999).changes, []);
    const [change] = evaluator.tick(start + 10_000).changes;
    assert.deepEqual([change?.to, change?.at], ["ALARM", start + 10_000]);
  });

  it("of more than a day is evaluated once an hour", () => {
    const store = createMetricStore();
    const days = metric({ watches: watches({ periodSeconds: 86_400 }), evaluationPeriods: 2, datapointsToAlarm: 1 });
    const evaluator = createEvaluator([days], store);
    evaluator.tick(start);
    store.put("N", "Errors", {}, "Count", start + 2 * minute, 9);
    assert.deepEqual(evaluator.tick(start + 59 * minute).changes, []);
    assert.equal(evaluator.tick(start + 63 * minute).changes[0]?.at, start + 60 * minute);
  });

  it("catches up on every minute between two ticks", () => {
    const store = createMetricStore();
    const evaluator = createEvaluator([metric({ evaluationPeriods: 1, datapointsToAlarm: 1 })], store);
    evaluator.tick(start);
    for (const [i, value] of [9, 0, 9].entries()) store.put("N", "Errors", {}, "Count", start + i * minute, value);
    const { changes } = evaluator.tick(start + 3 * minute + 30_000);
    assert.deepEqual(
      changes.map(({ to, at }) => [to, (at - start) / minute]),
      [
        ["ALARM", 1],
        ["OK", 2],
        ["ALARM", 3],
      ],
    );
    assert.throws(() => evaluator.tick(start), /went back/);
  });

  it("acts on a change of state only", () => {
    const store = createMetricStore();
    const evaluator = createEvaluator([metric({ evaluationPeriods: 1, datapointsToAlarm: 1 })], store);
    assert.deepEqual(told(evaluator.tick(start)), [["errors INSUFFICIENT_DATA → OK"], ["errors:ok"]]);
    for (let i = 0; i < 4; i++) store.put("N", "Errors", {}, "Count", start + i * minute, i < 3 ? 9 : 0);
    assert.deepEqual(told(evaluator.tick(start + minute)), [["errors OK → ALARM"], ["errors:alarm"]]);
    assert.deepEqual(told(evaluator.tick(start + 3 * minute)), [[], []]);
    assert.deepEqual(told(evaluator.tick(start + 4 * minute)), [["errors ALARM → OK"], ["errors:ok"]]);
  });

  it("does not act with its actions disabled", () => {
    const tick = createEvaluator([metric({ actionsEnabled: false })], createMetricStore()).tick(start);
    assert.deepEqual(told(tick), [["errors INSUFFICIENT_DATA → OK"], []]);
  });
});

describe("an alarm on a percentile", () => {
  const p95 = (lowSampleCount: MetricAlarm["lowSampleCount"]) =>
    metric({ watches: watches({ statistic: "p95" }), lowSampleCount, evaluationPeriods: 1, datapointsToAlarm: 1 });
  const stateWith = (alarm: MetricAlarm, count: number) => {
    const store = createMetricStore();
    const value = { max: 9, min: 9, count, sum: 9 * count, observed: [{ value: 9, count }] };
    store.add({ namespace: "N", name: "Errors", dimensions: {}, unit: "Seconds", at: start, value });
    const evaluator = createEvaluator([alarm], store);
    evaluator.tick(start + minute);
    return evaluator.state(alarm.name);
  };

  it("leaves its state as it is below 10 / (1 − p) samples, where it is told to", () => {
    assert.equal(stateWith(p95("ignore"), 199), "INSUFFICIENT_DATA");
    assert.equal(stateWith(p95("ignore"), 200), "ALARM");
    assert.equal(stateWith(p95("evaluate"), 1), "ALARM");
  });

  it("never alarms on a statistic set: it has no percentile", () => {
    const store = createMetricStore();
    store.add({
      namespace: "N",
      name: "Errors",
      dimensions: {},
      unit: "Seconds",
      at: start,
      value: { max: 99, min: 1, count: 9, sum: 500 },
    });
    const evaluator = createEvaluator([p95("evaluate")], store);
    evaluator.tick(start + minute);
    assert.equal(evaluator.state("errors"), "OK");
  });
});

describe("an alarm on metric math", () => {
  it("alarms on a rate of filled counters, and not on one error in a quiet hour", () => {
    const rate = metric({
      watches: {
        metrics: { failed: watches({ name: "Failed" }), done: watches({ name: "Done" }) },
        expressions: {
          total: "FILL(failed, 0) + FILL(done, 0)",
          rate: "IF(total >= 20, 100 * FILL(failed, 0) / total, 0)",
        },
        returns: "rate",
      },
      threshold: 5,
      evaluationPeriods: 1,
      datapointsToAlarm: 1,
    });
    const store = createMetricStore();
    const evaluator = createEvaluator([rate], store);
    evaluator.tick(start);
    store.put("N", "Failed", {}, "Count", start, 1);
    assert.deepEqual(evaluator.tick(start + minute).changes, []);
    store.put("N", "Failed", {}, "Count", start + minute, 2);
    store.put("N", "Done", {}, "Count", start + minute, 30);
    assert.match(evaluator.tick(start + 2 * minute).changes[0]?.reason ?? "", /6\.25\] GreaterThanThreshold 5/);
  });
});

describe("a composite alarm", () => {
  const one = { evaluationPeriods: 1, datapointsToAlarm: 1 };
  const parts = ["a", "b"].map((name) =>
    metric({ name, ...one, watches: watches({ name }), actions: { ALARM: [], OK: [], INSUFFICIENT_DATA: [] } }),
  );
  const run = (alarm: CompositeAlarm, minutes: readonly (readonly string[])[]) => {
    const store = createMetricStore();
    const evaluator = createEvaluator([alarm, ...parts], store);
    return minutes.map((breaching, i) => {
      for (const name of breaching) store.put("N", name, {}, "Count", start + i * minute, 9);
      for (const name of ["a", "b"])
        if (!breaching.includes(name)) store.put("N", name, {}, "Count", start + i * minute, 0);
      const { actions: taken } = evaluator.tick(start + (i + 1) * minute);
      return `${evaluator.state("composite")}${taken.map(({ state }) => ` says ${state}`).join("")}`;
    });
  };

  it("follows its rule in the minute in which its alarms change", () => {
    const rule = composite("ALARM(a) AND NOT ALARM(b)");
    assert.deepEqual(run(rule, [[], ["a"], ["a", "b"], ["a"]]), [
      "OK says OK",
      "ALARM says ALARM",
      "OK says OK",
      "ALARM says ALARM",
    ]);
  });

  it("says nothing of a consequence of its suppressor", () => {
    const suppressor = { alarm: "b", waitPeriodSeconds: 60, extensionPeriodSeconds: 60 };
    const rule = composite("ALARM(a)", { suppressor });
    // The first change has its wait; then b goes to ALARM a minute after a, and both end together.
    assert.deepEqual(run(rule, [[], [], ["a"], ["a", "b"], ["b"], [], []]), [
      "OK",
      "OK says OK",
      "ALARM",
      "ALARM",
      "OK",
      "OK",
      "OK says OK",
    ]);
    // b never: the wait is over after a minute
    assert.deepEqual(run(rule, [[], [], ["a"], ["a"], ["a"]]), [
      "OK",
      "OK says OK",
      "ALARM",
      "ALARM says ALARM",
      "ALARM",
    ]);
  });

  it("may stand on another", () => {
    const store = createMetricStore();
    const upper = composite("ALARM(lower)", { name: "upper" });
    const evaluator = createEvaluator([upper, composite("ALARM(a)", { name: "lower" }), ...parts], store);
    store.put("N", "a", {}, "Count", start, 9);
    evaluator.tick(start + minute);
    assert.deepEqual([evaluator.state("lower"), evaluator.state("upper")], ["ALARM", "ALARM"]);
  });
});
