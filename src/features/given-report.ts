import type { IssueCode } from "../issue-kinds.ts";
import type { Evidence } from "./candidates.ts";
import { type Conversion, convertedProfile } from "./conversion.ts";
import type { Issue } from "./issue.ts";
import type { ColumnMapping } from "./mapping.ts";
import type { NumberFormat } from "./number-format.ts";
import type { ColumnProfile } from "./profile.ts";
import type { Target } from "./target.ts";
import { valueEvidence } from "./value-evidence.ts";

interface GivenColumn {
  readonly target: Target;
  /** Name and position of the column. */
  readonly column: string;
  readonly index: number;
  readonly conversion: Conversion | null;
  /** Whether the person said the unit, too; whether the column's name says months. */
  readonly unitSaid: boolean;
  readonly saysMonths: boolean;
}

/** The mapping that a person chose, and what is to be told of it: a person may know better than the values, and hears what speaks against. */
export function givenMapping(
  { target, column, index, conversion, unitSaid, saysMonths }: GivenColumn,
  { profiles, formats }: Evidence,
): { mapping: ColumnMapping; issues: Issue[] } {
  const mapping: ColumnMapping = {
    feature: target.name,
    column,
    confidence: 1,
    method: "given",
    transform: conversion?.text ?? null,
    conversion,
    index,
    alternatives: [],
    why: "it was chosen by hand",
  };
  const issue = (code: IssueCode, severity: Issue["severity"], message: string): Issue => {
    return { code, severity, column, feature: target.name, count: 1, message, examples: [] };
  };
  const issues: Issue[] = [];
  const because = unitSaid ? "as was said" : conversion?.date ? "which holds dates" : "as its name says";
  if (conversion !== null)
    issues.push(
      issue("unit_converted", "info", `${target.label} is computed from the column, ${because}: ${conversion.text}.`),
    );
  const inMonths = saysMonths || conversion !== null;
  const doubt = valueDoubt(target, profiles?.[index], formats?.[index], conversion, inMonths);
  if (doubt !== "")
    issues.push(
      issue("mapping_doubtful", "warning", `The column was chosen by hand for ${target.label}, but ${doubt}.`),
    );
  return { mapping, issues };
}

/** What the values, after the conversion, say against it; "" when nothing. */
function valueDoubt(
  { feature }: Target,
  profile: ColumnProfile | undefined,
  format: NumberFormat | undefined,
  conversion: Conversion | null,
  saysMonths: boolean,
): string {
  if (feature === null || profile === undefined || format === undefined || conversion?.date) return "";
  const reasonOf = (each: Conversion | null) => {
    const beside = { agreement: null, saysMonths };
    const { verdict, reason } = valueEvidence(convertedProfile(profile, each), feature, format, beside);
    return verdict === "doubt" || verdict === "contradicts" ? reason : "";
  };
  // Amounts for one month and amounts for a year alike must be far from the usual.
  if (conversion?.interval) return reasonOf(null) === "" ? "" : reasonOf({ ...conversion, factor: 1 / 12 });
  return reasonOf(conversion);
}
