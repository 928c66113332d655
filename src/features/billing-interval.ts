import { normaliseHeader } from "./normalise.ts";
import { parseNumber } from "./number-format.ts";
import type { PreparedHeader } from "./prepare-headers.ts";
import type { ColumnProfile } from "./profile.ts";
import { unitMeaning } from "./words.ts";

/** The column that says for how long an amount is: `month` and `year`, perhaps with a count beside it (Stripe's `Interval`). */
export interface BillingInterval {
  /** Positions in the header. */
  readonly column: number;
  readonly count: number | null;
  /** Its different values. */
  readonly texts: readonly string[];
  /** Whether every amount is for one month. */
  readonly monthly: boolean;
}

/** Finds it by name and values, beside `except`; null where no column is one. */
export function findBillingInterval(
  headers: readonly PreparedHeader[],
  profiles: readonly ColumnProfile[],
  except: number,
): BillingInterval | null {
  for (const [column, header] of headers.entries()) {
    if (column === except || !namesInterval(header) || header.read.concepts.has("count")) continue;
    const texts = (profiles[column]!.distinct ?? []).map(({ text }) => text);
    const months = texts.map(monthsOf);
    if (months.length === 0 || months.every((each) => Number.isNaN(each))) continue;
    const found = headers.findIndex((each) => namesInterval(each) && each.read.concepts.has("count"));
    const count = found < 0 || found === except ? null : found;
    const isOne =
      count === null || (profiles[count]!.distinct ?? [{ text: "" }]).every(({ text }) => Number(text) === 1);
    return { column, count, texts, monthly: isOne && months.every((each) => each === 1) };
  }
  return null;
}

/** How often is billed, and not how long a contract binds. */
function namesInterval({ read: { concepts } }: PreparedHeader): boolean {
  return concepts.has("interval") && !concepts.has("contract");
}

const lengths: Readonly<Record<string, number>> = {
  months: 1,
  monthly: 1,
  quarters: 3,
  years: 12,
  weeks: (7 * 12) / 365.25,
  days: 12 / 365.25,
};
const fillers = new Set("every each per billed".split(" "));

/** Months of `month`, `yearly` or `every 3 months`; NaN for anything else, such as `semi-annual`. */
export function monthsOf(text: string): number {
  const words = normaliseHeader(text).words.filter((word) => !fillers.has(word));
  const unit = unitMeaning(words.at(-1) ?? "");
  const length = unit === null ? undefined : lengths[unit];
  if (length === undefined || words.length > 2 || text.trim().startsWith("-")) return Number.NaN;
  const times = words.length === 1 ? 1 : parseNumber(words[0]!, ".");
  return times > 0 ? times * length : Number.NaN;
}
