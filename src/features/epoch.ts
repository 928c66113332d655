import type { ColumnProfile } from "./profile.ts";

const day = 86_400;
/** 1990 to 2060, in seconds since 1970 (Unix time): no month count and hardly an id lies there as a whole column. */
const earliest = 631_152_000;
const latest = 2_840_140_800;

/** Whether every value of a column is a moment as programs keep it: seconds or milliseconds since 1970. */
export function isEpochColumn(profile: ColumnProfile): boolean {
  const { dot, count, blank, missing } = profile;
  if (dot === null || dot.count !== count - blank - missing || dot.integers !== dot.count) return false;
  const isWithin = (factor: number) => dot.min >= earliest * factor && dot.max <= latest * factor;
  return isWithin(1) || isWithin(1_000);
}

/** Whether a column holds dates, written in whatever way. */
export function holdsDates(profile: ColumnProfile): boolean {
  return profile.dateShare > 0.5 || isEpochColumn(profile);
}

/** The day (UTC, yyyymmdd) of text[start, end) as seconds or milliseconds since 1970; NaN when it is neither. */
export function epochDay(text: string, start: number, end: number): number {
  const length = end - start;
  if (length < 9 || length > 13) return Number.NaN;
  let value = 0;
  for (let i = start; i < end; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  const seconds = value > latest ? value / 1_000 : value;
  if (seconds < earliest || seconds > latest) return Number.NaN;
  const date = new Date(Math.floor(seconds / day) * day * 1_000);
  return date.getUTCFullYear() * 10_000 + (date.getUTCMonth() + 1) * 100 + date.getUTCDate();
}
