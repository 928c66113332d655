/** What the answer to a question would change: a sample of the customers is scored under each way to read the columns in question. */
import { createParser } from "../csv/parser.ts";
import { type Records, recordCells } from "../csv/records.ts";
import { writeRecord } from "../csv/write.ts";
import { createEncoder } from "../features/encoder.ts";
import type { Issue } from "../features/issue.ts";
import type { ColumnMapping, Question, QuestionEffect } from "../features/mapping.ts";
import { createRowFilter } from "../features/row-filter.ts";
import { limits } from "../limits.ts";
import type { Model } from "../model/load.ts";
import { type OpenFile, readRecords, readText } from "./read-records.ts";
import { riskTier } from "./risk-tier.ts";
import type { SurveyProgress, UnderstoodFile } from "./survey.ts";
import { blockedBy, priced } from "./survey-report.ts";

/**
 * Gives every question of a blocked file its effect, and takes the first reading where the others change the tier of no more than
 * `limits.doubtShare` of the customers: nobody is asked what would change nothing. A question that cannot be tried, because a column is missing
 * or its values cannot be read before a person has said more, stays as it is. Of several questions each is tried with the first readings of the others.
 */
export async function* weighDoubts(
  model: Model,
  open: OpenFile,
  file: UnderstoodFile,
): AsyncGenerator<SurveyProgress, UnderstoodFile> {
  const doubts = file.report.questions.map(({ feature }) => file.doubts.find((doubt) => doubt.feature === feature));
  const usual = doubts.flatMap((doubt) => doubt?.readings[0] ?? []);
  // With a required feature that no column holds nothing can be scored.
  if (usual.length < doubts.length || doubts.every((doubt) => doubt!.readings.length < 2)) return file;
  const columns = new Set([...file.mapping, ...doubts.flatMap((doubt) => doubt!.readings)].map(({ index }) => index));
  const sample = yield* sampleRows(open, file, columns);
  const tiersUnder = (mapping: readonly ColumnMapping[]) => tiersOf(model, file, sample, [...file.mapping, ...mapping]);
  const before = await tiersUnder(usual);
  const scored = before.filter((tier) => tier !== null).length;
  const questions: Question[] = [];
  const taken: ColumnMapping[] = [];
  const issues: Issue[] = [];
  for (const [i, question] of file.report.questions.entries()) {
    const { readings, mayBeTaken } = doubts[i]!;
    let changed = 0;
    for (const reading of readings.slice(1)) {
      const tiers = await tiersUnder(usual.map((each) => (each.feature === reading.feature ? reading : each)));
      changed = Math.max(changed, tiers.filter((tier, row) => tier !== before[row]).length);
    }
    const effect = { customers: file.rows, sampled: sample.count, changed_tier: changed };
    const isFree = usual.every((each) => each === readings[0] || each.index !== readings[0]!.index);
    const isSmall = changed <= limits.doubtShare * sample.count && scored * 2 > sample.count;
    if (readings.length < 2 || scored === 0) questions.push(question);
    else if (mayBeTaken && isFree && isSmall) {
      taken.push(readings[0]!);
      issues.push(takenIssue(readings[0]!, question, effect));
    } else questions.push({ ...question, effect, question: `${question.question} ${effectText(effect)}` });
  }
  return withAnswers(model, file, questions, taken, issues);
}

/** "312 of 7,043 customers would change tier". */
export function effectText({ customers, sampled, changed_tier: changed }: QuestionEffect): string {
  const number = (value: number) => value.toLocaleString("en-US");
  const of =
    sampled < customers
      ? `${number(sampled)} customers, taken from all ${number(customers)},`
      : `${number(sampled)} customers`;
  return `Read in another way, ${number(changed)} of ${of} would change tier.`;
}

function takenIssue({ feature, column }: ColumnMapping, { question }: Question, effect: QuestionEffect): Issue {
  const message = `${question} It is taken as it is, because it matters little. ${effectText(effect)}`;
  return { code: "mapping_assumed", severity: "warning", column, feature, count: 1, message, examples: [] };
}

function withAnswers(
  model: Model,
  file: UnderstoodFile,
  questions: readonly Question[],
  taken: readonly ColumnMapping[],
  issues: readonly Issue[],
): UnderstoodFile {
  const features = new Set(taken.map(({ feature }) => feature));
  const columns = new Set(taken.map(({ column }) => column));
  const order = model.schema.features.map(({ name }) => name);
  const place = ({ feature }: ColumnMapping) => (order.includes(feature) ? order.indexOf(feature) : order.length);
  const mapping = [...file.mapping, ...taken].sort((a, b) => place(a) - place(b));
  const report = {
    ...file.report,
    mapping: mapping.map(({ feature, column, confidence, method, transform }) => ({
      feature,
      column,
      confidence,
      method,
      transform,
    })),
    unmapped_columns: file.report.unmapped_columns.filter((column) => !columns.has(column)),
    missing_features: file.report.missing_features.filter((feature) => !features.has(feature)),
    questions,
    issues: [...file.report.issues, ...issues],
  };
  return { ...file, mapping, report: priced(report, file.rows), blocked: blockedBy(questions, model.schema) };
}

/** More of a cell is no number and no category. */
const cellCharacters = 200;

/** Every n-th customer, as a file of its own without a header; what is in no column of `columns` is left out. */
async function* sampleRows(
  open: OpenFile,
  file: UnderstoodFile,
  columns: ReadonlySet<number>,
): AsyncGenerator<SurveyProgress, Records> {
  const every = Math.ceil(file.rows / limits.doubtRows);
  const filter = createRowFilter(file);
  // As bytes: a piece of a text keeps the whole block in memory.
  const pieces: Uint8Array[] = [];
  const encoder = new TextEncoder();
  let seen = 0;
  for await (const { records, bytes } of readRecords(readText(open, file.encoding), file.delimiter)) {
    const from = Math.min(records.count, Math.max(0, file.headerRow + 1 - records.firstRow));
    for (let record = from; record < records.count; record++) {
      if (filter.kind(records, record) !== "data" || seen++ % every !== 0) continue;
      const cells = recordCells(records, record).map((cell, i) =>
        columns.has(i) ? cell.slice(0, cellCharacters) : "",
      );
      pieces.push(encoder.encode(`${writeRecord(cells)}\n`));
    }
    yield { bytes, rows: file.rows };
  }
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  return createParser({ delimiter: "," }).push(pieces.map((piece) => decoder.decode(piece)).join(""));
}

/** By customer; null where the row is set aside. */
async function tiersOf(
  model: Model,
  { headers, formats, constants }: UnderstoodFile,
  sample: Records,
  mapping: readonly ColumnMapping[],
): Promise<(string | null)[]> {
  const { schema } = model;
  const encoder = createEncoder({
    ...{ schema, mapping, formats, constants, headers },
    ...{ headerRow: 0, footerFrom: null, plain: true },
  });
  const { count, features, recordIndex } = encoder.encode(sample, 0);
  const probabilities = count === 0 ? new Float32Array(0) : await model.predict(features, count);
  const tiers = new Array<string | null>(sample.count).fill(null);
  for (let i = 0; i < count; i++) tiers[recordIndex[i]!] = riskTier(schema, probabilities[i]!);
  return tiers;
}
