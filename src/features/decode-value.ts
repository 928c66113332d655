import type { Feature } from "./schema.ts";

/** What an encoded value (float32) is for a person: a category's value, a number as it was written, or null for "not given". */
export function displayValue(feature: Feature, encoded: number): string | number | null {
  if (Number.isNaN(encoded)) return null;
  if (feature.kind === "numeric") return shortestNumber(encoded);
  return feature.categories.find((category) => Math.fround(category.code) === Math.fround(encoded))?.value ?? null;
}

/** The same in words: "1 month", "Two year", "84.5"; money has no unit, since the file does not say which. */
export function describeValue(feature: Feature, encoded: number): string {
  const value = displayValue(feature, encoded);
  if (value === null) return "not given";
  if (feature.kind !== "numeric" || !timeUnits.includes(feature.unit)) return String(value);
  return `${value} ${value === 1 ? feature.unit.slice(0, -1) : feature.unit}`;
}

const timeUnits: readonly string[] = ["months", "years", "days", "minutes"];

/** The number with the fewest digits that rounds to the same float32: 29.85 and not 29.850000381469727. */
export function shortestNumber(encoded: number): number {
  const single = Math.fround(encoded);
  if (!Number.isFinite(single) || single === 0) return encoded;
  // Amounts and whole numbers, which most are, without making texts: the nearest number of few decimals.
  if (Math.abs(single) < 1e6)
    for (let scale = 1; scale <= 100; scale *= 10) {
      const shorter = Math.round(single * scale) / scale;
      if (Math.fround(shorter) === single) return shorter;
    }
  for (let digits = 1; digits < 9; digits++) {
    const shorter = Number(single.toPrecision(digits));
    if (Math.fround(shorter) === single) return shorter;
  }
  return Number(single.toPrecision(9));
}
