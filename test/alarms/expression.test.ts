/** The examples of "Using math expressions with CloudWatch metrics". */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { evaluateMath, type MathInput } from "./expression.ts";

type Series = readonly (number | null)[];
const _ = null;

function math(expression: string, metrics: Readonly<Record<string, Series>>, more: Partial<MathInput> = {}): Series {
  return evaluateMath("e", {
    metrics,
    periodSeconds: 60,
    ...more,
    expressions: { ...more.expressions, e: expression },
  });
}

describe("comparison and logical operators, the page's table", () => {
  const metrics = { metric1: [30, 20, 0, 0], metric2: [20, _, 20, _] };
  const table: Record<string, Series> = {
    "(metric1 < metric2)": [0, 0, 1, 0],
    "(metric1 >= 30)": [1, 0, 0, 0],
    "(metric1 > 15 AND metric2 > 15)": [1, 0, 0, 0],
    "(metric1 > 15 && metric2 > 15)": [1, 0, 0, 0],
    "metric1 > 25 OR metric2 == 20": [1, 0, 1, 0],
    "metric1 > 25 || metric2 != 20": [1, 0, 0, 0],
  };
  for (const [expression, expected] of Object.entries(table))
    it(expression, () => assert.deepEqual(math(expression, metrics), expected));
});

describe("IF, the page's tables", () => {
  const metrics = { metric1: [1, 1, 0, 0, _], metric2: [30, _, 0, 0, 30], metric3: [0, 0, 20, _, 20] };
  const table: Record<string, Series> = {
    "IF(metric1, metric2, metric3)": [30, 0, 20, _, _],
    "IF(metric1, 5, metric3)": [5, 5, 20, _, _],
    "IF(metric1, metric2, 5)": [30, 0, 5, 5, _],
    "IF(metric1, metric2)": [30, 0, _, _, _],
    "IF(1, metric2, metric3)": [30, _, 0, 0, 30],
    "IF(0, metric2, metric3)": [0, 0, 20, _, 20],
    "IF(0, metric2)": [_, _, _, _, _],
    "IF(-1, metric2)": [30, _, 0, 0, 30],
    "IF(metric2<25, 10, 2)": [2, _, 10, 10, 2],
  };
  for (const [expression, expected] of Object.entries(table))
    it(expression, () => assert.deepEqual(math(expression, metrics), expected));
});

describe("FILL", () => {
  const m1 = [_, 1, _, _, 4, _];
  const table: Record<string, Series> = {
    "FILL(m1, 0)": [0, 1, 0, 0, 4, 0],
    "FILL(m1, REPEAT)": [_, 1, 1, 1, 4, 4],
    "FILL(m1, LINEAR)": [_, 1, 2, 3, 4, _],
    "FILL(m1, MIN(m1))": [1, 1, 1, 1, 4, 1],
    "FILL(m1, m2)": [9, 1, 9, 9, 4, 9],
    "SUM(FILL(METRICS(), 0))": [9, 10, 9, 9, 13, 9],
  };
  for (const [expression, expected] of Object.entries(table))
    it(expression, () => assert.deepEqual(math(expression, { m1, m2: [9, 9, 9, 9, 9, 9] }), expected));

  it("of a series without any datapoint does what it is told: AWS does not say", () => {
    assert.deepEqual(math("FILL(m1, 0)", { m1: [_, _] }), [0, 0]);
    assert.deepEqual(math("FILL(m1, 0)", { m1: [_, _] }, { fillsEmptySeries: false }), [_, _]);
  });
});

describe("arithmetic", () => {
  const metrics = { m1: [1, 2, _, _], m2: [4, _, 8, _] };
  const table: Record<string, Series> = {
    "m1 + m2": [5, 2, 8, _], // a value that one of two series lacks is 0
    "m1 / m2": [0.25, _, 0, _], // a division by zero drops the datapoint
    "5 * m1": [5, 10, _, _],
    "-m1": [-1, -2, _, _],
    "-5*m1": [-5, -10, _, _],
    "m1 - 2 - 3": [-4, -3, _, _],
    "2 ^ 3 ^ 2 + 0 * m1": [512, 512, _, _],
    "(1 + 2) * m1 / 3": [1, 2, _, _],
    "1 + 2 * m1": [3, 5, _, _],
    "SUM(100/[m1, m2])": [125, 50, 12.5, _],
    "AVG([m1,m2]/m1)": [2.5, 0.5, _, _],
    "SUM(-[m1, m2])": [-5, -2, -8, _],
    "m1/PERIOD(m1)": [1 / 60, 2 / 60, _, _],
    "m1-AVG(m1)": [-0.5, 0.5, _, _],
    "TIME_SERIES(MAX(m1))": [2, 2, 2, 2],
    "SUM(METRICS())": [5, 2, 8, _],
    'SUM(METRICS("2"))': [4, _, 8, _],
    "AVG(METRICS())": [2.5, 1, 4, _],
    "MAX([m1, m2])": [4, 2, 8, _],
    "MIN([m1, m2])": [1, 2, 8, _],
    "ABS(m1 - 2)": [1, 0, _, _],
    "CEIL(m1 / 2)": [1, 1, _, _],
    "RUNNING_SUM(m1)": [1, 3, _, _],
    "DIFF(m2)": [_, _, 4, _],
    "m1/METRIC_COUNT(METRICS())": [0.5, 1, _, _],
    "SUM(m1) / DATAPOINT_COUNT(m1) + 0 * m1": [1.5, 1.5, _, _],
    "LAST([m1, m2])": [4, _, 8, _],
  };
  for (const [expression, expected] of Object.entries(table))
    it(expression, () => assert.deepEqual(math(expression, metrics), expected));
});

describe("an alarm's error rate", () => {
  const expressions = { total: "FILL(failed, 0) + FILL(done, 0)", rate: "100 * FILL(failed, 0) / total" };
  const guarded = "IF(total >= 20, rate, 0)";
  it("is 0 where there is too little to judge, and in a quiet minute", () => {
    const metrics = { failed: [_, 1, 10, 1], done: [_, _, 10, 99] };
    assert.deepEqual(math(guarded, metrics, { expressions }), [0, 0, 50, 1]);
  });
});

describe("metric math refuses", () => {
  const refused: Record<string, RegExp> = {
    "SEARCH('{N} x', 'Sum')": /function SEARCH is not implemented/,
    "NOT m1": /unexpected m1|NOT/,
    "m1 + nothing": /nothing has the id nothing/,
    "SUM(m1)": /e gives a scalar/,
    "5 + 5": /e gives a scalar/,
    "METRICS()": /several time series/,
    "m1 +": /unexpected end/,
    "m1 m1": /unexpected m1/,
    "(m1": /unexpected end/,
    "m1 ? 1": /unexpected +\? 1/,
    "IF(m1)": /IF takes 2 or 3/,
    "FILL(m1)": /FILL takes 2/,
    "FILL(m1, NEVER)": /cannot fill with NEVER/,
    "FILL(5, 0)": /a scalar where a time series/,
    "[m1] * [m1]": /two arrays/,
    e: /e → e is a circle/,
  };
  for (const [expression, says] of Object.entries(refused))
    it(expression, () => assert.throws(() => math(expression, { m1: [1, 2] }), says));
});

describe("any expression of numbers", () => {
  interface Sum {
    readonly text: string;
    /** Null where a division by zero drops the datapoint. */
    readonly value: number | null;
  }
  const operations: Readonly<Record<string, (x: number, y: number) => number>> = {
    "+": (x, y) => x + y,
    "-": (x, y) => x - y,
    "*": (x, y) => x * y,
    "/": (x, y) => x / y,
    "<": (x, y) => Number(x < y),
    ">=": (x, y) => Number(x >= y),
  };
  const apply = (operator: string, x: number | null, y: number | null): number | null => {
    if (x === null || y === null) return null;
    const value = operations[operator]!(x, y);
    return Number.isFinite(value) ? value : null;
  };
  const { sum } = fc.letrec<{ sum: Sum }>((tie) => ({
    sum: fc.oneof(
      { maxDepth: 5 },
      fc.integer({ min: 0, max: 9 }).map((value) => ({ text: String(value), value })),
      fc.tuple(tie("sum"), fc.constantFrom(...Object.keys(operations)), tie("sum")).map(([a, operator, b]) => ({
        text: `(${a.text}${operator}${b.text})`,
        value: apply(operator, a.value, b.value),
      })),
      tie("sum").map(({ text, value }) => ({ text: `-${text}`, value: value === null ? null : -value })),
    ),
  }));

  it("has the value of its operations", () => {
    fc.assert(
      fc.property(sum, ({ text, value }) => {
        const [got = null] = math(`zero + ${text}`, { zero: [0] });
        assert.equal(got === 0 ? 0 : got, value === 0 ? 0 : value, text);
      }),
    );
  });
});
