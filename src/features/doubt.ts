import type { Candidate, Evidence } from "./candidates.ts";
import { type Conversion, conversionFrom, convertedProfile, unitsOf } from "./conversion.ts";
import { holdsDates } from "./epoch.ts";
import { formatTrouble } from "./format-trouble.ts";
import { intervalTrouble } from "./interval-trouble.ts";
import type { ColumnMapping } from "./mapping.ts";
import type { Readings } from "./mapping-report.ts";
import type { Target } from "./target.ts";
import { nothing, valueEvidence } from "./value-evidence.ts";

/** What stands behind a question: the ways in which its columns may be meant, each ready for the encoder. */
export interface Doubt {
  readonly feature: string;
  /** The likeliest first; empty where nothing can be read before a person has said more. */
  readonly readings: readonly ColumnMapping[];
  /** No name is in doubt, only the unit or which of two columns: where all come to the same, the first may be taken. */
  readonly mayBeTaken: boolean;
}

/** Of what is not sure, at most. */
const mostConfidence = 0.8;
/** Columns tried for one question: more would take longer than it takes to answer. */
const mostColumns = 3;

export function doubtOver(
  target: Target,
  columns: readonly number[],
  headers: readonly string[],
  { candidates, prepared }: Pick<Readings, "candidates" | "prepared">,
  evidence: Evidence,
): Doubt {
  const tried = columns
    .slice(0, mostColumns)
    .flatMap((column) => candidates.find((each) => each.target === target && each.column === column) ?? []);
  const byColumn = tried.map((candidate) =>
    // Amounts for times that other columns say are read row by row, once somebody has said so.
    intervalTrouble(target, candidate.column, prepared, evidence.profiles) === null
      ? readingsOf(candidate, headers, prepared, evidence)
      : [],
  );
  const isWhole = byColumn.length === columns.length && byColumn.every((readings) => readings.length > 0);
  const mayBeTaken = isWhole && tried.every(({ nameDoubt }) => !nameDoubt);
  return { feature: target.name, readings: byColumn.flat(), mayBeTaken };
}

function readingsOf(
  candidate: Candidate,
  headers: readonly string[],
  prepared: Readings["prepared"],
  { profiles, formats }: Evidence,
): ColumnMapping[] {
  const { target, column, confidence, method, why } = candidate;
  const [profile, format] = [profiles?.[column], formats?.[column]];
  const { feature } = target;
  if (profile === undefined || format === undefined || feature === null) return [];
  const mapping = (conversion: Conversion | null): ColumnMapping => ({
    feature: target.name,
    column: headers[column]!,
    confidence: Math.min(confidence, mostConfidence),
    method,
    transform: conversion?.text ?? null,
    conversion,
    index: column,
    alternatives: [],
    why,
  });
  if (feature.kind !== "numeric") return candidate.verdict === "contradicts" ? [] : [mapping(null)];
  if (
    holdsDates(profile) ||
    candidate.verdict === "contradicts" ||
    formatTrouble(format, profile, prepared[column]!) !== null
  )
    return [];
  const [own, ...others] = unitsOf(feature);
  if (own === undefined) return [mapping(null)];
  // Another unit is plausible where it makes doubtful values usual.
  const plausible = others.filter((unit) => {
    const conversion = conversionFrom(feature, unit);
    if (candidate.verdict !== "doubt" || conversion === undefined) return false;
    return (
      valueEvidence(convertedProfile(profile, conversion), feature, format, { ...nothing, saysMonths: true })
        .verdict === "fits"
    );
  });
  const units = new Set([candidate.unit ?? own, own, ...plausible]);
  return [...units].flatMap((unit) => {
    const conversion = conversionFrom(feature, unit);
    return conversion === undefined ? [] : [mapping(conversion)];
  });
}
