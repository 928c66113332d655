/**
 * The three kinds of value of metric math, and how an operation reaches over them.
 *
 * Source: "Using math expressions with CloudWatch metrics", sections "Data type abbreviations", "Basic arithmetic functions" and "Comparison
 * and logical operators": between two time series a value that only one of them lacks counts as 0; a division by zero drops the datapoint.
 * A datapoint that neither series has, or that a series combined with a scalar lacks, is in no series and stays missing.
 */

/** One value for each period, oldest first; null where missing. */
export type Series = readonly (number | null)[];

export type MathValue =
  | { readonly kind: "S"; readonly value: number | null }
  | { readonly kind: "TS"; readonly series: Series }
  | { readonly kind: "TS[]"; readonly list: readonly Series[] };

export const scalar = (value: number | null): MathValue => ({ kind: "S", value });
export const series = (values: Series): MathValue => ({ kind: "TS", series: values });
export const list = (all: readonly Series[]): MathValue => ({ kind: "TS[]", list: all });

/** Applies `operation` to every datapoint that exists. */
export function eachDatapoint(value: MathValue, operation: (x: number) => number): MathValue {
  const one = (x: number | null) => (x === null ? null : finite(operation(x)));
  return eachSeries(value, (values) => values.map(one), one);
}

/** Applies `operation` to a series, or to every series of a list. */
export function eachSeries(
  value: MathValue,
  operation: (values: Series) => Series,
  ofScalar: (x: number | null) => number | null,
): MathValue {
  if (value.kind === "S") return scalar(ofScalar(value.value));
  return value.kind === "TS" ? series(operation(value.series)) : list(value.list.map(operation));
}

/** Applies `operation` to two values, datapoint by datapoint. Throws on two lists, which CloudWatch does not combine. */
export function combine(left: MathValue, right: MathValue, operation: (x: number, y: number) => number): MathValue {
  if (left.kind === "TS[]" && right.kind === "TS[]")
    throw new Error("metric math: an operator between two arrays of time series");
  if (left.kind === "TS[]") return list(left.list.map((one) => seriesOf(combine(series(one), right, operation))));
  if (right.kind === "TS[]") return list(right.list.map((one) => seriesOf(combine(left, series(one), operation))));
  const both = (x: number | null, y: number | null) => (x === null || y === null ? null : finite(operation(x, y)));
  if (left.kind === "S" && right.kind === "S") return scalar(both(left.value, right.value));
  if (left.kind === "S") return series(seriesOf(right).map((y) => both(left.value, y)));
  if (right.kind === "S") return series(left.series.map((x) => both(x, right.value)));
  return series(
    left.series.map((x, i) => {
      const y = right.series[i] ?? null;
      return x === null && y === null ? null : both(x ?? 0, y ?? 0);
    }),
  );
}

/** Throws where the value is not a single time series. */
export function seriesOf(value: MathValue): Series {
  if (value.kind === "TS") return value.series;
  throw new Error(
    `metric math: ${value.kind === "S" ? "a scalar" : "an array of time series"} where a time series is needed`,
  );
}

/** Throws where the value is not a scalar. */
export function scalarOf(value: MathValue): number | null {
  if (value.kind === "S") return value.value;
  throw new Error("metric math: a time series where a scalar is needed");
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
