import { findBillingInterval } from "./billing-interval.ts";
import { intervalUnit, unitsOf } from "./conversion.ts";
import { matchName } from "./name-match.ts";
import type { PreparedHeader } from "./prepare-headers.ts";
import type { ColumnProfile } from "./profile.ts";
import type { Target } from "./target.ts";

/** Why amounts are not simply amounts per month: the file says itself how often it bills. */
export interface IntervalTrouble {
  readonly code: "billing_interval";
  readonly severity: "warning";
  /** For a person. */
  readonly reason: string;
}

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
  const interval = findBillingInterval(headers, profiles, column);
  if (interval === null || interval.monthly) return null;
  const values = interval.texts.slice(0, 4).map((text) => JSON.stringify(text));
  const say = (unit: string) => `units {"${target.name}": "${unit}"}`;
  const [own] = unitsOf(target.feature);
  const reason =
    `the file says how often is billed (${values.join(", ")}); if each amount is for that time, say so with ${say(intervalUnit)}, and it is divided ` +
    `by the months of its own row; if all amounts are per month already, say ${say(own!)}`;
  return { code: "billing_interval", severity: "warning", reason };
}
