import type { DateOrder } from "./date-reading.ts";
import type { NumberStats } from "./number-summary.ts";
import type { ColumnProfile } from "./profile.ts";
import type { Feature } from "./schema.ts";

/** How values in another unit become the feature's: value × factor. */
export interface Conversion {
  /** The unit that the values are in. */
  readonly unit: string;
  readonly factor: number;
  /** Whether the result is rounded to a whole number. */
  readonly whole: boolean;
  /** The values are dates, and months are counted up to a day (yyyymmdd). */
  readonly date: { readonly order: DateOrder; readonly asOf: number } | null;
  /** The amounts are for the time that another column says in each row, perhaps several of them by a second column. */
  readonly interval: { readonly column: number; readonly count: number | null } | null;
  /** For a person: "days × 12 / 365.25, rounded to whole months". */
  readonly text: string;
}

/** Mean length of a year in the Gregorian calendar is 365.2425 days; billing counts 365.25, and the two never differ by a month. */
const daysPerMonth = 365.25 / 12;
type Row = readonly [unit: string, factor: number, text: string];
const tables: Readonly<Record<string, readonly Row[]>> = {
  months: [
    ["months", 1, ""],
    ["days", 1 / daysPerMonth, "days × 12 / 365.25, rounded to whole months"],
    ["weeks", 7 / daysPerMonth, "weeks × 84 / 365.25, rounded to whole months"],
    ["quarters", 3, "quarters × 3, rounded to whole months"],
    ["years", 12, "years × 12, rounded to whole months"],
  ],
  currency_per_month: [
    ["per_month", 1, ""],
    ["per_day", daysPerMonth, "amount per day × 365.25 / 12"],
    ["per_week", daysPerMonth / 7, "amount per week × 365.25 / 84"],
    ["per_quarter", 1 / 3, "amount per quarter / 3"],
    ["per_year", 1 / 12, "amount per year / 12"],
    ["cents", 1 / 100, "cents / 100"],
    ["cents_per_year", 1 / 1200, "cents per year / 1200"],
    ["thousands", 1_000, "thousands × 1000"],
  ],
  currency: [
    ["currency", 1, ""],
    ["cents", 1 / 100, "cents / 100"],
    ["thousands", 1_000, "thousands × 1000"],
  ],
};

/** Of a column of dates, up to `as_of`. */
export const dateUnits: readonly string[] = ["date", "date_day_first", "date_month_first"];

/** Of amounts for the time that another column of the file says. */
export const intervalUnit = "per_interval";

/** Units that the feature's values may be given in, its own first; empty when none is converted. */
export function unitsOf(feature: Feature | null): readonly string[] {
  return feature?.kind === "numeric" ? unitsFor(feature.unit) : [];
}

/** The same, by the unit that the schema gives the feature. */
export function unitsFor(unit: string): readonly string[] {
  const names = Object.hasOwn(tables, unit) ? tables[unit]!.map(([name]) => name) : [];
  if (unit === "months") return [...names, ...dateUnits];
  return unit === "currency_per_month" ? [...names, intervalUnit] : names;
}

/** Null when the unit is the feature's own, undefined when it is none that can be converted. */
export function conversionFrom(feature: Feature | null, unit: string): Conversion | null | undefined {
  const row = rowsOf(feature).find(([name]) => name === unit);
  if (row === undefined) return undefined;
  const [, factor, text] = row;
  return factor === 1
    ? null
    : {
        unit,
        factor,
        whole: feature?.kind === "numeric" && feature.unit === "months",
        date: null,
        interval: null,
        text,
      };
}

const perMonth: Readonly<Record<string, string>> = {
  days: "per_day",
  weeks: "per_week",
  quarters: "per_quarter",
  years: "per_year",
};

/** The unit that words of a name mean (`days`, `cents` …), among those of the feature, or null when they name none or several. */
export function unitNamed(feature: Feature | null, meanings: readonly string[]): string | null {
  const units = unitsOf(feature);
  const money = feature?.kind === "numeric" && feature.unit === "currency_per_month";
  const found = new Set(meanings.map((meaning) => (money ? (perMonth[meaning] ?? meaning) : meaning)));
  if (money && found.size === 2 && found.has("cents") && found.has("per_year")) return "cents_per_year";
  const [only] = found;
  return found.size === 1 && only !== undefined && units.includes(only) ? only : null;
}

/** One value in the feature's unit. */
export function convert(value: number, { factor, whole }: Conversion): number {
  return whole ? Math.round(value * factor) : value * factor;
}

/** What the numbers of a column are after the conversion. */
export function convertStats(stats: NumberStats, conversion: Conversion): NumberStats {
  const quantiles = stats.quantiles.map((value) => convert(value, conversion));
  return {
    count: stats.count,
    min: convert(stats.min, conversion),
    max: convert(stats.max, conversion),
    integers: conversion.whole ? stats.count : Math.min(stats.integers, stats.count),
    quantiles,
  };
}

/** The column as it is after the conversion. */
export function convertedProfile(profile: ColumnProfile, conversion: Conversion | null): ColumnProfile {
  if (conversion === null) return profile;
  const { dot, comma } = profile;
  return {
    ...profile,
    dot: dot === null ? null : convertStats(dot, conversion),
    comma: comma === null ? null : convertStats(comma, conversion),
  };
}

function rowsOf(feature: Feature | null): readonly Row[] {
  return feature?.kind === "numeric" ? (tables[feature.unit] ?? []) : [];
}
