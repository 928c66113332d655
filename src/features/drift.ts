/**
 * How far a batch of customers is from those that the model learned from: the population stability index of each feature,
 * PSI = Σ (a − e) · ln(a / e) over bins, a the batch's share and e the training data's (Siddiqi, Credit Risk Scorecards, 2006). Under 0.1 alike,
 * over 0.25 another population. Without drift PSI · n is about χ² with bins − 1 degrees of freedom (Yurdakul 2018), so chance alone gives
 * (bins − 1) · (1/n + 1/m): `limits.driftRows` keeps that far below what is told to anybody.
 */
import { limits } from "../limits.ts";
import type { Feature, Schema } from "./schema.ts";

/** Why there is no index. */
export type DriftGap = "not_in_file" | "too_few_rows" | "no_baseline";

export interface FeatureDrift {
  readonly feature: string;
  /** Population stability index; null for the reason beside it. */
  readonly psi: number | null;
  readonly psi_missing: DriftGap | null;
  /** Share of the batch's rows without a value, 0…1. */
  readonly missing_share: number;
  /** What a person should know of it, or null. */
  readonly note: string | null;
}

export interface DriftCounter {
  /** Counts `count` rows, row-major float32 `count` × features in the schema's order, NaN = missing. */
  add(features: Float32Array, count: number): void;
  /** One entry a feature, in the schema's order. */
  result(): FeatureDrift[];
}

/** `inFile`: names of the features that a column was found for; a feature without one has not drifted, it is not there. */
export function createDriftCounter(schema: Schema, inFile: ReadonlySet<string>): DriftCounter {
  const width = schema.features.length;
  const columns = schema.features.map(createBins);
  let rows = 0;

  return {
    add(features, count) {
      rows += count;
      for (let column = 0; column < width; column++)
        countColumn(columns[column]!, features, column, count * width, width);
    },
    result: () =>
      schema.features.map((feature, column) => {
        const { counts, expected } = columns[column]!;
        const gap = gapOf(feature.name, expected);
        const psi = gap === null ? stabilityIndex(counts, expected!, rows) : null;
        const missing = rows === 0 ? feature.distribution.missing : counts.at(-1)! / rows;
        return { feature: feature.name, psi, psi_missing: gap, missing_share: missing, note: noteOf(feature, psi) };
      }),
  };

  function gapOf(feature: string, expected: readonly number[] | null): DriftGap | null {
    if (!inFile.has(feature)) return "not_in_file";
    if (expected === null) return "no_baseline";
    return rows < limits.driftRows ? "too_few_rows" : null;
  }
}

/** Shares below `limits.driftShare` count as that much: an empty bin has a finite index, and a handful of rows is no drift. */
export function stabilityIndex(counts: ArrayLike<number>, expected: readonly number[], rows: number): number {
  return expected.reduce((psi, share, bin) => {
    const before = Math.max(share, limits.driftShare);
    const now = Math.max(counts[bin]! / rows, limits.driftShare);
    return psi + (now - before) * Math.log(now / before);
  }, 0);
}

/** The bins of a feature: those with values, one for what is none of them, and the last for missing values. */
interface Bins {
  readonly isNumeric: boolean;
  /** Numeric: ascending edges; a value is in the first bin whose edge is not below it. Else: one code a bin. */
  readonly marks: Float64Array;
  readonly counts: Float64Array;
  /** The training data's share of each, or null when the bundle does not say. */
  readonly expected: readonly number[] | null;
}

function createBins({ kind, distribution, ...feature }: Feature): Bins {
  const isNumeric = kind === "numeric";
  const categories = "categories" in feature ? feature.categories : [];
  const shares = isNumeric ? distribution.bins?.shares : distribution.shares;
  const marks = isNumeric
    ? Float64Array.from(distribution.bins?.edges ?? [])
    : Float64Array.from(categories, ({ code }) => Math.fround(code));
  // Shares are of the values that are there. Above the last edge a number is in a bin of the training data; no category is in none.
  const known = shares?.map((share) => share * (1 - distribution.missing));
  const expected = known === undefined ? null : [...known, ...(isNumeric ? [] : [0]), distribution.missing];
  return { isNumeric, marks, counts: new Float64Array(marks.length + 2), expected };
}

function countColumn(
  { isNumeric, marks, counts }: Bins,
  values: Float32Array,
  from: number,
  end: number,
  step: number,
) {
  const known = marks.length;
  for (let at = from; at < end; at += step) {
    const value = values[at]!;
    let bin = 0;
    if (Number.isNaN(value)) bin = known + 1;
    else if (isNumeric) while (bin < known && value > marks[bin]!) bin++;
    else while (bin < known && value !== marks[bin]!) bin++;
    counts[bin]! += 1;
  }
}

/** Cautious on purpose: other customers are not wrong customers, but what is said of them rests on less. */
function noteOf({ label }: Feature, psi: number | null): string | null {
  if (psi === null || !isDrifted(psi)) return null;
  return `${label} looks unlike the training data (PSI ${psi.toFixed(2)}): treat the scores with care.`;
}

export function isDrifted(psi: number | null): boolean {
  return psi !== null && psi > limits.driftIndex;
}
