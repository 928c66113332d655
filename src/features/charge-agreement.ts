import type { NumberFormat } from "./number-format.ts";
import type { ColumnProfile } from "./profile.ts";
import type { Feature } from "./schema.ts";

/** What tenure × monthly charge says of the total charge, by the medians of their columns. */
export interface ChargeAgreement {
  /** About the same: a year or a cent would be 12 or 100 times off. */
  readonly agrees: boolean;
  /** The unit of the feature that is likeliest to be another one, and why, for a person; null where they agree or few rows tell. */
  readonly doubted: { readonly unit: "months" | "currency_per_month" | "currency"; readonly reason: string } | null;
}

type Doubted = NonNullable<ChargeAgreement["doubted"]>;

/** A column that is taken for a numeric feature. */
export interface NumericColumnTaken {
  readonly feature: Extract<Feature, { kind: "numeric" }>;
  readonly profile: ColumnProfile;
  readonly format: NumberFormat;
  /** Whether the column's name says that it is in months. */
  readonly saysMonths: boolean;
}

/** Medians of both sides differ by a factor of 2 in the usual file; a week is 4.3 months off, and everything else more. */
const mostRatio = 4;
const fewestRows = 5;

/** Null where one of the three is not there, or there twice, or has no numbers to speak of. */
export function chargeAgreement(columns: readonly NumericColumnTaken[]): ChargeAgreement | null {
  const [tenure, monthly, total] = [
    middle(columns, "months"),
    middle(columns, "currency_per_month"),
    middle(columns, "currency"),
  ];
  if (tenure === null || monthly === null || total === null) return null;
  const product = tenure.median * monthly.median;
  if (product <= 0 || total.median <= 0) return null;
  const ratio = total.median / product;
  if (ratio > 1 / mostRatio && ratio < mostRatio) return { agrees: true, doubted: null };
  if (Math.min(tenure.count, monthly.count, total.count) < fewestRows) return { agrees: false, doubted: null };
  const doubted = ratio < 1 ? tooMuch(ratio, monthly, total) : tooLittle(ratio);
  if (doubted.unit !== "months" || !tenure.saysMonths) return { agrees: false, doubted };
  // The name speaks for the tenure: then it is the total that is something else.
  const reason = "it is far from tenure times monthly charge; it may be in another unit, or cover another time";
  return { agrees: false, doubted: { unit: "currency", reason } };
}

function tooMuch(ratio: number, monthly: Middle, total: Middle): Doubted {
  const times = Math.round(1 / ratio);
  if (total.median < 0.9 * monthly.median && monthly.median <= monthly.most)
    return { unit: "currency", reason: "it is less than one monthly charge, which no total is" };
  const said = `tenure times monthly charge is about ${times} times the total charge`;
  return monthly.median > monthly.most
    ? { unit: "currency_per_month", reason: `${said}, which looks like cents or amounts per year` }
    : { unit: "months", reason: `${said}, which looks like days or weeks rather than months` };
}

function tooLittle(ratio: number): Doubted {
  const said = `the total charge is about ${Math.round(ratio)} times tenure times monthly charge`;
  return ratio > 40
    ? { unit: "currency", reason: `${said}, which looks like cents` }
    : { unit: "months", reason: `${said}, which looks like years rather than months` };
}

interface Middle {
  readonly median: number;
  readonly count: number;
  /** The most that is expected of the feature. */
  readonly most: number;
  readonly saysMonths: boolean;
}

function middle(columns: readonly NumericColumnTaken[], unit: string): Middle | null {
  const found = columns.filter(({ feature }) => feature.unit === unit);
  if (found.length !== 1) return null;
  const { feature, profile, format, saysMonths } = found[0]!;
  const stats = format.decimal === "." ? profile.dot : profile.comma;
  return stats === null || stats.count < 3
    ? null
    : { median: stats.quantiles[10]!, count: stats.count, most: feature.expected.max, saysMonths };
}
