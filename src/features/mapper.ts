import { assign } from "./assignment.ts";
import { type Candidate, type Evidence, findCandidates, isAnswer } from "./candidates.ts";
import type { Doubt } from "./doubt.ts";
import { invalid, readGivenMapping } from "./given-mapping.ts";
import { type Issue, shorten } from "./issue.ts";
import { type ColumnMapping, leastConfidence, type Question, sureConfidence } from "./mapping.ts";
import { describeMapping, type Readings } from "./mapping-report.ts";
import { matchName } from "./name-match.ts";
import type { NumberFormat } from "./number-format.ts";
import { type PreparedHeader, prepareHeaders } from "./prepare-headers.ts";
import type { ColumnProfile } from "./profile.ts";
import type { Refusal } from "./refusals.ts";
import { namesCustomer, rowSubject } from "./row-subject.ts";
import type { Schema } from "./schema.ts";
import { type Target, targetsOf } from "./target.ts";

export interface MapInput {
  readonly headers: readonly string[];
  readonly schema: Schema;
  /** Of the whole file, by column; without them names alone decide. */
  readonly profiles?: readonly ColumnProfile[];
  /** By column, from `decideNumberFormats`; needed with profiles. */
  readonly formats?: readonly NumberFormat[];
  /** The person's own choice: feature → column as in the header, `#number`, or "" for "not in the file". */
  readonly given?: ReadonlyMap<string, string>;
  /** Feature → unit that the values of the given column are in (`unitsOf`); otherwise what its name says, or the feature's own. */
  readonly units?: ReadonlyMap<string, string>;
  /** The day up to which a tenure is counted from dates, yyyy-mm-dd. */
  readonly asOf?: string;
}

export interface MapResult {
  /** Features first, in the model's order, then the known columns. */
  readonly mapping: readonly ColumnMapping[];
  readonly unmappedColumns: readonly string[];
  /** Features that no column holds for sure, in the model's order. */
  readonly missingFeatures: readonly string[];
  /** What must be answered before the file can be scored: required features only. */
  readonly questions: readonly Question[];
  /** One for each question: how its columns may be read. */
  readonly doubts: readonly Doubt[];
  /** What may be answered: columns that could hold an optional feature or the customer's id; left out until confirmed. */
  readonly suggestions: readonly Question[];
  /** Names borne by more than one column where one of them is needed; each is an issue `duplicate_columns` of severity error too. */
  readonly duplicateColumns: readonly string[];
  /** Columns that look like a feature or the customer's id that no column holds for sure, and why they are not it. */
  readonly refused: readonly Refusal[];
  readonly issues: readonly Issue[];
}

/**
 * Decides which column is which feature: by name, by values, one to one over the whole file. Sure pairs are mapped; a doubtful pair is a
 * question for a required feature and a suggestion for an optional one. Throws `mapping_invalid` for a `given` that does not fit.
 */
export function mapColumns(input: MapInput): MapResult {
  const targets = targetsOf(input.schema);
  const headers = prepareHeaders(input.headers);
  const given = readGivenMapping(input.given ?? new Map(), input.headers, targets, input.units ?? new Map());
  for (const [name, column] of given.columns) refuseAnswers(name, headers[column]!, input.headers[column]!, targets);
  const evidence: Evidence = { profiles: input.profiles ?? null, formats: input.formats ?? null };
  const openTargets = targets.filter((target) => !given.columns.has(target.name) && !given.absent.has(target.name));
  const used = new Set(given.columns.values());
  const open = headers.map((_, column) => column).filter((column) => !used.has(column));
  const candidates = findCandidates(headers, open, openTargets, evidence);
  const chosen = choose(candidates, openTargets);
  const subject = rowSubject(headers);
  return describeMapping(
    input,
    {
      targets,
      prepared: headers,
      given,
      candidates,
      chosen: doubtIds(settle(chosen, candidates, input.headers), headers, subject),
      subject,
    } satisfies Readings,
    evidence,
  );
}

/** A column that knows the answer cannot be made a feature, whoever asks. */
function refuseAnswers(name: string, header: PreparedHeader, column: string, targets: readonly Target[]): void {
  const target = targets.find((each) => each.name === name)!;
  if (target.feature === null) return;
  const answer = targets.find((each) => isAnswer(each) && (matchName(header, each)?.score ?? 0) >= sureConfidence);
  const own = matchName(header, target)?.method === "exact";
  if (!own && (answer !== undefined || header.outcome)) {
    throw invalid(
      `The column ${JSON.stringify(column)} knows whether the customer left and cannot be used for ${name}.`,
    );
  }
}

/** The best one-to-one pairing: an exact name outweighs any number of synonyms, a sure pair any number of guesses. */
function choose(candidates: readonly Candidate[], targets: readonly Target[]): Map<Target, Candidate> {
  const columns = [...new Set(candidates.map((candidate) => candidate.column))];
  const position = new Map(columns.map((column, i) => [column, i]));
  const chosen = new Map<Target, Candidate>();
  const rows = targets.filter((target) => candidates.some((candidate) => candidate.target === target));
  const weights = rows.map(() => new Array<number>(columns.length).fill(0));
  const best = rows.map(() => new Array<Candidate | null>(columns.length).fill(null));
  const rowOf = new Map(rows.map((target, i) => [target, i]));
  for (const candidate of candidates) {
    const row = rowOf.get(candidate.target)!;
    const column = position.get(candidate.column)!;
    const weight = weightOf(candidate);
    if (weight <= weights[row]![column]!) continue;
    weights[row]![column] = weight;
    best[row]![column] = candidate;
  }
  assign(weights, columns.length).forEach((column, row) => {
    const candidate = column < 0 ? null : best[row]![column];
    if (candidate !== null && candidate !== undefined) chosen.set(rows[row]!, candidate);
  });
  return chosen;
}

function weightOf({ confidence, method, target }: Candidate): number {
  if (confidence < leastConfidence) return 0;
  if (confidence < sureConfidence) return 1 + confidence + (target.required ? 0.5 : 0);
  return method === "exact" ? 1e7 : 2e3 + confidence * 1e3;
}

/** Two columns with the same right to a feature: neither is taken. Twins by name are told apart from them and reported as such. */
function settle(
  chosen: ReadonlyMap<Target, Candidate>,
  candidates: readonly Candidate[],
  headers: readonly string[],
): ReadonlyMap<Target, Candidate> {
  const taken = new Map([...chosen.values()].map((candidate) => [candidate.column, candidate]));
  const settled = new Map<Target, Candidate>();
  for (const [target, candidate] of chosen) {
    const rival = candidates.find(
      (other) =>
        other.target === target &&
        other.column !== candidate.column &&
        other.confidence >= sureConfidence &&
        other.confidence > candidate.confidence - 0.015 &&
        (other.method === "exact") === (candidate.method === "exact") &&
        (taken.get(other.column)?.confidence ?? 0) < sureConfidence &&
        !isTwin(headers[other.column]!, headers[candidate.column]!),
    );
    const tied = rival !== undefined && (target.feature !== null || target.role === "identifier");
    const doubt = tied
      ? `${JSON.stringify(shorten(headers[rival.column]!))} could be it just as well`
      : candidate.doubt;
    settled.set(target, tied ? { ...candidate, confidence: 0.8, doubt } : candidate);
  }
  return settled;
}

/** In a file of deals "Record ID" is the deal's. */
function doubtIds(
  chosen: ReadonlyMap<Target, Candidate>,
  headers: readonly PreparedHeader[],
  subject: string | null,
): ReadonlyMap<Target, Candidate> {
  if (subject === null) return chosen;
  const doubt = `the rows seem to be ${subject}, and it may be the id of these`;
  return new Map(
    [...chosen].map(([target, candidate]) => {
      const isSure = target.role !== "identifier" || namesCustomer(headers[candidate.column]!);
      return [target, isSure ? candidate : { ...candidate, confidence: Math.min(candidate.confidence, 0.6), doubt }];
    }),
  );
}

/** The same name but for case and surrounding space. */
export function isTwin(a: string, b: string): boolean {
  return a.trim().toLowerCase() === b.trim().toLowerCase();
}
