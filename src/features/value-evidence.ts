import { cutText } from "../csv/cut-text.ts";
import { categoryReader } from "./category-reader.ts";
import type { ChargeAgreement } from "./charge-agreement.ts";
import { type NumberFormat, parseNumber } from "./number-format.ts";
import type { ColumnProfile } from "./profile.ts";
import type { Feature } from "./schema.ts";

/**
 * What the values say of a column taken for a feature. strong: they could hardly be anything else · fits · silent: nothing to go by ·
 * doubt: readable, but probably meant otherwise · contradicts: they cannot be the feature's values.
 */
export interface ValueEvidence {
  readonly verdict: "strong" | "fits" | "silent" | "doubt" | "contradicts";
  /** For a person; empty unless there is a doubt. */
  readonly reason: string;
}

const silent: ValueEvidence = { verdict: "silent", reason: "" };
const fits: ValueEvidence = { verdict: "fits", reason: "" };
const doubt = (reason: string): ValueEvidence => ({ verdict: "doubt", reason });
const contradicts = (reason: string): ValueEvidence => ({ verdict: "contradicts", reason });

type Numeric = Extract<Feature, { kind: "numeric" }>;

/** What is known beside the column's own values. */
export interface Beside {
  /** What the file's charges and tenure say of each other; null when that cannot be told. */
  readonly agreement: ChargeAgreement | null;
  /** Whether the column's name (or a person) says that it is in months. */
  readonly saysMonths: boolean;
}

export const nothing: Beside = { agreement: null, saysMonths: false };

export function valueEvidence(
  profile: ColumnProfile,
  feature: Feature,
  format: NumberFormat,
  beside: Beside,
): ValueEvidence {
  const filled = profile.count - profile.blank - profile.missing;
  if (filled <= 0 && !(feature.kind !== "numeric" && profile.missing > 0)) return silent;
  return feature.kind === "numeric"
    ? numericEvidence(profile, feature, format, beside, filled)
    : categoryEvidence(profile, feature);
}

function categoryEvidence(profile: ColumnProfile, feature: Exclude<Feature, Numeric>): ValueEvidence {
  if (profile.distinct === null) return contradicts(`it has more than 64 different values${some(profile)}`);
  const read = categoryReader(feature);
  let known = 0;
  let unknown = 0;
  let codes = 0;
  const seen = new Set<number>();
  const strange: string[] = [];
  for (const { text, count } of profile.distinct) {
    const code = read(text);
    if (code === null) {
      unknown += count;
      if (!Number.isNaN(parseNumber(text, "."))) codes += count;
      if (strange.length < 3) strange.push(text);
    } else if (!Number.isNaN(code)) {
      known += count;
      seen.add(code);
    }
  }
  if (known + unknown === 0) return silent;
  const share = known / (known + unknown);
  if (share < 0.5) return contradicts(`its values (${quote(strange)}) are not ${values(feature)}`);
  // 1 and 2, or 0 to 5: someone's own code, of which 0 and 1 would be read as No and Yes.
  if (codes / (known + unknown) > 0.02)
    return contradicts(`it holds codes (${quote(strange)}) whose meaning the file does not say`);
  // Yes and No say nothing of the question; a bare number is a code of someone's own.
  const telling = feature.kind === "category" && profile.numbers.text > 0 && seen.size >= 2;
  return share >= 0.98 && telling ? { verdict: "strong", reason: "" } : fits;
}

function values(feature: Exclude<Feature, Numeric>): string {
  return quote(feature.categories.slice(0, 5).map((category) => category.value));
}

function quote(texts: readonly string[]): string {
  return texts.map((text) => `"${text.length > 40 ? `${cutText(text, 40)}…` : text}"`).join(", ");
}

function some(profile: ColumnProfile): string {
  return profile.examples.length === 0
    ? ""
    : ` such as ${quote(profile.examples.slice(0, 1).map((example) => example.value))}`;
}

function numericEvidence(
  profile: ColumnProfile,
  feature: Numeric,
  format: NumberFormat,
  beside: Beside,
  filled: number,
): ValueEvidence {
  const stats = format.decimal === "." ? profile.dot : profile.comma;
  if (profile.dateShare > 0.5) return contradicts(`its values are dates${some(profile)}`);
  if (stats === null || stats.count < filled * 0.5) return contradicts(`its values are not numbers${some(profile)}`);
  if (profile.numbers.percent > 0) return contradicts(`its values are percentages${some(profile)}`);
  // What lies outside is set aside row by row; the rest is judged.
  const inside = stats.quantiles.filter((value) => value >= feature.allowed.min && value <= feature.allowed.max);
  if (inside.length <= stats.quantiles.length / 4) {
    if (stats.count < 3) return fits;
    return doubt(`most of its values lie outside ${feature.allowed.min} to ${feature.allowed.max}${some(profile)}`);
  }
  const spread = {
    count: stats.count,
    fractions: stats.count - stats.integers,
    at: (share: number) => inside[Math.floor(share * (inside.length - 1))]!,
  };
  const own = feature.unit === "months" ? tenureEvidence(spread, feature, beside) : scaleEvidence(spread, feature);
  const doubted = beside.agreement?.doubted ?? null;
  if (own.verdict === "fits") return doubted?.unit === feature.unit ? doubt(doubted.reason) : own;
  const assumed = format.basis === "file" || format.basis === "grouping";
  return assumed ? doubt(`${own.reason}, or its ${mark(format)} parts the fraction (say so with decimal)`) : own;
}

/** What is taken to part thousands. */
function mark({ decimal }: NumberFormat): string {
  return decimal === "." ? "comma" : "dot";
}

/** The values within the allowed range; `at` gives the quantile of a share. */
interface Spread {
  readonly count: number;
  readonly fractions: number;
  at(share: number): number;
}

/** No dealings are older: fractions up to this may be years. */
const longestYears = 40;

/** Days, weeks and years betray themselves by their spread. */
function tenureEvidence({ count, fractions, at }: Spread, feature: Numeric, beside: Beside): ValueEvidence {
  const usual = feature.distribution.quantiles;
  const top = usual?.[19] ?? feature.expected.max;
  const middle = usual?.[10] ?? top / 2;
  const max = at(1);
  const { agreement } = beside;
  // Where another column is the odd one out, that tells nothing of the tenure.
  const isOther = agreement !== null && agreement.doubted !== null && agreement.doubted.unit !== "months";
  const agrees = isOther ? null : (agreement?.agrees ?? null);
  if (at(0.95) > 3 * top || at(0.5) > 5 * middle) {
    return doubt(`its values go up to ${short(max)}, which looks like days or weeks rather than months`);
  }
  if (agrees === true || (agrees === null && beside.saysMonths)) return fits;
  if (count >= 5 && at(0.5) > feature.expected.max) {
    return doubt(`half of its values are above ${short(at(0.5))}, which looks like days or weeks rather than months`);
  }
  if (fractions > count * 0.1 && count >= 3 && max <= longestYears) {
    return doubt(`its values are fractions up to ${short(max)}, which looks like years rather than months`);
  }
  if (max >= top / 3) return fits;
  const telling = count >= 30 || (agrees === false && count >= 5);
  return telling ? doubt(`no value is above ${short(max)}, which looks like years rather than months`) : fits;
}

/** Cents, amounts per year and other currencies betray themselves by their size. */
function scaleEvidence({ count, fractions, at }: Spread, feature: Numeric): ValueEvidence {
  const usual = feature.distribution.quantiles?.[10];
  const median = at(0.5);
  if (usual === undefined || usual <= 0 || median <= 0) return fits;
  const ratio = median / usual;
  const money = feature.unit === "currency_per_month" || feature.unit === "currency";
  // A handful of customers may well pay ten times the usual, but not fifty times.
  const isMonthly = feature.unit === "currency_per_month";
  const far = isMonthly && count >= 5 ? 10 : 50;
  // The cents of a cheap product are no more than a few times the usual amounts, and never have a fraction.
  const isWhole = isMonthly && fractions === 0 && median > feature.expected.max && (count >= 5 || ratio >= 10);
  if (!isWhole && ratio < far && (ratio > 1 / far || count < 5)) return fits;
  const guess = ratio < 1 ? "thousands" : ratio >= 50 || isWhole ? "cents" : "amounts per year";
  const meant = money ? `; they look like ${guess} or another currency` : "";
  return doubt(
    `half of its values are ${ratio < 1 ? "below" : "above"} ${short(median)} where ${short(usual)} is usual${meant}`,
  );
}

function short(value: number): string {
  return String(Number(value.toPrecision(6)));
}
