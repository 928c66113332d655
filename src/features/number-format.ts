import { createNumberScanner } from "./number-scanner.ts";
import type { ColumnProfile } from "./profile.ts";

/** How the numbers of one column are written. */
export interface NumberFormat {
  readonly decimal: "." | ",";
  /**
   * What the decision rests on. given: the person said so · values: cells that only one convention can read · grouping: `950` beside
   * `1,200` · file: the other columns of the file · none: no cell needs a decision · ambiguous: every marked cell reads two ways ·
   * conflict: both conventions in one column.
   */
  readonly basis: "given" | "values" | "grouping" | "file" | "none" | "ambiguous" | "conflict";
  /** ISO codes of the currency signs found. */
  readonly currencies: readonly string[];
}

/** A minority of cells in the other convention up to this share is set aside row by row; more of them leave the column undecided. */
const strayShare = 0.05;

/** Decides for every column, from the profile of the whole file; `given` overrules. */
export function decideNumberFormats(profiles: readonly ColumnProfile[], given?: "." | ","): NumberFormat[] {
  const alone = profiles.map((profile) => decideAlone(profile, given));
  const decided = new Set(alone.filter((format) => format.basis === "values").map((format) => format.decimal));
  if (decided.size !== 1) return alone;
  const [decimal] = [...decided] as ["." | ","];
  return alone.map((format) =>
    format.basis === "ambiguous" || format.basis === "none"
      ? { ...format, decimal, basis: format.basis === "none" ? "none" : "file" }
      : format,
  );
}

function decideAlone(profile: ColumnProfile, given: "." | "," | undefined): NumberFormat {
  const currencies = profile.currencies.map(({ code }) => code);
  const { plain, dot, comma, eitherDot, eitherComma, ungrouped } = profile.numbers;
  const say = (decimal: "." | ",", basis: NumberFormat["basis"]): NumberFormat => ({ decimal, basis, currencies });
  if (given !== undefined) return say(given, "given");
  if (dot > 0 || comma > 0) {
    const stray = Math.min(dot, comma) / (dot + comma);
    return say(dot >= comma ? "." : ",", stray > strayShare ? "conflict" : "values");
  }
  if (eitherDot === 0 && eitherComma === 0) return say(".", "none");
  // Shortest decimals would show one or two places somewhere and fixed ones would never be missing: beside short plain
  // integers, and with no long one left ungrouped, a mark before exactly three digits groups thousands.
  const single = eitherDot === 0 || eitherComma === 0;
  if (single && plain > 0 && ungrouped === 0) return say(eitherComma > 0 ? "." : ",", "grouping");
  return say(".", "ambiguous");
}

/** Reads single texts in one convention; for values that come one by one. */
export function parseNumber(text: string, decimal: "." | ","): number {
  const scanner = createNumberScanner();
  const trimmed = text.trim();
  scanner.scan(trimmed, 0, trimmed.length);
  return decimal === "." ? scanner.dotValue : scanner.commaValue;
}
