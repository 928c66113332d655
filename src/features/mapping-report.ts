import type { Candidate, Evidence } from "./candidates.ts";
import { conversionFrom, unitsOf } from "./conversion.ts";
import { type Doubt, doubtOver } from "./doubt.ts";
import { formatTrouble } from "./format-trouble.ts";
import { type GivenConversion, givenConversion } from "./given-conversion.ts";
import type { GivenMapping } from "./given-mapping.ts";
import { givenMapping } from "./given-report.ts";
import type { Issue } from "./issue.ts";
import type { MapInput, MapResult } from "./mapper.ts";
import { type ColumnMapping, type Question, sureConfidence } from "./mapping.ts";
import { type PreparedHeader, saysMonths } from "./prepare-headers.ts";
import { type Refusal, refusalOf } from "./refusals.ts";
import type { Target } from "./target.ts";

/** What the mapper found, before it is put into words. */
export interface Readings {
  readonly targets: readonly Target[];
  /** By column. */
  readonly prepared: readonly PreparedHeader[];
  readonly given: GivenMapping;
  readonly candidates: readonly Candidate[];
  readonly chosen: ReadonlyMap<Target, Candidate>;
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
          header: readings.prepared[index!]!,
          profile: evidence.profiles?.[index!],
          said: given.units.get(target.name),
          asOf: input.asOf ?? null,
        })
      : none;
    const trouble = converted.trouble ?? (index === undefined ? null : troubleOf(target, index, evidence));
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
    const doubt = trouble !== null && sure ? trouble.reason : (candidate?.doubt ?? "");
    if (columns.length === 0 && !target.required) continue;
    const question = {
      feature: target.name,
      columns: columns.map((column) => headers[column]!),
      question: ask(target, columns, headers, doubt) + unitText(target, columns, readings) + refusedText(refusals),
      effect: null,
    };
    if (target.required) {
      questions.push(question);
      doubts.push(doubtOver(target, isGiven ? [] : columns, headers, readings.candidates, evidence));
    } else {
      suggestions.push(question);
      if (trouble === null || !sure)
        issues.push(issueOf("mapping_doubtful", "warning", headers[columns[0]!]!, target, question.question));
    }
  }
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

function isNeeded(target: Target): boolean {
  return target.feature !== null || target.role === "identifier";
}

function twins(headers: readonly string[], index: number): number {
  const name = headers[index]!.trim().toLowerCase();
  return headers.filter((header) => header.trim().toLowerCase() === name).length;
}

function troubleOf(target: Target, index: number, { profiles, formats }: Evidence) {
  if (target.feature?.kind !== "numeric" || profiles === null || formats === null) return null;
  return formatTrouble(formats[index]!, profiles[index]!);
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

function ask(target: Target, columns: readonly number[], headers: readonly string[], doubt: string): string {
  const unit = target.feature?.kind === "numeric" ? ` (${target.feature.unit.replaceAll("_", " ")})` : "";
  const confirm = (column: string) => `mapping {"${target.name}": ${JSON.stringify(column)}}`;
  if (columns.length === 0)
    return `No column seems to hold ${target.label}${unit}. If one does, say so with mapping {"${target.name}": "its name"}.`;
  const names = columns.map((column) => JSON.stringify(headers[column]!));
  const because = doubt === "" ? "" : `, but ${doubt}`;
  if (names.length === 1) {
    return `The column ${names[0]} may hold ${target.label}${unit}${because}. If it does, confirm it with ${confirm(headers[columns[0]!]!)}.`;
  }
  return `${target.label}${unit} may be in one of the columns ${names.join(", ")}${because}. Choose one, for example with ${confirm(headers[columns[0]!]!)}.`;
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

/** What becomes of another unit once the column is confirmed, and how to say which it is. */
function unitText({ name, feature }: Target, columns: readonly number[], { candidates }: Readings): string {
  const [own, ...others] = unitsOf(feature);
  if (own === undefined) return "";
  const named = candidates.find((each) => each.target.name === name && each.column === columns[0])?.unit ?? null;
  const conversion = named === null ? null : conversionFrom(feature, named);
  const then = conversion ? ` Its values are then converted: ${conversion.text}.` : "";
  const unless = conversion ? `If they are in ${own} or another unit` : `If its values are not in ${own}`;
  return `${then} ${unless}, say so as well, with units {"${name}": "${conversion ? own : others[0]}"} (${[own, ...others].join(", ")}).`;
}

/** In a question a few are enough. */
function refusedText(refusals: readonly Refusal[]): string {
  return refusals
    .slice(0, 3)
    .map(({ column, reason }) => ` ${JSON.stringify(column)} is not taken for it: ${reason}.`)
    .join("");
}

function issueOf(code: string, severity: Issue["severity"], column: string, target: Target, message: string): Issue {
  const sentence = message.endsWith(".") ? message : `The column cannot be used as it is: ${message}.`;
  return { code, severity, column, feature: target.name, count: 1, message: sentence, examples: [] };
}

function duplicateIssue(name: string): Issue {
  const message =
    "More than one column has this name (case and surrounding spaces do not count), and the model needs it.";
  return { code: "duplicate_columns", severity: "error", column: name, feature: null, count: 1, message, examples: [] };
}
