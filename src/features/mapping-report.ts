import type { IssueCode } from "../issue-kinds.ts";
import type { Candidate, Evidence } from "./candidates.ts";
import { unitsOf } from "./conversion.ts";
import { type Doubt, doubtOver } from "./doubt.ts";
import { formatTrouble } from "./format-trouble.ts";
import { type GivenConversion, givenConversion } from "./given-conversion.ts";
import type { GivenMapping } from "./given-mapping.ts";
import { givenMapping } from "./given-report.ts";
import { intervalTrouble } from "./interval-trouble.ts";
import type { Issue } from "./issue.ts";
import { leftCustomersIssues } from "./left-customers.ts";
import type { MapInput, MapResult } from "./mapper.ts";
import { type ColumnMapping, type Question, sureConfidence } from "./mapping.ts";
import { type PreparedHeader, saysMonths } from "./prepare-headers.ts";
import { plainQuestion, questionText } from "./question-text.ts";
import { type Refusal, refusalOf } from "./refusals.ts";
import { repeatedNamesIssue, rowSubjectIssue } from "./row-subject.ts";
import type { Target } from "./target.ts";

/** What the mapper found, before it is put into words. */
export interface Readings {
  readonly targets: readonly Target[];
  /** By column. */
  readonly prepared: readonly PreparedHeader[];
  readonly given: GivenMapping;
  readonly candidates: readonly Candidate[];
  readonly chosen: ReadonlyMap<Target, Candidate>;
  /** What the rows seem to be, where that is not customers. */
  readonly subject: string | null;
}

const none: GivenConversion = { conversion: null, trouble: null };

/** Sure pairs, questions, suggestions and issues, in words for a person. */
export function describeMapping(input: MapInput, readings: Readings, evidence: Evidence): MapResult {
  const { targets, given, chosen } = readings;
  const { headers } = input;
  const mapping: ColumnMapping[] = [];
  const missingFeatures: string[] = [];
  const questions: Question[] = [];
  const suggestions: Question[] = [];
  const doubts: Doubt[] = [];
  const issues: Issue[] = [];
  const refused: Refusal[] = [];
  const duplicates = new Set<string>(given.duplicates);
  const surely = new Set([...given.columns.values(), ...sureColumns(chosen)]);

  for (const target of targets) {
    const candidate = chosen.get(target);
    const index = given.columns.get(target.name) ?? candidate?.column;
    const isGiven = given.columns.has(target.name);
    const sure = isGiven || (candidate !== undefined && candidate.confidence >= sureConfidence);
    const converted = isGiven
      ? givenConversion({
          target,
          column: index!,
          headers: readings.prepared,
          profiles: evidence.profiles,
          said: given.units.get(target.name),
          asOf: input.asOf ?? null,
        })
      : none;
    const unsaid = isGiven && converted.conversion === null && !given.units.has(target.name);
    const trouble =
      converted.trouble ??
      (index === undefined ? null : troubleOf(target, index, readings, evidence)) ??
      (unsaid ? intervalTrouble(target, index!, readings.prepared, evidence.profiles) : null);
    if (trouble !== null && sure)
      issues.push(issueOf(trouble.code, trouble.severity, headers[index!]!, target, trouble.reason));
    if (sure && trouble === null) {
      issues.push(...assumedFormat(target, index!, headers, evidence));
      if (isGiven) {
        const unitSaid = given.units.has(target.name);
        const chosenByHand = givenMapping(
          {
            target,
            column: headers[index!]!,
            index: index!,
            conversion: converted.conversion,
            unitSaid,
            saysMonths: saysMonths(readings.prepared[index!]!),
          },
          evidence,
        );
        mapping.push(chosenByHand.mapping);
        issues.push(...chosenByHand.issues);
      } else {
        mapping.push(foundMapping(candidate!, readings, headers));
        if (twins(headers, index!) > 1 && isNeeded(target)) duplicates.add(headers[index!]!);
      }
      continue;
    }
    if (target.feature !== null) missingFeatures.push(target.name);
    if (given.absent.has(target.name) || !isNeeded(target)) continue;
    const columns = sure ? [index!] : openColumns(target, readings, surely);
    const refusals = refusalsOf(target, [...columns, ...surely], readings, headers);
    refused.push(...refusals);
    const doubt = trouble !== null && sure ? trouble.reason : doubtOf(target, columns[0], readings, evidence);
    if (columns.length === 0 && !target.required) continue;
    const asked = {
      ...{ target, columns, headers, candidates: readings.candidates, doubt, refusals },
      asOf: input.asOf ?? null,
    };
    const question = {
      feature: target.name,
      columns: columns.map((column) => headers[column]!),
      question: questionText(asked, evidence),
      plain: plainQuestion(asked, evidence),
      units: unitsOf(target.feature),
      effect: null,
    };
    if (target.required) {
      questions.push(question);
      // Of rows that seem to be no customers nothing is tried: a person has to say what they are.
      const untried = isGiven || readings.subject !== null;
      doubts.push(doubtOver(target, untried ? [] : columns, headers, readings, evidence));
    } else {
      suggestions.push(question);
      if (trouble === null || !sure)
        issues.push(issueOf("mapping_doubtful", "warning", headers[columns[0]!]!, target, question.question));
    }
  }
  const rowsIssue = issueOfRows(mapping, headers, readings, evidence);
  if (rowsIssue !== null) issues.push(rowsIssue);
  issues.push(...leftCustomersIssues(readings.prepared, headers, evidence.profiles));
  for (const name of duplicates) issues.push(duplicateIssue(name));
  const mapped = new Set(mapping.map(({ index }) => index));
  return {
    mapping,
    unmappedColumns: headers.filter((header, column) => !mapped.has(column) && header.trim() !== ""),
    missingFeatures,
    questions,
    doubts,
    suggestions,
    duplicateColumns: [...duplicates],
    refused,
    issues,
  };
}

/** Columns in use; one that is merely recognised may still be what is asked for. */
function sureColumns(chosen: ReadonlyMap<Target, Candidate>): number[] {
  return [...chosen.values()]
    .filter((candidate) => candidate.confidence >= sureConfidence && isNeeded(candidate.target))
    .map(({ column }) => column);
}

/** Where the rows seem to be no customers: by their columns' names, or by those of the customers where no id counts them. */
function issueOfRows(
  mapping: readonly ColumnMapping[],
  headers: readonly string[],
  { subject, targets, prepared }: Readings,
  { profiles }: Evidence,
): Issue | null {
  if (subject !== null) return rowSubjectIssue(subject);
  const identifiers = targets.filter(({ role }) => role === "identifier").map(({ name }) => name);
  const hasIds = mapping.some(({ feature }) => identifiers.includes(feature));
  return hasIds ? null : repeatedNamesIssue(prepared, headers, profiles ?? []);
}

function isNeeded(target: Target): boolean {
  return target.feature !== null || target.role === "identifier";
}

function twins(headers: readonly string[], index: number): number {
  const name = headers[index]!.trim().toLowerCase();
  return headers.filter((header) => header.trim().toLowerCase() === name).length;
}

function troubleOf(target: Target, index: number, { prepared }: Readings, { profiles, formats }: Evidence) {
  if (target.feature?.kind !== "numeric" || profiles === null || formats === null) return null;
  return formatTrouble(formats[index]!, profiles[index]!, prepared[index]!);
}

/** A decimal mark that no value of the column proves is said, not assumed in silence. */
function assumedFormat(
  target: Target,
  index: number,
  headers: readonly string[],
  { profiles, formats }: Evidence,
): Issue[] {
  const format = formats?.[index];
  if (target.feature?.kind !== "numeric" || format === undefined || profiles === null) return [];
  if (format.basis !== "file" && format.basis !== "grouping") return [];
  const mark = format.decimal === "." ? "dot" : "comma";
  const because =
    format.basis === "file" ? "as in the file's other columns" : "because the shorter values have no mark";
  return [
    issueOf(
      "decimal_assumed",
      "info",
      headers[index]!,
      target,
      `The decimal mark is taken to be a ${mark}, ${because}.`,
    ),
  ];
}

function foundMapping(candidate: Candidate, { candidates }: Readings, headers: readonly string[]): ColumnMapping {
  const alternatives = candidates
    .filter((other) => other.target === candidate.target && other.column !== candidate.column)
    .sort((a, b) => b.confidence - a.confidence)
    .slice(0, 5)
    .map((other) => headers[other.column]!);
  return {
    feature: candidate.target.name,
    column: headers[candidate.column]!,
    confidence: candidate.confidence,
    method: candidate.method,
    transform: null,
    conversion: null,
    index: candidate.column,
    alternatives,
    why: candidate.why,
  };
}

function openColumns(target: Target, { candidates }: Readings, surely: ReadonlySet<number>): number[] {
  const found = candidates.filter((candidate) => candidate.target === target && !surely.has(candidate.column));
  const best = candidates.filter((candidate) => candidate.target === target && candidate.confidence >= sureConfidence);
  const all = [...best, ...found].sort((a, b) => b.confidence - a.confidence);
  return [...new Set(all.map(({ column }) => column))].slice(0, 10);
}

/** What speaks against taking the likeliest column, by its name, its values and the columns beside it. */
function doubtOf(
  target: Target,
  column: number | undefined,
  { candidates, chosen, prepared, subject }: Readings,
  { profiles }: Evidence,
): string {
  if (column === undefined) return "";
  const best = chosen.get(target);
  const own =
    best?.column === column ? best : candidates.find((each) => each.target === target && each.column === column);
  const doubt = own?.doubt ?? "";
  if (subject !== null && target.feature?.kind === "numeric" && target.feature.unit === "months")
    return `the rows seem to be ${subject}, and what is in this column may be about them`;
  return intervalTrouble(target, column, prepared, profiles)?.reason ?? doubt;
}

function refusalsOf(
  target: Target,
  others: readonly number[],
  { prepared }: Readings,
  headers: readonly string[],
): Refusal[] {
  return prepared.flatMap((header, column) => {
    const reason = others.includes(column) ? null : refusalOf(header, target);
    return reason === null ? [] : [{ feature: target.name, column: headers[column]!, reason }];
  });
}

function issueOf(code: IssueCode, severity: Issue["severity"], column: string, target: Target, message: string): Issue {
  const sentence = message.endsWith(".") ? message : `The column cannot be used as it is: ${message}.`;
  return { code, severity, column, feature: target.name, count: 1, message: sentence, examples: [] };
}

function duplicateIssue(name: string): Issue {
  const message =
    "More than one column has this name (case and surrounding spaces do not count), and the model needs it.";
  return { code: "duplicate_columns", severity: "error", column: name, feature: null, count: 1, message, examples: [] };
}
