import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Distribution } from "./datapoint.ts";
import { createMetricStore, type StatisticQuery } from "./metric-store.ts";

const minute = 60_000;
const metric = { namespace: "N", name: "Time", dimensions: {}, unit: "Seconds" };
const query = (statistic: string, changes: Partial<StatisticQuery> = {}): StatisticQuery => ({
  namespace: "N",
  name: "Time",
  dimensions: {},
  statistic,
  periodSeconds: 60,
  ...changes,
});
const storeOf = (...values: (number | Distribution)[]) => {
  const store = createMetricStore();
  for (const value of values) store.add({ ...metric, at: 1_000, value });
  return store;
};
const one = (store: ReturnType<typeof createMetricStore>, statistic: string) =>
  store.statistic(query(statistic), 0, minute)[0];

describe("the statistics", () => {
  it("are those of CloudWatch's definitions", () => {
    const store = storeOf(1, 2, 6, { max: 10, min: 3, count: 3, sum: 16 });
    const read = ["Sum", "SampleCount", "Average", "Minimum", "Maximum"].map((statistic) => one(store, statistic));
    assert.deepEqual(read, [25, 6, 25 / 6, 1, 10]);
  });

  it("are missing, not 0, in a period without datapoints", () => {
    assert.deepEqual(storeOf(5).statistic(query("Sum"), -minute, 2 * minute), [null, 5, null]);
  });

  it("have percentiles of values and of distributions", () => {
    const observed = [
      { value: 1, count: 94 },
      { value: 50, count: 6 },
    ];
    const store = storeOf({ max: 51, min: 1, count: 100, sum: 394, observed });
    assert.deepEqual([one(store, "p94"), one(store, "p95"), one(store, "p0"), one(store, "p100")], [1, 50, 1, 50]);
    assert.equal(one(storeOf(...Array.from({ length: 20 }, (_, i) => i + 1)), "p95"), 19);
  });

  it("have no percentile of a statistic set, unless its SampleCount is 1 or its Min equals its Max", () => {
    assert.equal(one(storeOf({ max: 9, min: 1, count: 2, sum: 10 }), "p95"), null);
    assert.equal(one(storeOf(4, { max: 9, min: 1, count: 2, sum: 10 }), "p95"), null);
    assert.equal(one(storeOf({ max: 9, min: 9, count: 1, sum: 9 }), "p95"), 9);
    assert.equal(one(storeOf({ max: 4, min: 4, count: 3, sum: 12 }), "p95"), 4);
  });

  it("have no percentile where a value is negative", () => {
    assert.equal(one(storeOf(-1, 2, 3), "p95"), null);
  });

  it("refuse what is not implemented", () => {
    for (const statistic of ["tm90", "TS(:95)", "p101", "sum"])
      assert.throws(() => one(storeOf(1), statistic), /not implemented/);
  });

  it("agree with the plain definition of a percentile on any values", () => {
    const values = fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 1, maxLength: 80 });
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 100 }), (all, percentile) => {
        const sorted = all.toSorted((a, b) => a - b);
        const rank = Math.ceil((percentile * all.length) / 100);
        assert.equal(one(storeOf(...all), `p${percentile}`), sorted[Math.max(0, rank - 1)]);
      }),
    );
  });
});

describe("the store", () => {
  it("does not aggregate over dimensions", () => {
    const store = storeOf(5);
    assert.deepEqual(store.statistic(query("Sum", { dimensions: { Stage: "s3" } }), 0, minute), [null]);
    store.add({ ...metric, dimensions: { Stage: "s3" }, at: 0, value: 7 });
    assert.deepEqual(
      [one(store, "Sum"), store.statistic(query("Sum", { dimensions: { Stage: "s3" } }), 0, minute)[0]],
      [5, 7],
    );
  });

  it("takes dimensions in any order", () => {
    const store = createMetricStore();
    store.add({ ...metric, dimensions: { a: "1", b: "2" }, at: 0, value: 1 });
    assert.deepEqual(store.statistic(query("Sum", { dimensions: { b: "2", a: "1" } }), 0, minute), [1]);
  });

  it("keeps a standard metric by the minute and a high-resolution one by the second", () => {
    const standard = createMetricStore();
    const high = createMetricStore();
    standard.put("N", "Time", {}, "Seconds", 25_500, 1);
    high.put("N", "Time", {}, "Seconds", 25_500, 1, 1);
    const tens = (store: typeof high) => store.statistic(query("Sum", { periodSeconds: 10 }), 0, minute);
    assert.deepEqual(tens(standard), [1, null, null, null, null, null]);
    assert.deepEqual(tens(high), [null, null, 1, null, null, null]);
  });

  it("reads one unit where it is told which, and refuses to mix them", () => {
    const store = storeOf(5);
    store.put("N", "Time", {}, "Milliseconds", 0, 5_000);
    assert.throws(() => one(store, "Sum"), /Seconds, Milliseconds|Milliseconds, Seconds/);
    assert.deepEqual(store.statistic(query("Sum", { unit: "Seconds" }), 0, minute), [5]);
  });

  it("lists its metrics, and tells which have percentiles", () => {
    const store = storeOf(5, { max: 9, min: 1, count: 2, sum: 10 });
    store.put("N", "Other", { a: "b" }, "Count", 0, 1);
    assert.deepEqual(store.series(), [
      { namespace: "N", name: "Time", dimensions: {}, units: ["Seconds"], datapoints: 2, hasPercentiles: false },
      { namespace: "N", name: "Other", dimensions: { a: "b" }, units: ["Count"], datapoints: 1, hasPercentiles: true },
    ]);
  });

  it("loses nothing and does not mind the order of arrival", () => {
    const arrivals = fc.array(fc.tuple(fc.integer({ min: 0, max: 599 }), fc.integer({ min: 1, max: 9 })), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(arrivals, (all) => {
        const store = createMetricStore();
        for (const [second, value] of all) store.put("N", "Time", {}, "Seconds", second * 1000, value);
        const expected = Array.from({ length: 10 }, (_, i) => {
          const within = all.filter(([second]) => Math.floor(second / 60) === i);
          return within.length === 0 ? null : within.reduce((sum, [, value]) => sum + value, 0);
        });
        assert.deepEqual(store.statistic(query("Sum"), 0, 10 * minute), expected);
      }),
    );
  });
});
