import type { Candidate, Evidence } from "./candidates.ts";
import { conversionFrom, dateUnits, unitsOf } from "./conversion.ts";
import { holdsDates } from "./epoch.ts";
import { shorten } from "./issue.ts";
import type { Refusal } from "./refusals.ts";
import type { Target } from "./target.ts";

export interface Asked {
  readonly target: Target;
  /** Positions of the columns that could hold it, the likeliest first. */
  readonly columns: readonly number[];
  readonly headers: readonly string[];
  readonly candidates: readonly Candidate[];
  /** Why the likeliest is not simply taken; "" where nothing speaks against it. */
  readonly doubt: string;
  readonly refusals: readonly Refusal[];
  /** The day up to which months are counted from dates, where it is given. */
  readonly asOf: string | null;
}

/** What a person is asked about a feature, and how to answer. */
export function questionText(asked: Asked, evidence: Evidence): string {
  const { target, columns, refusals } = asked;
  if (columns.length === 0) return absent(target) + refusedText(refusals);
  const profile = evidence.profiles?.[columns[0]!];
  const isDate = mayBeDate(target) && profile !== undefined && holdsDates(profile);
  const text = isDate ? askDates(asked) : askWhich(asked) + (asked.doubt.includes("units {") ? "" : unitText(asked));
  return text + refusedText(refusals);
}

function absent(target: Target): string {
  const { name, label } = target;
  const unit = unitOf(target);
  const needs = target.required ? ", which the model needs" : "";
  const date = mayBeDate(target)
    ? " The date when the customer came does as well, with the day of the export as as_of (yyyy-mm-dd)."
    : "";
  const others = unitsOf(target.feature).filter((each) => !dateUnits.includes(each));
  const units =
    others.length < 2
      ? ""
      : ` If it is not in ${plain(others[0]!)}, say so as well, with units {"${name}": "${others[1]}"} (${others.join(", ")}).`;
  return `This file seems to have no column for ${label}${unit}${needs}. Add one and upload the file again, or name the column that holds it with mapping {"${name}": "its name"}. If it is the same for all customers, give that value with constants {"${name}": ${sampleValue(target)}}.${date}${units}`;
}

function sampleValue({ feature }: Target): string {
  if (feature === null) return '""';
  if (feature.kind !== "numeric") return JSON.stringify(feature.categories[0]!.value);
  return String(Math.round(feature.distribution.quantiles?.[10] ?? feature.expected.max / 2));
}

function askDates({ target, columns, headers, asOf, doubt }: Asked): string {
  const [first, ...others] = columns.map((column) => JSON.stringify(shorten(headers[column]!)));
  const where = others.length === 0 ? `the column ${first}` : `one of the columns ${[first, ...others].join(", ")}`;
  const day =
    asOf === null ? ", and say which day the export was made: give it as as_of (yyyy-mm-dd)" : ` (up to ${asOf})`;
  const more = doubt === "" || doubt.includes("as_of") ? "" : ` Mind that ${doubt}.`;
  return (
    `${target.label}${unitOf(target)} can be counted from the dates in ${where}, if that is the day the customer came. ` +
    `If it is, confirm it with ${confirm(target, columns[0]!, headers)}${day}.${more}`
  );
}

function askWhich({ target, columns, headers, doubt }: Asked): string {
  const what = target.label + unitOf(target);
  const names = columns.map((column) => JSON.stringify(shorten(headers[column]!)));
  const because = doubt === "" ? "" : `, but ${doubt}`;
  const yes = confirm(target, columns[0]!, headers);
  return names.length === 1
    ? `The column ${names[0]} may hold ${what}${because}. If it does, confirm it with ${yes}.`
    : `${what} may be in one of the columns ${names.join(", ")}${because}. Choose one, for example with ${yes}.`;
}

/** The same doubt without how to answer it in a call: a page offers the answers. */
export function plainQuestion({ target, columns, headers, doubt, refusals }: Asked, evidence: Evidence): string {
  const what = target.label + unitOf(target);
  if (columns.length === 0)
    return `No column of this file was taken for ${what}${target.required ? ", which the model needs" : ""}.${refusedText(refusals)}`;
  const names = columns.map((column) => JSON.stringify(shorten(headers[column]!)));
  const profile = evidence.profiles?.[columns[0]!];
  const isDate = mayBeDate(target) && profile !== undefined && holdsDates(profile);
  const because = doubt === "" ? "" : `, but ${doubt.replace(/[,;:]?[^,;:.]*units \{.*$/s, "")}`;
  const text = isDate
    ? `${what} can be counted from the dates in ${names.join(" or ")}, if that is the day the customer came.`
    : names.length === 1
      ? `The column ${names[0]} may hold ${what}${because}.`
      : `${what} may be in one of the columns ${names.join(", ")}${because}.`;
  return text + refusedText(refusals);
}

/** What becomes of another unit once the column is confirmed, and how to say which it is. */
function unitText({ target: { name, feature }, columns, candidates }: Asked): string {
  const [own, ...others] = unitsOf(feature);
  if (own === undefined) return "";
  const named = candidates.find((each) => each.target.name === name && each.column === columns[0])?.unit ?? null;
  const conversion = named === null ? null : conversionFrom(feature, named);
  const then = conversion ? ` Its values are then converted: ${conversion.text}.` : "";
  const unless = conversion ? `If they are in ${plain(own)} or another unit` : `If its values are not in ${plain(own)}`;
  return `${then} ${unless}, say so as well, with units {"${name}": "${conversion ? own : others[0]}"} (${[own, ...others].join(", ")}).`;
}

/** In a question a few are enough. */
function refusedText(refusals: readonly Refusal[]): string {
  return refusals
    .slice(0, 3)
    .map(({ column, reason }) => ` ${JSON.stringify(shorten(column))} is not taken for it: ${reason}.`)
    .join("");
}

/** Nobody copies a name that does not fit a line: its place says as well which column it is. */
function confirm({ name }: Target, column: number, headers: readonly string[]): string {
  const header = headers[column]!;
  return `mapping {"${name}": ${JSON.stringify(header.length <= 100 ? header : `#${column + 1}`)}}`;
}

function unitOf({ feature }: Target): string {
  return feature?.kind === "numeric" ? ` (${feature.unit.replaceAll("_", " ")})` : "";
}

function mayBeDate({ feature }: Target): boolean {
  return feature?.kind === "numeric" && feature.unit === "months";
}

/** A unit as a person says it: "per_month" is money per month. */
function plain(unit: string): string {
  return unit.startsWith("per_") ? `amounts ${unit.replaceAll("_", " ")}` : unit;
}
