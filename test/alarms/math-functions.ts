/**
 * The functions of metric math that an alarm may sensibly use ("Using math expressions with CloudWatch metrics", "Functions supported for
 * metric math" and "Using IF expressions"). The others, such as SEARCH, SORT and ANOMALY_DETECTION_BAND, are refused by name.
 */
import {
  eachDatapoint,
  eachSeries,
  type MathValue,
  type Series,
  scalar,
  scalarOf,
  series,
  seriesOf,
} from "./math-value.ts";

/** FILL's third way to fill, besides a scalar and a series. */
export type Filler = MathValue | "REPEAT" | "LINEAR";

/** One argument, one value. */
export const unaryFunctions: Readonly<Record<string, (value: MathValue) => MathValue>> = {
  ABS: (value) => eachDatapoint(value, Math.abs),
  CEIL: (value) => eachDatapoint(value, Math.ceil),
  FLOOR: (value) => eachDatapoint(value, Math.floor),
  DIFF: (value) => eachSeries(value, differences, refuseScalar),
  RUNNING_SUM: (value) => eachSeries(value, runningSum, refuseScalar),
  // Of one series a scalar over time, of an array a series over its members.
  SUM: (value) => aggregate(value, (values) => sum(values)),
  // "Missing values are treated as 0" is said of AVG over an array, so it divides by the number of series.
  AVG: (value) => aggregate(value, (values, members) => sum(values) / members),
  MIN: (value) => aggregate(value, (values) => Math.min(...values)),
  MAX: (value) => aggregate(value, (values) => Math.max(...values)),
  DATAPOINT_COUNT: (value) => aggregate(value, (values) => values.length, 0),
  METRIC_COUNT: (value) => scalar(arrayOf(value).length),
  FIRST: (value) => series(arrayOf(value)[0] ?? []),
  LAST: (value) => series(arrayOf(value).at(-1) ?? []),
};

/** `IF(condition, trueValue, falseValue)`; an absent falseValue drops the datapoint. `periods` is the length of an empty series. */
export function ifElse(condition: MathValue, yes: MathValue, no: MathValue | null, periods: number): MathValue {
  if (condition.kind === "TS[]") throw new Error("metric math: IF with an array of time series as its condition");
  const empty = series(Array.from({ length: periods }, () => null));
  if (condition.kind === "S") return condition.value === 0 || condition.value === null ? (no ?? empty) : yes;
  return series(
    condition.series.map((holds, i) => {
      if (holds === null) return null;
      // A missing datapoint of trueValue is 0, one of falseValue is dropped: so say the page's tables.
      return holds === 0 ? (no === null ? null : at(no, i)) : (at(yes, i) ?? 0);
    }),
  );
}

/** Fills what is missing. REPEAT and LINEAR leave what has no datapoint before it, or on one side of it. */
export function fill(value: MathValue, filler: Filler, fillsEmptySeries: boolean): MathValue {
  return eachSeries(
    value,
    (values) => {
      if (!fillsEmptySeries && values.every((x) => x === null)) return values;
      if (filler === "REPEAT") return repeat(values);
      if (filler === "LINEAR") return interpolate(values);
      return values.map((x, i) => x ?? at(filler, i));
    },
    refuseScalar,
  );
}

function at(value: MathValue, i: number): number | null {
  return value.kind === "S" ? scalarOf(value) : (seriesOf(value)[i] ?? null);
}

function refuseScalar(): never {
  throw new Error("metric math: a scalar where a time series is needed");
}

function arrayOf(value: MathValue): readonly Series[] {
  if (value.kind !== "TS[]") throw new Error("metric math: one value where an array of time series is needed");
  return value.list;
}

function aggregate(
  value: MathValue,
  operation: (values: readonly number[], members: number) => number,
  ofNothing: number | null = null,
): MathValue {
  const over = (values: Series, members: number) => {
    const existing = values.filter((x) => x !== null);
    return existing.length === 0 ? ofNothing : operation(existing, members);
  };
  if (value.kind === "S") return refuseScalar();
  if (value.kind === "TS") return scalar(over(value.series, value.series.filter((x) => x !== null).length));
  const columns = Array.from({ length: value.list[0]?.length ?? 0 }, (_, i) => value.list.map((one) => one[i] ?? null));
  return series(columns.map((column) => over(column, value.list.length)));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, x) => total + x, 0);
}

function differences(values: Series): Series {
  let previous: number | null = null;
  return values.map((x) => {
    const difference = x === null || previous === null ? null : x - previous;
    previous = x ?? previous;
    return difference;
  });
}

function runningSum(values: Series): Series {
  let total = 0;
  return values.map((x) => {
    if (x === null) return null;
    total += x;
    return total;
  });
}

function repeat(values: Series): Series {
  let last: number | null = null;
  return values.map((x) => {
    last = x ?? last;
    return last;
  });
}

function interpolate(values: Series): Series {
  return values.map((x, i) => {
    if (x !== null) return x;
    const before = values.findLastIndex((y, j) => j < i && y !== null);
    const after = values.findIndex((y, j) => j > i && y !== null);
    if (before < 0 || after < 0) return null;
    const from = values[before] ?? 0;
    const to = values[after] ?? 0;
    return from + ((to - from) * (i - before)) / (after - before);
  });
}
