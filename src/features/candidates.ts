import { chargeAgreement, type NumericColumnTaken } from "./charge-agreement.ts";
import { holdsDates } from "./epoch.ts";
import { explainMatch } from "./explain-match.ts";
import { leastConfidence, sureConfidence } from "./mapping.ts";
import { matchName, type NameMatch } from "./name-match.ts";
import type { NumberFormat } from "./number-format.ts";
import { type PreparedHeader, saysMonths } from "./prepare-headers.ts";
import type { ColumnProfile } from "./profile.ts";
import type { Target } from "./target.ts";
import { type Beside, nothing, type ValueEvidence, valueEvidence } from "./value-evidence.ts";

/** One way to read one column. */
export interface Candidate {
  readonly column: number;
  readonly target: Target;
  readonly method: NameMatch["method"];
  /** 0…1, from name and values together. */
  readonly confidence: number;
  /** The unit that its name says, where that is another than the target's. */
  readonly unit: string | null;
  /** What is doubtful, for a person; empty when nothing is. */
  readonly doubt: string;
  /** Whether the name leaves a doubt, whatever the values say. */
  readonly nameDoubt: boolean;
  /** What the values say, or null where they were not looked at. */
  readonly verdict: ValueEvidence["verdict"] | null;
  /** Why at all, for a person. */
  readonly why: string;
}

export interface Evidence {
  readonly profiles: readonly ColumnProfile[] | null;
  readonly formats: readonly NumberFormat[] | null;
}

/** Found by its values alone: never more than a guess. */
const byValuesAlone = 0.65;

/** Every plausible reading of the columns (by position) as the targets. */
export function findCandidates(
  headers: readonly PreparedHeader[],
  columns: readonly number[],
  targets: readonly Target[],
  evidence: Evidence,
): Candidate[] {
  const matches = columns.flatMap((column) => {
    const header = headers[column]!;
    const found = targets.flatMap((target) => {
      const match = matchName(header, target);
      return match === null ? [] : [{ column, target, match }];
    });
    // Whatever names the outcome or something that knows it is kept from the features.
    const known = found.filter(({ target, match }) => isAnswer(target) && match.score >= sureConfidence);
    return known.length === 0
      ? found
      : found.filter(({ target, match }) => target.feature === null || match.method === "exact");
  });
  const agreement = chargeAgreement(takenNumbers(headers, matches, evidence));
  const candidates = matches.map(({ column, target, match }) =>
    weigh(column, target, match, evidence, { agreement, saysMonths: saysMonths(headers[column]!) }),
  );
  const named = candidates.filter((candidate) => candidate.confidence >= leastConfidence);
  const taken = new Set(
    named.filter((candidate) => candidate.confidence >= sureConfidence).map(({ column }) => column),
  );
  const free = columns.filter(
    (column) => !taken.has(column) && !headers[column]!.outcome && headers[column]!.key !== "",
  );
  return [...named, ...valueCandidates(headers, free, targets, evidence, named)];
}

export function isAnswer(target: Target): boolean {
  return target.role === "label" || target.role === "leakage";
}

function weigh(
  column: number,
  target: Target,
  match: NameMatch,
  { profiles, formats }: Evidence,
  beside: Beside,
): Candidate {
  let seen: ValueEvidence["verdict"] | null = null;
  const nameDoubt = match.doubt ?? (match.score < sureConfidence ? "its name is not quite one that is known" : "");
  const make = (confidence: number, doubt: string): Candidate => ({
    column,
    target,
    method: match.method,
    confidence,
    unit: match.unit,
    doubt,
    nameDoubt: nameDoubt !== "",
    verdict: seen,
    why: explainMatch(target, match.evidence, seen),
  });
  const profile = profiles?.[column];
  const format = formats?.[column];
  if (profile === undefined || format === undefined || target.feature === null) return make(match.score, nameDoubt);
  if (match.date) return make(holdsDates(profile) ? match.score : 0, nameDoubt);
  const { verdict, reason } = valueEvidence(profile, target.feature, format, beside);
  seen = verdict;
  // A name with two uses is settled by values of the other one: nothing is asked about a column of phone numbers.
  if (verdict === "contradicts" && match.settles && target.feature.kind !== "numeric") return make(0, reason);
  if (verdict === "contradicts") return make(match.method === "fuzzy" ? 0 : 0.55, reason);
  if (verdict === "doubt") return make(Math.min(match.score, 0.6), match.doubt ?? reason);
  if (match.doubt !== null) {
    const settled = match.settles && verdict !== "silent";
    return settled ? make(0.92, "") : make(match.score, nameDoubt);
  }
  if (match.score >= sureConfidence) return make(match.score, "");
  if (verdict === "strong") return make(0.92, "");
  if (verdict === "fits" && match.evidence === "typo" && match.score >= 0.85) return make(0.9, "");
  return make(match.score, nameDoubt);
}

/** A column that is named in no known way but holds a category's very values. */
function valueCandidates(
  headers: readonly PreparedHeader[],
  columns: readonly number[],
  targets: readonly Target[],
  { profiles, formats }: Evidence,
  named: readonly Candidate[],
): Candidate[] {
  if (profiles === null || formats === null) return [];
  return columns.flatMap((column) =>
    targets.flatMap((target) => {
      const feature = target.feature;
      if (feature === null || feature.kind !== "category" || target.falseFriends.has(headers[column]!.key)) return [];
      if (named.some((candidate) => candidate.column === column && candidate.target === target)) return [];
      if (valueEvidence(profiles[column]!, feature, formats[column]!, nothing).verdict !== "strong") return [];
      const why = `its values are those of "${target.label}"`;
      return [
        {
          column,
          target,
          method: "fuzzy" as const,
          confidence: byValuesAlone,
          unit: null,
          doubt: "its name says something else",
          nameDoubt: true,
          verdict: "strong" as const,
          why,
        },
      ];
    }),
  );
}

/** The columns that are surely named as numbers, to hold against each other. */
function takenNumbers(
  headers: readonly PreparedHeader[],
  matches: readonly { column: number; target: Target; match: NameMatch }[],
  { profiles, formats }: Evidence,
): NumericColumnTaken[] {
  if (profiles === null || formats === null) return [];
  return matches.flatMap(({ column, target: { feature }, match }) =>
    feature?.kind === "numeric" && match.score >= sureConfidence
      ? [{ feature, profile: profiles[column]!, format: formats[column]!, saysMonths: saysMonths(headers[column]!) }]
      : [],
  );
}
