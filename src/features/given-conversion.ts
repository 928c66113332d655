import { findBillingInterval } from "./billing-interval.ts";
import { type Conversion, conversionFrom, dateUnits, intervalUnit } from "./conversion.ts";
import type { DateOrder } from "./date-reading.ts";
import { holdsDates } from "./epoch.ts";
import type { IntervalTrouble } from "./interval-trouble.ts";
import { matchName } from "./name-match.ts";
import type { PreparedHeader } from "./prepare-headers.ts";
import type { ColumnProfile } from "./profile.ts";
import type { Target } from "./target.ts";

/** How the values of a column that a person chose become the feature's, or what must be said first. */
export type GivenConversion =
  | { readonly conversion: Conversion | null; readonly trouble: null }
  | { readonly conversion: null; readonly trouble: DateTrouble | IntervalTrouble };

export interface DateTrouble {
  readonly code: "as_of_missing" | "date_ambiguous";
  readonly severity: "warning";
  /** For a person. */
  readonly reason: string;
}

interface GivenColumn {
  readonly target: Target;
  /** Its position among the headers. */
  readonly column: number;
  readonly headers: readonly PreparedHeader[];
  readonly profiles: readonly ColumnProfile[] | null;
  /** Unit that the person said, if any. */
  readonly said: string | undefined;
  /** The day that is "now", yyyy-mm-dd, or null. */
  readonly asOf: string | null;
}

/** Up to this share of dates in the other order are set aside row by row. */
const strayShare = 0.05;

export function givenConversion({ target, column, headers, profiles, said, asOf }: GivenColumn): GivenConversion {
  const match = matchName(headers[column]!, target);
  const profile = profiles?.[column];
  if (said === intervalUnit) return intervalConversion(column, headers, profiles);
  if (isDate(target, said, profile)) return dateConversion(target, said, profile, asOf);
  const unit = said ?? match?.unit ?? null;
  return { conversion: unit === null ? null : (conversionFrom(target.feature, unit) ?? null), trouble: null };
}

function intervalConversion(
  column: number,
  headers: readonly PreparedHeader[],
  profiles: readonly ColumnProfile[] | null,
): GivenConversion {
  const interval = profiles === null ? null : findBillingInterval(headers, profiles, column);
  if (interval === null) {
    const reason = "no other column says for how long each amount is, with values such as month and year";
    return { conversion: null, trouble: { code: "billing_interval", severity: "warning", reason } };
  }
  const { count, texts } = interval;
  const values = texts.slice(0, 4).map((text) => JSON.stringify(text));
  const text = `amount divided by the months of the billing interval in its row (${values.join(", ")}${count === null ? "" : ", with their count"})`;
  const by = { column: interval.column, count };
  return { conversion: { unit: intervalUnit, factor: 1, whole: false, date: null, interval: by, text }, trouble: null };
}

function isDate({ feature }: Target, said: string | undefined, profile: ColumnProfile | undefined): boolean {
  if (said !== undefined) return dateUnits.includes(said);
  return feature?.kind === "numeric" && feature.unit === "months" && profile !== undefined && holdsDates(profile);
}

function dateConversion(
  target: Target,
  said: string | undefined,
  profile: ColumnProfile | undefined,
  asOf: string | null,
): GivenConversion {
  const order = orderOf(said, profile);
  if (order === null) {
    const example = profile?.examples[0]?.value ?? "03/04/2024";
    const ways = `units {"${target.name}": "date_day_first"} or {"${target.name}": "date_month_first"}`;
    const reason = `it holds dates such as ${JSON.stringify(example)} of which nothing tells the day from the month; say it with ${ways}`;
    return { conversion: null, trouble: { code: "date_ambiguous", severity: "warning", reason } };
  }
  if (asOf === null) {
    const reason =
      "it holds dates, and the day up to which months are counted is not known; give it as as_of (yyyy-mm-dd)";
    return { conversion: null, trouble: { code: "as_of_missing", severity: "warning", reason } };
  }
  const date = { order, asOf: Number(asOf.replaceAll("-", "")) };
  const text = `whole months from the date to ${asOf}`;
  return { conversion: { unit: "date", factor: 1, whole: true, date, interval: null, text }, trouble: null };
}

/** As was said, else as the column itself shows; null when it does not. */
function orderOf(said: string | undefined, profile: ColumnProfile | undefined): DateOrder | null {
  if (said === "date_day_first") return "day_first";
  if (said === "date_month_first") return "month_first";
  const orders = profile?.dateOrders;
  if (orders === undefined) return null;
  const [day, month] = [orders.day_first, orders.month_first];
  if (day + month === 0) return orders.either === 0 ? "day_first" : null;
  if (Math.min(day, month) / (day + month) > strayShare) return null;
  return day >= month ? "day_first" : "month_first";
}
