import { unitsOf } from "./conversion.ts";
import { matchName } from "./name-match.ts";
import { normaliseHeader } from "./normalise.ts";
import type { PreparedHeader } from "./prepare-headers.ts";
import type { ColumnProfile } from "./profile.ts";
import type { Target } from "./target.ts";
import { unitMeaning } from "./words.ts";

/** Why amounts are not simply amounts per month: the file says itself how often it bills. */
export interface IntervalTrouble {
  readonly code: "billing_interval";
  readonly severity: "warning";
  /** For a person. */
  readonly reason: string;
}

/** What a billing interval means → the unit of an amount billed so. */
const units: Readonly<Record<string, string>> = {
  months: "per_month",
  monthly: "per_month",
  days: "per_day",
  weeks: "per_week",
  quarters: "per_quarter",
  years: "per_year",
};

/**
 * Whether another column of the file says that the amounts in `column` are for other times than a month (Stripe's `Amount` beside `Interval`). Null
 * where its name says the time, or nothing does.
 */
export function intervalTrouble(
  target: Target,
  column: number,
  headers: readonly PreparedHeader[],
  profiles: readonly ColumnProfile[] | null,
): IntervalTrouble | null {
  if (profiles === null || target.feature?.kind !== "numeric" || target.feature.unit !== "currency_per_month")
    return null;
  const match = matchName(headers[column]!, target);
  if (match !== null && (match.unit !== null || match.settles || match.doubt === null)) return null;
  const found = headers.findIndex(({ read }, each) => each !== column && namesInterval(read.concepts));
  const intervals = found < 0 ? [] : intervalsOf(profiles[found]!);
  if (intervals.length === 0 || (intervals.length === 1 && intervals[0] === "per_month")) return null;
  return { code: "billing_interval", severity: "warning", reason: reasonOf(target, profiles[found]!, intervals) };
}

/** How often is billed, and not how long a contract binds. */
function namesInterval(concepts: ReadonlySet<string>): boolean {
  return concepts.has("interval") && !concepts.has("contract");
}

function reasonOf(target: Target, { distinct }: ColumnProfile, intervals: readonly string[]): string {
  const values = distinct!.slice(0, 4).map(({ text }) => JSON.stringify(text));
  const say = (unit: string) => `units {"${target.name}": "${unit}"}`;
  const [own] = unitsOf(target.feature);
  if (intervals.length === 1)
    return `the file says that is billed ${values.join(", ")}; if the amounts are for that time, say ${say(intervals[0]!)}, and if they are for a month, ${say(own!)}`;
  return `the file says that some customers are billed ${values.join(" and others ")}, and one unit cannot be right for all; make all amounts per month first (one for a year divided by 12), then say ${say(own!)}`;
}

/** The units of the intervals that a column names, each once; empty where its values name none. */
function intervalsOf({ distinct }: ColumnProfile): string[] {
  if (distinct === null) return [];
  const found = distinct.map(({ text }) => {
    const meanings = normaliseHeader(text).words.flatMap((word) => unitMeaning(word) ?? []);
    return meanings.length === 1 ? units[meanings[0]!] : undefined;
  });
  return [...new Set(found.filter((unit) => unit !== undefined))];
}
